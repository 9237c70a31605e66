"""Calendar feeds: secret, revocable, and true to the roster in force."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import icalendar
import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting, release
from huiyin.kernel.units.models import Tenure
from huiyin.parts.duty import feeds
from huiyin.parts.duty.access import DutyNotFound
from huiyin.parts.duty.actions import feeds as actions
from huiyin.parts.duty.actions import publishing
from huiyin.parts.duty.models import Feed, Roster
from tests.cast import Cast
from tests.duty import Duty, enter
from tests.promises.schema import raw_rows

DAY = date(2026, 3, 17)


def events(feed: Feed, now: datetime) -> dict[str, icalendar.Event]:
    with translation.override("zh-hans"):
        body, _ = feeds.calendar(feed, now)
    found = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert len({str(one["uid"]) for one in found}) == len(found)
    return {str(one["uid"]): one for one in found}


def own(acting: Acting, now: datetime) -> Feed:
    return actions.make(acting, None, now=now)[0]


def swap(duty: Duty, now: datetime, leaves: Acting, comes: Acting) -> Roster:
    shift = duty.shift(duty.day, DAY)
    standing = duty.on(shift, duty.roster)
    capacity = standing[leaves.user.username]
    move = publishing.Move(shift, leaves.user.pk, comes.user.pk, capacity)
    duty.roster = publishing.replace(duty.roster, [move], "换班", now=now, acting=duty.planner)
    return duty.roster


def test_one_s_own_calendar_has_each_shift_once_with_its_reminders(
    duty: Duty, now: datetime
) -> None:
    member = duty.members[0]
    found = events(own(member, now), now)
    given = duty.roster.assignments.filter(user=member.user)
    assert len(found) == given.count() > 5
    for one in found.values():
        assert one["status"] == "CONFIRMED"
        assert len(one.walk("VALARM")) == 2
        assert "接待窗口" in one["summary"]


def test_a_shift_that_was_given_away_is_cancelled_and_comes_to_the_other(
    duty: Duty, now: datetime
) -> None:
    gives, takes = duty.members[1], duty.members[0]
    mine, theirs = own(gives, now), own(takes, now)
    shift = duty.shift(duty.day, DAY)
    uid = f"shift-{shift.pk}-{gives.user.pk}@localhost"
    before = events(mine, now)[uid]
    later = now + timedelta(hours=2)
    swap(duty, later, gives, takes)
    after = events(mine, later)[uid]
    assert (before["status"], after["status"]) == ("CONFIRMED", "CANCELLED")
    assert after["sequence"] > before["sequence"]
    assert after.decoded("last-modified") == later
    assert not after.walk("VALARM")
    gained = events(theirs, later)[f"shift-{shift.pk}-{takes.user.pk}@localhost"]
    assert gained["status"] == "CONFIRMED"


def test_a_shift_that_comes_back_has_its_old_identifier(duty: Duty, now: datetime) -> None:
    gives, takes = duty.members[1], duty.members[0]
    mine = own(gives, now)
    first = set(events(mine, now))
    swap(duty, now, gives, takes)
    swap(duty, now + timedelta(hours=1), takes, gives)
    again = events(mine, now + timedelta(hours=1))
    assert set(again) == first
    assert {str(one["status"]) for one in again.values()} == {"CONFIRMED"}


def test_a_point_s_calendar_names_who_stands_and_reminds_nobody(duty: Duty, now: datetime) -> None:
    feed, _ = actions.make(duty.planner, duty.desk.code, now=now)
    found = events(feed, now)
    assert len(found) == duty.desk.shifts.count()
    shift = duty.shift(duty.day, DAY)
    one = found[f"shift-{shift.pk}@localhost"]
    assert all(name in one["summary"] for name in duty.on(shift))
    assert not one.walk("VALARM")
    assert "138" not in str(one["description"])


def test_what_is_only_a_draft_is_in_no_calendar(cast: Cast, now: datetime) -> None:
    from tests.duty import fill, set_up

    duty = set_up(cast, now)
    fill(duty)
    assert events(own(duty.members[0], now), now) == {}


def test_a_night_shift_over_the_clock_change_begins_and_ends_by_the_clock_on_the_wall(
    cast: Cast, now: datetime
) -> None:
    cast.organisation.zone, cast.organisation.country = "Europe/Berlin", "DE"
    cast.organisation.save()
    duty = enter(cast, now)
    feed, _ = actions.make(duty.planner, duty.desk.code, now=now)
    found = events(feed, now)
    night = duty.shift(duty.night, date(2026, 3, 28))
    one = found[f"shift-{night.pk}@localhost"]
    assert one.decoded("dtstart") == datetime(2026, 3, 28, 19, tzinfo=UTC)
    assert one.decoded("dtend") == datetime(2026, 3, 29, 6, tzinfo=UTC)
    following = found[f"shift-{duty.shift(duty.day, date(2026, 3, 29)).pk}@localhost"]
    assert following.decoded("dtstart") == one.decoded("dtend")
    times = sorted((e.decoded("dtstart"), e.decoded("dtend")) for e in found.values())
    assert all(end == begin for (_, end), (begin, _) in pairwise(times))


def test_an_address_answers_until_it_is_revoked_and_its_secret_is_kept_nowhere(
    duty: Duty, now: datetime
) -> None:
    member = duty.members[0]
    feed, token = actions.make(member, None, now=now)
    assert len(token) >= 43
    assert feeds.find(token, now) == feed
    assert not any(token in str(row) for rows in raw_rows().values() for row in rows)
    for wrong in (token[:-1], token + "x", "", feed.digest):
        with pytest.raises(DutyNotFound):
            feeds.find(wrong, now)
    with pytest.raises(DutyNotFound):
        actions.revoke(duty.members[1], feed.pk, now=now)
    actions.revoke(member, feed.pk, now=now)
    with pytest.raises(DutyNotFound):
        feeds.find(token, now)
    with pytest.raises(DutyNotFound):
        actions.revoke(member, feed.pk, now=now)


def test_a_point_s_address_ends_with_the_right_to_see_the_point(
    cast: Cast, duty: Duty, now: datetime
) -> None:
    with pytest.raises(DutyNotFound):
        actions.make(cast.driver, duty.desk.code, now=now)
    _, token = actions.make(cast.works_clerk, duty.desk.code, now=now)
    assert feeds.find(token, now)
    release(Tenure.objects.get(post=cast.works_clerk.post), now=now + timedelta(minutes=1))
    with pytest.raises(DutyNotFound):
        feeds.find(token, now + timedelta(minutes=2))


def test_an_account_that_is_closed_has_no_calendar(duty: Duty, now: datetime) -> None:
    member = duty.members[0]
    _, token = actions.make(member, None, now=now)
    member.user.is_active = False
    member.user.save()
    with pytest.raises(DutyNotFound):
        feeds.find(token, now)


def test_nobody_makes_addresses_without_end(duty: Duty, now: datetime) -> None:
    for _ in range(actions.MOST):
        last, _token = actions.make(duty.members[0], None, now=now)
    with pytest.raises(BadInput):
        actions.make(duty.members[0], None, now=now)
    actions.revoke(duty.members[0], last.pk, now=now)
    actions.make(duty.members[0], None, now=now)


def test_a_calendar_of_many_shifts_takes_no_more_questions_than_one_of_few(
    duty: Duty, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    feed, _ = actions.make(duty.planner, duty.desk.code, now=now)
    with django_assert_max_num_queries(10):
        assert len(events(feed, now)) == duty.desk.shifts.count() > 20
