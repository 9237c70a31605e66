"""Two at once: the same form, the same letter, the sweep and an act, on real connections."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.notices.models import Channel, Notice
from huiyin.kernel.units.actions import move_unit
from huiyin.kernel.units.models import Unit
from huiyin.kernel.units.queries import parents
from huiyin.kernel.units.tree import Cycle, ancestors
from huiyin.kernel.vault.models import SealedIdentity
from huiyin.parts.cases.actions import answering, forwarding, handling, writer
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.rules import NotNow
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast, enter
from tests.parts.cases.letters import ANSWER, REASON, Letter, accepted, answered, filed
from tests.support.concurrency import at_once, errors

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None, now: datetime) -> Cast:
    return enter(now)


def test_one_form_sent_by_four_connections_at_once_is_one_letter(cast: Cast, now: datetime) -> None:
    given = {"seed": b"the same form" * 3, "naming": "named", "identity": {"name": "王小梅"}}
    found = at_once(*[lambda: cast.file(now, **given)] * 4)
    assert not errors(found)
    assert len({str(one.code) for one in found}) == 1  # type: ignore[attr-defined]
    assert sorted(one.again for one in found) == [False, True, True, True]  # type: ignore[attr-defined]
    assert Case.objects.count() == Deadline.objects.count() == SealedIdentity.objects.count() == 1
    assert Entry.objects.filter(kind="case.filed").count() == 1


def test_two_clerks_forward_one_letter_and_one_of_them_is_told(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now)
    found = at_once(
        *[lambda: forwarding.forward(cast.clerk, letter.locator, cast.works, now=now)] * 2
    )
    assert [error.code for error in errors(found)] == ["already_there"]  # type: ignore[attr-defined]
    assert letter.case.steps_count == 2
    assert Deadline.objects.filter(subject=letter.case.ref, state="open").count() == 2


def test_an_answer_and_a_withdrawal_at_once_leave_one_of_them(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    found = at_once(
        lambda: answering.answer(cast.owner, letter.locator, ANSWER, now=now),
        lambda: writer.withdraw(letter.locator, "", now=now),
    )
    assert letter.stage == "withdrawn"
    assert all(isinstance(error, NotNow) for error in errors(found))
    assert not letter.open()
    own = Entry.objects.filter(subject=letter.case.ref, kind__startswith="case.")
    assert letter.case.steps_count == own.count()


def test_accepting_and_declining_at_once_is_one_decision(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now).forward()
    found = at_once(
        lambda: handling.accept(cast.owner, letter.locator, now=now),
        lambda: handling.decline(cast.owner, letter.locator, "arbitration", REASON, now=now),
    )
    assert len(errors(found)) == 1
    assert isinstance(errors(found)[0], NotNow)
    assert len(letter.open()) == 1


def test_one_extension_is_asked_for_by_two_clicks(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    found = at_once(
        *[lambda: handling.ask_extension(cast.owner, letter.locator, 9, REASON, now=now)] * 3
    )
    assert {error.code for error in errors(found)} == {"extension_asked"}  # type: ignore[attr-defined]
    assert letter.case.extensions.count() == 1


def test_the_sweep_and_the_writer_at_once_never_wait_for_each_other(
    cast: Cast, now: datetime
) -> None:
    letters = [answered(cast, now) for _ in range(6)]
    at = now + timedelta(days=32)
    found = at_once(
        lambda: sweep(at, DEADLINE_HANDLERS),
        lambda: [writer.say_content(one.locator, now=at) for one in letters],
        lambda: sweep(at, DEADLINE_HANDLERS),
    )
    assert not errors(found)
    sweep(at, DEADLINE_HANDLERS)
    for one in letters:
        assert one.stage == "closed"
        assert not one.open()
        assert one.case.steps.filter(kind="asked").count() <= 1
        assert one.case.steps_count == one.case.steps.count()


def test_two_sweeps_at_once_take_each_step_once(cast: Cast, now: datetime) -> None:
    letters: list[Letter] = [accepted(cast, now) for _ in range(8)]
    at = now + timedelta(days=61)
    found = at_once(*[lambda: sweep(at, DEADLINE_HANDLERS)] * 3)
    assert not errors(found)
    sweep(at, DEADLINE_HANDLERS)
    for letter in letters:
        told = Notice.objects.filter(subject=letter.case.ref, kind__startswith="clock.")
        steps = letter.open()["case.conclude"].steps
        posts = list(told.values_list("post_id", flat=True))
        assert sorted(posts) == sorted(set(steps.values_list("post_id", flat=True)))
        assert Entry.objects.filter(subject=letter.case.ref, kind="clock.late").count() == 1


def test_two_workers_send_each_notice_once(cast: Cast, now: datetime) -> None:
    Channel.objects.create(post=cast.clerk.post, address="json://localhost")
    for _ in range(10):
        filed(cast, now)
    sent: list[str] = []

    def sender(address: str, title: str, body: str) -> bool:
        sent.append(body)
        return True

    found = at_once(
        *[lambda: notices.send_due(now, lambda n: (n.kind, n.subject), sender=sender)] * 3
    )
    assert not errors(found)
    assert len(sent) == len(set(sent)) == 10


def test_two_moves_at_once_never_make_a_circle(cast: Cast, now: datetime) -> None:
    works, transport = (
        Unit.objects.get(pk=cast.works.pk), Unit.objects.get(pk=cast.transport.pk),
    )  # fmt: skip
    found = at_once(
        lambda: move_unit(works, cast.transport, now=now),
        lambda: move_unit(transport, cast.works, now=now),
    )
    assert [type(error) for error in errors(found)] == [Cycle]
    whole = parents()
    for unit in whole:
        ancestors(unit, whole)
