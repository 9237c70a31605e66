"""Which days are working days, where one day ends, and how far that is known."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import holidays

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Calendar:
    """The organisation's days.

    `zone` is an IANA time zone, `country` an ISO 3166 code (None: Monday to Friday, always known),
    `overrides` the days that the organisation itself declared working (True) or free (False);
    they win over everything. Raises ZoneInfoNotFoundError or NotImplementedError at first use
    for a zone or a country that is unknown.
    """

    zone: str
    country: str | None = None
    overrides: Mapping[date, bool] = field(default_factory=dict)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def _book(self) -> "holidays.HolidayBase | None":
        return _holidays(self.country) if self.country else None

    @cached_property
    def _known_years(self) -> dict[int, bool]:
        return {}

    def known(self, day: date) -> bool:
        """Whether the holidays of the day's year are published and held here.

        Where working days are swapped by a yearly decree (China's State Council), a year is known
        if the library holds its decree, or if the organisation declared free every statutory
        holiday of that year that falls on a weekday. Elsewhere the law fixes the days; a year
        that has a holiday marked as estimated is not known.
        """
        year = day.year
        if year not in self._known_years:
            self._known_years[year] = self._knows(year)
        return self._known_years[year]

    def _knows(self, year: int) -> bool:
        book = self._book
        if book is None:
            return True
        decrees = getattr(book, "special_public_holidays", None) or {}
        if any(len(swap) == 4 for entry in decrees.values() for swap in _rows(entry)):
            return min(decrees) <= year <= max(decrees) or self._declared(year)
        if not book.start_year <= year <= book.end_year:
            return self._declared(year)
        # Names come in English where the library has them so, else in the country's language.
        own = str(getattr(book, "estimated_label", None) or "").replace("%s", "").strip(" ()（）")
        marks = ("estimated", own) if own else ("estimated",)
        named = _holidays(str(self.country), years=year, language="en_US")
        estimated = any(mark in name for name in named.values() for mark in marks)
        return not estimated or self._declared(year)

    def _declared(self, year: int) -> bool:
        statutory = _holidays(str(self.country), years=year, observed=False)
        weekdays = [day for day in statutory if day.weekday() not in statutory.weekend]
        return bool(weekdays) and all(self.overrides.get(day) is False for day in weekdays)

    def is_working(self, day: date) -> bool:
        """Whether the day is a working day; in a year not known, every weekday is one.

        So a limit is rather too short than too long until the year's holidays are published.
        """
        if day in self.overrides:
            return self.overrides[day]
        if self._book is None:
            return day.weekday() < 5
        if not self.known(day):
            return day.weekday() not in self._book.weekend
        return bool(self._book.is_working_day(day))

    @cached_property
    def _names(self) -> "holidays.HolidayBase | None":
        """The same book with names in English where the library has them so."""
        return _holidays(self.country, language="en_US") if self.country else None

    def holiday(self, day: date) -> str:
        """Return the English name of the public holiday that the law sets on the day, or "".

        A day that is only free because a working day was moved has none.
        """
        book = self._names
        if book is None or self._is_swap(day):
            return ""
        return str(book.get(day) or "")

    def _is_swap(self, day: date) -> bool:
        """Whether the day is free because another one is worked, as China's yearly decree says."""
        decrees = getattr(self._book, "special_public_holidays", None) or {}
        rows = _rows(decrees.get(day.year, ()))
        return any(row[:2] == (day.month, day.day) and len(row) == 4 for row in rows)

    def add_working_days(self, day: date, n: int) -> date:
        """Return the n-th working day after `day` (`day` itself for 0); ValueError below 0."""
        if n < 0:
            raise ValueError("working days are counted forwards")
        for _ in range(n):
            day = self.next_working(day + ONE_DAY)
        return day

    def next_working(self, day: date) -> date:
        """Return `day` if it is a working day, else the first one after it."""
        for ahead in range(367):
            candidate = day + timedelta(days=ahead)
            if self.is_working(candidate):
                return candidate
        raise ValueError(f"no working day in the year after {day}")

    def local_date(self, moment: datetime) -> date:
        """Return the organisation's date at an aware moment; ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return moment.astimezone(self._zone).date()

    def start_of_day(self, day: date) -> datetime:
        """Return the first instant of the local day, in UTC.

        Where a change of clocks skips or repeats midnight this is the earlier reading (fold 0),
        which is the instant at which the date changes.
        """
        return datetime.combine(day, time(), tzinfo=self._zone).astimezone(UTC)

    @cached_property
    def fingerprint(self) -> str:
        """A short hash (16 hex digits) of what the calendar knows; it changes with any of it."""
        told = sorted((day.isoformat(), working) for day, working in self.overrides.items())
        known = repr((self.zone, self.country, version("holidays"), told))
        return hashlib.sha256(known.encode()).hexdigest()[:16]


def _holidays(country: str, **options: Any) -> "holidays.HolidayBase":
    import holidays  # here: it takes a while, and most commands don't need it

    return holidays.country_holidays(country, **options)


def _rows(entry: tuple[object, ...]) -> tuple[tuple[object, ...], ...]:
    """A year's special days are one row or a tuple of rows."""
    if entry and isinstance(entry[0], tuple):
        return tuple(row for row in entry if isinstance(row, tuple))
    return (entry,)
