"""From a rule and a moment to a last day, and why."""

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from huiyin.kernel.clock.calendars import ONE_DAY, Calendar
from huiyin.kernel.clock.explanation import Explanation
from huiyin.kernel.clock.pack import (
    KEYS,
    Ground,
    LimitLengthened,
    Pack,
    PackError,
    Rule,
    Text,
    load_pack,
    parse_pack,
)

__all__ = [
    "KEYS", "Explanation", "Ground", "Limit", "LimitLengthened", "Pack", "PackError", "Rule",
    "Text", "compute", "extended", "load_pack", "parse_pack", "promised",
]  # fmt: skip

PROMISE_WARNED = (7, 3, 1)


@dataclass(frozen=True)
class Limit:
    """A rule applied to one thing.

    `due_at` (aware, UTC) is the local midnight that ends `last_day`: what is done at or after it
    is late. `warn_at` are the times of warning, earliest first, none before the start.
    """

    due_at: datetime
    last_day: date
    warn_at: tuple[datetime, ...]
    explanation: Explanation


def compute(
    rule: Rule,
    start: datetime,
    calendar: Calendar,
    pauses: Sequence[tuple[datetime, datetime]] = (),
) -> Limit:
    """Return the limit that `rule` sets from the event at `start`.

    The day of the event is not counted; a period in months ends on the same date of the month,
    or its last day where there is none (Regulation 1182/71, article 3(2)(c)). Each pause adds the
    days (for working days: the working days) after its first date up to its last, once where
    pauses overlap. ValueError: a naive moment, a pause that ends before it begins, or pauses
    under a rule that allows none.
    """
    first = calendar.local_date(start)
    spans = sorted((calendar.local_date(begin), calendar.local_date(end)) for begin, end in pauses)
    if spans and not rule.pauses:
        raise ValueError(f"{rule.key}: this limit is not paused by anything")
    if any(end < begin for begin, end in pauses):
        raise ValueError("a pause ends after it begins")
    still = _stopped(first, spans)
    if rule.unit == "working_days":
        paused = sum(1 for day in still if calendar.is_working(day))
        nominal = calendar.add_working_days(first, rule.days + paused)
    else:
        paused = len(still)
        natural = first + timedelta(days=rule.days)
        nominal = _months_later(first, rule.days) if rule.unit == "months" else natural
        nominal += timedelta(days=paused)
    why = Explanation(
        rule=rule.key, days=rule.days, unit=rule.unit, counts_from=rule.counts_from,
        started=first.isoformat(), last_day="", source=rule.source,
        article_zh=rule.article.zh, article_en=rule.article.en,
        shortened_from=rule.shortened_from, shortened_unit=rule.shortened_unit,
        paused=paused, pauses=tuple((a.isoformat(), b.isoformat()) for a, b in spans),
    )  # fmt: skip
    return _ended(nominal, rule, first, start, calendar, why)


def extended(limit: Limit, days: int, rule: Rule, calendar: Calendar) -> Limit:
    """Return the limit lengthened once by `days` in the unit of `rule` (the pack's `extend`).

    It counts from the last day before any roll. ValueError: beyond what the rule allows, or
    extended before.
    """
    why = limit.explanation
    if why.extended:
        raise ValueError("a limit is extended once")
    if not 1 <= days <= rule.days:
        raise ValueError(f"an extension is 1 to {rule.days}, not {days}")
    end = date.fromisoformat(why.rolled_from) if why.rolled_from else limit.last_day
    if rule.unit == "working_days":
        nominal = calendar.add_working_days(end, days)
    elif rule.unit == "months":
        nominal = _months_later(end, days)
    else:
        nominal = end + timedelta(days=days)
    why = replace(
        why, extended=days, extended_unit=rule.unit, rolled_from="",
        extended_article_zh=rule.article.zh, extended_article_en=rule.article.en,
    )  # fmt: skip
    first = date.fromisoformat(why.started)
    return _ended(nominal, rule, first, calendar.start_of_day(first), calendar, why)


def promised(now: datetime, last_day: date, calendar: Calendar) -> Limit:
    """Return the limit whose last day was promised; ValueError if that day is over."""
    today = calendar.local_date(now)
    if last_day < today:
        raise ValueError("a promise cannot end before it is made")
    why = Explanation(
        rule="", days=0, unit="days", counts_from="promise", started=today.isoformat(),
        last_day=last_day.isoformat(), source="house",
    )  # fmt: skip
    due_at = calendar.start_of_day(last_day + ONE_DAY)
    return Limit(due_at, last_day, _warnings(PROMISE_WARNED, last_day, now, calendar), why)


def exact(
    now: datetime,
    due_at: datetime,
    because: tuple[str, str],
    warn_at: tuple[datetime, ...],
    calendar: Calendar,
) -> Limit:
    """Return the limit that ends at an instant; `because` says why, in Chinese and in English."""
    local = due_at.astimezone(ZoneInfo(calendar.zone))
    why = Explanation(
        rule="", days=0, unit="days", counts_from="promise",
        started=calendar.local_date(now).isoformat(), last_day=local.date().isoformat(),
        source="house", until=f"{local:%H:%M}", because_zh=because[0], because_en=because[1],
    )  # fmt: skip
    return Limit(due_at, local.date(), warn_at, why)


def _ended(
    nominal: date, rule: Rule, first: date, start: datetime, calendar: Calendar, why: Explanation
) -> Limit:
    rolls = rule.roll == "next_working_day"
    last_day = calendar.next_working(nominal) if rolls else nominal
    unknown: tuple[int, ...] = ()
    if rolls or "working_days" in {rule.unit, why.unit}:
        # A natural day that does not roll needs no calendar: nothing about it is unknown.
        begin = first if "working_days" in {rule.unit, why.unit} else nominal
        years = range(begin.year, last_day.year + 1)
        unknown = tuple(year for year in years if not calendar.known(date(year, 1, 1)))
    why = replace(
        why,
        last_day=last_day.isoformat(),
        rolled_from=nominal.isoformat() if last_day != nominal else "",
        unknown_years=unknown,
    )
    due_at = calendar.start_of_day(last_day + ONE_DAY)
    return Limit(due_at, last_day, _warnings(rule.warn_days, last_day, start, calendar), why)


def _warnings(
    days: tuple[int, ...], last_day: date, start: datetime, calendar: Calendar
) -> tuple[datetime, ...]:
    end = last_day + ONE_DAY
    moments = {calendar.start_of_day(end - timedelta(days=before)) for before in days if before}
    return tuple(sorted(moment for moment in moments if moment >= start))


def _stopped(first: date, spans: Sequence[tuple[date, date]]) -> set[date]:
    return {
        begin + timedelta(days=n)
        for begin, end in spans
        for n in range(1, (end - begin).days + 1)
        if begin + timedelta(days=n) > first
    }


def _months_later(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
