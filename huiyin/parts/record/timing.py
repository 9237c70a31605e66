"""Whether each entry's time can be true: held against its place, and against when it got it.

An entry is saved in the transaction of its action, and the sequencer gives it a place within about a
second, so its time lies shortly before the round that placed it. `SLACK` is what is allowed for: the
time of an action is taken when its request comes in, and a request may wait for the database; clocks
of several machines differ a little. A minute's rounds share a row (`ledger.models.Round`).

Three things bound a time from below: entries placed earlier, the round itself, and the cosignature of
a witness on a checkpoint that did not hold the entry yet. The last can't be made up by whoever holds
the database. What was there when the log began, and imports, which say so themselves, are older.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from huiyin.parts.record.promises import SLACK


class Span(Protocol):
    """What is kept of a minute's rounds."""

    first: int
    size: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Seen:
    """A checkpoint of `size` entries that a witness cosigned at `at`."""

    size: int
    at: datetime
    by: str


Report = Callable[[str, int | None, str, str], None]  # what, entry, detail, subject


class Timing:
    """Takes entries in the order of the log. `imported` says whether a subject tells of earlier days."""

    def __init__(
        self,
        spans: Iterator[Span],
        seen: Sequence[Seen],
        report: Report,
        imported: Callable[[str], bool],
        *,
        now: datetime,
    ) -> None:
        self._spans, self._report, self._imported, self._now = spans, report, imported, now
        self._seen = sorted(seen, key=lambda one: (one.size, one.at))
        self._sizes = [one.size for one in self._seen]
        self._latest = (datetime.min.replace(tzinfo=UTC), -1)
        self._span: Span | None = None
        self._waiting: Span | None = None  # read ahead of its entries
        self._end = 0  # up to where spans were kept without a gap
        self._before = datetime.min.replace(tzinfo=UTC)
        self._held: list[tuple[int, timedelta]] = []
        self.imported = 0

    def entry(self, number: int, subject: str, at: datetime) -> None:
        """Judge the time of the next entry."""
        span = self._at(number)
        latest, which = self._latest
        if at > latest:
            self._latest = at, number
        if at > (min(span.until, self._now) if span else self._now) + SLACK:
            self._report("future", number, f"it says {at}", subject)
            return
        why = ""
        if which >= 0 and at < latest - SLACK:
            why = f"after entry {which}"
        elif (seen := self._last_seen(number)) and at < seen.at - SLACK:
            why = f"and was not in the log that {seen.by} saw at {seen.at}"
        elif (by := self._first_seen(number)) and at > by.at + SLACK:
            self._report("future", number, f"it says {at}, and {by.by} saw it at {by.at}", subject)
        late = span is not None and span.first > 0 and at < span.since - SLACK
        if (why or late) and self._imported(subject):
            self.imported += 1
        elif why:
            self._report("backdated", number, f"it says {at}, {why}", subject)
        elif late and span is not None:
            self._held.append((number, span.since - at))

    def end(self, size: int) -> None:
        """Say what is left to say after `size` entries."""
        self._tell()
        while self._end < size and (span := self._next()) is not None:
            self._follow(span)
        if self._end < size:
            self._gap(self._end, size)

    def _last_seen(self, number: int) -> Seen | None:
        """Return the latest checkpoint that was seen without this entry."""
        place = bisect_right(self._sizes, number)
        return max(self._seen[:place], key=lambda one: one.at, default=None)

    def _first_seen(self, number: int) -> Seen | None:
        place = bisect_right(self._sizes, number)
        return min(self._seen[place:], key=lambda one: one.at, default=None)

    def _next(self) -> Span | None:
        found, self._waiting = self._waiting or next(self._spans, None), None
        return found

    def _at(self, number: int) -> Span | None:
        """Return the span that the entry belongs to; None where none is kept."""
        while self._span is None or self._span.size <= number:
            span = self._next()
            if span is None:
                return None
            if span.first > number:
                self._waiting = span
                return None
            self._tell()
            self._follow(span)
            self._span = span
        return self._span if self._span.first <= number else None

    def _follow(self, span: Span) -> None:
        if span.first > self._end:
            self._gap(self._end, span.first)
        orderly = span.first >= self._end and self._before <= span.since <= span.until
        if not orderly or span.size <= span.first or span.until > self._now + SLACK:
            detail = f"when it got its place is kept as {span.since} to {span.until}"
            self._report("altered", span.first, detail, "")
        self._end, self._before = max(self._end, span.size), span.until

    def _gap(self, first: int, end: int) -> None:
        self._report("missing", first, f"when entries {first} to {end - 1} got their places", "")

    def _tell(self) -> None:
        """Report the entries of a span that came late, as one."""
        if self._held:
            number, lag = max(self._held, key=lambda one: one[1])
            detail = f"{len(self._held)} entries from here on, entry {number} by {lag}"
            self._report("held", self._held[0][0], detail, "")
        self._held = []
