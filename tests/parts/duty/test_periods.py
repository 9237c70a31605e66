"""Which day, week or month a moment belongs to."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from huiyin.parts.duty.hours import Span, whole
from huiyin.parts.duty.periods import period, periods

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)


def days(first: date, end: date, zone: ZoneInfo = SHANGHAI) -> Span:
    return whole(first, end, zone)


@pytest.mark.parametrize(
    ("every", "first", "end"),
    [
        ("day", date(2026, 3, 31), date(2026, 4, 1)),
        ("week", date(2026, 3, 30), date(2026, 4, 6)),
        ("month", date(2026, 3, 1), date(2026, 4, 1)),
        ("month", date(2026, 1, 1), date(2026, 2, 1)),
        ("month", date(2026, 2, 1), date(2026, 3, 1)),
        ("month", date(2028, 2, 1), date(2028, 3, 1)),
        ("month", date(2026, 12, 1), date(2027, 1, 1)),
        ("week", date(2026, 12, 28), date(2027, 1, 4)),
    ],
)
def test_all_moments_of_a_period_and_no_other_belong_to_it(
    every: str, first: date, end: date
) -> None:
    whole_period = days(first, end)
    assert period(every, whole_period.starts, SHANGHAI) == whole_period
    assert period(every, whole_period.ends - SECOND, SHANGHAI) == whole_period
    assert period(every, whole_period.ends, SHANGHAI).starts == whole_period.ends
    assert period(every, whole_period.starts - SECOND, SHANGHAI).ends == whole_period.starts


def test_a_day_is_the_place_s_own_and_an_hour_short_where_the_clock_goes_forward() -> None:
    short = period("day", datetime(2026, 3, 28, 23, tzinfo=UTC), BERLIN)
    assert short == days(date(2026, 3, 29), date(2026, 3, 30), BERLIN)
    assert short.minutes == 23 * 60


def test_what_is_neither_week_nor_month_counts_as_a_day() -> None:
    assert period("shift", datetime(2026, 3, 3, 1, tzinfo=UTC), SHANGHAI) == days(
        date(2026, 3, 3), date(2026, 3, 4)
    )


def test_periods_follow_one_another_from_the_first_moment_to_the_last() -> None:
    since = datetime(2026, 1, 31, 3, tzinfo=UTC)
    through = periods("month", since, datetime(2026, 3, 1, 3, tzinfo=UTC), SHANGHAI)
    assert through == [
        days(date(2026, 1, 1), date(2026, 2, 1)),
        days(date(2026, 2, 1), date(2026, 3, 1)),
        days(date(2026, 3, 1), date(2026, 4, 1)),
    ]


def test_a_period_that_begins_at_the_last_moment_is_one_of_them() -> None:
    today, tomorrow = days(date(2026, 3, 3), date(2026, 3, 4)), date(2026, 3, 4)
    assert len(periods("day", today.starts, today.ends, SHANGHAI)) == 2
    assert periods("day", today.starts, today.ends - SECOND, SHANGHAI) == [today]
    later = days(tomorrow, date(2026, 3, 5))
    assert periods("day", later.starts, today.starts, SHANGHAI) == []
