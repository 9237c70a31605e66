"""A part of a roster that is made anew while the rest stays: some people, some days.

Prices are what one more person on a shift of a day is worth (days, shifts), between minus the
weight of too many and the weight of too few.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from huiyin.parts.duty.solving.grid import Grid
from huiyin.parts.duty.solving.paths import NEVER, Floats, Ints
from huiyin.parts.duty.solving.pieces import Column, Piece


@dataclass(frozen=True)
class Priced:
    """What prices bring: the lower bound, for each piece its path (which may stand a limited shift
    too often) and a column that holds the rules, if one was found."""

    bound: float
    paths: list[Ints]
    excess: list[Ints]
    columns: list[Column | None]


class Part:
    """`people` (numbers) on days `first` to `last` of `plan` (people, days)."""

    def __init__(
        self,
        grid: Grid,
        plan: Ints,
        people: Sequence[int],
        first: int = 0,
        last: int | None = None,
        band: int | None = None,
    ) -> None:
        self.grid = grid
        self.first, self.last = first, grid.days if last is None else last
        self.people = list(people)
        self.pieces = [Piece(grid, who, plan[who], first, self.last, band) for who in people]
        inside = np.zeros(len(plan), dtype=np.bool_)
        inside[self.people] = True
        self.need = grid.need[first : self.last] - grid.counts(plan[~inside])[first : self.last]
        self.under = grid.under[first : self.last]
        self.over = grid.over[first : self.last]
        #: What each piece pays, beside prices, for shifts that it may stand only so often.
        self.penalty = np.zeros((len(self.pieces), len(grid.names)))
        #: Of each piece, the limited shifts whose counts are part of the state of its paths.
        self.exact: list[list[int]] = [[] for _ in self.pieces]

    def clip(self, prices: Floats) -> Floats:
        """Prices that can be."""
        clipped: Floats = np.clip(prices, -self.over, self.under)
        return clipped

    def price(
        self, prices: Floats, pool: Executor | None = None, only: Sequence[int] | None = None
    ) -> Priced:
        """The cheapest path of each piece (or of those in `only`, in that order) at these prices."""
        run = map if pool is None else pool.map
        which = range(len(self.pieces)) if only is None else only
        found = list(run(lambda k: self._one(k, prices), which))
        bound = float((self.need * prices).sum()) + sum(value for value, _, _, _ in found)
        return Priced(
            bound,
            [path for _, path, _, _ in found],
            [excess for _, _, excess, _ in found],
            [column for _, _, _, column in found],
        )

    def _one(self, k: int, prices: Floats) -> tuple[float, Ints, Ints, Column | None]:
        piece = self.pieces[k]
        value, path, excess = self._path(k, prices)
        if value >= NEVER:
            return value, path, excess, None
        if (excess <= 0).all():
            return value, path, excess, piece.column(path)
        found, held = piece.cheapest(-prices, penalty=self.penalty[k], exact=self.exact[k])
        return value, path, excess, piece.column(held) if found < NEVER else None

    def _path(self, k: int, prices: Floats) -> tuple[float, Ints, Ints]:
        """A lower bound of what a piece costs, and a path of that cost.

        Counts that such a path exceeds become part of the state, as far as it does not grow too
        large; for the others the path pays.
        """
        piece, penalty = self.pieces[k], self.penalty[k]
        while True:
            exact = self.exact[k]
            value, path = piece.cheapest(-prices, penalty=penalty, limits=False, exact=exact)
            excess = piece.excess(path)
            over = [s for s in np.flatnonzero(excess > 0).tolist() if s not in exact]
            wanted = [*exact, *sorted(over, key=lambda s: piece.limits[piece.limited[s]])]
            strides = piece.strides(wanted)
            held = [s for s in wanted if strides[piece.limited[s]] > 0]
            if value >= NEVER or len(held) == len(exact):
                break
            self.exact[k] = held
            penalty[held] = 0.0
        self.exact[k] = [
            s for s in self.exact[k] if excess[s] == 0
        ]  # the others may not bind again
        caps = penalty > 0
        if caps.any():
            value -= float((penalty[caps] * piece.limits[piece.limited[caps]]).sum())
        return value, path, excess

    def bound_of(self, k: int, prices: Floats) -> tuple[float, Ints]:
        """What a piece costs at least at these prices, and what its path exceeds."""
        value, _, excess = self._path(k, prices)
        return value, excess

    def cost(self, choice: Sequence[Column]) -> float:
        """Cover and wishes of the part, if those columns are stood."""
        counts = np.zeros(self.need.shape, dtype=np.int64)
        for column in choice:
            at = np.flatnonzero(column.days >= 0)
            counts[at, column.days[at]] += 1
        short = np.maximum(self.need - counts, 0)
        more = np.maximum(counts - self.need, 0)
        cover = float((short * self.under + more * self.over).sum())
        return cover + sum(column.cost for column in choice)

    def now(self, plan: Ints) -> list[Column]:
        """What those people stand in a plan."""
        return [
            piece.column(plan[who, self.first : self.last])
            for who, piece in zip(self.people, self.pieces, strict=True)
        ]

    def put(self, plan: Ints, choice: Sequence[Column]) -> Ints:
        """The plan with those columns in place."""
        new = plan.copy()
        for who, column in zip(self.people, choice, strict=True):
            new[who, self.first : self.last] = column.days
        return new
