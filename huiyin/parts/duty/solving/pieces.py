"""Some days of one person's roster, the rest of which stays: what may be stood there, at what price.

A piece that takes in all days is the whole roster.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from huiyin.parts.duty.solving.grid import Grid
from huiyin.parts.duty.solving.paths import NEVER, OFF, Floats, Ints, cheapest, thin
from huiyin.parts.duty.solving.windows import (
    acceptable,
    outside,
    state_before,
    units_between,
    weekends_inside,
)

COPIES = 40  # times as large as that of a roster without counts a state may be


@dataclass(frozen=True)
class Column:
    """What a person could stand on the days of a piece, and what their unmet wishes then cost."""

    days: Ints
    cost: float


class Piece:
    """Days `first` to `last` (not included) of person `who`, whose roster is `row` (days,).

    `band` keeps units and weekends near an even pace over days that aren't leave, within so many shifts and weekends: it makes
    long pieces quick and is a heuristic.
    """

    def __init__(
        self, grid: Grid, who: int, row: Ints, first: int, last: int, band: int | None = None
    ) -> None:
        self.grid, self.who, self.first, self.last = grid, who, first, last
        rules = grid.rows[who]
        self.rules = rules
        self.limited = rules.limited
        units, weekends, self.limits = outside(
            row, first, last, grid.units, grid.weekend, rules.limited, rules.limits
        )
        self.least = max(0, rules.least_units - units)
        self.most = rules.most_units - units
        self.weekends = rules.most_weekends - weekends
        self.weekend, self.weekends_to = weekends_inside(
            row, first, last, grid.weekend, max(0, self.weekends)
        )
        self.weekends_from = np.zeros(last - first, dtype=np.int64)
        self.open_ = rules.open_[first:last]
        self.idle = rules.idle[first:last]
        self.wishes = rules.wishes[first:last]
        self.start = state_before(row, first, rules.rows, grid.group)
        self.accept = acceptable(row, last, rules.rows, grid.follows)
        self.unit_from, self.unit_to = units_between(
            self.least, max(0, self.most), rules.rows, int(grid.units.max()), last - first
        )
        if band is not None:
            self._keep_pace(band)
        self.free_alike = grid.alike(np.full_like(rules.limited, -1))

    def _keep_pace(self, band: int) -> None:
        able = self.open_.any(axis=1)
        share = np.cumsum(able) / max(1, able.sum())
        middle = (self.least + self.most) / 2 * share
        slack = band * int(self.grid.units.max())
        self.unit_from = np.maximum(self.unit_from, np.floor(middle - slack).astype(np.int64))
        self.unit_to = np.minimum(self.unit_to, np.ceil(middle + slack).astype(np.int64))
        self.unit_to = np.maximum(self.unit_to, self.unit_from)
        pace = self.weekends * share
        self.weekends_from = np.maximum(0, np.floor(pace - band / 2).astype(np.int64))
        top = np.maximum(self.weekends_from, np.ceil(pace + band / 2).astype(np.int64))
        self.weekends_from = np.minimum(self.weekends_from, self.weekends_to)
        self.weekends_to = np.minimum(self.weekends_to, top)

    def cheapest(
        self,
        price: Floats,
        *,
        penalty: Floats | None = None,
        limits: bool = True,
        exact: Sequence[int] = (),
    ) -> tuple[float, Ints]:
        """The cheapest way to stand these days at `price` (days, shifts), wishes added here.

        `penalty` (shifts,) is added for the search. Without `limits` only the counts of the shifts
        in `exact` are held, as part of the state, and the cost is a lower bound.
        """
        grid, rules = self.grid, self.rules
        if self.most < self.least or self.weekends < 0 or (self.limits < 0).any():
            return NEVER, np.full(self.last - self.first, OFF)
        price = price + self.wishes
        if penalty is not None:
            price = price + penalty
        strides = self.strides(exact)
        limited = np.where(limits | (strides > 0)[self.limited], self.limited, -1)
        alike = rules.alike if limits or len(exact) else self.free_alike
        return cheapest(
            self.first, price, thin(price, self.open_, alike), self.idle, grid.group,
            grid.follows, grid.units, rules.rows, self.start, self.accept, self.unit_from,
            self.unit_to, self.weekend, self.weekends_from, self.weekends_to, limited,
            self.limits, strides,
        )  # fmt: skip

    def strides(self, exact: Sequence[int]) -> Ints:
        """How far apart two values of each count are (limits,), if those of the shifts in `exact`
        are part of the state; 0 for the others, and for those that would make it too large."""
        strides, copies = np.zeros(len(self.limits) + 1, dtype=np.int64), 1
        for s in exact:
            kind = self.limited[s]
            if kind >= 0 and copies * (self.limits[kind] + 1) <= COPIES:
                strides[kind] = copies
                copies *= self.limits[kind] + 1
        return strides

    def settle(self, day: int, shift: int) -> None:
        """Let a day of the piece (0 is its first) be that shift (or OFF) and nothing else."""
        self.open_, self.idle = self.open_.copy(), self.idle.copy()
        self.open_[day, np.arange(self.open_.shape[1]) != shift] = False
        self.idle[day] = shift == OFF

    def forbid(self, day: int, shift: int) -> None:
        """Let a day of the piece be anything but that shift (or OFF)."""
        self.open_, self.idle = self.open_.copy(), self.idle.copy()
        if shift == OFF:
            self.idle[day] = False
        else:
            self.open_[day, shift] = False

    def column(self, days: Ints) -> Column:
        """Those days as a column."""
        at = np.flatnonzero(days >= 0)
        return Column(days, float(self.wishes[at, days[at]].sum()))

    def excess(self, days: Ints) -> Ints:
        """How far each limited count is exceeded (negative: how much is left), (shifts,)."""
        stood = np.bincount(days[days >= 0], minlength=len(self.grid.names))
        over = np.zeros(len(self.grid.names), dtype=np.int64)
        capped = self.limited >= 0
        over[capped] = stood[capped] - self.limits[self.limited[capped]]
        return over
