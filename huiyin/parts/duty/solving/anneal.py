"""Annealing with exact moves: a few days of a few people are made anew in turn, each by a shortest
path at the prices that the others leave, with some noise; worse rosters are accepted now and then.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from huiyin.parts.duty.solving.grid import Grid
from huiyin.parts.duty.solving.paths import NEVER, Bools, Floats, Ints, cheapest, thin
from huiyin.parts.duty.solving.windows import (
    acceptable,
    outside,
    state_before,
    units_between,
    weekends_inside,
)


@dataclass(frozen=True)
class Rules:
    """Everybody's rules, one array each with people first."""

    open_: Bools
    idle: Bools
    rows: Ints
    sums: Ints
    limited: Ints
    limits: Ints
    kinds: Ints
    alike: Ints
    wishes: Floats

    @classmethod
    def of(cls, grid: Grid) -> "Rules":
        """The rules of a grid's people."""
        rows = grid.rows
        most = max([1, *(row.limits.size for row in rows)])
        limits = np.zeros((len(rows), most), dtype=np.int64)
        for who, row in enumerate(rows):
            limits[who, : row.limits.size] = row.limits
        return cls(
            np.array([row.open_ for row in rows]),
            np.array([row.idle for row in rows]),
            np.array([row.rows for row in rows]),
            np.array([(row.least_units, row.most_units, row.most_weekends) for row in rows]),
            np.array([row.limited for row in rows]),
            limits,
            np.array([row.limits.size for row in rows]),
            np.array([row.alike for row in rows]),
            np.array([row.wishes for row in rows]),
        )


def anneal(
    grid: Grid,
    rules: Rules,
    plan: Ints,
    steps: int,
    heat: float,
    seed: int,
    members: Ints | None = None,
    between: tuple[int, int] | None = None,
) -> tuple[float, Ints, float]:
    """Take so many steps at one heat, from (and in) `plan` (people, days).

    Only `members` (numbers of people) on the days `between` are touched, where given. Returns the
    cost of the best plan met, that plan, and the cost of `plan` as it is then.
    """
    members = np.arange(len(plan)) if members is None else members
    low, high = (0, grid.days) if between is None else between
    counts = grid.counts(plan)
    best = plan.copy()
    now = grid.cost(plan)
    gained, last = _steps(
        plan, best, counts, grid.need, grid.under, grid.over, grid.group, grid.follows,
        grid.units, grid.weekend, rules.open_, rules.idle, rules.rows, rules.sums, rules.limited,
        rules.limits, rules.kinds, rules.alike, rules.wishes, members, low, high,
        steps, heat, seed,
    )  # fmt: skip
    return now + gained, best, now + last


@njit(cache=True, nogil=True)
def _steps(  # noqa: PLR0912, PLR0915
    plan: Ints,
    best: Ints,
    counts: Ints,
    need: Ints,
    under: Floats,
    over: Floats,
    group: Ints,
    follows: Bools,
    units: Ints,
    weekend: Ints,
    open_: Bools,
    idle: Bools,
    rows: Ints,
    sums: Ints,
    limited: Ints,
    limits: Ints,
    kinds: Ints,
    alike: Ints,
    wishes: Floats,
    members: Ints,
    low: int,
    high: int,
    steps: int,
    heat: float,
    seed: int,
) -> tuple[float, float]:
    np.random.seed(seed)
    people = members.shape[0]
    shifts = need.shape[1]
    largest = units.max()
    change = 0.0
    lowest = 0.0
    unsaved = False
    for _ in range(steps):
        roll = np.random.random()
        if roll < 0.5:
            length = np.random.randint(2, 8)
        elif roll < 0.9:
            length = np.random.randint(7, 15)
        else:
            length = np.random.randint(14, 29)
        length = min(length, high - low)
        first = low + np.random.randint(0, high - low - length + 1)
        last = first + length
        number = min(people, np.random.randint(1, 4))
        who = members[np.random.choice(people, number, replace=False)]
        # If a shift picked at random is short, the first one is somebody who may stand it.
        d = np.random.randint(first, last)
        s = np.random.randint(0, shifts)
        if counts[d, s] < need[d, s]:
            for _again in range(10):
                p = members[np.random.randint(0, people)]
                if open_[p, d, s] and plan[p, d] != s:
                    if p not in who:
                        who[0] = p
                    break
        kept = np.empty((number, length), np.int64)
        before = 0.0
        for d in range(first, last):
            for s in range(shifts):
                gap = need[d, s] - counts[d, s]
                before += gap * under[d, s] if gap > 0 else -gap * over[d, s]
        for k in range(number):
            p = who[k]
            for d in range(length):
                s = plan[p, first + d]
                kept[k, d] = s
                if s >= 0:
                    counts[first + d, s] -= 1
                    before += wishes[p, first + d, s]
        failed = False
        made = 0
        after = 0.0
        for k in range(number):
            p = who[k]
            total, worked, left = outside(
                plan[p], first, last, units, weekend, limited[p], limits[p, : kinds[p]]
            )
            day_kinds, weekends_to = weekends_inside(
                plan[p], first, last, weekend, max(0, sums[p, 2] - worked)
            )
            unit_from, unit_to = units_between(
                max(0, sums[p, 0] - total), max(0, sums[p, 1] - total), rows[p], largest, length
            )
            price = np.empty((length, shifts))
            for d in range(length):
                for s in range(shifts):
                    gap = need[first + d, s] - counts[first + d, s]
                    price[d, s] = -under[first + d, s] if gap > 0 else over[first + d, s]
                    price[d, s] += wishes[p, first + d, s] + heat * np.random.random()
            cost, path = cheapest(
                first, price, thin(price, open_[p, first:last], alike[p]), idle[p, first:last],
                group, follows, units, rows[p], state_before(plan[p], first, rows[p], group),
                acceptable(plan[p], last, rows[p], follows), unit_from, unit_to, day_kinds,
                np.zeros(length, np.int64), weekends_to, limited[p], left, np.zeros(len(left), np.int64),
            )  # fmt: skip
            if cost >= NEVER:
                failed = True
                break
            made = k + 1
            for d in range(length):
                s = path[d]
                plan[p, first + d] = s
                if s >= 0:
                    counts[first + d, s] += 1
                    after += wishes[p, first + d, s]
        for d in range(first, last):
            for s in range(shifts):
                gap = need[d, s] - counts[d, s]
                after += gap * under[d, s] if gap > 0 else -gap * over[d, s]
        delta = after - before
        if not failed and (delta <= 0 or np.random.random() < np.exp(-delta / heat)):
            if unsaved and delta > 0 and change <= lowest:
                best[:, :] = plan
                for k in range(number):
                    for d in range(length):
                        best[who[k], first + d] = kept[k, d]
                unsaved = False
            change += delta
            if change < lowest - 1e-9:
                lowest = change
                unsaved = True
            continue
        for k in range(number):
            p = who[k]
            for d in range(length):
                if k < made:
                    s = plan[p, first + d]
                    if s >= 0:
                        counts[first + d, s] -= 1
                s = kept[k, d]
                plan[p, first + d] = s
                if s >= 0:
                    counts[first + d, s] += 1
    if unsaved and change <= lowest + 1e-9:
        best[:, :] = plan
    return lowest, change
