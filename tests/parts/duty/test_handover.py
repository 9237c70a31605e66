"""From shift to shift: nothing falls through, both sign, and what is unsigned climbs the ladder."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.parts.duty.actions import handover
from huiyin.parts.duty.actions._shift import Refused
from huiyin.parts.duty.models import Handover, HandoverItem, Shift
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast
from tests.duty import FIRST, Duty
from tests.parts.duty.shift import following, leader, member, stood

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shift(duty: Duty) -> Shift:
    return duty.shift(duty.day, FIRST)


def owed(shift: Shift) -> Deadline:
    return Deadline.objects.get(kind="duty.handover", subject=shift.ref)


def test_it_opens_with_the_first_sign_in_and_is_owed_after_the_next_shift_began(
    duty: Duty, shift: Shift
) -> None:
    stood(duty, shift)
    one = Handover.objects.get()
    assert one.taking == following(duty, shift)
    assert owed(shift).due_at == shift.ends + 30 * MINUTE
    assert owed(shift).post == duty.planner.post


def test_each_thing_is_taken_over_and_both_sign(duty: Duty, shift: Shift) -> None:
    giver, then = stood(duty, shift), following(duty, shift)
    at = shift.starts + 60 * MINUTE
    key = handover.add_item(giver, shift.pk, "key", "保险柜钥匙两把", now=at)
    watched = handover.add_item(
        member(duty, shift), shift.pk, "watch", "三楼漏水，夜里再看", now=at
    )
    handover.give(giver, shift.pk, now=shift.ends - 10 * MINUTE)
    taker = stood(duty, then)
    part = handover.take(taker, shift.pk, [key.pk], now=then.starts)
    assert (part.taken_at, handover.untaken(part)) == (None, 1)
    done = handover.take(taker, shift.pk, [watched.pk], now=then.starts + 5 * MINUTE)
    assert (done.given_by, done.taken_by) == (giver.user, taker.user)
    assert owed(shift).state == Deadline.State.MET
    signed = Entry.objects.filter(subject=shift.ref, kind__in=["duty.given", "duty.taken"])
    assert [b'"items":2' in bytes(one.leaf) for one in signed.order_by("id")] == [True, True]
    assert all("漏水" not in bytes(one.leaf).decode() for one in signed)


def test_what_is_open_is_carried_from_shift_to_shift_until_it_is_done(
    duty: Duty, shift: Shift
) -> None:
    giver = stood(duty, shift)
    handover.add_item(giver, shift.pk, "case", "来访人三点再来", now=shift.starts)
    handover.add_item(giver, shift.pk, "incident", "停水", now=shift.starts)
    second = following(duty, shift)
    taker = stood(duty, second)
    carried = HandoverItem.objects.filter(handover__giving=second).order_by("pk")
    assert [one.text for one in carried] == ["来访人三点再来", "停水"]
    handover.item_done(taker, second.pk, carried[1].pk, now=second.starts)
    third = following(duty, second)
    stood(duty, third)
    left = HandoverItem.objects.filter(handover__giving=third)
    assert [one.text for one in left] == ["来访人三点再来"]
    stood(duty, third)
    assert left.count() == 1


def texts_of(giving: Shift) -> list[str]:
    return [item.text for item in HandoverItem.objects.filter(handover__giving=giving)]


def test_what_is_added_late_reaches_the_shift_that_has_begun(duty: Duty, shift: Shift) -> None:
    giver, then = stood(duty, shift), following(duty, shift)
    stood(duty, then, then.starts - 20 * MINUTE)
    handover.add_item(giver, shift.pk, "equipment", "对讲机一台送修", now=shift.ends - MINUTE)
    assert texts_of(then).count("对讲机一台送修") == 1


def test_an_unsigned_handover_climbs_the_ladder_and_late_stays_visible(
    duty: Duty, shift: Shift, cast: Cast
) -> None:
    stood(duty, shift)
    due = owed(shift).due_at
    Notice.objects.all().delete()
    sweep(due, DEADLINE_HANDLERS)
    assert Entry.objects.filter(subject=shift.ref, kind="clock.late").exists()
    sweep(due + 15 * MINUTE, DEADLINE_HANDLERS)
    sweep(due + 45 * MINUTE, DEADLINE_HANDLERS)
    told = Notice.objects.filter(
        subject=shift.ref, kind="clock.escalate", facts__deadline="duty.handover"
    )
    assert set(told.values_list("post_id", flat=True)) >= {
        duty.planner.post.pk, cast.works_head.post.pk, cast.group_head.post.pk,
    }  # fmt: skip
    then = following(duty, shift)
    taker = stood(duty, then, due + 50 * MINUTE)
    handover.give(leader(duty, shift), shift.pk, now=due + 51 * MINUTE)
    handover.take(taker, shift.pk, [], now=due + 52 * MINUTE)
    assert owed(shift).was_late


def test_the_wrong_people_do_not_sign(duty: Duty, shift: Shift, cast: Cast) -> None:
    giver, then = stood(duty, shift), following(duty, shift)
    with pytest.raises(Refused, match="not_leader"):
        handover.give(member(duty, shift), shift.pk, now=shift.ends)
    with pytest.raises(Refused, match="not_taking_leader"):
        handover.take(giver, shift.pk, [], now=shift.ends)
    stood(duty, then)
    with pytest.raises(Refused, match="not_taking_leader"):
        handover.take(member(duty, then), shift.pk, [], now=then.starts)
    with pytest.raises(Refused, match="too_early_to_give"):
        handover.give(giver, shift.pk, now=shift.ends - 61 * MINUTE)


def test_whoever_answers_for_the_unit_signs_for_a_leader_who_is_gone(
    duty: Duty, shift: Shift
) -> None:
    stood(duty, shift)
    assert handover.give(duty.planner, shift.pk, now=shift.ends).given_by == duty.planner.user


def test_nothing_is_added_to_what_was_signed(duty: Duty, shift: Shift) -> None:
    giver = stood(duty, shift)
    handover.give(giver, shift.pk, now=shift.ends)
    assert handover.give(giver, shift.pk, now=shift.ends + MINUTE).given_at == shift.ends
    assert Entry.objects.filter(kind="duty.given").count() == 1
    with pytest.raises(Refused, match="signed_already"):
        handover.add_item(giver, shift.pk, "watch", "还有一事", now=shift.ends)
    with pytest.raises(BadInput, match="no_handover_yet"):
        handover.give(duty.planner, following(duty, shift).pk, now=shift.ends)


def test_a_shift_that_nobody_stood_passes_what_it_was_to_take_on_to_the_next(
    duty: Duty, shift: Shift
) -> None:
    giver, missed = stood(duty, shift), following(duty, shift)
    item = handover.add_item(giver, shift.pk, "key", "大门钥匙", now=shift.starts)
    handover.give(giver, shift.pk, now=shift.ends)
    third = following(duty, missed)
    taker = stood(duty, third)
    assert Handover.objects.get(giving=shift).taking == third
    signed = handover.take(taker, shift.pk, [item.pk], now=third.starts)
    assert signed.taken_by == taker.user
    assert texts_of(third).count("大门钥匙") == 1


def test_where_no_next_shift_is_known_it_is_owed_once_somebody_takes_over(
    duty: Duty, now: datetime
) -> None:
    last = duty.shift(duty.night, FIRST + timedelta(days=13))
    stood(duty, last)
    assert Handover.objects.get().taking is None
    assert not Deadline.objects.filter(kind="duty.handover").exists()
