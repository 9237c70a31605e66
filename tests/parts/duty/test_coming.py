"""The next roster of each unit is opened by itself."""

from datetime import date, datetime, timedelta

from huiyin.kernel.clock.models import Deadline
from huiyin.parts.duty.actions import coming, setup
from huiyin.parts.duty.models import Roster
from tests.cast import Cast
from tests.duty import END, Duty


def test_what_follows_the_last_roster_is_opened_two_weeks_before_it_is_owed(
    duty: Duty, now: datetime
) -> None:
    owed = END - timedelta(days=7)  # submit_days before its first day
    before = datetime(owed.year, owed.month, owed.day, 4, tzinfo=now.tzinfo) - timedelta(days=15)
    assert coming.open_coming(before) == 0
    assert coming.open_coming(before + timedelta(days=1)) == 1
    assert coming.open_coming(before + timedelta(days=1)) == 0  # once
    made = Roster.objects.get(first_day=END)
    assert (made.end_day, made.state) == (date(2026, 4, 1), "draft")
    assert Deadline.objects.get(subject=made.ref).post == duty.planner.post


def test_a_month_follows_a_month_over_the_end_of_the_year(duty: Duty, now: datetime) -> None:
    december = date(2026, 12, 30)
    Roster.objects.filter(pk=duty.roster.pk).update(end_day=date(2027, 1, 1))
    assert coming.next_days(duty.roster.unit, december) == (date(2027, 1, 1), date(2027, 2, 1))


def test_a_unit_that_made_none_for_long_begins_with_the_next_month(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    assert coming.next_days(cast.works, date(2026, 5, 20)) == (date(2026, 6, 1), date(2026, 7, 1))


def test_a_unit_without_shifts_owes_no_roster(duty: Duty, cast: Cast, now: datetime) -> None:
    for point in (duty.desk, duty.line):
        setup.close_point(duty.planner, point.code, now=now)
    assert coming.open_coming(now + timedelta(days=30)) == 0
