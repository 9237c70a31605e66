"""Local hours into instants: clock changes, month and year ends, gaps and planned emptiness."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.parts.duty.hours import (
    Span,
    Weekly,
    gaps,
    instances,
    instant,
    merged,
    opened,
    span,
    whole,
    within,
)

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
EVERY = 0b1111111
NIGHT = Weekly(EVERY, 20 * 60, 12 * 60)
DAY = Weekly(EVERY, 8 * 60, 12 * 60)
ROUND = Weekly(EVERY, 0, 24 * 60)


def shifts(first: date, end: date, zone: ZoneInfo) -> list[Span]:
    """The spans of day and night shifts, those of the day before among them."""
    begun = first - timedelta(days=1)
    return [one for weekly in (DAY, NIGHT) for _, one in instances(weekly, begun, end, zone)]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 11), (date(2026, 10, 24), 13), (date(2026, 6, 1), 12)]
)
def test_a_night_shift_ends_by_the_clock_on_the_wall(day: date, hours: int) -> None:
    night = span(day, 20 * 60, 12 * 60, BERLIN)
    assert night is not None
    assert night.minutes == hours * 60
    assert night.ends.astimezone(BERLIN).hour == 8


@pytest.mark.parametrize(
    ("first", "zone"),
    [
        (date(2026, 3, 1), BERLIN),  # the clock goes forward on the 29th
        (date(2026, 10, 1), BERLIN),  # and back on the 25th
        (date(2026, 12, 15), BERLIN),  # over the year's end
        (date(2028, 2, 15), SHANGHAI),  # over 29 February
    ],
)
def test_turns_without_a_break_leave_no_gap_and_no_overlap(first: date, zone: ZoneInfo) -> None:
    end = first + timedelta(days=31)
    stood = shifts(first, end, zone)
    assert gaps(opened([ROUND], first, end, zone), stood) == []
    ordered = sorted(stood)
    assert all(one.ends == after.starts for one, after in pairwise(ordered))


def test_hours_planned_to_be_empty_are_no_gap() -> None:
    working = Weekly(0b0011111, 9 * 60, 8 * 60)
    first, end = date(2026, 3, 2), date(2026, 3, 9)
    given_ = [one for _, one in instances(working, first, end, SHANGHAI)]
    needed = opened([working], first, end, SHANGHAI)
    assert len(needed) == 5
    assert gaps(needed, given_) == []
    assert gaps(needed, given_[:4]) == [given_[4]]


def test_a_gap_is_named_to_the_minute() -> None:
    first, end = date(2026, 3, 2), date(2026, 3, 3)
    late = Weekly(EVERY, 20 * 60 + 30, 12 * 60 - 30)
    stood = [one for w in (DAY, late) for _, one in instances(w, date(2026, 3, 1), end, SHANGHAI)]
    assert gaps(opened([ROUND], first, end, SHANGHAI), stood) == [
        Span(datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 12, 30, tzinfo=UTC))
    ]


def test_a_reading_that_the_clock_skips_is_the_change_itself() -> None:
    day = date(2026, 3, 29)
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert instant(day, 2 * 60 + 30, BERLIN) == change
    assert instant(day, 3 * 60, BERLIN) == change
    assert span(day, 2 * 60 + 15, 30, BERLIN) is None


def test_a_reading_that_comes_twice_is_its_first() -> None:
    assert instant(date(2026, 10, 25), 2 * 60 + 30, BERLIN) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_hours_begin_on_their_days_of_the_week_within_their_window_only() -> None:
    weekend = Weekly(0b1100000, 0, 60, begins=date(2026, 3, 8), until=date(2026, 3, 15))
    found = instances(weekly := weekend, date(2026, 3, 1), date(2026, 4, 1), SHANGHAI)
    assert weekly.until is not None
    assert [day for day, _ in found] == [date(2026, 3, 8), date(2026, 3, 14)]


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 2880),
    st.integers(1, 1440),
    st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Beirut"]),
)
def test_a_later_reading_is_never_an_earlier_instant(
    day: date, minute: int, more: int, name: str
) -> None:
    zone = ZoneInfo(name)
    assert instant(day, minute, zone) <= instant(day, minute + more, zone)


moments = st.integers(0, 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n))
spans = st.lists(st.tuples(moments, moments).filter(lambda p: p[0] < p[1]).map(lambda p: Span(*p)))


@given(spans, spans)
def test_gaps_are_exactly_the_needed_hours_that_nobody_stands(
    needed: list[Span], stood: list[Span]
) -> None:
    found = gaps(needed, stood)
    for n in range(60):
        hour = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n)

        def has(of: list[Span], at: datetime = hour) -> bool:
            return any(one.starts <= at < one.ends for one in of)

        assert has(found) == (has(needed) and not has(stood))
    assert found == merged(found)


def test_whole_days_are_from_midnight_to_midnight() -> None:
    days = whole(date(2026, 3, 2), date(2026, 3, 4), SHANGHAI)
    assert days == Span(datetime(2026, 3, 1, 16, tzinfo=UTC), datetime(2026, 3, 3, 16, tzinfo=UTC))
    assert opened([ROUND], date(2026, 3, 2), date(2026, 3, 4), SHANGHAI) == [days]


def test_to_meet_is_not_to_overlap() -> None:
    first, middle, last = (instant(date(2026, 3, 2), hour * 60, SHANGHAI) for hour in (8, 12, 16))
    early, late, all_day = Span(first, middle), Span(middle, last), Span(first, last)
    assert not early.overlaps(late)
    assert not late.overlaps(early)
    assert early.overlaps(all_day)
    assert all_day.overlaps(late)
    assert within(early, [late, all_day]) == [early]
