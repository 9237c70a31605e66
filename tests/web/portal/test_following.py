"""Following a letter: what its writer sees and does with the code, and nobody without it."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.kernel.files.models import StoredFile
from huiyin.parts.cases.actions import answering, forwarding, handling, identity
from huiyin.parts.cases.actions.filing import Filed
from huiyin.parts.cases.models import Case
from tests.cast import Cast
from tests.web.portal.conftest import Person

ANSWER = answering.AnswerText(
    facts="The sheets of March to May were compared.",
    ground="Wage rules, section 12",
    decision="The difference of 700 a month is paid.",
)


@pytest.fixture
def at(now: datetime) -> time_machine.Traveller:
    """The clock of the service, which the test owns."""
    with time_machine.travel(now, tick=False) as clock:
        yield clock


@pytest.fixture
def filed(cast: Cast, now: datetime, at: time_machine.Traveller) -> Filed:
    return cast.file(now)


@pytest.fixture
def writer(person: Person, filed: Filed) -> Person:
    """Somebody who has entered the code."""
    person.go("/letter/")
    person.send("code", code=str(filed.code).lower().replace("-", " "))
    return person


def handled(cast: Cast, filed: Filed, now: datetime) -> None:
    forwarding.forward(cast.clerk, filed.case.locator, cast.works, now=now)
    handling.accept(cast.owner, filed.case.locator, now=now)


def answered(cast: Cast, filed: Filed, now: datetime) -> None:
    handled(cast, filed, now)
    promise = answering.Promise("Pay the difference of three months", date(2026, 4, 10))
    answering.answer(cast.owner, filed.case.locator, ANSWER, now=now, promises=[promise])


def test_the_code_opens_the_letter_however_it_is_typed(writer: Person, filed: Filed) -> None:
    assert writer.page is not None
    assert writer.page.request["PATH_INFO"] == "/letter/case/"
    assert "三个月没有发工资" in writer.words
    assert filed.case.locator in writer.words
    assert "15 days left" in writer.words
    assert "15 days from receipt on 3 March 2026, article 22; ends on 18 March 2026" in writer.words


def test_internal_notes_are_not_on_the_writers_page(
    writer: Person, cast: Cast, filed: Filed, now: datetime
) -> None:
    handled(cast, filed, now)
    handling.note(cast.owner, filed.case.locator, "look at the ledger first", now=now)
    handling.write_to_writer(cast.owner, filed.case.locator, "Which months?", now=now)
    writer.go("/letter/case/")
    assert "Which months?" in writer.words
    assert "look at the ledger first" not in writer.words


def test_the_writer_adds_a_message_and_sees_it_in_the_story(writer: Person) -> None:
    writer.go("/letter/case/message/")
    writer.send("do", text="It is the months March to May.")
    assert "What you wrote is in the letter." in writer.words
    assert "It is the months March to May." in writer.words


def test_an_empty_message_is_told_what_is_missing(writer: Person) -> None:
    writer.go("/letter/case/message/")
    writer.send("do", text="")
    assert '<a href="#id_text">' in writer.text
    assert "Write a few words" in writer.words


def test_the_same_message_sent_twice_is_one_message(writer: Person, filed: Filed) -> None:
    writer.go("/letter/case/message/")
    action, values = writer.form("do")
    for _press in range(2):
        writer.page = writer.client.post(
            action, {**values, "text": "It is the months March to May."}, follow=True
        )
    assert "already" in writer.words
    assert filed.case.steps.filter(kind="message_in").count() == 1


def test_the_answer_is_read_rated_and_reviewed(
    writer: Person, cast: Cast, filed: Filed, now: datetime
) -> None:
    answered(cast, filed, now)
    writer.go("/letter/case/answer/")
    assert "Wage rules, section 12" in writer.words
    assert "Pay the difference of three months" in writer.words
    assert "30 days from receipt of the answer on 3 March 2026" in writer.words
    writer.go("/letter/case/rate/")
    writer.send("do", handling="5")
    assert '<a href="#id_outcome_0">' in writer.text
    writer.send("do", handling="5", outcome="1")
    assert "Your rating is recorded" in writer.words
    writer.go("/letter/case/review/")
    writer.send("do", text="The overtime is missing from the sheets.")
    assert "Under review" in writer.words
    assert Case.objects.get().stage == "reviewing"


def test_a_review_asked_too_late_is_told_what_remains_open(
    writer: Person, cast: Cast, filed: Filed, now: datetime, at: time_machine.Traveller
) -> None:
    answered(cast, filed, now)
    at.move_to(now + timedelta(days=40))
    writer.go("/letter/")
    writer.send("code", code=str(filed.code))
    writer.go("/letter/case/review/")
    writer.send("do", text="The overtime is missing from the sheets.")
    assert "The time for this is over" in writer.words
    assert "The local petition office" in writer.words
    assert "The overtime is missing" in writer.text


def test_solved_and_not_solved(writer: Person, cast: Cast, filed: Filed, now: datetime) -> None:
    answered(cast, filed, now)
    writer.go("/letter/case/unsolved/")
    writer.send("do", text="Nothing was paid so far.")
    assert "The letter is open again." in writer.words
    answering.answer(cast.owner, filed.case.locator, ANSWER, now=now)
    writer.go("/letter/case/solved/")
    writer.send("do")
    assert "You said that it is solved" in writer.words


def test_a_promise_is_judged_by_the_writer(
    writer: Person, cast: Cast, filed: Filed, now: datetime
) -> None:
    answered(cast, filed, now)
    answering.report_remedy(cast.owner, filed.case.locator, 1, "Paid with the wages.", now=now)
    writer.go("/letter/case/promises/1/")
    writer.send("do", kept="no", text="One month is missing.")
    assert "You said that promise 1 was not kept" in writer.words
    assert Case.objects.get().remedies.get().state == "disputed"


def test_withdrawing_takes_a_tick_and_is_in_no_other_place(writer: Person) -> None:
    writer.go("/letter/case/withdraw/")
    assert "urges or pays you" in writer.words
    writer.send("do")
    assert Case.objects.get().stage == "received"
    writer.send("do", sure="on")
    assert "You withdrew this letter" in writer.words
    assert Case.objects.get().stage == "withdrawn"
    writer.go("/letter/case/message/")
    writer.send("do", text="One more thing")
    assert "not possible at this point" in writer.words


def test_each_opening_of_the_identity_is_shown_with_its_reason(
    writer: Person, cast: Cast, now: datetime, at: time_machine.Traveller
) -> None:
    named = cast.file(now, naming="named", identity={"name": "李小禾", "telephone": "13900001234"})
    handled(cast, named, now)
    reason = "The bank needs the account holder's name for the payment"
    identity.open_identity(cast.owner, named.case.locator, reason, now=now)
    writer.go("/letter/")
    writer.send("code", code=str(named.code))
    assert reason in writer.words
    assert cast.owner.post.full_name in writer.words
    assert "李小禾" not in writer.text


def test_the_writer_can_become_named_later(writer: Person, filed: Filed) -> None:
    assert "Add who you are" in writer.words
    writer.go("/letter/case/contact/")
    writer.send("do", name="李小禾")
    assert "Your name and contact are sealed" in writer.words
    assert Case.objects.get().naming == "named"


def test_a_file_is_added_and_downloaded_as_an_attachment(writer: Person, filed: Filed) -> None:
    note = SimpleUploadedFile("工资条.txt", "三月 4300".encode())
    writer.client.post("/letter/case/files/", {"files": [note]})
    token = StoredFile.objects.get(subject=filed.case.ref).token
    answer = writer.client.get(f"/letter/case/files/{token}/")
    assert answer.content == "三月 4300".encode()
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    stranger = Client().get(f"/letter/case/files/{token}/")
    assert stranger.status_code == 302
    assert stranger["Location"] == "/letter/"


def test_another_letters_file_is_not_there(
    writer: Person, cast: Cast, now: datetime, filed: Filed
) -> None:
    note = SimpleUploadedFile("a.txt", b"three months")
    writer.client.post("/letter/case/files/", {"files": [note]})
    token = StoredFile.objects.get().token
    other = Person(Client(headers={"accept-language": "en"}))
    other.go("/letter/")
    other.send("code", code=str(cast.file(now).code))
    assert other.client.get(f"/letter/case/files/{token}/").status_code == 404


def test_a_declined_letter_names_the_ground_and_where_to_turn(
    writer: Person, cast: Cast, filed: Filed, now: datetime
) -> None:
    forwarding.forward(cast.clerk, filed.case.locator, cast.works, now=now)
    handling.decline(
        cast.owner,
        filed.case.locator,
        "arbitration",
        "A wage dispute goes to arbitration.",
        now=now,
    )
    writer.go("/letter/case/")
    assert "The law has this decided by arbitration" in writer.words
    assert "labour and personnel dispute arbitration commission" in writer.words
    writer.go("/letter/case/answer/")
    assert "Ask for a review" in writer.words


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_stage_has_words_in_both_languages(
    writer: Person, filed: Filed, language: str
) -> None:
    writer.client.cookies["django_language"] = language
    for stage in Case.Stage:
        Case.objects.filter(pk=filed.case.pk).update(stage=stage)
        answer = writer.client.get("/letter/case/")
        assert answer.status_code == 200
        assert f'lang="{ {"en": "en", "zh-hans": "zh-Hans"}[language] }"' in answer.content.decode()


def test_the_page_of_a_letter_takes_few_queries(
    writer: Person, cast: Cast, filed: Filed, now: datetime, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    answered(cast, filed, now)
    with django_assert_max_num_queries(12):
        writer.go("/letter/case/")


@pytest.mark.parametrize("extension", ["docx", "pdf"])
def test_the_answer_can_be_taken_along_as_an_official_letter(
    writer: Person, cast: Cast, filed: Filed, now: datetime, extension: str
) -> None:
    answered(cast, filed, now)
    writer.go("/letter/case/answer/")
    address = next(
        part for part in writer.text.split('"') if part.endswith(extension) and "letters" in part
    )
    answer = writer.client.get(address)
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer.content[:4] == {"docx": b"PK\x03\x04", "pdf": b"%PDF"}[extension]
    assert Client().get(address).status_code == 302


def test_the_language_can_be_changed_while_writing_in_the_letter(writer: Person) -> None:
    writer.go("/letter/case/message/")
    action, values = writer.form("do")
    typed = {**values, "text": "It is the months", "language": "zh-hans"}
    writer.page = writer.client.post(action, typed)
    assert "在本件中留言" in writer.words
    assert writer.form("do")[1]["text"] == ["It is the months"]
    assert Case.objects.get().steps.filter(kind="message_in").count() == 0
