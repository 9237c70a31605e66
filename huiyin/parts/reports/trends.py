"""How a unit's numbers went, by day over a month or by week over a year, for itself or its subtree.

Sums over units and days alone: a count is of what the organisation did, never of whom it was done by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Lineage, Unit
from huiyin.parts.reports.access import NotYours, ReportNotFound, at_desk, sees_unit
from huiyin.parts.reports.models import DayCount

DAYS, WEEKS = 31, 52
LETTERS = ("filed", "answered", "late")
WORK = ("remedies", "failed")
SHOWN = LETTERS + WORK


@dataclass(frozen=True)
class Trend:
    """Counts of each of SHOWN, one for each day (or week, by its Monday) of `starts`."""

    unit: Unit
    weeks: bool
    below: bool
    until: date
    starts: Sequence[date]
    counts: dict[str, list[int]]

    @property
    def end(self) -> date:
        """The last day of the last step."""
        return self.starts[-1] + timedelta(days=6) if self.weeks else self.until


def trend(acting: Acting, unit: Unit, until: date, *, weeks: bool, below: bool) -> Trend:
    """Return how the unit's numbers went up to `until`, in one query for any size of the tree.

    `below` adds all units below. A post of the unit sees its unit's own; the subtree is for those
    who sit at a desk. Raises ReportNotFound, NotYours.
    """
    if not sees_unit(acting.post, unit.pk):
        raise ReportNotFound(unit.code)
    if below and not at_desk(acting.post):
        raise NotYours
    if weeks:
        last = until - timedelta(days=until.weekday())
        starts = [last - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    else:
        starts = [until - timedelta(days=back) for back in reversed(range(DAYS))]
    place = {one: at for at, one in enumerate(starts)}
    counts = {what: [0] * len(starts) for what in SHOWN}
    rows = DayCount.objects.filter(day__gte=starts[0], day__lte=until, what__in=SHOWN)
    if below:
        rows = rows.filter(unit__in=Lineage.objects.filter(ancestor=unit).values("unit_id"))
    else:
        rows = rows.filter(unit=unit)
    for day, what, number in rows.values_list("day", "what").annotate(n=Sum("count")).order_by():
        start = day - timedelta(days=day.weekday()) if weeks else day
        counts[what][place[start]] += number
    return Trend(unit, weeks, below, until, starts, counts)
