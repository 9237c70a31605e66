"""A roster from its opening to its being in force."""

from datetime import date, datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.actions import Acting, add_post, appoint
from huiyin.kernel.units.models import Role
from huiyin.parts.duty.access import NotYours, in_force
from huiyin.parts.duty.actions import publishing, rosters, setup
from huiyin.parts.duty.models import Roster, Shift
from tests.cast import Cast
from tests.duty import END, FIRST, Duty, fill, publish, set_up


def test_opening_makes_each_shift_once_and_the_unit_owes_the_roster(
    cast: Cast, now: datetime
) -> None:
    duty = set_up(cast, now)
    assert Shift.objects.count() == 14 * 2 + 10
    owed = Deadline.objects.get(kind="duty.roster")
    assert (owed.subject, owed.post) == (duty.roster.ref, duty.planner.post)
    assert owed.due_at.isoformat() == "2026-03-08T16:00:00+00:00"  # 9 March began in Shanghai
    with pytest.raises(BadInput, match="roster_overlaps"):
        rosters.open_roster(cast.works, date(2026, 3, 29), date(2026, 4, 2), now=now)


def test_a_roster_goes_from_draft_to_force_and_each_stage_is_owed_and_entered(
    cast: Cast, now: datetime
) -> None:
    duty = set_up(cast, now)
    fill(duty)
    publish(duty, cast, now)
    assert duty.roster.state == Roster.State.PUBLISHED
    kinds = list(Entry.objects.filter(subject=duty.roster.ref).values_list("kind", flat=True))
    for kind in ("duty.submitted", "duty.approved", "duty.published"):
        assert kinds.count(kind) == 1
    assert not Deadline.objects.filter(subject=duty.roster.ref, state="open").exists()
    assert Deadline.objects.filter(kind="duty.stand", state="open").count() == 38
    assert not Deadline.objects.filter(kind="duty.gap").exists()
    told = set(Notice.objects.filter(kind="duty.published").values_list("post_id", flat=True))
    assert told == {one.post.pk for one in [*duty.leaders, *duty.members, duty.gu]}


def test_a_roster_is_published_once_only(duty: Duty, now: datetime) -> None:
    with pytest.raises(BadInput, match="already_published"):
        publishing.publish(duty.planner, duty.roster.pk, now=now)


def test_a_returned_roster_is_owed_again_with_its_reason(cast: Cast, now: datetime) -> None:
    duty = set_up(cast, now)
    publishing.submit(duty.planner, duty.roster.pk, now=now)
    with pytest.raises(NotYours):
        publishing.give_back(duty.planner, duty.roster.pk, "空缺", now=now)
    publishing.give_back(cast.clerk, duty.roster.pk, "夜班有空缺", now=now)
    duty.roster.refresh_from_db()
    assert (duty.roster.state, duty.roster.reason) == ("returned", "夜班有空缺")
    assert Deadline.objects.filter(kind="duty.roster", state="open").exists()
    publishing.submit(duty.planner, duty.roster.pk, now=now)


def test_an_unfilled_shift_is_owed_before_it_opens_and_no_longer_once_it_is_filled(
    cast: Cast, now: datetime
) -> None:
    duty = set_up(cast, now)
    fill(duty)
    shift = duty.shift(duty.night, FIRST)
    rosters.unassign(duty.planner, duty.roster.pk, shift.pk, duty.members[2].user, now=now)
    publish(duty, cast, now)
    gap = Deadline.objects.get(kind="duty.gap")
    assert (gap.subject, gap.due_at) == (shift.ref, shift.starts - timedelta(hours=72))
    move = publishing.Move(shift, None, duty.members[2].user.pk, "member")
    publishing.replace(duty.roster, [move], "补缺", now=now, acting=duty.planner)
    gap.refresh_from_db()
    assert gap.state == Deadline.State.MET


def test_a_new_version_tells_only_those_whose_shifts_change(duty: Duty, now: datetime) -> None:
    Notice.objects.all().delete()
    shift = duty.shift(duty.night, FIRST)
    before = duty.on(shift)
    leaves = next(name for name, capacity in before.items() if capacity == "member")
    comes = "mo" if leaves != "mo" else "ma"
    move = publishing.Move(shift, duty.who(leaves).pk, duty.who(comes).pk, "member")
    version = publishing.replace(duty.roster, [move], "换班", now=now, acting=duty.planner)
    assert version.version == 2
    assert {one.user.username for one in in_force(shift)} == {*before, comes} - {leaves}
    told = set(Notice.objects.values_list("post__tenures__user__username", flat=True))
    assert told == {leaves, comes}
    with pytest.raises(BadInput, match="overtaken"):
        publishing.replace(duty.roster, [move], "换班", now=now, acting=duty.planner)


def test_a_roster_is_closed_after_its_last_shift(duty: Duty, now: datetime) -> None:
    assert publishing.freeze_due(datetime.combine(END, now.timetz())) == 0
    assert publishing.freeze_due(datetime.combine(END, now.timetz()) + timedelta(days=1)) == 1


def test_nobody_is_published_on_two_shifts_at_once_though_two_units_planned_them(
    cast: Cast, now: datetime
) -> None:
    duty = set_up(cast, now)
    fill(duty)
    lin = duty.leaders[0]
    post = add_post(cast.transport, Role.DUTY_LEADER, "值班负责人", now=now)
    planner = Acting(cast.driver.user, post)
    appoint(planner.user, post, now=now)
    gate = setup.add_point(planner, "HX-T-GATE", "site", "大门", now=now)
    setup.add_pattern(
        planner, gate.code, "E", "早班", starts=360, minutes=480, leaders=1, members=0, now=now
    )
    setup.admit(planner, gate.code, lin.user, "leader", now=now)
    other = rosters.open_roster(cast.transport, FIRST, END, now=now)
    day = next(d for d in range(14) if "lin" in duty.on(duty.shift(duty.day, FIRST + timedelta(d))))
    shift = Shift.objects.get(point=gate, day=FIRST + timedelta(days=day))
    rosters.assign(planner, other.pk, shift.pk, lin.user, "leader", now=now)
    publishing.submit(planner, other.pk, now=now)
    publishing.approve(cast.clerk, other.pk, now=now)
    publish(duty, cast, now)
    with pytest.raises(BadInput, match="two_at_once"):
        publishing.publish(planner, other.pk, now=now)
    publishing.take_back(planner, other.pk, now=now)
    assert Notice.objects.filter(kind="duty.taken_back", post=cast.clerk.post).count() == 1
    rosters.unassign(planner, other.pk, shift.pk, lin.user, now=now)
    publishing.submit(planner, other.pk, now=now)
    publishing.approve(cast.clerk, other.pk, now=now)
    publishing.publish(planner, other.pk, now=now)
    with pytest.raises(BadInput, match="not_now"):
        publishing.take_back(planner, other.pk, now=now)
