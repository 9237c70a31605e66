"""What is set up, and the clear word on what can't be."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from huiyin.kernel.given import BadInput
from huiyin.kernel.notices.models import Notice
from huiyin.parts.duty.access import DutyNotFound, NotYours
from huiyin.parts.duty.actions import people, rosters, setup
from huiyin.parts.duty.messages import MESSAGES
from huiyin.parts.duty.models import Bound, DutyPoint, DutyRules, Leave, Pattern
from tests.cast import Cast
from tests.duty import FIRST, Duty, fill, publish


@pytest.fixture
def duty(planned_duty: Duty) -> Duty:
    return planned_duty


def refused(code: str, act: Any, /, *args: Any, **given: Any) -> None:
    with pytest.raises(BadInput) as error:
        act(*args, **given)
    assert error.value.code == code
    assert str(MESSAGES[code])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "HX-W-DESK"}, "taken"),
        ({"code": "no spaces"}, "code"),
        ({"code": ""}, "missing"),
        ({"code": "X" * 25}, "too_long"),
        ({"kind": "ship"}, "unknown"),
        ({"name": " "}, "missing"),
    ],
)
def test_a_point_that_cant_be(
    duty: Duty, now: datetime, changes: dict[str, str], code: str
) -> None:
    given = {"code": "HX-W-2", "kind": "site", "name": "大门"} | changes
    refused(code, setup.add_point, duty.planner, now=now, **given)
    assert DutyPoint.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "D"}, "taken"),
        ({"minutes": 0}, "hours"),
        ({"minutes": 1441}, "hours"),
        ({"starts": 1440}, "hours"),
        ({"weekdays": 0}, "weekdays"),
        ({"leaders": 0, "members": 0}, "nobody_needed"),
        ({"members": 51}, "number"),
        ({"skills": {"english": 3}}, "number"),
        ({"begins": date(2026, 4, 1), "until": date(2026, 4, 1)}, "ends_first"),
    ],
)
def test_a_shift_that_cant_be(
    duty: Duty, now: datetime, changes: dict[str, Any], code: str
) -> None:
    given = {"code": "X", "name": "班", "starts": 0, "minutes": 60} | changes
    refused(code, setup.add_pattern, duty.planner, duty.desk.code, now=now, **given)
    assert Pattern.objects.count() == 3


def test_opening_hours_never_overlap_over_midnight_or_the_end_of_the_week(
    duty: Duty, now: datetime
) -> None:
    site = setup.add_point(duty.planner, "GATE", "site", "大门", now=now).code
    sunday, monday = 1 << 6, 1
    setup.add_opening(
        duty.planner, site, starts=20 * 60, minutes=600, weekdays=sunday, now=now,
        until=date(2026, 6, 1),
    )  # fmt: skip
    overlaps = {"starts": 5 * 60, "minutes": 60, "weekdays": monday}
    refused("overlap_opening", setup.add_opening, duty.planner, site, now=now, **overlaps)
    setup.add_opening(duty.planner, site, now=now, begins=date(2026, 6, 1), **overlaps)
    setup.add_opening(duty.planner, site, starts=360, minutes=60, weekdays=monday, now=now)


def test_only_planners_of_the_unit_set_up_and_strangers_find_nothing(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    with pytest.raises(NotYours):
        setup.add_opening(duty.leaders[0], duty.desk.code, now=now)
    with pytest.raises(NotYours):
        setup.add_opening(cast.clerk, duty.desk.code, now=now)  # sees it, from above
    for nobody in (cast.driver, cast.transport_head):
        with pytest.raises(DutyNotFound):
            setup.add_opening(nobody, duty.desk.code, now=now)
    with pytest.raises(DutyNotFound):
        setup.add_opening(cast.driver, "ABSENT", now=now)


def test_a_unit_without_rules_follows_the_nearest_above(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    assert setup.rules_of(cast.canteen).most_week_minutes == 60 * 60
    assert setup.rules_of(cast.transport).most_week_minutes == 44 * 60
    setup.set_rules(cast.clerk, now=now, rest_minutes=600)
    assert setup.rules_of(cast.transport).rest_minutes == 600
    assert setup.rules_of(cast.works).rest_minutes == 11 * 60
    setup.drop_rules(duty.planner, now=now)
    assert setup.rules_of(cast.works).rest_minutes == 600
    refused("number", setup.set_rules, cast.clerk, now=now, most_in_row=0)
    assert DutyRules.objects.count() == 1


def test_leave_that_overlaps_leave_is_refused_and_that_meets_it_is_not(
    duty: Duty, now: datetime
) -> None:
    lin = duty.leaders[0]
    begin, end = now + timedelta(days=1), now + timedelta(days=3)
    people.enter_leave(lin, lin.user, begin, end, now=now)
    refused(
        "overlapping_leave", people.enter_leave, duty.planner, lin.user,
        end - timedelta(hours=1), end + timedelta(days=1), now=now,
    )  # fmt: skip
    leave, hit = people.enter_leave(lin, lin.user, end, end + timedelta(days=1), now=now)
    assert hit == []
    refused("ends_first", people.enter_leave, lin, lin.user, end, end, now=now)
    past = now - timedelta(days=2)
    refused("in_past", people.enter_leave, lin, lin.user, past, past + timedelta(days=1), now=now)
    with pytest.raises(DutyNotFound):
        people.cancel_leave(duty.leaders[1], leave.pk, now=now)
    people.cancel_leave(duty.planner, leave.pk, now=now)
    assert Leave.objects.filter(cancelled_at=None).count() == 1


def test_leave_over_a_published_shift_tells_whoever_plans_it(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    fill(duty)
    publish(duty, cast, now)
    shift = duty.shift(duty.day, FIRST)
    one = next(p for p in duty.leaders if p.user.username in duty.on(shift))
    _, hit = people.enter_leave(one, one.user, shift.starts, shift.ends, now=now)
    assert hit == [shift]
    told = Notice.objects.get(kind="duty.leave_hits")
    assert (told.post, told.subject) == (duty.planner.post, shift.ref)


def test_nobody_enters_leave_for_others_unless_they_plan_for_them(
    duty: Duty, cast: Cast, now: datetime
) -> None:
    day = now + timedelta(days=1)
    for other in (duty.leaders[1], cast.transport_head, cast.works_head):
        if other is cast.works_head:
            people.enter_leave(other, duty.gu.user, day, day + timedelta(days=1), now=now)
            continue
        with pytest.raises(NotYours):
            people.enter_leave(other, duty.gu.user, day, day + timedelta(days=1), now=now)


def test_what_is_fixed_and_forbidden_at_once_is_refused(duty: Duty, now: datetime) -> None:
    lin = duty.leaders[0].user
    people.bind(duty.planner, lin, duty.day.pk, FIRST, True, now=now)
    people.bind(duty.planner, lin, duty.day.pk, FIRST, True, now=now)  # a second press
    args = (duty.planner, lin, duty.day.pk, FIRST)
    refused("fixed_and_forbidden", people.bind, *args, False, now=now)
    saturday = FIRST + timedelta(days=5)
    refused("pattern_not_then", people.bind, duty.planner, duty.gu.user, duty.hours.pk, saturday,
            True, now=now)  # fmt: skip
    refused("not_eligible", people.bind, duty.planner, lin, duty.hours.pk, FIRST, True, now=now)
    assert Bound.objects.count() == 1
    people.unbind(duty.planner, Bound.objects.get().pk, now=now)
    assert not Bound.objects.exists()


def test_a_fixed_assignment_never_falls_on_another_or_on_leave(duty: Duty, now: datetime) -> None:
    gu = duty.gu.user
    people.bind(duty.planner, gu, duty.day.pk, FIRST, True, now=now)
    refused("fixed_twice", people.bind, duty.planner, gu, duty.hours.pk, FIRST, True, now=now)
    shift = duty.shift(duty.night, FIRST + timedelta(days=3))
    people.enter_leave(duty.planner, gu, shift.ends - timedelta(hours=1), shift.ends, now=now)
    refused("on_leave", people.bind, duty.planner, gu, duty.night.pk, shift.day, True, now=now)


def test_a_wish_is_ones_own_and_a_second_one_replaces_it(duty: Duty, now: datetime) -> None:
    lin = duty.leaders[0]
    people.wish(lin, lin.user, duty.night.pk, FIRST, False, now=now)
    made = people.wish(lin, lin.user, duty.night.pk, FIRST, True, weight=3, now=now)
    assert (made.wanted, made.weight) == (True, 3)
    with pytest.raises(NotYours):
        people.wish(duty.leaders[1], lin.user, duty.night.pk, FIRST, True, now=now)
    refused("number", people.wish, lin, lin.user, duty.night.pk, FIRST, True, weight=4, now=now)
    refused("not_eligible", people.wish, lin, lin.user, duty.hours.pk, FIRST, True, now=now)
    with pytest.raises(DutyNotFound):
        people.drop_wish(duty.leaders[1], made.pk, now=now)
    people.drop_wish(lin, made.pk, now=now)


def test_a_roster_needs_days_and_something_to_roster(duty: Duty, cast: Cast, now: datetime) -> None:
    june = date(2026, 6, 1)
    refused("no_days", rosters.open_roster, cast.works, june, june, now=now)
    refused("no_days", rosters.open_roster, cast.works, june, june + timedelta(days=93), now=now)
    refused("no_points", rosters.open_roster, cast.canteen, june, date(2026, 7, 1), now=now)


def test_who_may_not_serve_is_not_assigned_and_nobody_twice(duty: Duty, now: datetime) -> None:
    shift = duty.shift(duty.day, FIRST)
    args = (duty.planner, duty.roster.pk, shift.pk)
    refused("not_eligible", rosters.assign, *args, duty.members[0].user, "leader", now=now)
    rosters.assign(*args, duty.members[0].user, "member", now=now)
    refused("already_assigned", rosters.assign, *args, duty.members[0].user, "member", now=now)
    people.enter_leave(duty.planner, duty.gu.user, shift.starts, shift.ends, now=now)
    refused("on_leave", rosters.assign, *args, duty.gu.user, "member", now=now)
    rosters.unassign(*args, duty.members[0].user, now=now)
    refused("not_assigned", rosters.unassign, *args, duty.members[0].user, now=now)
