"""Which days a table of duty shows, and its shifts arranged by day, week and colleague."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import HttpRequest

from huiyin.kernel.clock.policy import policy
from huiyin.parts.duty.timetable import Stander, Stood
from huiyin.web.staff.parse import day_of

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Span:
    """Local days from `first` up to `end`: a calendar month, or a week from Monday."""

    kind: str
    first: date
    end: date

    @property
    def days(self) -> list[date]:
        """Each day."""
        return [self.first + timedelta(days=n) for n in range((self.end - self.first).days)]

    @property
    def before(self) -> date:
        """A day in the span before."""
        return self.first - timedelta(days=1)


def month_of(day: date) -> Span:
    """Return the month in which the day is."""
    first = day.replace(day=1)
    return Span("month", first, (first + timedelta(days=31)).replace(day=1))


def week_of(day: date) -> Span:
    """Return the week, from Monday, in which the day is."""
    first = day - timedelta(days=day.weekday())
    return Span("week", first, first + WEEK)


def asked(request: HttpRequest, today: date, default: str = "month") -> Span:
    """Return the span of ?span=month|week around ?on=YYYY-MM-DD; what can't be read is today's."""
    day = day_of(request.GET.get("on", ""), today)
    kind = request.GET.get("span", default)
    return week_of(day) if kind == "week" else month_of(day)


@dataclass
class Day:
    """A day with the shifts that begin on it; `rest` when it is no working day."""

    day: date
    rest: bool
    holiday: str
    shifts: list[Stood] = field(default_factory=list)


def by_day(span: Span, found: Iterable[Stood]) -> list[Day]:
    """Return every day of the span with its shifts."""
    calendar = policy().calendar
    days = {day: Day(day, not calendar.is_working(day), calendar.holiday(day)) for day in span.days}
    for one in found:
        if one.shift.day in days:
            days[one.shift.day].shifts.append(one)
    return list(days.values())


def weeks(days: list[Day]) -> list[list[Day | None]]:
    """Return the days in rows from Monday to Sunday, with None where a day is in no row."""
    padded: list[Day | None] = [None] * days[0].day.weekday() + [*days]
    padded += [None] * (-len(padded) % 7)
    return [padded[n : n + 7] for n in range(0, len(padded), 7)]


@dataclass
class Line:
    """Somebody with what they stand on each day of the span."""

    stander: Stander
    days: list[list[tuple[Stood, Stander]]]


def by_colleague(span: Span, found: Iterable[Stood]) -> list[Line]:
    """Return a line for each who stands something, in the order of their names' first shift."""
    lines: dict[int, Line] = {}
    for one in found:
        for each in one.standers:
            line = lines.setdefault(each.user.pk, Line(each, [[] for _ in span.days]))
            line.days[(one.shift.day - span.first).days].append((one, each))
    return list(lines.values())
