"""Somebody can't come: the gap is owed at once, somebody steps in, and nobody asks why."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import DutyNotFound, NotYours, in_force
from huiyin.parts.duty.actions import absences, setup, watch
from huiyin.parts.duty.actions._shift import Refused
from huiyin.parts.duty.fitness import candidates
from huiyin.parts.duty.models import Absence, Assignment, Leave, Served, Shift, SignIn
from tests.cast import Cast
from tests.duty import Duty
from tests.parts.duty.shift import leader, member, people, stood

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def found(shift: Shift, capacity: str, now: datetime) -> dict[str, tuple[str, ...]]:
    """Return who may step in for the one in that capacity, in their order, with what it breaks."""
    leaves = in_force(shift).get(capacity=capacity).user_id
    return {one.user.username: one.broken for one in candidates(shift, leaves, capacity, now)}


def names(shift: Shift, capacity: str, now: datetime) -> list[str]:
    return list(found(shift, capacity, now))


def free(shift: Shift, capacity: str, now: datetime) -> list[str]:
    return [name for name, broken in found(shift, capacity, now).items() if not broken]


def gap(shift: Shift) -> Deadline:
    return Deadline.objects.get(kind="duty.gap", subject=shift.ref)


def test_an_absence_holds_no_reason_and_opens_the_gap_at_once(duty: Duty, shift: Shift) -> None:
    fields = {field.name for field in Absence._meta.concrete_fields}
    assert fields == {
        "id", "shift", "user", "capacity", "told_at", "replaced_by", "replaced_at",
    }  # fmt: skip
    at = shift.starts - 3 * HOUR
    who = member(duty, shift)
    one, new = absences.report(who, shift.pk, now=at)
    assert new
    assert one.capacity == "member"
    assert (gap(shift).due_at, gap(shift).post) == (at, duty.planner.post)
    assert absences.report(who, shift.pk, now=at + HOUR) == (one, False)
    assert Entry.objects.filter(kind="duty.absent", subject=shift.ref).count() == 1


def test_the_fair_order_is_by_class_and_leaves_out_nobody_who_can(
    duty: Duty, shift: Shift, now: datetime
) -> None:
    at = shift.starts - 3 * HOUR
    absent = member(duty, shift)
    absences.report(absent, shift.pk, now=at)
    others = {one.user.username for one in duty.members} - {absent.user.username}
    order = names(shift, "member", at)
    assert set(order) >= others | {"gu", "nan", "ning"}
    assert absent.user.username not in order
    assert not set(order) & set(duty.on(shift))
    can = free(shift, "member", at)
    assert can == order[: len(can)] == ["nan", "ning"]
    Served.objects.create(user=duty.who(can[0]), unit=duty.desk.unit, klass=shift.klass, shifts=50)
    assert free(shift, "member", at)[-1] == can[0]


def test_only_a_leader_can_step_in_for_the_leader(duty: Duty, shift: Shift) -> None:
    at = shift.starts - 3 * HOUR
    absences.report(leader(duty, shift), shift.pk, now=at)
    leaders = {one.user.username for one in duty.leaders}
    assert set(names(shift, "leader", at)) == leaders - set(duty.on(shift))


def test_leave_rest_and_a_shift_at_another_point_stand_in_the_way(duty: Duty, shift: Shift) -> None:
    at = shift.starts - 3 * HOUR
    assert found(shift, "member", at)["gu"] == ("overlap",)  # on the line that day
    night = duty.shift(duty.night, shift.day - DAY)
    assert "rest" in found(shift, "member", at)[member(duty, night).user.username]
    assert found(shift, "member", at)["nan"] == ()
    Leave.objects.create(
        user=duty.who("nan"), starts=shift.starts - DAY, ends=shift.starts + HOUR, entered_at=at
    )
    assert found(shift, "member", at)["nan"] == ("off",)


def test_who_steps_in_is_on_the_roster_and_the_gap_is_closed(
    duty: Duty, shift: Shift, spare: list[Acting]
) -> None:
    at = shift.starts - 3 * HOUR
    absent = member(duty, shift)
    one, _ = absences.report(absent, shift.pk, now=at)
    helper, name = spare[0], "nan"
    assert Notice.objects.filter(kind="duty.step_in_wanted", post=helper.post).count() == 1
    done = absences.step_in(helper, one.pk, now=at + HOUR)
    assert done.replaced_by == helper.user
    on_it = {row.user.username for row in in_force(shift)}
    assert name in on_it
    assert absent.user.username not in on_it
    assert gap(shift).state == Deadline.State.MET
    assert Entry.objects.filter(kind="duty.stepped_in").count() == 1
    assert watch.sign_in(helper, shift.pk, now=shift.starts).capacity == "member"
    with pytest.raises(Refused, match="told_absent"):
        watch.sign_in(absent, shift.pk, now=shift.starts)


def test_the_second_who_steps_in_is_told_that_somebody_was_first(duty: Duty, shift: Shift) -> None:
    at = shift.starts - 3 * HOUR
    one, _ = absences.report(leader(duty, shift), shift.pk, now=at)
    first, second = [people(duty)[duty.who(name).pk] for name in names(shift, "leader", at)]
    absences.step_in(duty.planner, one.pk, now=at, user=first.user, despite=True)
    assert absences.step_in(first, one.pk, now=at).replaced_by == first.user
    with pytest.raises(Refused, match="stepped_in_already"):
        absences.step_in(second, one.pk, now=at)


def test_a_broken_rule_refuses_and_who_plans_may_decide_despite_it_marked(
    duty: Duty, shift: Shift
) -> None:
    at = shift.starts - 3 * HOUR
    one, _ = absences.report(member(duty, shift), shift.pk, now=at)
    tired = member(duty, duty.shift(duty.night, shift.day - DAY))
    with pytest.raises(absences.BrokenRules) as refused:
        absences.step_in(tired, one.pk, now=at, despite=True)
    assert "rest" in refused.value.rules
    absences.step_in(duty.planner, one.pk, now=at, user=tired.user, despite=True)
    assert "rest" in in_force(shift).get(user=tired.user).marks
    assert Assignment.objects.filter(shift=shift, user=tired.user).count() == 1


def test_nobody_stands_two_shifts_at_once_whoever_says_so(duty: Duty, shift: Shift) -> None:
    at = shift.starts - 3 * HOUR
    one, _ = absences.report(member(duty, shift), shift.pk, now=at)
    with pytest.raises(Refused, match="overlap"):
        absences.step_in(duty.planner, one.pk, now=at, user=duty.gu.user, despite=True)


def test_who_feels_ill_on_the_shift_is_relieved_and_only_that_is_kept(
    duty: Duty, shift: Shift, spare: list[Acting]
) -> None:
    stood(duty, shift)
    at = shift.starts + 4 * HOUR
    ill = member(duty, shift)
    one, _ = absences.report(leader(duty, shift), shift.pk, now=at, user=ill.user)
    assert SignIn.objects.get(user=ill.user).left_at == at
    assert (gap(shift).state, gap(shift).due_at) == (Deadline.State.OPEN, at)
    absences.step_in(spare[1], one.pk, now=at + HOUR)
    assert gap(shift).state == Deadline.State.MET
    stand = Deadline.objects.filter(kind="duty.stand", subject=shift.ref)
    assert [row.state for row in stand] == [Deadline.State.MET]
    leaves = b"".join(bytes(row.leaf) for row in Entry.objects.filter(subject=shift.ref))
    assert ill.user.username.encode() not in leaves


def test_who_comes_after_all_is_on_the_shift(duty: Duty, shift: Shift) -> None:
    at = shift.starts - 3 * HOUR
    who = member(duty, shift)
    absences.report(who, shift.pk, now=at)
    watch.sign_in(who, shift.pk, now=shift.starts)
    assert gap(shift).state == Deadline.State.MET
    absences.report(who, shift.pk, now=shift.starts + HOUR)  # and feels ill later
    assert Deadline.objects.filter(kind="duty.gap", subject=shift.ref, state="open").count() == 1


def test_nobody_speaks_for_another_but_who_plans_or_leads(
    duty: Duty, shift: Shift, cast: Cast
) -> None:
    at = shift.starts - 3 * HOUR
    who, other = (
        member(duty, shift),
        next(one for one in duty.members if one.user.username not in duty.on(shift)),
    )
    with pytest.raises(NotYours):
        absences.report(other, shift.pk, now=at, user=who.user)
    with pytest.raises(Refused, match="not_on_shift"):
        absences.report(other, shift.pk, now=at)
    with pytest.raises(DutyNotFound):
        absences.report(cast.driver, shift.pk, now=at)
    one, _ = absences.report(duty.planner, shift.pk, now=at, user=who.user)
    with pytest.raises(NotYours):
        absences.step_in(who, one.pk, now=at, user=other.user)
    with pytest.raises(Refused, match="not_eligible"):
        absences.step_in(duty.planner, one.pk, now=at, user=cast.cook.user)


def test_a_person_of_two_units_is_not_asked_while_on_duty_in_the_other(
    duty: Duty, shift: Shift, cast: Cast, now: datetime
) -> None:
    from datetime import timedelta as delta

    from huiyin.kernel.units.actions import Acting, add_post, appoint
    from huiyin.kernel.units.models import Role
    from huiyin.parts.duty.actions import publishing, rosters

    post = add_post(cast.canteen, Role.DUTY_LEADER, "食堂值班负责人", now=now)
    appoint(cast.cook.user, post, now=now)
    chef = Acting(cast.cook.user, post)
    at = shift.starts - 3 * HOUR
    helper = duty.who("nan")
    point = setup.add_point(chef, "HX-C", "site", "食堂", now=now)
    setup.add_opening(chef, point.code, starts=540, minutes=480, now=now)
    setup.add_pattern(chef, point.code, "C", "食堂班", starts=540, minutes=480, members=0, now=now)
    setup.admit(chef, point.code, helper, "leader", now=now)
    roster = rosters.open_roster(
        cast.canteen, shift.day, shift.day + delta(days=1), now=now, by=chef
    )
    there = Shift.objects.get(point=point)
    rosters.assign(chef, roster.pk, there.pk, helper, "leader", now=now)
    publishing.submit(chef, roster.pk, now=now)
    publishing.approve(cast.works_head, roster.pk, now=now)
    publishing.publish(chef, roster.pk, now=now)
    assert found(shift, "member", at)["nan"] == ("overlap",)
