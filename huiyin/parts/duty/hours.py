"""Local hours into instants: half-open, in UTC, right at clock changes, month and year ends.

Minutes count on the wall clock from local midnight and may pass 24 h: a night shift from 20:00 that
lasts 720 minutes ends at 08:00 by the clock on the wall, whether the night has 11, 12 or 13 hours. So
a shift ends at the very instant at which the next one begins, also on the night of a clock change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
LONGEST = 2  # days: nothing that begins earlier still runs


@dataclass(frozen=True, order=True)
class Span:
    """From one instant (aware, UTC) up to another that no longer belongs to it."""

    starts: datetime
    ends: datetime

    @property
    def minutes(self) -> int:
        """How many minutes really pass."""
        return int((self.ends - self.starts).total_seconds() // 60)

    def overlaps(self, other: "Span") -> bool:
        """Whether some instant belongs to both; to meet is not to overlap."""
        return self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True)
class Weekly:
    """Hours that come back on days of the week (bit mask, Monday 1), from `begins` to `until`."""

    weekdays: int
    starts: int
    minutes: int
    begins: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether it begins on that local day."""
        if self.begins is not None and day < self.begins:
            return False
        if self.until is not None and day >= self.until:
            return False
        return bool(self.weekdays >> day.weekday() & 1)


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which the wall clock shows `minute` minutes after midnight.

    A reading that comes twice is its first; one that a clock change skips is the change itself.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    return _change(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found, zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first whole second between the two at which the clock has gone forward."""
    offset = after.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return datetime.fromtimestamp(low, UTC)


def span(day: date, starts: int, minutes: int, zone: ZoneInfo) -> Span | None:
    """Return when hours that begin on a local day are; None where a clock change leaves nothing."""
    first, last = instant(day, starts, zone), instant(day, starts + minutes, zone)
    return Span(first, last) if first < last else None


def days(first: date, end: date) -> list[date]:
    """Return the local days from `first` up to `end`."""
    return [first + timedelta(days=n) for n in range((end - first).days)]


def instances(weekly: Weekly, first: date, end: date, zone: ZoneInfo) -> list[tuple[date, Span]]:
    """Return each time that the hours begin on a local day from `first` up to `end`."""
    found = []
    for day in days(first, end):
        if weekly.on(day) and (one := span(day, weekly.starts, weekly.minutes, zone)):
            found.append((day, one))
    return found


def whole(first: date, end: date, zone: ZoneInfo) -> Span:
    """Return the span of the local days from `first` up to `end`."""
    return Span(instant(first, 0, zone), instant(end, 0, zone))


def opened(openings: Iterable[Weekly], first: date, end: date, zone: ZoneInfo) -> list[Span]:
    """Return when a point is open within those days, hours begun the day before among them."""
    frame = whole(first, end, zone)
    begun = first - LONGEST * ONE_DAY
    found = [one for weekly in openings for _, one in instances(weekly, begun, end, zone)]
    return within(frame, merged(found))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same instants as spans that neither overlap nor meet, in order."""
    found: list[Span] = []
    for one in sorted(spans):
        if found and one.starts <= found[-1].ends:
            found[-1] = Span(found[-1].starts, max(found[-1].ends, one.ends))
        else:
            found.append(one)
    return found


def within(frame: Span, spans: Iterable[Span]) -> list[Span]:
    """Return the parts of the spans that lie within the frame."""
    return [
        Span(max(frame.starts, one.starts), min(frame.ends, one.ends))
        for one in spans
        if frame.overlaps(one)
    ]


def gaps(needed: Sequence[Span], given: Iterable[Span]) -> list[Span]:
    """Return the parts of `needed` that nothing in `given` covers, in order.

    What is not needed (hours planned to be empty) is never a gap.
    """
    found = []
    covers = merged(given)
    for one in merged(needed):
        at = one.starts
        for cover in covers:
            if cover.ends <= at or cover.starts >= one.ends:
                continue
            if cover.starts > at:
                found.append(Span(at, cover.starts))
            at = max(at, cover.ends)
        if at < one.ends:
            found.append(Span(at, one.ends))
    return found
