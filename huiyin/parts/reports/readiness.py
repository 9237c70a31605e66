"""What the readiness of a unit is made of. Pure: what is known of a unit goes in, its cells come out.

A cell is 0 (in order), 1 (not in order) or None (not asked of this unit, or not due yet).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from huiyin.parts.reports.tightening import Settings

CELLS = ("roster", "leader", "line", "exercise", "daily", "checks")
COLUMNS = (*CELLS, "late")
SUMS = ("units", *(name for one in CELLS for name in (one, f"{one}_of")), "late")


@dataclass(frozen=True)
class Sources:
    """Where other parts' facts come from; each takes the unit at the top and returns by unit.

    `covered`: up to when a unit is led without a break from the second time on (the third is as far
    as is asked). `checks`: how many checks are past their time, for units that have checklists.
    `late`: how many deadlines of letters are past.
    """

    covered: Callable[[int, datetime, datetime], Mapping[int, datetime]]
    checks: Callable[[int, datetime], Mapping[int, int]]
    late: Callable[[int, datetime], Mapping[int, int]]


@dataclass(frozen=True)
class Facts:
    """What is known of all units of a window at one time."""

    until: datetime
    covered: Mapping[int, datetime] = field(default_factory=dict)
    checks: Mapping[int, int] = field(default_factory=dict)
    late: Mapping[int, int] = field(default_factory=dict)
    led: frozenset[int] = frozenset()
    daily: Mapping[int, int] = field(default_factory=dict)


def cells(
    settings: Settings, facts: Facts, unit: int, *, tested: bool, exercised: bool
) -> tuple[int | None, int | None, int | None, int | None, int | None, int | None, int]:
    """Return the unit's cells in the order of COLUMNS."""
    checks = facts.checks.get(unit)
    return (
        int(unit not in facts.covered or facts.covered[unit] < facts.until)
        if settings.cover
        else None,
        int(unit not in facts.led),
        int(not tested) if settings.line_test else None,
        int(not exercised) if settings.exercise else None,
        facts.daily.get(unit),
        int(checks > 0) if settings.checklists and checks is not None else None,
        facts.late.get(unit, 0),
    )


def summed(
    kept: Iterable[tuple[int, tuple[int | None, ...]]], above: Mapping[int, Sequence[int]]
) -> dict[int, dict[str, int]]:
    """Return the sums over each unit with others below it, and all of those.

    `kept` are units with their cells, `above` the units above each. A sum has `units`, for each of
    CELLS how many are not in order (`roster`) of how many asked (`roster_of`), and `late`.
    """
    found: dict[int, list[int]] = {}
    own: dict[int, list[int]] = {}
    for unit, values in kept:
        line = [1]
        for value in values[:-1]:
            line += (value or 0, int(value is not None))
        own[unit] = [*line, values[-1] or 0]
    for unit, line in own.items():
        for one in above.get(unit, ()):
            if one not in own:
                continue
            total = found.setdefault(one, list(own[one]))
            for place, number in enumerate(line):
                total[place] += number
    return {unit: dict(zip(SUMS, numbers, strict=True)) for unit, numbers in found.items()}
