"""The next roster of each unit is opened by itself, so that one that is missing shows at headquarters."""

from datetime import date, datetime, timedelta

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.models import Unit
from huiyin.parts.duty.actions.rosters import open_roster, zone
from huiyin.parts.duty.actions.setup import rules_of
from huiyin.parts.duty.models import Roster

AHEAD = timedelta(days=14)  # before it is owed, at the latest


def next_days(unit: Unit, today: date) -> tuple[date, date]:
    """Return the days of the unit's next roster: what follows its last one, else the next month."""
    start = _month_after(today)
    last = Roster.objects.filter(unit=unit).order_by("-end_day").first()
    if last is not None and last.end_day > today:
        start = last.end_day
    return start, _month_after(start)


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def open_coming(now: datetime) -> int:
    """Open what will be owed within two weeks, for every unit with something to roster."""
    today = now.astimezone(zone()).date()
    units = Unit.objects.filter(
        closed_at=None, duty_points__closed_at=None, duty_points__patterns__closed_at=None
    )
    opened = 0
    for unit in units.filter(duty_points__patterns__isnull=False).distinct().order_by("pk"):
        first, end = next_days(unit, today)
        if today < first - timedelta(days=rules_of(unit).submit_days) - AHEAD:
            continue
        try:
            open_roster(unit, first, end, now=now)
        except BadInput:
            continue  # somebody opened it meanwhile, or no shift comes on those days
        opened += 1
    return opened
