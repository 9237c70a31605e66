"""Which day, week or month a moment belongs to, by the wall clock: half-open, in UTC. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from huiyin.parts.duty.hours import Span, instant

ONE_DAY = timedelta(days=1)


def _first(every: str, day: date) -> date:
    if every == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if every == "month" else day


def _after(every: str, first: date) -> date:
    if every == "week":
        return first + timedelta(days=7)
    if every == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + ONE_DAY


def period(every: str, at: datetime, zone: ZoneInfo) -> Span:
    """Return the local day, the week from Monday, or the month that `at` belongs to.

    `every` is "day", "week" or "month"; any other counts as a day.
    """
    first = _first(every, at.astimezone(zone).date())
    return Span(instant(first, 0, zone), instant(_after(every, first), 0, zone))


def periods(every: str, since: datetime, at: datetime, zone: ZoneInfo) -> list[Span]:
    """Return the period of `since`, that of `at`, and all between, in order; none if it is later."""
    found = []
    one = period(every, since, zone)
    while one.starts <= at:
        found.append(one)
        one = period(every, one.ends, zone)
    return found
