"""Each shift has one fair class."""

from datetime import date

import pytest

from huiyin.kernel.clock.calendars import Calendar
from huiyin.parts.duty.classes import CLASSES, is_night, of_shift

CHINA, GERMANY = Calendar("Asia/Shanghai", "CN"), Calendar("Europe/Berlin", "DE")
BRITAIN = Calendar("Europe/London", "GB")
DAY, NIGHT = (8 * 60, 12 * 60), (20 * 60, 12 * 60)


@pytest.mark.parametrize(
    ("day", "klass"),
    [
        (date(2026, 2, 16), "festival"),  # the eve of Spring Festival
        (date(2026, 2, 17), "festival"),
        (date(2026, 2, 20), "weekend"),  # free only because a Saturday is worked
        (date(2026, 2, 14), "weekday"),  # that Saturday
        (date(2026, 10, 3), "festival"),  # National Day
        (date(2026, 5, 1), "holiday"),
        (date(2026, 4, 5), "holiday"),
        (date(2026, 3, 7), "weekend"),
        (date(2026, 3, 3), "weekday"),
    ],
)
def test_a_day_shift_in_china(day: date, klass: str) -> None:
    assert of_shift(day, *DAY, CHINA) == klass


@pytest.mark.parametrize(
    ("day", "klass"),
    [
        (date(2026, 12, 25), "festival"),
        (date(2026, 12, 26), "festival"),
        (date(2026, 10, 3), "holiday"),
        (date(2026, 5, 1), "holiday"),
    ],
)
def test_a_day_shift_in_germany(day: date, klass: str) -> None:
    assert of_shift(day, *DAY, GERMANY) == klass


def test_christmas_and_new_year_are_major_under_their_names_in_britain_too() -> None:
    days = [date(2026, 12, 25), date(2026, 12, 26), date(2026, 1, 1), date(2026, 5, 4)]
    klasses = [of_shift(day, *DAY, BRITAIN) for day in days]
    assert klasses == ["festival", "festival", "festival", "holiday"]


def test_a_night_on_a_working_day_is_a_night_and_on_any_other_day_that_day() -> None:
    assert of_shift(date(2026, 3, 3), *NIGHT, CHINA) == "night"
    assert of_shift(date(2026, 3, 7), *NIGHT, CHINA) == "weekend"
    assert of_shift(date(2026, 2, 17), *NIGHT, CHINA) == "festival"


def test_a_day_that_the_organisation_declares_free_is_a_weekend() -> None:
    own = Calendar("Asia/Shanghai", "CN", {date(2026, 3, 3): False, date(2026, 3, 7): True})
    assert of_shift(date(2026, 3, 3), *DAY, own) == "weekend"
    assert of_shift(date(2026, 3, 7), *DAY, own) == "weekday"


def test_three_hours_in_the_dark_make_a_night() -> None:
    assert is_night(16 * 60, 9 * 60)  # until 01:00
    assert not is_night(16 * 60, 9 * 60 - 1)
    assert is_night(0, 3 * 60)
    assert is_night(3 * 60, 8 * 60)
    assert not is_night(3 * 60 + 1, 8 * 60)


def test_a_shift_of_a_day_and_longer_holds_a_night_whenever_it_begins() -> None:
    assert all(is_night(hour * 60, 24 * 60) for hour in range(24))
    assert is_night(23 * 60, 30 * 60)
    assert not is_night(7 * 60, 15 * 60)


def test_the_classes_are_named_from_the_lightest_to_the_dearest() -> None:
    assert CLASSES == ("weekday", "night", "weekend", "holiday", "festival")


def test_without_a_country_only_the_days_of_the_week_count() -> None:
    assert of_shift(date(2026, 2, 17), *DAY, Calendar("UTC")) == "weekday"
