"""Checklists: owed by period, gone through once, failures mended, dates watched."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.parts.duty.access import NotYours
from huiyin.parts.duty.actions import checklists, watch
from huiyin.parts.duty.actions._shift import Refused
from huiyin.parts.duty.actions.checklists import Found
from huiyin.parts.duty.lists import ready
from huiyin.parts.duty.models import Check, CheckResult
from huiyin.parts.duty.periods import period, periods
from tests.cast import Cast
from tests.duty import FIRST, Duty
from tests.parts.duty.shift import leader, stood
from tests.support.checklists import ITEMS, answers, listed

HANDLERS = {"duty.check_next": checklists.on_next}
DAY = timedelta(days=1)


def owed(kind: str = "duty.check") -> list[Deadline]:
    return list(Deadline.objects.filter(kind=kind, state="open").order_by("due_at"))


def test_periods_are_local_days_weeks_and_months_also_when_the_clock_changes() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 3, 29, 12, tzinfo=UTC)  # the clock went forward that night
    assert period("day", at, berlin).minutes == 23 * 60
    assert period("week", at, berlin).minutes == (7 * 24 - 1) * 60
    assert period("month", at, berlin).starts == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert period("month", datetime(2026, 12, 31, 22, tzinfo=UTC), berlin).ends == datetime(
        2026, 12, 31, 23, tzinfo=UTC
    )
    assert len(periods("day", at - 3 * DAY, at, berlin)) == 4


def test_a_list_owes_its_post_a_check_by_the_end_of_each_period(duty: Duty, now: datetime) -> None:
    listed(duty, now)
    [one] = owed()
    assert (one.subject, one.post) == (duty.desk.ref, duty.planner.post)
    assert one.due_at == datetime(2026, 3, 3, 16, tzinfo=UTC)  # midnight in Shanghai
    sweep(one.due_at, HANDLERS)
    assert [two.due_at for two in owed()] == [one.due_at, one.due_at + DAY]
    assert Entry.objects.filter(subject=duty.desk.ref, kind="clock.late").count() == 1


def test_after_a_standstill_the_latest_missed_periods_are_opened_late_and_none_twice(
    duty: Duty, now: datetime
) -> None:
    listed(duty, now)
    at = now + 20 * DAY
    sweep(at, HANDLERS)
    sweep(at, HANDLERS)
    found = owed()
    assert len(found) == 1 + 7 + 1  # the first one, those missed, and today's
    assert found[-1].due_at > at
    assert len({one.of for one in found}) == len(found)
    assert Deadline.objects.get(kind="duty.check_next", state="open").due_at == found[-1].due_at


def test_a_check_ends_what_is_owed_now_and_what_was_missed(duty: Duty, now: datetime) -> None:
    one = listed(duty, now)
    at = now + 2 * DAY
    sweep(at, HANDLERS)
    assert len(owed()) == 3
    check, new = checklists.carry_out(duty.planner, one.pk, answers(one), now=at)
    assert (check.failed, new) == (False, True)
    assert not owed()
    assert [row.was_late for row in Deadline.objects.filter(kind="duty.check").order_by("due_at")] == [
        True, True, False,
    ]  # fmt: skip


def test_a_period_is_checked_once(duty: Duty, now: datetime) -> None:
    one = listed(duty, now)
    first, _ = checklists.carry_out(duty.planner, one.pk, answers(one), now=now)
    again, new = checklists.carry_out(duty.planner, one.pk, answers(one, ok=False), now=now)
    assert (again, new) == (first, False)
    assert Entry.objects.filter(kind="duty.checked").count() == 1
    checklists.carry_out(duty.planner, one.pk, answers(one), now=now + DAY)
    assert Check.objects.count() == 2


def test_a_failure_is_owed_until_it_is_mended(duty: Duty, now: datetime) -> None:
    one = listed(duty, now)
    check, _ = checklists.carry_out(duty.planner, one.pk, answers(one, ok=False, number=1), now=now)
    assert check.failed
    found = owed("duty.mend")
    assert [(row.post, row.due_at) for row in found] == [(duty.planner.post, now + DAY)] * 2
    look = one.items.first()
    assert look
    assert checklists.mend(duty.planner, look.pk, now=now + timedelta(hours=1)) == 1
    assert checklists.mend(duty.planner, look.pk, now=now + timedelta(hours=2)) == 0
    assert len(owed("duty.mend")) == 1
    checklists.carry_out(duty.planner, one.pk, answers(one), now=now + DAY)
    assert not owed("duty.mend")
    assert not CheckResult.objects.filter(ok=False, mended_at=None).exists()


def test_a_failure_needs_a_word_and_each_item_its_answer(duty: Duty, now: datetime) -> None:
    one = listed(duty, now)
    look, count, _ = one.items.all()
    for given, code in (
        (answers(one) | {look.pk: Found(ok=False)}, "say_what"),
        (answers(one) | {count.pk: Found()}, "missing"),
        ({}, "missing"),
    ):
        with pytest.raises(BadInput) as refused:
            checklists.carry_out(duty.planner, one.pk, given, now=now)
        assert refused.value.code == code
        assert refused.value.field.startswith("item-")
    assert not Check.objects.exists()


def test_what_expires_is_warned_of_30_days_before_and_is_late_on_its_day(
    duty: Duty, now: datetime
) -> None:
    one = listed(duty, now, "month")
    expires = date(2026, 6, 1)
    checklists.carry_out(duty.planner, one.pk, answers(one, expires=expires), now=now)
    [due] = owed("duty.expires")
    assert due.due_at == datetime(2026, 5, 31, 16, tzinfo=UTC)
    Notice.objects.all().delete()
    sweep(due.due_at - 30 * DAY, HANDLERS)
    assert Notice.objects.filter(kind="clock.warn", facts__deadline="duty.expires").count() == 1
    at = now + 60 * DAY
    checklists.carry_out(duty.planner, one.pk, answers(one, expires=date(2027, 6, 1)), now=at)
    assert [row.due_at.year for row in owed("duty.expires")] == [2027]


def test_what_expires_soon_is_said_at_once_and_what_is_expired_fails(
    duty: Duty, now: datetime
) -> None:
    one = listed(duty, now)
    checklists.carry_out(duty.planner, one.pk, answers(one, expires=date(2026, 3, 20)), now=now)
    assert Notice.objects.filter(kind="duty.expires_soon", post=duty.planner.post).count() == 1
    check, _ = checklists.carry_out(
        duty.planner, one.pk, answers(one, expires=date(2026, 3, 4)), now=now + DAY
    )
    assert check.failed  # on its day it has expired
    assert len(owed("duty.mend")) == 1
    assert not owed("duty.expires")


def test_a_list_of_each_shift_is_opened_by_the_first_sign_in(duty: Duty, now: datetime) -> None:
    one = listed(duty, now, "shift")
    assert not owed()
    shift = duty.shift(duty.day, FIRST)
    with pytest.raises(Refused, match="not_signed_in"):
        checklists.carry_out(leader(duty, shift), one.pk, answers(one), now=shift.starts)
    who = stood(duty, shift)
    [due] = owed()
    assert (due.subject, due.due_at) == (shift.ref, shift.ends)
    checklists.carry_out(who, one.pk, answers(one), now=shift.starts)
    assert not owed()
    assert Check.objects.get().period == shift.starts


def test_who_may_set_up_and_who_may_check(duty: Duty, cast: Cast, now: datetime) -> None:
    who = duty.leaders[0]
    with pytest.raises(NotYours):
        checklists.add(who, duty.desk.code, "体温计", "day", duty.planner.post, ITEMS, now=now)
    with pytest.raises(BadInput, match="post"):
        checklists.add(
            duty.planner, duty.desk.code, "体温计", "day", cast.driver.post, ITEMS, now=now
        )
    one = listed(duty, now)
    with pytest.raises(NotYours):
        checklists.carry_out(who, one.pk, answers(one), now=now)
    shift = duty.shift(duty.day, FIRST)
    watch.sign_in(leader(duty, shift), shift.pk, now=shift.starts)
    assert checklists.carry_out(leader(duty, shift), one.pk, answers(one), now=shift.starts)[1]


def test_a_closed_list_owes_nothing_more(duty: Duty, now: datetime) -> None:
    one = listed(duty, now)
    checklists.close(duty.planner, one.pk, now=now)
    assert not owed()
    assert not owed("duty.check_next")
    with pytest.raises(Refused, match="list_closed"):
        checklists.carry_out(duty.planner, one.pk, answers(one), now=now)


def test_a_list_for_a_window_begins_and_ends_with_it(duty: Duty, now: datetime) -> None:
    begins, until = date(2026, 3, 5), date(2026, 3, 7)
    listed(duty, now, begins=begins, until=until)
    assert not owed()
    for day in range(6):
        sweep(now + day * DAY, HANDLERS)
    assert len(owed()) == 2
    assert not owed("duty.check_next")


def test_the_ready_made_lists_can_all_be_used(duty: Duty, now: datetime) -> None:
    assert len(ready()) == 7
    for one in ready():
        made = checklists.add(
            duty.planner, duty.desk.code, one.zh, one.every, duty.planner.post, one.items,
            now=now, name_en=one.en,
        )  # fmt: skip
        assert made.items.count() == len(one.items)
        assert all(item.text and item.text_en for item in made.items.all())
