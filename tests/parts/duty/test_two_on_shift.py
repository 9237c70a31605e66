"""Two at once on the shift: a swap, somebody stepping in, a sign-in, a signature, a check."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import in_force
from huiyin.parts.duty.actions import absences, checklists, handover, swaps, watch
from huiyin.parts.duty.actions._shift import Refused
from huiyin.parts.duty.models import Check, Handover, LogLine, Roster, Shift, SignIn, Swap
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast
from tests.cast import enter as enter_cast
from tests.duty import FIRST, Duty
from tests.duty import enter as enter_duty
from tests.parts.duty.shift import following, leader, member, stood
from tests.support.checklists import answers, listed
from tests.support.concurrency import at_once, errors

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
Act = Callable[[], object]


@pytest.fixture
def cast(transactional_db: None, now: datetime) -> Cast:
    return enter_cast(now)


@pytest.fixture
def duty(cast: Cast, now: datetime) -> Duty:
    return enter_duty(cast, now)


def test_a_swap_accepted_by_two_at_once_is_one_persons_and_the_other_is_told(
    duty: Duty, spare: list[Acting], now: datetime
) -> None:
    shift = duty.shift(duty.day, FIRST + 2 * DAY)
    swap = swaps.offer(member(duty, shift), shift.pk, now=now)
    acts: list[Act] = [lambda who=who: swaps.accept(who, swap.pk, now=now) for who in spare]  # type: ignore[misc]
    found = at_once(*acts)
    [lost] = errors(found)
    assert isinstance(lost, Refused)
    assert lost.code == "swap_taken"
    swap.refresh_from_db()
    assert swap.state == Swap.State.ACCEPTED
    assert swap.taker in {one.user for one in spare}
    assert Deadline.objects.filter(kind="duty.swap", state="open").count() == 1


def test_two_approvals_at_once_make_one_new_version(
    duty: Duty, spare: list[Acting], cast: Cast, now: datetime
) -> None:
    shift = duty.shift(duty.day, FIRST + 2 * DAY)
    swap = swaps.offer(member(duty, shift), shift.pk, to=spare[0].user, now=now)
    swaps.accept(spare[0], swap.pk, now=now)
    found = at_once(
        lambda: swaps.approve(duty.planner, swap.pk, now=now),
        lambda: swaps.approve(cast.works_head, swap.pk, now=now),
    )
    assert not errors(found)
    assert Roster.objects.count() == 2
    assert Entry.objects.filter(kind="duty.swapped").count() == 1


def test_an_approval_and_a_withdrawal_at_once_leave_one_of_them(
    duty: Duty, spare: list[Acting], now: datetime
) -> None:
    shift = duty.shift(duty.day, FIRST + 2 * DAY)
    giver = member(duty, shift)
    swap = swaps.offer(giver, shift.pk, to=spare[0].user, now=now)
    swaps.accept(spare[0], swap.pk, now=now)
    found = at_once(
        lambda: swaps.approve(duty.planner, swap.pk, now=now),
        lambda: swaps.withdraw(giver, swap.pk, now=now),
    )
    swap.refresh_from_db()
    assert len(errors(found)) == 1
    taken = in_force(shift).filter(user=spare[0].user).exists()
    assert taken == (swap.state == Swap.State.APPROVED)
    assert not Deadline.objects.filter(kind__startswith="duty.swap", state="open").exists()


def test_of_two_who_step_in_at_once_one_stands_the_shift(
    duty: Duty, spare: list[Acting], now: datetime
) -> None:
    shift = duty.shift(duty.day, FIRST + 2 * DAY)
    one, _ = absences.report(member(duty, shift), shift.pk, now=shift.starts)
    acts: list[Act] = [
        lambda who=who: absences.step_in(who, one.pk, now=shift.starts)  # type: ignore[misc]
        for who in spare
    ]
    [lost] = errors(at_once(*acts))
    assert isinstance(lost, Refused)
    assert lost.code == "stepped_in_already"
    assert in_force(shift).count() == 2
    assert Roster.objects.filter(state="published").count() == 1


def test_signing_in_writing_and_signing_at_once_each_happens_once(
    duty: Duty, now: datetime
) -> None:
    shift = duty.shift(duty.day, FIRST)
    who = leader(duty, shift)
    listed(duty, now, "shift")
    found = at_once(*[lambda: watch.sign_in(who, shift.pk, now=shift.starts)] * 3)
    assert not errors(found)
    assert SignIn.objects.count() == Handover.objects.count() == 1
    assert Deadline.objects.filter(kind="duty.check").count() == 1
    at_once(*[lambda: handover.give(who, shift.pk, now=shift.ends)] * 3)
    assert Entry.objects.filter(kind="duty.given").count() == 1
    taker = stood(duty, following(duty, shift))
    at = shift.ends + timedelta(minutes=1)
    found = at_once(*[lambda: handover.take(taker, shift.pk, [], now=at)] * 3)
    assert not errors(found)
    assert Entry.objects.filter(kind="duty.taken").count() == 1
    assert not LogLine.objects.exists()  # a line can't be deleted, not even by the next test


def test_a_list_gone_through_by_two_at_once_is_one_check(duty: Duty, now: datetime) -> None:
    one = listed(duty, now)
    given = answers(one, ok=False)
    found = at_once(
        *[lambda: checklists.carry_out(duty.planner, one.pk, given, now=now)] * 3,
        lambda: sweep(now + DAY, DEADLINE_HANDLERS),
    )
    assert not errors(found)
    assert Check.objects.count() == 1
    assert Deadline.objects.filter(kind="duty.mend", state="open").count() == 1
    assert Deadline.objects.filter(kind="duty.check_next", state="open").count() == 1


def test_the_shift_begins_while_the_swap_is_decided_on(
    duty: Duty, spare: list[Acting], now: datetime
) -> None:
    shift: Shift = duty.shift(duty.day, FIRST + 2 * DAY)
    swap = swaps.offer(member(duty, shift), shift.pk, to=spare[0].user, now=now)
    swaps.accept(spare[0], swap.pk, now=now)
    at_once(
        lambda: swaps.approve(duty.planner, swap.pk, now=shift.starts - timedelta(seconds=1)),
        lambda: sweep(shift.starts, DEADLINE_HANDLERS),
    )
    swap.refresh_from_db()
    assert swap.state in {Swap.State.APPROVED, Swap.State.LAPSED}
    taken = in_force(shift).filter(user=spare[0].user).exists()
    assert taken == (swap.state == Swap.State.APPROVED)
    assert not Deadline.objects.filter(kind__startswith="duty.swap", state="open").exists()
