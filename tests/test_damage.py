"""One damaged row is one marked row that is skipped; what everybody else is owed goes on."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from huiyin.kernel.clock.models import Deadline, Step
from huiyin.kernel.clock.sweep import AGAIN, sweep
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.notices import damage
from huiyin.kernel.notices import queries as notices_of
from huiyin.kernel.notices.actions import LATER, send_due
from huiyin.kernel.notices.models import Channel, DamagedRow, Notice
from huiyin.parts.cases.actions import closing, writer
from huiyin.parts.cases.models import Case
from huiyin.wiring import DEADLINE_HANDLERS, digest_wording, notice_wording
from tests.cast import Cast
from tests.parts.cases.letters import accepted, answered


def damage_row(model: type, pk: int, column: str, value: str) -> None:
    """Write past every check, as a failing disk or a careless hand does."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints=ON")
        table = model._meta.db_table  # type: ignore[attr-defined]
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, pk])
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints=OFF")


def marked() -> list[tuple[str, int]]:
    return list(DamagedRow.objects.values_list("table", "row"))


ANYWHERE = [("warn_at", '["no time"]'), ("warn_at", "7"), ("pace", '["x"]'), ("pace", "[-5]")]
ON_SQLITE = [("warn_at", "{"), ("due_at", "no time"), ("started_at", "\x00")]


@pytest.mark.parametrize(
    ("column", "value"),
    [*ANYWHERE, *(pytest.param(*one, marks=pytest.mark.sqlite_only) for one in ON_SQLITE)],
)
def test_an_unreadable_deadline_is_marked_and_tried_later_and_the_others_are_swept(
    cast: Cast, now: datetime, column: str, value: str
) -> None:
    letters = [accepted(cast, now) for _ in range(3)]
    broken = letters[1].open()["case.conclude"].pk
    damage_row(Deadline, broken, column, value)
    late = now + timedelta(days=100)
    sweep(late, DEADLINE_HANDLERS)
    assert marked() == [("clock_deadline", broken)]
    for letter in (letters[0], letters[2]):
        assert letter.open()["case.conclude"].steps.filter(kind="escalate").exists()
    assert not Step.objects.filter(deadline=broken).exists()
    assert Deadline.objects.filter(pk=broken, next_at=late + AGAIN).exists()
    assert sweep(late, DEADLINE_HANDLERS).total == 0
    assert str(notices_of.damaged()[0]) == f"clock_deadline {broken}"


@pytest.mark.parametrize(("column", "value"), [("kind", "no.such"), ("subject", "case:none")])
def test_a_damaged_time_that_nobody_owes_stops_no_other(
    cast: Cast, now: datetime, column: str, value: str
) -> None:
    letters = [answered(cast, now) for _ in range(3)]
    broken = Deadline.objects.get(subject=letters[1].case.ref, kind="case.ask_review").pk
    damage_row(Deadline, broken, column, value)
    sweep(now + timedelta(days=100), DEADLINE_HANDLERS)
    assert marked() == [("clock_deadline", broken)]
    stages = [Case.objects.get(pk=letter.case.pk).stage for letter in letters]
    assert (stages[0] == stages[2], stages[1]) == (True, "answered")
    assert stages[0] != "answered"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "no.such"),
        ("facts", "[]"),
        pytest.param("facts", "{", marks=pytest.mark.sqlite_only),
    ],
)
def test_a_notice_without_words_is_marked_and_the_others_of_its_post_leave(
    cast: Cast, now: datetime, column: str, value: str
) -> None:
    Channel.objects.create(post=cast.clerk.post, address="json://clerk")
    for _ in range(3):
        cast.file(now)
    broken = Notice.objects.order_by("id")[1].pk
    damage_row(Notice, broken, column, value)
    for at in (now, now + timedelta(seconds=1)):
        send_due(at, notice_wording, sender=lambda *a: True, digest=digest_wording)
    assert marked() == [("notices_notice", broken)]
    assert Notice.objects.filter(sent_at__isnull=False).count() == 2
    assert Notice.objects.get(pk=broken).next_at == now + LATER


def test_a_letter_that_can_not_be_erased_keeps_no_other_from_it(cast: Cast, now: datetime) -> None:
    locators = [cast.file(now).case.locator for _ in range(3)]
    for locator in locators:
        writer.withdraw(locator, "", now=now)
    broken = Case.objects.get(locator=locators[1])
    Case.objects.filter(pk=broken.pk).update(text_key=b"no key")
    assert closing.erase_due(now + timedelta(days=3000)) == 2
    assert marked() == [("cases_case", broken.pk)]


def test_what_fails_no_more_loses_its_mark(cast: Cast, now: datetime) -> None:
    with damage.guard(StoredFile, 7, now) as failed:
        raise ValueError("what the row holds is not told")
    assert [type(error) for error in failed] == [ValueError]
    assert "told" not in DamagedRow.objects.get().error
    damage.forget_mended(now + timedelta(hours=1))
    assert DamagedRow.objects.count() == 1
    damage.forget_mended(now + timedelta(hours=4))
    assert DamagedRow.objects.count() == 0
