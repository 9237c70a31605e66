"""How many of what happened in each unit on each day, counted from the ledger as it grows.

The counter goes by the places that the sequencer gave (`seq`), so that no entry is missed or counted
twice, whichever transaction committed first. It counts what the organisation did; entries about a
letter count for the unit that has it. A letter that complains of a unit or a post counts nowhere:
whoever it complains of would learn of it from a number that their own list doesn't bear out.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.ledger.models import Entry, Log
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.models import Post, Unit
from huiyin.parts.reports.models import DayCount, Incident, Progress, Report
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
    rows = list(entries.values_list("kind", "subject", "at", "leaf"))
    unsaid = _complaining({subject for _kind, subject, _at, _leaf in rows})
    for kind, subject, at, leaf in rows:
        if subject in unsaid:
            continue
        for whose, what, number in _hits(kind, json.loads(bytes(leaf))):
            found[whose, calendar.local_date(at), what] += number
    _add(found)
    read = upto - progress.counted
    progress.counted = upto
    progress.save(update_fields=["counted"])
    return read


def _complaining(subjects: set[str]) -> set[str]:
    """Return those whose deadlines must not reach somebody: letters that complain of them."""
    barred = Q(avoid_unit__isnull=False) | Q(avoid_post__isnull=False)
    found = Deadline.objects.filter(barred, subject__in=subjects)
    return set(found.values_list("subject", flat=True))


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


@Statement
def _last_sent(unit_id: int, before: date) -> QuerySet[Report, tuple[Any, Any]]:
    sent = Report.objects.filter(
        unit=unit_id, kind=Report.Kind.DAILY, day__lt=before, sent_at__isnull=False
    )
    return sent.order_by("-day").values_list("day", "counted")[:1]


@Statement
def _summed(unit_id: int, begin: date, day: date) -> QuerySet[Any, tuple[str, int, int]]:
    counts = DayCount.objects.filter(unit=unit_id, day__gte=begin, day__lte=day)
    of_day = Sum("count", filter=Q(day=day), default=0)
    return counts.order_by().values_list("what").annotate(Sum("count"), of_day=of_day)


@Statement
def _open_incidents(unit_id: int) -> QuerySet[Incident, int]:
    mine = Incident.objects.filter(unit=unit_id, stood_down_at__isnull=True)
    return mine.values_list("pk", flat=True)


def _counted(unit: Unit, day: date) -> tuple[dict[str, int], dict[str, int]]:
    """Return the figures of the day's report, and what was counted on the day so far."""
    begin = day
    told: dict[str, int] = {}
    for last, counted in _last_sent(unit.pk, day):
        begin = max(last, day - BACK)
        told = counted.get("day", {}) if last == begin else {}
    rows = _summed(unit.pk, begin, day)
    summed = {what: number for what, number, _of_day in rows}
    found = {what: max(0, int(summed.get(what, 0)) - int(told.get(what, 0))) for what in FLOWING}
    found["incidents"] = len(_open_incidents(unit.pk))
    return found, {what: number for what, _summed, number in rows if number}


def figures(unit: Unit, day: date) -> dict[str, int]:
    """Return what the daily report of the day should say: what came since the report before it.

    Things that happen after one report is sent stand in the next, so that the reports of a unit add
    up to its records with nothing twice. Incidents are those open now.
    """
    return _counted(unit, day)[0]


def snapshot(
    unit: Unit, day: date, said: Mapping[str, Any] | None = None
) -> dict[str, dict[str, int]]:
    """Return what is kept with a daily report: its figures by the ledger, and the day's so far.

    What came in between drafting and sending, and was not `said`, is left to the next report.
    """
    found, whole = _counted(unit, day)
    for what in FLOWING:
        number = (said or {}).get(what)
        if isinstance(number, int) and number < found[what]:
            whole[what] = max(0, whole.get(what, 0) - (found[what] - number))
    return {"figures": found, "day": whole}


def names() -> tuple[str, ...]:
    """Return the fields of the daily report that the ledger counts."""
    return tuple(one.name for one in templates()["daily"].fields if one.counted)
