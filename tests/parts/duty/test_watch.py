"""At the desk: sign in, write, leave."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.actions import commitment, salt
from huiyin.kernel.ledger.models import Entry
from huiyin.parts.duty.access import DutyNotFound
from huiyin.parts.duty.actions import watch
from huiyin.parts.duty.actions._shift import Refused
from huiyin.parts.duty.models import LogLine, Shift, SignIn
from huiyin.parts.duty.models.watch import LineStays
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast
from tests.duty import FIRST, Duty
from tests.parts.duty.shift import leader, member

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shift(duty: Duty) -> Shift:
    return duty.shift(duty.day, FIRST)


def test_the_leaders_sign_in_is_what_was_owed_of_the_shift(duty: Duty, shift: Shift) -> None:
    stand = Deadline.objects.get(kind="duty.stand", subject=shift.ref)
    assert stand.due_at == shift.starts + 10 * MINUTE
    watch.sign_in(member(duty, shift), shift.pk, now=shift.starts - 5 * MINUTE)
    stand.refresh_from_db()
    assert stand.state == Deadline.State.OPEN
    watch.sign_in(leader(duty, shift), shift.pk, now=shift.starts)
    stand.refresh_from_db()
    assert stand.state == Deadline.State.MET
    entries = Entry.objects.filter(subject=shift.ref, kind="duty.signed_in")
    assert [b'"capacity":"leader"' in bytes(one.leaf) for one in entries] == [False, True]


def test_a_shift_that_nobody_stands_is_late_in_the_log(duty: Duty, shift: Shift) -> None:
    sweep(shift.starts + 11 * MINUTE, DEADLINE_HANDLERS)
    assert Entry.objects.filter(subject=shift.ref, kind="clock.late").count() == 1


def test_signing_in_twice_is_once(duty: Duty, shift: Shift) -> None:
    one = watch.sign_in(leader(duty, shift), shift.pk, now=shift.starts)
    two = watch.sign_in(leader(duty, shift), shift.pk, now=shift.starts + MINUTE)
    assert one == two
    assert SignIn.objects.get().at == shift.starts
    assert Entry.objects.filter(kind="duty.signed_in").count() == 1


@pytest.mark.parametrize(
    ("minutes", "code"), [(-61, "too_early"), (12 * 60, "shift_over"), (13 * 60, "shift_over")]
)
def test_nobody_signs_in_too_early_or_too_late(
    duty: Duty, shift: Shift, minutes: int, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        watch.sign_in(leader(duty, shift), shift.pk, now=shift.starts + minutes * MINUTE)
    assert refused.value.code == code


def test_an_hour_before_is_early_enough(duty: Duty, shift: Shift) -> None:
    assert watch.sign_in(leader(duty, shift), shift.pk, now=shift.starts - 60 * MINUTE)


def test_who_is_expected_at_another_point_is_told_which(duty: Duty, shift: Shift) -> None:
    with pytest.raises(Refused) as refused:
        watch.sign_in(duty.gu, shift.pk, now=shift.starts + 60 * MINUTE)
    assert refused.value.code == "other_point"
    assert refused.value.facts["point"] == duty.line


def test_who_is_not_on_the_shift_is_refused_and_a_stranger_finds_nothing(
    duty: Duty, shift: Shift, cast: Cast
) -> None:
    off = next(one for one in duty.members if one.user.username not in duty.on(shift))
    with pytest.raises(Refused) as refused:
        watch.sign_in(off, shift.pk, now=shift.starts)
    assert refused.value.code == "not_on_shift"
    with pytest.raises(DutyNotFound):
        watch.sign_in(cast.driver, shift.pk, now=shift.starts)


def test_leaving_is_recorded_and_coming_back_is_a_new_sign_in(duty: Duty, shift: Shift) -> None:
    who = leader(duty, shift)
    watch.sign_in(who, shift.pk, now=shift.starts)
    watch.leave(who, shift.pk, now=shift.starts + 30 * MINUTE)
    with pytest.raises(Refused, match="not_signed_in"):
        watch.leave(who, shift.pk, now=shift.starts + 31 * MINUTE)
    watch.sign_in(who, shift.pk, now=shift.starts + 40 * MINUTE)
    kinds = Entry.objects.filter(subject=shift.ref, kind__startswith="duty.").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "duty.signed_in", "duty.left", "duty.signed_in",
    ]  # fmt: skip


def test_a_line_is_bound_by_its_entry_and_a_correction_is_a_further_line(
    duty: Duty, shift: Shift
) -> None:
    who = leader(duty, shift)
    watch.sign_in(who, shift.pk, now=shift.starts)
    line = watch.write(who, shift.pk, "09:10 大厅停电，已报修", now=shift.starts + 70 * MINUTE)
    entry = Entry.objects.get(digest=bytes(line.entry_digest))
    import json

    leaf = json.loads(bytes(entry.leaf))
    salted = salt(bytes(line.salt_key), leaf["nonce"], "text")
    assert leaf["commit"]["text"] == commitment(salted, line.text.encode())
    assert "停电" not in bytes(entry.leaf).decode()
    more = watch.write(
        who, shift.pk, "应为 09:20", now=shift.starts + 80 * MINUTE, corrects=line.pk
    )
    assert more.corrects == line
    assert LogLine.objects.count() == 2


def test_the_same_words_sent_twice_are_one_line(duty: Duty, shift: Shift) -> None:
    who = leader(duty, shift)
    watch.sign_in(who, shift.pk, now=shift.starts)
    for second in (0, 2):
        watch.write(who, shift.pk, "一切正常", now=shift.starts + timedelta(seconds=second))
    assert LogLine.objects.count() == 1
    watch.write(who, shift.pk, "一切正常", now=shift.starts + 60 * MINUTE)
    assert LogLine.objects.count() == 2


def test_who_forgot_to_leave_does_not_write_in_the_log_of_long_ago(
    duty: Duty, shift: Shift
) -> None:
    who = leader(duty, shift)
    watch.sign_in(who, shift.pk, now=shift.starts)
    watch.write(who, shift.pk, "交接时补记", now=shift.ends + 30 * MINUTE)
    with pytest.raises(Refused, match="not_signed_in"):
        watch.write(who, shift.pk, "几天后的一句", now=shift.ends + 5 * 60 * MINUTE)
    assert watch.leave(who, shift.pk, now=shift.ends + 6 * 60 * MINUTE).left_at


def test_only_who_has_signed_in_writes_and_never_nothing(duty: Duty, shift: Shift) -> None:
    who = leader(duty, shift)
    with pytest.raises(Refused, match="not_signed_in"):
        watch.write(who, shift.pk, "一切正常", now=shift.starts)
    watch.sign_in(who, shift.pk, now=shift.starts)
    with pytest.raises(BadInput, match="missing"):
        watch.write(who, shift.pk, " \n", now=shift.starts)
    with pytest.raises(Refused, match="unknown_line"):
        watch.write(who, shift.pk, "更正", now=shift.starts, corrects=99)


def test_no_line_is_ever_changed_or_deleted(duty: Duty, shift: Shift) -> None:
    who = leader(duty, shift)
    watch.sign_in(who, shift.pk, now=shift.starts)
    line = watch.write(who, shift.pk, "一切正常", now=shift.starts)
    line.text = "别的"
    with pytest.raises(LineStays):
        line.save()
    with pytest.raises(LineStays):
        line.delete()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        LogLine.objects.update(text="别的")
    with pytest.raises(DatabaseError, match=r"never (changed or )?deleted"), transaction.atomic():
        LogLine.objects.all()._raw_delete(LogLine.objects.db)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE duty_logline SET text = 'x'")
    assert LogLine.objects.get().text == "一切正常"
