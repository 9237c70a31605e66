"""A whole roster out of the linear program, by diving: settle what it is surest of, go on.

What is settled is what one person does on one day: of many columns that are alike the program takes
a little each, but on most days they agree. After each step columns are generated for what is open
still, until the program costs hardly more than before it (after Strandmark, Qu and Curtois 2020).
A step after which it costs much more is taken back, and half of it taken; of one thing that alone
costs much the contrary is tried.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from huiyin.parts.duty.solving.columns import Generated, generate
from huiyin.parts.duty.solving.master import Pool
from huiyin.parts.duty.solving.part import Part
from huiyin.parts.duty.solving.paths import OFF, Bools, Floats, Ints
from huiyin.parts.duty.solving.pieces import Column

STEPS = 40
ROUNDS = 40
NEAR = 0.5
MUCH = 3.0  # where one too few costs 100
UNSURE = 2.0  # the sum of what shares lack to 1, in one step
TINY = 1e-6

Settled = tuple[int, int, int]  # piece, day, shift or OFF


@dataclass(frozen=True)
class _Saved:
    """What can be gone back to."""

    masks: list[tuple[Bools, Bools]]
    columns: list[list[Column]]
    open_: Bools
    made: Generated


class Dive:
    """A part that is narrowed down, with its pool, until nothing in it is open.

    `made` is what column generation has come to last.
    """

    def __init__(
        self, part: Part, pool: Pool, made: Generated, left: Callable[[], float],
        workers: Executor | None = None, told: Callable[[int, float], None] | None = None,
    ) -> None:  # fmt: skip
        self.part, self.pool, self.made = part, pool, made
        self.left, self.workers, self.told = left, workers, told
        self.open_ = np.ones((len(part.pieces), part.last - part.first), dtype=np.bool_)
        self.much = MUCH * max(1.0, float(part.under.max()) / 100)

    def run(self, plan: Ints) -> Ints:
        """A plan with all people of the part anew; when time runs out what is open still is as the
        last linear program takes most of it."""
        at_once = number = max(1, self.open_.size // STEPS)
        while number and self.left() > 0 and self.open_.any():
            number = min(at_once, 2 * self._step(number))
        most = [
            columns[int(np.argmax(share))]
            for columns, share in zip(self.pool.columns, self.made.relaxed.shares, strict=True)
        ]
        return self.part.put(plan, most)

    def _step(self, number: int) -> int:
        """Settle up to `number` of what is open; how many it came to (0: nothing more can be)."""
        saved, dear = self._save(), self.made.relaxed.cost + self.much
        found = surest(self.part, self.pool, self.made.relaxed.shares, self.open_, number)
        cost = self._settle(found)
        while cost > dear and len(found) > 1 and self.left() > 0:
            self._back(saved)
            found = found[: len(found) // 2]
            cost = self._settle(found)
        if cost > dear and len(found) == 1:
            settled = self._save()
            self._back(saved)
            if self._forbid(*found[0]) >= cost:
                self._back(saved if cost == np.inf else settled)
        elif cost == np.inf:
            self._back(saved)
        return len(found) if self.made is not saved.made else 0

    def _settle(self, found: Sequence[Settled]) -> float:
        """Settle those; what the program costs then."""
        for k, day, shift in found:
            self.part.pieces[k].settle(day, shift)
            self.open_[k, day] = False
            self._keep(k, day, {shift})
        return self._generate()

    def _forbid(self, k: int, day: int, shift: int) -> float:
        """Forbid that; what the program costs then."""
        self.part.pieces[k].forbid(day, shift)
        self._keep(k, day, {OFF, *range(self.part.need.shape[1])} - {shift})
        return self._generate()

    def _keep(self, k: int, day: int, shifts: set[int]) -> None:
        """Keep the columns of a piece that are one of those on a day."""
        self.pool.columns[k] = [c for c in self.pool.columns[k] if int(c.days[day]) in shifts]

    def _generate(self) -> float:
        """Generate columns; what the program costs, infinite if there is no choice or no time."""
        made = generate(
            self.part, self.pool, self.left, rounds=ROUNDS, start=self.made.prices,
            workers=self.workers, enough=self.made.relaxed.cost + NEAR,
        )  # fmt: skip
        if made is None:
            return np.inf
        self.made = made
        if self.told is not None:
            self.told(int(self.open_.sum()), made.relaxed.cost)
        return made.relaxed.cost

    def _save(self) -> _Saved:
        masks = [(piece.open_, piece.idle) for piece in self.part.pieces]
        columns = [list(those) for those in self.pool.columns]
        return _Saved(masks, columns, self.open_.copy(), self.made)

    def _back(self, saved: _Saved) -> None:
        for piece, (open_, idle) in zip(self.part.pieces, saved.masks, strict=True):
            piece.open_, piece.idle = open_, idle
        self.pool.hold(saved.columns)
        self.open_, self.made = saved.open_.copy(), saved.made


def surest(
    part: Part, pool: Pool, shares: list[Floats], open_: Bools, number: int
) -> list[Settled]:
    """Up to `number` of (piece, day, shift or OFF) that are open, of which the shares hold most.

    For each piece there is a column with a share that has all of its own.
    """
    days = np.arange(open_.shape[1])
    shifts = part.need.shape[1]
    sure = np.zeros((*open_.shape, shifts + 1))  # the last is a day off: OFF is -1
    for k, share in enumerate(shares):
        for column, value in zip(pool.columns[k], share, strict=False):
            if value > TINY:
                sure[k, days, column.days] += value
    best = np.where(open_, sure.max(axis=2), -1.0)
    order = np.argsort(-best, axis=None, kind="stable")[: min(number, int(open_.sum()))]
    unsure = np.cumsum(1 - best.ravel()[order])
    order = order[: max(1, int(np.searchsorted(unsure, UNSURE)))]
    found: list[Settled] = []
    alive = [
        [c for c, value in zip(pool.columns[k], share, strict=False) if value > TINY]
        for k, share in enumerate(shares)
    ]
    for k, day in zip(*np.unravel_index(order, open_.shape), strict=True):
        shift = int(sure[k, day].argmax())
        shift = OFF if shift == shifts else shift
        kept = [column for column in alive[k] if column.days[day] == shift]
        if kept:
            alive[k] = kept
            found.append((int(k), int(day), shift))
    return found
