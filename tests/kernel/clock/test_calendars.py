"""Working days as they were really published, and what is not known yet."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.kernel.clock.calendars import Calendar

CHINA = Calendar("Asia/Shanghai", "CN")
BERLIN = Calendar("Europe/Berlin", "DE")


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 13), True),
        (date(2026, 2, 14), True),  # Saturday made up for the Spring Festival
        (date(2026, 2, 16), False),
        (date(2026, 2, 20), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # Saturday
        (date(2026, 9, 20), True),  # Sunday made up for the National Day
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday
        (date(2026, 10, 11), False),
    ],
)
def test_chinas_holidays_and_make_up_days_of_2026_are_known(day: date, working: bool) -> None:
    assert CHINA.is_working(day) is working


@pytest.mark.parametrize(
    ("day", "n", "end"),
    [
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 5, date(2026, 2, 28)),
        (date(2026, 2, 17), 0, date(2026, 2, 17)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
    ],
)
def test_working_days_are_counted_over_holidays_and_make_up_days(
    day: date, n: int, end: date
) -> None:
    assert CHINA.add_working_days(day, n) == end


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        CHINA.add_working_days(date(2026, 3, 3), -1)


def test_a_year_without_its_decree_is_not_known_although_the_library_guesses_its_holidays() -> None:
    decreed = max(holidays.country_holidays("CN").special_public_holidays)
    unknown = date(decreed + 1, 10, 1)
    assert CHINA.known(date(decreed, 1, 1))
    assert holidays.country_holidays("CN", years=unknown.year)
    assert not CHINA.known(unknown)


def test_in_a_year_not_known_every_weekday_works_so_that_no_limit_is_too_long() -> None:
    year = max(holidays.country_holidays("CN").special_public_holidays) + 1
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert all(CHINA.is_working(day) is (day.weekday() < 5) for day in days)


def test_a_year_becomes_known_when_the_organisation_declares_its_statutory_holidays() -> None:
    year = max(holidays.country_holidays("CN").special_public_holidays) + 1
    statutory = sorted(holidays.country_holidays("CN", years=year, observed=False))
    weekdays = [day for day in statutory if day.weekday() < 5]
    told = Calendar("Asia/Shanghai", "CN", dict.fromkeys(weekdays, False))
    assert told.known(date(year, 6, 1))
    assert not told.is_working(weekdays[0])
    partly = Calendar("Asia/Shanghai", "CN", dict.fromkeys(weekdays[1:], False))
    assert not partly.known(date(year, 6, 1))


def test_the_organisations_own_days_win_over_the_published_ones() -> None:
    own = Calendar("Asia/Shanghai", "CN", {date(2026, 3, 3): False, date(2026, 10, 1): True})
    assert not own.is_working(date(2026, 3, 3))
    assert own.is_working(date(2026, 10, 1))


def test_a_calendar_with_no_working_day_says_so() -> None:
    start = date(2026, 1, 1)
    none = Calendar("UTC", None, {start + timedelta(days=n): False for n in range(400)})
    with pytest.raises(ValueError, match="no working day"):
        none.next_working(start)


def test_where_the_law_fixes_the_holidays_next_year_is_known() -> None:
    assert BERLIN.known(date(2027, 1, 1))
    assert BERLIN.next_working(date(2026, 4, 3)) == date(2026, 4, 7)  # Good Friday to Tuesday


@pytest.mark.parametrize("country", ["MY", "SG"])
def test_a_year_whose_holidays_the_moon_will_decide_is_not_known(country: str) -> None:
    assert not Calendar("UTC", country).known(date(2035, 1, 1))


def test_without_a_country_weekdays_work_and_nothing_is_unknown() -> None:
    plain = Calendar("UTC")
    assert plain.known(date(2090, 1, 1))
    assert plain.next_working(date(2026, 10, 3)) == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("calendar", "day", "start"),
    [
        (CHINA, date(2026, 3, 3), datetime(2026, 3, 2, 16, tzinfo=UTC)),
        (BERLIN, date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (BERLIN, date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (BERLIN, date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        # midnight is skipped in Beirut on this day
        (Calendar("Asia/Beirut"), date(2026, 3, 29), datetime(2026, 3, 28, 22, tzinfo=UTC)),
        # midnight comes twice in Havana on this day
        (Calendar("America/Havana"), date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_day_starts_at_the_local_midnight(calendar: Calendar, day: date, start: datetime) -> None:
    assert calendar.start_of_day(day) == start


@given(
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Havana", "Asia/Beirut"]),
    st.dates(date(2000, 1, 1), date(2040, 12, 31)),
)
def test_the_date_changes_exactly_at_the_start_of_the_day(zone: str, day: date) -> None:
    calendar = Calendar(zone)
    start = calendar.start_of_day(day)
    assert calendar.local_date(start) == day
    assert calendar.local_date(start - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CHINA.local_date(datetime(2026, 3, 3))


def test_the_fingerprint_changes_with_a_declared_day_and_only_with_a_change() -> None:
    same = Calendar("Asia/Shanghai", "CN")
    other = Calendar("Asia/Shanghai", "CN", {date(2026, 3, 3): False})
    assert same.fingerprint == CHINA.fingerprint
    assert len({CHINA.fingerprint, other.fingerprint, BERLIN.fingerprint}) == 3


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 10, 1), "National Day"),
        (date(2026, 2, 16), "Chinese New Year's Eve"),
        (date(2026, 2, 20), ""),  # free only because a Saturday is worked
        (date(2026, 2, 14), ""),  # that Saturday
        (date(2026, 3, 3), ""),
    ],
)
def test_a_day_bears_the_name_of_the_holiday_that_the_law_sets(day: date, name: str) -> None:
    assert CHINA.holiday(day) == name


def test_without_a_country_no_day_is_a_holiday() -> None:
    assert Calendar("UTC").holiday(date(2026, 12, 25)) == ""
    assert BERLIN.holiday(date(2026, 12, 25)) == "Christmas Day"


def test_the_fingerprint_tells_a_day_declared_free_from_one_declared_working() -> None:
    day = date(2026, 3, 3)
    free, working = (Calendar("UTC", None, {day: known}).fingerprint for known in (False, True))
    assert free != working
