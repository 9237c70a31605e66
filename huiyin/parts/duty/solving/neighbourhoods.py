"""A roster made better part by part: some people over some weeks at a time, all else kept.

A part is solved by a few rounds of column generation and then in whole numbers over its columns. It
is thrown away as soon as its bound shows that it can't become better. How large parts are adapts to
the time that they take.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from huiyin.parts.duty.solving.columns import generate
from huiyin.parts.duty.solving.grid import Grid
from huiyin.parts.duty.solving.master import Pool, choose
from huiyin.parts.duty.solving.part import Part
from huiyin.parts.duty.solving.paths import Floats, Ints
from huiyin.parts.duty.solving.pieces import Column

WANTED_SECONDS = (1.0, 5.0)
ROUNDS = 40
COLUMNS, FEWEST = 3000, 60  # that are kept for a part, and for one person
LENGTHS = (5, 8, 11, 14, 18, 23, 30, 45)
LONGEST = 70
WHOLE_DAYS = 60


@dataclass
class Sizes:
    """How many person-days a part has; it grows while parts are quick and shrinks while not."""

    person_days: float
    lowest: float = 56.0
    highest: float = 1e9
    taken: list[float] = field(default_factory=list)

    def learn(self, seconds: float, finished: bool) -> None:
        """After a part: the next ones larger or smaller."""
        low, high = WANTED_SECONDS
        if seconds > high or not finished:
            self.person_days = max(self.lowest, self.person_days * 0.9)
        elif seconds < low:
            self.person_days = min(self.highest, self.person_days * 1.08)


class Neighbourhoods:
    """Chooses parts of a plan: people who could mend what costs most, and some at random."""

    def __init__(self, grid: Grid, seed: int) -> None:
        self.grid = grid
        self.random = np.random.default_rng(seed)

    def pick(self, plan: Ints, person_days: float) -> tuple[list[int], int, int]:
        """People (numbers) and the days from and to."""
        days, people = self.grid.days, len(plan)
        longest = days if days <= WHOLE_DAYS else LONGEST
        length = min(int(self.random.choice([d for d in LENGTHS if d < longest] + [longest])), days)
        first = int(self.random.integers(0, days - length + 1))
        last = first + length
        number = int(np.clip(round(person_days / length), 2, people))
        weights = self._weights(plan, first, last)
        chosen = self.random.choice(people, size=number, replace=False, p=weights)
        return sorted(chosen.tolist()), first, last

    def _weights(self, plan: Ints, first: int, last: int) -> Floats:
        """The probability of each person: they weigh more who may stand (or stand) a costly shift
        or have wishes unmet."""
        grid = self.grid
        if self.random.random() < 0.3:
            return np.full(len(plan), 1 / len(plan))
        counts = grid.counts(plan)
        short = np.maximum(grid.need - counts, 0) * grid.under
        more = np.maximum(counts - grid.need, 0) * grid.over
        costly = (short + more)[first:last]
        total = costly.sum()
        weights = np.ones(len(plan))
        if total > 0:
            d, s = divmod(
                int(self.random.choice(costly.size, p=costly.ravel() / total)), costly.shape[1]
            )
            for who, row in enumerate(grid.rows):
                if row.open_[first + d, s] and (row.wishes[first + d, s] <= 0):
                    weights[who] += 3.0
        for who in range(len(plan)):
            if grid.wish_cost(who, plan[who]) > 0:
                weights[who] += 1.0
        probabilities: Floats = weights / weights.sum()
        return probabilities


def improve(
    grid: Grid,
    plan: Ints,
    people: list[int],
    first: int,
    last: int,
    prices: Floats | None,
    left: Callable[[], float],
    known: list[list[Column]] | None = None,
) -> tuple[list[Column] | None, bool]:
    """A better choice for a part of a plan, or None; and whether the search was finished.

    `prices` (days, shifts) are a start; `known` are columns by person, for parts of all days.
    """
    part = Part(grid, plan, people, first, last)
    now = part.now(plan)
    cost = part.cost(now)
    pool = Pool(len(people))
    for k, column in enumerate(now):
        pool.add(k, column)
    if known is not None and last - first == grid.days:
        for k, who in enumerate(people):
            for column in known[who]:
                pool.add(k, column)
    start = None if prices is None else prices[first:last]
    keep = max(FEWEST, COLUMNS // len(people))
    made = generate(part, pool, left, rounds=ROUNDS, start=start, below=cost, keep=keep)
    if made is None:
        return None, False
    if made.bound > cost - 1 + 1e-3 or made.relaxed.cost > cost - 1e-3:
        return None, True
    pool.trim(part, made.prices, keep)
    for k, column in enumerate(now):
        pool.add(k, column)
    seconds = min(2 * WANTED_SECONDS[1], left())
    choice, finished = choose(part, part.need, range(len(people)), pool, seconds, below=cost - 0.5)
    if choice is None or part.cost(choice) >= cost - 1e-6:
        return None, finished
    return choice, finished
