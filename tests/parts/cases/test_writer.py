"""What the writer does, and how a letter ends: never without asking, never for good too early."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.parts.cases import sealing
from huiyin.parts.cases.actions import answering, closing, handling, identity, writer
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import CaseNotFound, Filter, case_of_code, story, worklist
from huiyin.parts.cases.rules import NotNow, NotYours
from tests.cast import Cast
from tests.parts.cases.letters import (
    REASON,
    Letter,
    accepted,
    answered,
    filed,
    finally_reviewed,
    reviewing,
)

PHRASE = "厂门口第三棵梧桐树下的修车铺"


def promised(cast: Cast, now: datetime) -> Letter:
    letter = accepted(cast, now)
    return letter.answer(letter.promise(5))


def report(letter: Letter) -> None:
    answering.report_remedy(letter.cast.owner, letter.locator, 1, "工资已补发。", now=letter.now)


# Words and ratings


def test_what_the_writer_adds_reaches_the_owner_and_the_search(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    writer.write_in(letter.locator, "还有一件事：食堂的油烟。", now=now)
    found = worklist(cast.owner, Filter(view="mine", words="油烟"), now).rows
    assert [row.case for row in found] == [letter.case]


def test_each_answer_is_rated_once_and_a_new_answer_anew(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    with pytest.raises(NotNow):
        writer.rate(letter.locator, 3, 3, now=now)
    letter.answer()
    for handling_, outcome in ((0, 3), (3, 6)):
        with pytest.raises(BadInput):
            writer.rate(letter.locator, handling_, outcome, now=now)
    writer.rate(letter.locator, 2, 1, now=now)
    with pytest.raises(BadInput) as error:
        writer.rate(letter.locator, 5, 5, now=now)
    assert error.value.code == "rated_before"
    writer.say_not_solved(letter.locator, "还是没有发工资。", now=now)
    letter.later(days=1)
    letter.answer()
    writer.rate(letter.locator, 4, 4, now=letter.now)
    assert letter.case.steps.filter(kind="rated").count() == 2
    letter.ask().decide()
    writer.rate(letter.locator, 5, 1, now=letter.now)
    assert letter.case.ratings.count() == 2


# The end


def test_silence_closes_only_after_the_person_was_asked(cast: Cast, now: datetime) -> None:
    letter = answered(cast, now)
    letter.later(days=32)
    assert letter.stage == "asked"
    assert set(letter.open()) == {"case.close_question"}
    letter.later(days=20)
    kinds = list(letter.case.steps.order_by("number").values_list("kind", flat=True))
    assert kinds[-2:] == ["asked", "closed"]
    assert letter.case.closed_why == "no_reply"
    assert not letter.open()


def test_a_letter_not_accepted_is_closed_only_after_asking_too(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now).forward()
    handling.decline(cast.owner, letter.locator, "arbitration", REASON, now=now)
    letter.later(days=32)
    letter.later(days=20)
    kinds = list(letter.case.steps.order_by("number").values_list("kind", flat=True))
    assert kinds[-2:] == ["asked", "closed"]


def test_content_closes_at_once_where_nothing_was_promised(cast: Cast, now: datetime) -> None:
    letter = answered(cast, now)
    writer.say_content(letter.locator, now=now)
    assert (letter.stage, letter.case.closed_why) == ("closed", "content")
    assert not letter.open()
    assert letter.case.next_due_at is None


def test_content_closes_only_when_what_was_promised_is_done(cast: Cast, now: datetime) -> None:
    letter = promised(cast, now)
    writer.say_content(letter.locator, now=now)
    assert letter.stage == "answered"
    report(letter)
    assert letter.stage == "answered"
    writer.confirm_remedy(letter.locator, 1, now=now)
    assert letter.stage == "closed"


def test_not_solved_reopens_and_an_answer_is_owed_anew(cast: Cast, now: datetime) -> None:
    for letter in (answered(cast, now), finally_reviewed(cast, now)):
        writer.say_not_solved(letter.locator, "还是没有发工资。", now=now)
        assert letter.stage == "accepted"
        assert letter.open()["case.conclude"].started_at == now
        assert not {"case.ask_review", "case.close_question"} & set(letter.open())
    asked = answered(cast, now)
    asked.later(days=32)
    writer.say_not_solved(asked.locator, "还是没有发工资。", now=asked.now)
    assert asked.stage == "accepted"


# What was promised


def test_a_remedy_reported_and_not_looked_at_counts_as_done_for_closing_only(
    cast: Cast, now: datetime
) -> None:
    letter = promised(cast, now)
    report(letter)
    letter.later(days=16)
    assert letter.case.remedies.get().state == "confirmed"
    writer.say_content(letter.locator, now=letter.now)
    assert letter.stage == "closed"
    letter.later(days=100)
    writer.dispute_remedy(letter.locator, 1, "其实一直没有发。", now=letter.now)
    assert letter.stage == "accepted"
    assert set(letter.open()) == {"case.conclude", "case.remedy"}
    assert letter.case.closed_at is None


def test_a_remedy_may_be_disputed_before_its_report_only_after_its_day(
    cast: Cast, now: datetime
) -> None:
    letter = promised(cast, now)
    with pytest.raises(BadInput) as error:
        writer.dispute_remedy(letter.locator, 1, "还没有发工资。", now=now)
    assert error.value.code == "not_due_yet"
    with pytest.raises(BadInput) as error:
        writer.confirm_remedy(letter.locator, 1, now=now)
    assert error.value.code == "unknown"
    with pytest.raises(BadInput) as error:
        writer.dispute_remedy(letter.locator, 9, "还没有发工资。", now=now)
    assert error.value.code == "unknown"
    letter.later(days=7)
    writer.dispute_remedy(letter.locator, 1, "还没有发工资。", now=letter.now)
    assert letter.case.remedies.get().state == "disputed"
    assert letter.open()["case.remedy"].post == cast.owner.post
    report(letter)
    writer.confirm_remedy(letter.locator, 1, now=letter.now)


def test_a_late_remedy_is_marked_late_and_keeps_the_letter_open(cast: Cast, now: datetime) -> None:
    letter = promised(cast, now)
    letter.later(days=7)
    late = Entry.objects.filter(kind="clock.late", subject=letter.case.ref)
    assert late.count() == 1
    for _ in range(8):
        letter.later(days=20)
    assert letter.stage == "asked"
    assert {"case.remedy", "case.close_question"} <= set(letter.open())
    report(letter)
    writer.confirm_remedy(letter.locator, 1, now=letter.now)
    letter.later(days=20)
    assert letter.stage == "closed"


# Withdrawal, recovery


def test_withdrawal_ends_all_that_is_owed_and_what_was_there_stays(
    cast: Cast, now: datetime
) -> None:
    for letter in (filed(cast, now), promised(cast, now), reviewing(cast, now)):
        writer.withdraw(letter.locator, "", now=now)
        assert letter.stage == "withdrawn"
        assert not letter.open()
        assert letter.case.next_due_at is None
        assert Entry.objects.filter(subject=letter.case.ref, kind="case.withdrawn").exists()
        with pytest.raises(NotNow):
            writer.withdraw(letter.locator, "", now=now)
        with pytest.raises(NotNow):
            writer.write_in(letter.locator, "我改主意了。", now=now)


def test_a_recovery_phrase_gives_a_new_code_and_the_old_one_opens_nothing(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now, phrase=PHRASE)
    old = str(letter.filed.code)
    new = writer.recover(letter.locator, f" {PHRASE}。", now=now)
    assert case_of_code(str(new)) == letter.case
    with pytest.raises(CaseNotFound):
        case_of_code(old)


def test_a_wrong_phrase_an_unknown_letter_and_one_without_phrase_are_one_refusal(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huiyin.kernel.vault import codes

    slow: list[str] = []
    real = codes.phrase_matches
    monkeypatch.setattr(codes, "phrase_matches", lambda *a: slow.append(a[2]) or real(*a))
    with_phrase = filed(cast, now, phrase=PHRASE)
    without = filed(cast, now)
    answers = set()
    for locator in (with_phrase.locator, without.locator, "ZZZZZZZZ", "not a locator"):
        with pytest.raises(CaseNotFound) as error:
            writer.recover(locator, "厂门口第三棵梧桐树下的理发店", now=now)
        answers.add(str(error.value))
    assert len(answers) == 1
    assert len(slow) == 4
    assert not Entry.objects.filter(kind="case.recovered").exists()


# The sealed identity


def test_an_anonymous_writer_may_become_named_and_nobody_else_can_name_them(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now)
    with pytest.raises(BadInput) as error:
        identity.open_identity(cast.owner, letter.locator, "需要电话联系来信人核实", now=now)
    assert error.value.code == "anonymous"
    for given, why in (({"telephone": "1"}, "missing"), ({"name": "王", "wage": "1"}, "unknown")):
        with pytest.raises(BadInput) as error:
            identity.replace_identity(letter.locator, given, now=now)
        assert error.value.code == why
    identity.replace_identity(letter.locator, {"name": "王小梅"}, now=now)
    assert letter.case.naming == "named"
    opened = identity.open_identity(cast.owner, letter.locator, "需要电话联系来信人核实", now=now)
    assert opened == {"name": "王小梅"}


def test_only_the_owner_and_the_reviewer_open_an_identity_and_only_with_a_reason(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now, naming="named", identity={"name": "王小梅"})
    for one in (cast.works_head, cast.clerk, cast.group_head):
        with pytest.raises(NotYours):
            identity.open_identity(one, letter.locator, "需要电话联系来信人核实", now=now)
    with pytest.raises(CaseNotFound):
        identity.open_identity(cast.driver, letter.locator, "需要电话联系来信人核实", now=now)
    for thin in ("", "看看", "啊啊啊啊啊啊啊啊啊啊啊啊"):
        with pytest.raises(BadInput):
            identity.open_identity(cast.owner, letter.locator, thin, now=now)
    assert not Entry.objects.filter(kind="vault.opened").exists()


# Erasure


def test_erasure_leaves_that_there_was_a_letter_and_nothing_of_it(
    cast: Cast, now: datetime
) -> None:
    from huiyin.kernel.vault.models import SealedIdentity

    letter = accepted(cast, now, naming="named", identity={"name": "王小梅"}, phrase=PHRASE)
    letter.answer(letter.promise())
    report(letter)
    writer.confirm_remedy(letter.locator, 1, now=now)
    writer.say_content(letter.locator, now=now)
    assert closing.erase_due(now + timedelta(days=729)) == 0
    at = now + timedelta(days=731)
    assert closing.erase_due(at) == 1
    assert closing.erase_due(at) == 0
    case = letter.case
    assert (case.text_key, case.phrase_hash, case.erased_at) == (None, "", at)
    sealed = SealedIdentity.objects.get(subject=case.ref)
    assert (sealed.wrapped_key, bytes(sealed.sealed)) == (None, b"")
    assert sealing.title(case) == sealing.ERASED
    for told in story(case, for_writer=False):
        assert told.body in ({}, {"text": sealing.ERASED})
    assert not worklist(cast.clerk, Filter(words="工资"), at).rows
    assert Deadline.objects.filter(subject=case.ref).exists()
    assert Entry.objects.filter(subject=case.ref, kind="case.filed").exists()
    with pytest.raises(CaseNotFound):
        writer.recover(letter.locator, PHRASE, now=at)


def test_no_act_on_an_erased_letter_breaks_or_changes_anything(cast: Cast, now: datetime) -> None:
    letter = promised(cast, now)
    report(letter)
    writer.confirm_remedy(letter.locator, 1, now=now)
    writer.say_content(letter.locator, now=now)
    at = now + timedelta(days=731)
    closing.erase_due(at)
    before = Entry.objects.count()
    for act in (
        lambda: writer.rate(letter.locator, 3, 3, now=at),
        lambda: writer.dispute_remedy(letter.locator, 1, "其实一直没有发。", now=at),
        lambda: handling.note(cast.owner, letter.locator, REASON, now=at),
        lambda: identity.open_identity(cast.owner, letter.locator, REASON, now=at),
    ):
        with pytest.raises(NotNow):
            act()
    assert Entry.objects.count() == before


def test_nothing_is_erased_while_the_writer_may_still_ask_for_a_review(
    cast: Cast, now: datetime
) -> None:
    cast.organisation.keep_identity_days = 0
    cast.organisation.save()
    letter = answered(cast, now)
    writer.say_content(letter.locator, now=now)
    assert closing.erase_due(now + timedelta(days=1)) == 0
    letter.later(days=2)
    letter.ask()
    assert letter.stage == "reviewing"
    assert not Case.objects.filter(erased_at__isnull=False).exists()
