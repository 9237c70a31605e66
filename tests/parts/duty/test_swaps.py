"""Swaps: offered, taken, decided on; the rules hold, one of two wins, nothing is lost."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import DutyNotFound, NotYours, in_force
from huiyin.parts.duty.actions import absences, setup, swaps
from huiyin.parts.duty.actions._shift import BrokenRules, Refused
from huiyin.parts.duty.models import Roster, Shift, Swap
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast
from tests.duty import FIRST, Duty
from tests.parts.duty.shift import leader, member

DAY = timedelta(days=1)
State = Swap.State


def on(shift: Shift) -> set[str]:
    return {one.user.username for one in in_force(shift)}


def owed(kind: str) -> list[Deadline]:
    return list(Deadline.objects.filter(kind=kind, state="open"))


def told(kind: str) -> set[str]:
    found = Notice.objects.filter(kind=kind)
    return set(found.values_list("post__tenures__user__username", flat=True))


def test_a_colleague_takes_a_shift_and_the_leaders_approval_makes_a_new_version(
    duty: Duty, shift: Shift, spare: list[Acting], now: datetime
) -> None:
    giver, taker = member(duty, shift), spare[0]
    swap = swaps.offer(giver, shift.pk, to=taker.user, now=now)
    assert told("duty.swap_asked") == {"nan"}
    swaps.accept(taker, swap.pk, now=now + timedelta(hours=1))
    [due] = owed("duty.swap")
    assert (due.post, due.due_at) == (duty.planner.post, now + timedelta(hours=25))
    assert on(shift) == set(duty.on(shift))  # nothing has changed yet
    done = swaps.approve(duty.planner, swap.pk, now=now + timedelta(hours=2))
    assert (done.state, done.result.version) == (State.APPROVED, 2)  # type: ignore[union-attr]
    assert on(shift) == {"nan", leader(duty, shift).user.username}
    assert in_force(shift).get(user=taker.user).capacity == "member"
    assert Entry.objects.filter(kind="duty.swapped", subject=shift.ref).count() == 1
    assert not owed("duty.swap")
    assert not owed("duty.swap_lapses")
    assert {"nan", giver.user.username} <= told("duty.swap_approved")
    assert swaps.approve(duty.planner, swap.pk, now=now + timedelta(hours=3)).result == done.result
    assert Roster.objects.count() == 2


def test_two_shifts_change_hands_at_once(duty: Duty, now: datetime) -> None:
    first, second = duty.shift(duty.day, FIRST), duty.shift(duty.day, FIRST + 4 * DAY)
    giver, taker = leader(duty, first), leader(duty, second)
    assert giver != taker
    swap = swaps.offer(giver, first.pk, to=taker.user, in_return=second.pk, now=now)
    with pytest.raises(BrokenRules) as refused:
        swaps.accept(taker, swap.pk, now=now)
    assert "rest" in refused.value.rules
    assert Swap.objects.get().state == State.ASKED  # nothing lost: it can still be declined
    swaps.decline(taker, swap.pk, now=now)
    setup.set_rules(duty.planner, now=now, rest_minutes=0, most_in_row=9)
    swap = swaps.offer(giver, first.pk, to=taker.user, in_return=second.pk, now=now)
    try:
        swaps.accept(taker, swap.pk, now=now)
    except BrokenRules as error:
        pytest.fail(f"breaks {error.rules}")
    swaps.approve(duty.planner, swap.pk, now=now)
    assert taker.user.username in on(first)
    assert giver.user.username in on(second)
    assert Entry.objects.filter(kind="duty.swapped").count() == 2


def test_the_first_volunteer_has_it_and_the_second_is_told(
    duty: Duty, shift: Shift, spare: list[Acting], now: datetime
) -> None:
    swap = swaps.offer(member(duty, shift), shift.pk, now=now)
    assert told("duty.swap_volunteers") >= {"nan", "ning"}
    swaps.accept(spare[0], swap.pk, now=now)
    assert swaps.accept(spare[0], swap.pk, now=now).taker == spare[0].user
    with pytest.raises(Refused, match="swap_taken"):
        swaps.accept(spare[1], swap.pk, now=now)
    assert len(owed("duty.swap")) == 1


def test_a_member_never_takes_the_leaders_shift(
    duty: Duty, shift: Shift, spare: list[Acting], now: datetime
) -> None:
    with pytest.raises(BadInput, match="not_eligible"):
        swaps.offer(leader(duty, shift), shift.pk, to=spare[0].user, now=now)
    swap = swaps.offer(leader(duty, shift), shift.pk, now=now)
    with pytest.raises(BrokenRules) as refused:
        swaps.accept(spare[0], swap.pk, now=now)
    assert "not_eligible" in refused.value.rules


def test_a_skill_that_the_shift_needs_is_not_swapped_away(
    duty: Duty, shift: Shift, spare: list[Acting], now: datetime
) -> None:
    giver = member(duty, shift)
    setup.admit(duty.planner, duty.desk.code, giver.user, "member", now=now, skills=["sign"])
    duty.day.skills = {"sign": 1}
    duty.day.save()
    swap = swaps.offer(giver, shift.pk, to=spare[0].user, now=now)
    with pytest.raises(BrokenRules) as refused:
        swaps.accept(spare[0], swap.pk, now=now)
    assert refused.value.rules == ("skill",)


def test_the_rules_are_checked_again_when_it_is_decided_on(
    duty: Duty, shift: Shift, spare: list[Acting], now: datetime
) -> None:
    giver = member(duty, shift)
    swap = swaps.offer(giver, shift.pk, to=spare[0].user, now=now)
    swaps.accept(spare[0], swap.pk, now=now)
    night = duty.shift(duty.night, shift.day - DAY)
    other = swaps.offer(member(duty, night), night.pk, to=spare[0].user, now=now)
    swaps.accept(spare[0], other.pk, now=now)  # fits as well: nothing is in force yet
    swaps.approve(duty.planner, other.pk, now=now)
    with pytest.raises(BrokenRules) as refused:
        swaps.approve(duty.planner, swap.pk, now=now)
    assert refused.value.rules == ("rest",)
    swap.refresh_from_db()
    assert swap.state == State.ACCEPTED
    assert on(shift) == set(duty.on(shift))


def test_nobody_decides_on_their_own_swap(
    duty: Duty, shift: Shift, spare: list[Acting], cast: Cast, now: datetime
) -> None:
    setup.admit(duty.planner, duty.desk.code, duty.planner.user, "member", now=now)
    swap = swaps.offer(member(duty, shift), shift.pk, to=duty.planner.user, now=now)
    swaps.accept(duty.planner, swap.pk, now=now)
    [due] = owed("duty.swap")
    assert due.post == cast.works_deputy.post
    with pytest.raises(NotYours):
        swaps.approve(duty.planner, swap.pk, now=now)
    with pytest.raises(NotYours):
        swaps.approve(spare[0], swap.pk, now=now)
    with pytest.raises(DutyNotFound):
        swaps.approve(cast.driver, swap.pk, now=now)
    assert swaps.approve(cast.works_deputy, swap.pk, now=now).state == State.APPROVED


def test_a_refusal_has_its_reason_and_leaves_the_roster(
    duty: Duty, shift: Shift, spare: list[Acting], now: datetime
) -> None:
    swap = swaps.offer(member(duty, shift), shift.pk, to=spare[0].user, now=now)
    with pytest.raises(Refused, match="swap_asked"):
        swaps.refuse(duty.planner, swap.pk, "当天有检查", now=now)
    swaps.accept(spare[0], swap.pk, now=now)
    with pytest.raises(BadInput, match="missing"):
        swaps.refuse(duty.planner, swap.pk, " ", now=now)
    done = swaps.refuse(duty.planner, swap.pk, "当天有检查", now=now)
    assert (done.state, done.reason) == (State.REFUSED, "当天有检查")
    assert Roster.objects.count() == 1
    assert swaps.offer(member(duty, shift), shift.pk, to=spare[1].user, now=now)


def test_a_swap_is_withdrawn_by_either_of_the_two_and_by_nobody_else(
    duty: Duty, shift: Shift, spare: list[Acting], now: datetime
) -> None:
    giver = member(duty, shift)
    swap = swaps.offer(giver, shift.pk, now=now)
    with pytest.raises(NotYours):
        swaps.withdraw(spare[0], swap.pk, now=now)
    swaps.accept(spare[0], swap.pk, now=now)
    swaps.withdraw(spare[0], swap.pk, now=now)
    assert not owed("duty.swap")
    assert told("duty.swap_withdrawn") == {giver.user.username}
    with pytest.raises(Refused, match="swap_withdrawn"):
        swaps.accept(spare[1], swap.pk, now=now)


def test_what_nobody_decided_lapses_when_the_shift_begins(
    duty: Duty, shift: Shift, spare: list[Acting], now: datetime
) -> None:
    swap = swaps.offer(member(duty, shift), shift.pk, now=now)
    sweep(shift.starts, DEADLINE_HANDLERS)
    sweep(shift.starts, DEADLINE_HANDLERS)
    swap.refresh_from_db()
    assert swap.state == State.LAPSED
    with pytest.raises(Refused, match="swap_lapsed"):
        swaps.accept(spare[0], swap.pk, now=shift.starts)
    with pytest.raises(Refused, match="shift_begun"):
        swaps.offer(member(duty, shift), shift.pk, now=shift.starts)


def test_one_offers_ones_own_shift_once_and_not_while_absent(
    duty: Duty, shift: Shift, spare: list[Acting], now: datetime
) -> None:
    giver = member(duty, shift)
    with pytest.raises(Refused, match="not_your_shift"):
        swaps.offer(spare[0], shift.pk, now=now)
    with pytest.raises(BadInput, match="yourself"):
        swaps.offer(giver, shift.pk, to=giver.user, now=now)
    with pytest.raises(BadInput, match="return_of_whom"):
        swaps.offer(giver, shift.pk, in_return=shift.pk, now=now)
    swap = swaps.offer(giver, shift.pk, now=now)
    with pytest.raises(Refused, match="swap_open"):
        swaps.offer(giver, shift.pk, now=now)
    with pytest.raises(Refused, match="your_own_swap"):
        swaps.accept(giver, swap.pk, now=now)
    swaps.withdraw(giver, swap.pk, now=now)
    absences.report(giver, shift.pk, now=now)
    with pytest.raises(Refused, match="not_your_shift"):
        swaps.offer(giver, shift.pk, now=now)
