"""Who is told when: warnings before the end of a limit, escalations from its end on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

RUNGS = ("owner", "deputy", "head", "parent")
EVERY = (timedelta(days=3), timedelta(days=7))
REPEATS = 4


def pace(minutes: Sequence[int]) -> Sequence[timedelta]:
    """Return the intervals between rungs that a deadline keeps; the house's where it keeps none."""
    return tuple(timedelta(minutes=one) for one in minutes) or EVERY


@dataclass(frozen=True)
class Step:
    """The `number`-th thing (from 0) that happens by itself, `at` an aware moment, to a `rung`."""

    number: int
    at: datetime
    kind: Literal["warn", "escalate"]
    rung: str


def steps(
    started_at: datetime,
    due_at: datetime,
    warn_at: Sequence[datetime],
    rungs: Sequence[str] = RUNGS,
    every: Sequence[timedelta] = EVERY,
    repeats: int = REPEATS,
) -> tuple[Step, ...]:
    """Return every step of a limit in order; the list is finite.

    The first rung is warned at each moment of `warn_at` that lies between start and end. At
    `due_at` the first two rungs are told; each further rung follows after the next interval of
    `every` (the last one repeats), and then the last rung again, `repeats` times. The house
    default: owner and deputy at the end, the head 3 days later, the parent unit 7 days after
    that and every 7 days again. ValueError without rungs or intervals above zero, or for an end
    before the start.
    """
    return _plan(started_at, due_at, tuple(warn_at), tuple(rungs), tuple(every), repeats)


@lru_cache(maxsize=256)  # what many owe of one thing is planned alike
def _plan(
    started_at: datetime,
    due_at: datetime,
    warn_at: tuple[datetime, ...],
    rungs: tuple[str, ...],
    every: tuple[timedelta, ...],
    repeats: int,
) -> tuple[Step, ...]:
    if not rungs or not every or min(every) <= timedelta():
        raise ValueError("a ladder needs rungs, and intervals above zero")
    if due_at < started_at:
        raise ValueError("a limit ends after it starts")
    plan: list[tuple[datetime, Literal["warn", "escalate"], str]] = [
        (at, "warn", rungs[0]) for at in sorted(set(warn_at)) if started_at <= at < due_at
    ]
    plan += [(due_at, "escalate", rung) for rung in rungs[:2]]
    at = due_at
    for turn, rung in enumerate([*rungs[2:], *[rungs[-1]] * repeats]):
        at += every[min(turn, len(every) - 1)]
        plan.append((at, "escalate", rung))
    return tuple(Step(number, *step) for number, step in enumerate(plan))
