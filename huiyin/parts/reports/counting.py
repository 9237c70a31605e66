"""How many of what happened in each unit on each day, counted from the ledger as it grows.

The counter goes by the places that the sequencer gave (`seq`), so that no entry is missed or counted
twice, whichever transaction committed first. It counts what the organisation did; entries about a
letter count for the unit that has it, never for whom it complains of.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.ledger.models import Entry, Log
from huiyin.kernel.units.models import Post, Unit
from huiyin.parts.reports.models import Progress
from huiyin.parts.reports.templates import templates

AT_ONCE = 5_000
BACK = timedelta(days=31)  # over how many days without a report the next one adds up
FLOWING = ("filed", "forwarded", "answered", "late", "remedies", "stood", "checks", "failed")
STANDING = ("incidents",)  # a number of things open now rather than of things done
_BY_POST = {
    "case.answered": "answered",
    "case.remedy_done": "remedies",
    "duty.signed_in": "stood",
    "duty.checked": "checks",
}
_BY_FACT = {"case.filed": "filed", "case.forwarded": "forwarded"}
_OF_DAY = "SELECT what, count FROM reports_daycount WHERE unit_id = %s AND day = %s"
_SUMMED = """
SELECT what, SUM(count) FROM reports_daycount WHERE unit_id = %s AND day >= %s AND day <= %s
GROUP BY what
"""
_LAST = """
SELECT day, counted FROM reports_report
WHERE unit_id = %s AND kind = 'daily' AND day < %s AND sent_at IS NOT NULL
ORDER BY day DESC LIMIT 1
"""
_INCIDENTS = "SELECT COUNT(*) FROM reports_incident WHERE unit_id = %s AND stood_down_at IS NULL"
KINDS = (*_BY_POST, *_BY_FACT, "clock.late")


def _hits(kind: str, leaf: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return (post or unit code, what, how many) for one entry."""
    facts = leaf["facts"]
    if kind in _BY_FACT:
        return [(f"unit:{facts.get('unit')}", _BY_FACT[kind], 1)]
    if kind == "clock.late":
        letters = str(facts["deadline"]).startswith("case.")
        return [(f"post:{leaf['post']}", "late", 1)] if letters else []
    found = [(f"post:{leaf['post']}", _BY_POST[kind], 1)]
    if kind == "duty.checked" and facts.get("failed"):
        found.append((f"post:{leaf['post']}", "failed", int(facts["failed"])))
    return found


@transaction.atomic
def count_new(now: datetime, most: int = AT_ONCE) -> int:
    """Count the entries that were given their places since the last time; return how many were read.

    Two workers at once wait for each other and count each entry once.
    """
    Progress.objects.get_or_create(pk=1)
    progress = Progress.objects.select_for_update().get(pk=1)
    size = Log.objects.values_list("size", flat=True).first() or 0
    upto = min(size, progress.counted + most)
    if upto <= progress.counted:
        return 0
    calendar = policy().calendar
    found: Counter[tuple[str, date, str]] = Counter()
    entries = Entry.objects.filter(seq__gte=progress.counted, seq__lt=upto, kind__in=KINDS)
    for kind, at, leaf in entries.values_list("kind", "at", "leaf").iterator():
        for whose, what, number in _hits(kind, json.loads(bytes(leaf))):
            found[whose, calendar.local_date(at), what] += number
    _add(found)
    read = upto - progress.counted
    progress.counted = upto
    progress.save(update_fields=["counted"])
    return read


def _add(found: Counter[tuple[str, date, str]]) -> None:
    codes = {whose.partition(":")[2] for whose, _day, _what in found}
    units = {
        f"unit:{code}": pk
        for code, pk in Unit.objects.filter(code__in=codes).values_list("code", "pk")
    } | {
        f"post:{code}": pk
        for code, pk in Post.objects.filter(code__in=codes).values_list("code", "unit_id")
    }
    summed: Counter[tuple[int, date, str]] = Counter()
    for (whose, day, what), number in found.items():
        if whose in units:
            summed[units[whose], day, what] += number
    adapt = connection.ops.adapt_datefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO reports_daycount (unit_id, day, what, count) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (unit_id, day, what) DO UPDATE SET count = reports_daycount.count "
            "+ excluded.count",
            [(unit, adapt(day), what, number) for (unit, day, what), number in summed.items()],
        )


def _rows(statement: str, *values: int | date) -> list[tuple[Any, ...]]:
    """Return the rows of a statement: each daily report asks some, and the ORM takes ten times as long."""
    adapt = connection.ops.adapt_datefield_value
    given = [adapt(one) if isinstance(one, date) else one for one in values]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def of_day(unit: Unit, day: date) -> dict[str, int]:
    """Return what was counted for the unit on the day so far."""
    return dict(_rows(_OF_DAY, unit.pk, day))


def figures(unit: Unit, day: date) -> dict[str, int]:
    """Return what the daily report of the day should say: what came since the report before it.

    Things that happen after one report is sent stand in the next, so that the reports of a unit add
    up to its records with nothing twice. Incidents are those open now.
    """
    begin = day
    told: dict[str, int] = {}
    for last_day, counted in _rows(_LAST, unit.pk, day):
        last = date.fromisoformat(str(last_day))
        begin = max(last, day - BACK)
        told = json.loads(counted).get("day", {}) if last == begin else {}
    summed = dict(_rows(_SUMMED, unit.pk, begin, day))
    found = {what: max(0, int(summed.get(what, 0)) - int(told.get(what, 0))) for what in FLOWING}
    found["incidents"] = _rows(_INCIDENTS, unit.pk)[0][0]
    return found


def snapshot(
    unit: Unit, day: date, said: Mapping[str, Any] | None = None
) -> dict[str, dict[str, int]]:
    """Return what is kept with a daily report: its figures by the ledger, and the day's so far.

    What came in between drafting and sending, and was not `said`, is left to the next report.
    """
    found, whole = figures(unit, day), of_day(unit, day)
    for what in FLOWING:
        number = (said or {}).get(what)
        if isinstance(number, int) and number < found[what]:
            whole[what] = max(0, whole.get(what, 0) - (found[what] - number))
    return {"figures": found, "day": whole}


def names() -> tuple[str, ...]:
    """Return the fields of the daily report that the ledger counts."""
    return tuple(one.name for one in templates()["daily"].fields if one.counted)
