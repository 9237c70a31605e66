"""The audit names what was not stood, and what was changed behind the ledger's back."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.ledger import sequencer, signing
from huiyin.kernel.ledger.models import Entry
from huiyin.parts.duty.actions import absences, checklists, handover, setup, swaps, watch
from huiyin.parts.duty.models import (
    Absence,
    Assignment,
    Check,
    Handover,
    HandoverItem,
    LogLine,
    Roster,
    Shift,
    SignIn,
    Swap,
)
from huiyin.parts.record.audit import Audit
from huiyin.wiring import AUDITED, DEADLINE_HANDLERS
from tests.cast import Cast
from tests.duty import FIRST, Duty, _person
from tests.parts.duty.shift import following, leader, member, stood
from tests.support.checklists import answers, listed

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any, db: None) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"


def audit(now: datetime) -> list[tuple[str, str]]:
    """Return what an audit at `now` finds: the kind and the subject of each."""
    sequencer.round_now(now)
    done = Audit(signing.verifier(), AUDITED, now=now)
    done.run()
    return [(one.what, one.subject) for one in done.found]


@pytest.fixture
def shift(duty: Duty) -> Shift:
    """The first shift of the desk, stood, with a line in its log, and handed over."""
    found, line = duty.shift(duty.day, FIRST), duty.shift(duty.hours, FIRST)
    at, then = found.starts, following(duty, found)
    listed(duty, at - DAY, "shift")
    who = stood(duty, found)
    item = handover.add_item(who, found.pk, "key", "保险柜钥匙两把", now=at)
    for one in duty.desk.checklists.all():
        checklists.carry_out(who, one.pk, answers(one, number=1), now=at)
    watch.sign_in(duty.gu, line.pk, now=line.starts)
    watch.write(who, found.pk, "09:10 大厅停电，已报修", now=at + 70 * MINUTE)
    taker = stood(duty, then)
    handover.give(who, found.pk, now=found.ends - MINUTE)
    handover.take(taker, found.pk, [item.pk], now=then.starts)
    watch.leave(who, found.pk, now=found.ends + MINUTE)
    return found


def at_end(duty: Duty, shift: Shift) -> datetime:
    """Return a time at which the second shift of the desk is being stood."""
    return following(duty, shift).starts + 60 * MINUTE


def test_a_day_of_duty_audits_clean(duty: Duty, shift: Shift, cast: Cast) -> None:
    at = at_end(duty, shift)
    spare = _person(cast, "nan", at)
    setup.admit(duty.planner, duty.desk.code, spare.user, "member", now=at)
    later = duty.shift(duty.day, FIRST + 4 * DAY)
    swap = swaps.offer(member(duty, later), later.pk, to=spare.user, now=at)
    swaps.accept(spare, swap.pk, now=at)
    swaps.approve(duty.planner, swap.pk, now=at)
    another = duty.shift(duty.night, FIRST + 5 * DAY)
    one, _ = absences.report(member(duty, another), another.pk, now=at)
    absences.step_in(duty.planner, one.pk, now=at, user=spare.user, despite=True)
    assert audit(at) == []


def test_a_shift_that_nobody_stood_is_named(duty: Duty) -> None:
    shift = duty.shift(duty.day, FIRST)
    assert audit(shift.starts + 9 * MINUTE) == []
    sweep(shift.starts + 11 * MINUTE, DEADLINE_HANDLERS)
    assert audit(shift.starts + 11 * MINUTE) == [("unstood", shift.ref)]
    assert Entry.objects.filter(subject=shift.ref, kind="clock.late").exists()


def test_a_shift_without_its_leader_is_named(duty: Duty) -> None:
    shift = duty.shift(duty.day, FIRST)
    watch.sign_in(member(duty, shift), shift.pk, now=shift.starts)
    assert ("unstood", shift.ref) in audit(shift.starts + 20 * MINUTE)


def unguarded(statement: str) -> None:
    """Change the log as whoever owns the database could, who takes its guard away."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER duty_logline_not_changed")
            cursor.execute("DROP TRIGGER duty_logline_not_deleted")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered before its checks
            cursor.execute("ALTER TABLE duty_logline DISABLE TRIGGER duty_logline_stays")
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE duty_logline SET text = '一切正常'", "commitment"),
        ("DELETE FROM duty_logline", "missing"),
    ],
)
def test_a_line_that_was_changed_or_deleted_is_named(
    duty: Duty, shift: Shift, statement: str, what: str
) -> None:
    unguarded(statement)
    assert audit(at_end(duty, shift)) == [(what, shift.ref)]


def test_a_line_slipped_in_without_an_entry_is_named(duty: Duty, shift: Shift) -> None:
    LogLine.objects.create(
        point=shift.point, shift=shift, at=shift.starts, user=duty.gu.user, text="巡查一次",
        salt_key=b"1" * 32, entry_digest=b"2" * 32,
    )  # fmt: skip
    assert audit(at_end(duty, shift)) == [("unlogged", shift.ref)]


def test_a_roster_changed_without_an_entry_is_named(duty: Duty, shift: Shift) -> None:
    other = Assignment.objects.filter(roster=duty.roster, shift__day=FIRST + 5 * DAY).first()
    assert other
    other.user = duty.planner.user
    other.save()
    assert audit(at_end(duty, shift)) == [("commitment", duty.roster.ref)]


def test_a_version_put_in_force_without_an_entry_is_named(duty: Duty, shift: Shift) -> None:
    Roster.objects.filter(pk=duty.roster.pk).update(state="replaced")
    Roster.objects.create(
        unit=duty.roster.unit, first_day=duty.roster.first_day, end_day=duty.roster.end_day,
        version=2, state="published", made_at=shift.starts, published_at=shift.starts,
    )  # fmt: skip
    assert ("unlogged", duty.roster.ref) in audit(at_end(duty, shift))


def test_a_handover_unsigned_and_not_marked_late_is_named(duty: Duty) -> None:
    shift = duty.shift(duty.day, FIRST)
    stood(duty, shift)
    at = following(duty, shift).starts + 2 * DAY
    assert ("unmarked", shift.ref) in audit(at)  # the worker has not run for two days
    sweep(at, DEADLINE_HANDLERS)
    assert ("unmarked", shift.ref) not in audit(at)
    Deadline.objects.filter(subject=shift.ref, kind="duty.handover").delete()
    found = audit(at)
    assert ("missing", shift.ref) in found
    assert ("unmarked", shift.ref) in found


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda: HandoverItem.objects.update(text="钥匙一把"), "commitment"),
        (lambda: Handover.objects.filter(given_at__isnull=False).update(given_at=None), "missing"),
        (lambda: SignIn.objects.filter(capacity="member").delete(), "missing"),
        (lambda: SignIn.objects.filter(capacity="leader").update(capacity="deputy"), "altered"),
        (lambda: SignIn.objects.filter(left_at__isnull=False).update(left_at=None), "altered"),
        (lambda: Check.objects.update(failed=False), "altered"),
    ],
)
def test_what_was_signed_and_checked_can_not_be_changed_unseen(
    duty: Duty, shift: Shift, change: Any, what: str
) -> None:
    change()
    assert (what, shift.ref) in audit(at_end(duty, shift))


def test_an_absence_or_a_swap_that_vanishes_is_named(duty: Duty, cast: Cast, now: datetime) -> None:
    spare = _person(cast, "nan", now)
    setup.admit(duty.planner, duty.desk.code, spare.user, "member", now=now)
    later = duty.shift(duty.day, FIRST + 4 * DAY)
    swap = swaps.offer(member(duty, later), later.pk, to=spare.user, now=now)
    swaps.accept(spare, swap.pk, now=now)
    swaps.approve(duty.planner, swap.pk, now=now)
    another = duty.shift(duty.day, FIRST + 6 * DAY)
    absences.report(leader(duty, another), another.pk, now=now)
    assert audit(now + DAY) == []
    Absence.objects.all().delete()
    Swap.objects.all().delete()
    assert set(audit(now + DAY)) >= {("missing", later.ref), ("missing", another.ref)}
