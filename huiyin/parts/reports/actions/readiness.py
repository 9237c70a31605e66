"""Count how ready every unit of a window is, for all units at once, every few minutes."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.rows import keep
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.models import Lineage, Tenure
from huiyin.kernel.units.queries import current
from huiyin.parts.reports.actions.reporting import DAILY
from huiyin.parts.reports.actions.window_units import locked, meet_rosters, owe_more, unfold
from huiyin.parts.reports.models import Window, WindowPost, WindowUnit
from huiyin.parts.reports.readiness import COLUMNS, Facts, Sources, cells, summed
from huiyin.parts.reports.tightening import Settings

EVERY = timedelta(minutes=5)
_SET = ", ".join(f"{name} = %s" for name in (*COLUMNS, "below"))
_UPDATE = f"UPDATE reports_windowunit SET {_SET} WHERE id = %s"  # noqa: S608 - names of our own


def count(now: datetime, sources: Sources) -> int:
    """Count every window whose last count is older than a few minutes; return how many rows changed.

    Units that were not told of a window yet are told, some hundred in a round.
    """
    owe_more(now)
    return sum(count_one(pk, now, sources) for pk in _due(now - EVERY))


@Statement
def _due(since: datetime) -> QuerySet[Window, int]:
    due = Window.objects.filter(closed_at=None).exclude(counted_at__gt=since)
    return due.values_list("pk", flat=True)


@Statement
def _rows(window_id: int) -> QuerySet[WindowUnit, tuple[Any, ...]]:
    rows = WindowUnit.objects.filter(window=window_id)
    return rows.values_list("pk", "unit_id", "line_tested_on", "exercised_on", "below", *COLUMNS)


@transaction.atomic
def count_one(pk: int, now: datetime, sources: Sources) -> int:
    """Count one window: units that were added get their rows, and only rows that changed are written.

    What a unit confirms meanwhile waits for the window's lock. Returns how many rows changed.
    """
    window = locked(pk)
    settings = Settings.of(window.settings)
    unfold(window)
    facts = _facts(window, settings, now, sources)
    rows = _rows(window.pk)
    counted = {
        unit: cells(
            settings, facts, unit, tested=tested is not None, exercised=exercised is not None
        )
        for _pk, unit, tested, exercised, _below, *_was in rows
    }
    sums = summed(counted.items(), _above(window))
    changed = [
        (*counted[unit], json.dumps(sums[unit]) if unit in sums else None, row)
        for row, unit, _tested, _exercised, below, *was in rows
        if counted[unit] != tuple(was) or sums.get(unit) != below
    ]
    if changed:
        with connection.cursor() as cursor:
            cursor.executemany(_UPDATE, changed)
    meet_rosters(window, (u for u, at in facts.covered.items() if at >= facts.until), now)
    window.counted_at = now
    keep(window, "counted_at")
    return len(changed)


def _above(window: Window) -> Mapping[int, list[int]]:
    """Return the units above each unit of the window."""
    found: dict[int, list[int]] = {}
    for unit, above in _lines(window.unit_id):
        found.setdefault(unit, []).append(above)
    return found


@Statement
def _lines(top: int) -> QuerySet[Lineage, tuple[int, int]]:
    lines = Lineage.objects.filter(unit__lineage__ancestor=top, distance__gt=0)
    return lines.values_list("unit_id", "ancestor_id")


def _facts(window: Window, settings: Settings, now: datetime, sources: Sources) -> Facts:
    calendar = policy().calendar
    until = calendar.start_of_day(window.last_day + timedelta(days=1))
    since = max(calendar.start_of_day(window.first_day), now)
    top = window.unit_id
    return Facts(
        until=until,
        covered=sources.covered(top, since, until) if settings.cover and since < until else {},
        checks=sources.checks(top, now) if settings.checklists else {},
        late=sources.late(top, now),
        led=frozenset(_led(window.pk, now)),
        daily=_daily(window, now),
    )


@Statement
def _led(window_id: int, now: datetime) -> QuerySet[WindowPost, int]:
    """Return the units whose post with overall responsibility is named and held by somebody."""
    held = Tenure.objects.filter(current(now), post=OuterRef("post"))
    named = WindowPost.objects.filter(
        Exists(held), row__window=window_id, duty=WindowPost.Duty.OVERALL, post__closed_at=None
    )
    return named.values_list("row__unit", flat=True)


@Statement
def _owed(subject: str, top: int) -> QuerySet[Deadline, tuple[int | None, str, datetime]]:
    owed = Deadline.objects.filter(subject=subject, kind=DAILY, post__unit__lineage__ancestor=top)
    return owed.values_list("post__unit", "state", "due_at")


def _daily(window: Window, now: datetime) -> Mapping[int, int]:
    """Return 1 for units whose report of today is past its time, 0 for those that have sent it."""
    found = {}
    for unit, state, due in _owed(f"daily:{policy().calendar.local_date(now)}", window.unit_id):
        if state == Deadline.State.MET:
            found[unit] = 0
        elif state == Deadline.State.OPEN and due <= now:
            found[unit] = 1
    return {unit: cell for unit, cell in found.items() if unit is not None}
