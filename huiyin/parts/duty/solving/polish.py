"""Parts of a roster are made anew one after the other, by one thread or several at once."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from huiyin.parts.duty.solving.grid import Grid
from huiyin.parts.duty.solving.neighbourhoods import Neighbourhoods, Sizes, improve
from huiyin.parts.duty.solving.part import Part
from huiyin.parts.duty.solving.paths import Floats, Ints
from huiyin.parts.duty.solving.pieces import Column

FIRST_SIZE = 240.0  # days of people


@dataclass
class Best:
    """The best plan so far; threads that share it change it under its lock."""

    grid: Grid
    plan: Ints
    cost: float
    bound: float = 0.0  # weights are not negative
    prices: Floats | None = None
    known: list[list[Column]] | None = None
    lock: Lock = field(default_factory=Lock)
    since: float = field(default_factory=time.monotonic)

    def proven(self) -> bool:
        """Whether nothing better exists (costs are whole numbers)."""
        return self.cost < self.bound + 1 - 1e-6

    def offer(self, plan: Ints, cost: float) -> None:
        """Keep a plan if it is better."""
        with self.lock:
            if cost < self.cost - 1e-6:
                self.plan, self.cost, self.since = plan.copy(), cost, time.monotonic()

    def stale(self, seconds: float) -> bool:
        """Whether nothing better has come for so long."""
        return time.monotonic() - self.since > seconds


def polish(best: Best, seed: int, left: Callable[[], float], told: Callable[[str], None]) -> None:
    """Make parts of the best plan anew until no seconds are left; `told` is told of each find."""
    hoods = Neighbourhoods(best.grid, seed)
    sizes = Sizes(FIRST_SIZE, highest=float(best.plan.size))
    while left() > 0:
        plan = best.plan
        people, first, last = hoods.pick(plan, sizes.person_days)
        began = time.monotonic()
        choice, finished = improve(
            best.grid, plan, people, first, last, best.prices, left, best.known
        )
        sizes.learn(time.monotonic() - began, finished)
        if choice is None:
            continue
        with best.lock:
            now = best.plan
            if not (now[people] == plan[people]).all():
                continue  # somebody else has changed what these people stand
            part = Part(best.grid, now, people, first, last)
            found = part.cost(choice) < part.cost(part.now(now))
            if found:
                best.plan = part.put(now, choice)
                best.cost, best.since = best.grid.cost(best.plan), time.monotonic()
        if found:
            told(f"parts {len(people)}x{last - first}")
