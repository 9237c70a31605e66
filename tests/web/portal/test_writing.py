"""Writing a letter: few steps, nothing lost, no script."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.vault.models import SealedIdentity
from huiyin.parts.cases import queries, sealing
from huiyin.parts.cases.models import Case
from huiyin.web.portal.limits import Limit
from tests.cast import Cast
from tests.support.files import CASES
from tests.web.portal.conftest import TEXT, TITLE, Person, write


def test_an_anonymous_letter_is_sent_and_its_code_opens_it(person: Person) -> None:
    write(person)
    assert TITLE in person.words
    assert "None of it was paid" in person.words
    person.send(go="next")
    assert "Your letter has been received" in person.words
    case = queries.case_of_code(person.code)
    assert sealing.title(case) == TITLE
    assert case.naming == "anonymous"
    assert not SealedIdentity.objects.filter(subject=case.ref).exists()


def test_an_error_shows_a_summary_that_links_to_its_field_and_keeps_all_that_was_typed(
    person: Person,
) -> None:
    person.go("/file/")
    person.send(title="", text=TEXT, danger="on", go="next")
    assert 'role="alert"' in person.text
    assert '<a href="#id_title">' in person.text
    assert re.search(r'aria-describedby="[^"]*id_title_error', person.text)
    assert person.text.count("<title>Error:") == 1
    _action, values = person.form("step")
    assert values["text"] == [TEXT]
    assert values["danger"] == ["on"]


def test_going_back_keeps_what_comes_later(person: Person) -> None:
    write(person, naming="anonymous", place="Hall 3")
    person.send(go="matter")
    assert person.form("step")[1]["title"] == [TITLE]
    person.send(go="next", title="Another line")
    person.send(go="next")
    person.send(go="next")
    assert "Another line" in person.words
    assert "Hall 3" in person.words
    assert "Anonymous" in person.words


def test_the_language_can_be_changed_in_the_middle_without_losing_a_word(person: Person) -> None:
    person.go("/file/")
    action, values = person.form("step")
    person.page = person.client.post(
        action, {**values, "title": TITLE, "text": TEXT, "language": "zh-hans"}
    )
    assert 'lang="zh-Hans"' in person.text
    assert person.form("step")[1]["title"] == [TITLE]
    assert person.form("step")[1]["text"] == [TEXT]
    assert person.page.cookies["django_language"].value == "zh-hans"


def test_a_named_letter_seals_who_wrote_it(person: Person) -> None:
    write(person, naming="named", name="Li Xiaohe", telephone="13900001234")
    assert "Li Xiaohe" in person.words
    person.send(go="next")
    case = queries.case_of_code(person.code)
    sealed = SealedIdentity.objects.get(subject=case.ref)
    assert b"Xiaohe" not in bytes(sealed.sealed)
    assert all("Xiaohe" not in str(told.body) for told in queries.story(case, for_writer=False))


def test_a_joint_letter_names_up_to_five_representatives(person: Person) -> None:
    write(
        person, naming="joint", name="Li Xiaohe", rep1_name="Wang Daming", rep1_telephone="123",
        rep5_name="Zhao Yulan",
    )  # fmt: skip
    assert "Zhao Yulan" in person.words
    person.send(go="next")
    case = queries.case_of_code(person.code)
    assert case.naming == "joint"
    assert SealedIdentity.objects.filter(subject=case.ref).exists()


def test_a_representative_without_a_name_is_asked_for_it(person: Person) -> None:
    write(person, naming="joint", name="Li Xiaohe", rep2_telephone="123")
    assert "Write the name of representative 2" in person.words
    assert person.form("step")[1]["name"] == ["Li Xiaohe"]


def test_whoever_is_complained_of_is_kept_away(person: Person, cast: Cast) -> None:
    write(person, complained=f"post:{cast.works_head.post.pk}")
    person.send(go="next")
    case = queries.case_of_code(person.code)
    assert case.complained_post == cast.works_head.post
    assert case.conflict_unit == cast.works


def test_a_unit_is_found_by_a_word_of_its_name(person: Person, cast: Cast) -> None:
    write(person)
    person.send(go="place")
    person.send(go="find", find_place="Canteen")
    assert f'value="{cast.canteen.pk}"' in person.text
    assert f'<option value="{cast.transport.pk}"' not in person.text


def test_the_same_form_sent_twice_is_one_letter_with_one_receipt(person: Person) -> None:
    write(person)
    action, values = person.form("step")
    first = person.client.post(action, {**values, "go": "next"})
    person.page = first
    code = person.code
    person.page = person.client.post(action, {**values, "go": "next"})
    assert person.code == code
    assert "already received" in person.words
    assert Case.objects.count() == 1


def test_a_receipt_may_be_declined(person: Person) -> None:
    write(person)
    assert "decline it" in person.words
    person.send(go="next", decline="on")
    assert "Your letter has been received" in person.words
    assert 'class="groups"' not in person.text
    assert "<svg viewBox" in person.text
    assert "seed" not in person.text
    assert Case.objects.count() == 1


def test_the_last_group_of_the_code_must_be_copied_before_it_counts_as_saved(
    person: Person,
) -> None:
    write(person).send(go="next")
    code = person.code
    person.send("seed", saved="on", last="0000")
    assert "not the last four characters" in person.words
    assert person.code == code
    person.send("seed", saved="on", last=code[-4:].lower())
    assert "The code is saved" in person.words


def test_what_the_receipt_proves_is_said_before_sending(person: Person) -> None:
    write(person)
    assert "that this letter was received and when" in person.words
    assert "takes nothing away from your right" in person.words


def test_a_file_is_kept_with_the_draft_and_arrives_with_the_letter(person: Person) -> None:
    write(person)
    action, values = person.form("step")
    note = SimpleUploadedFile("hours.txt", b"11 nights in May, see the list")
    person.page = person.client.post(action, {**values, "go": "attach", "files": [note]})
    assert "hours.txt" in person.words
    assert StoredFile.objects.get().subject.startswith("draft:")
    person.send(go="next")
    case = queries.case_of_code(person.code)
    assert StoredFile.objects.get().subject == case.ref


def test_what_a_file_may_still_tell_is_said_before_the_letter_is_sent(person: Person) -> None:
    write(person)
    action, values = person.form("step")
    voice = SimpleUploadedFile("rec.amr", b"#!AMR\n" + b"\x3c" + bytes(31))
    person.page = person.client.post(action, {**values, "go": "next", "files": [voice]})
    assert "Not sent yet" in person.words
    assert "A voice, a face or a place can be recognised" in person.words
    assert Case.objects.count() == 0
    person.send(go="next")  # having read it
    assert Case.objects.count() == 1
    assert StoredFile.objects.get().subject == queries.case_of_code(person.code).ref


def test_an_object_that_is_left_out_is_said_before_the_letter_is_sent(person: Person) -> None:
    write(person)
    action, values = person.form("step")
    paper = SimpleUploadedFile(
        "x.docx", (CASES / "f12_docx_with_equation_object.docx").read_bytes()
    )
    person.page = person.client.post(action, {**values, "go": "attach", "files": [paper]})
    assert "An object or file embedded in it was left out" in person.words
    assert Case.objects.count() == 0


def test_a_file_of_which_nothing_is_to_be_said_goes_with_the_letter_at_once(person: Person) -> None:
    write(person)
    action, values = person.form("step")
    note = SimpleUploadedFile("hours.txt", b"11 nights in May")
    person.page = person.client.post(action, {**values, "go": "next", "files": [note]})
    assert Case.objects.count() == 1


def test_a_file_that_is_not_taken_is_explained_and_nothing_else_is_lost(person: Person) -> None:
    write(person)
    action, values = person.form("step")
    wrong = SimpleUploadedFile("pay.exe", b"MZ\x90\x00" + b"\x00" * 200)
    person.page = person.client.post(action, {**values, "go": "next", "files": [wrong]})
    assert "pay.exe" in person.words
    assert "not accepted" in person.words
    assert Case.objects.count() == 0
    person.send(go="next")
    assert Case.objects.count() == 1


def test_a_file_can_be_removed_before_sending(person: Person) -> None:
    write(person)
    action, values = person.form("step")
    note = SimpleUploadedFile("hours.txt", b"11 nights in May")
    person.page = person.client.post(action, {**values, "go": "attach", "files": [note]})
    token = StoredFile.objects.get().token
    person.send(remove=token)
    assert "hours.txt" not in person.words
    assert StoredFile.objects.get().removed_at is not None


def test_nobody_elses_draft_file_can_be_removed(person: Person, cast: Cast) -> None:
    write(person)
    action, values = person.form("step")
    note = SimpleUploadedFile("hours.txt", b"11 nights in May")
    person.client.post(action, {**values, "go": "attach", "files": [note]})
    other = write(Person(Client(headers={"accept-language": "en"})))
    other.send(remove=StoredFile.objects.get().token)
    assert StoredFile.objects.get().removed_at is None


def test_a_form_left_open_for_days_keeps_its_words(person: Person) -> None:
    write(person)
    action, values = person.form("step")
    person.page = person.client.post(action, {**values, "seed": "stale:seed:value", "go": "next"})
    assert "open for more than a day" in person.words
    assert TITLE in person.words
    assert Case.objects.count() == 0
    person.send(go="next")
    assert Case.objects.count() == 1


@pytest.mark.parametrize("phrase", ["short", "12345678901234567890", "aaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_weak_recovery_phrase_is_refused(person: Person, phrase: str) -> None:
    write(person, phrase=phrase)
    assert '<a href="#id_phrase">' in person.text


def test_a_recovery_phrase_gives_a_new_code_and_the_old_one_opens_nothing(person: Person) -> None:
    phrase = "the blue kettle sings at half past four"
    write(person, phrase=phrase).send(go="next")
    old = person.code
    person.go("/letter/recover/")
    person.send("locator", locator=old[:9], phrase="some other sentence altogether")
    assert "do not go together" in person.words
    person.send("locator", locator=old[:9], phrase=phrase.upper())
    assert person.code != old
    assert queries.case_of_code(person.code)
    with pytest.raises(queries.CaseNotFound):
        queries.case_of_code(old)


def test_no_page_of_the_form_needs_anything_from_elsewhere(person: Person) -> None:
    write(person)
    assert "<script" not in person.text
    assert not re.search(r'(src|href|action)="(https?:)?//', person.text)
    assert " style=" not in person.text


def test_a_full_disk_loses_nothing_of_the_letter(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    write(person, naming="named", name="Li Xiaohe")
    with monkeypatch.context() as broken:
        broken.setattr("huiyin.parts.cases.actions.filing.ledger.append", full)
        person.send(go="next")
    assert person.page is not None
    assert person.page.status_code == 503
    assert "nothing was sent" in person.words
    assert Case.objects.count() == 0
    assert SealedIdentity.objects.count() == 0
    person.send(go="next")
    assert "Your letter has been received" in person.words
    assert Case.objects.count() == 1


@pytest.mark.parametrize("value", ["²", "9" * 40, "unit:x", "post:-1", "'; drop table", "unit:²"])
def test_a_made_up_choice_is_refused_in_words(person: Person, value: str) -> None:
    for name in ("place_unit", "category", "complained"):
        write(person)
        person.send(go="place")
        person.send(go="next", **{name: value})
        assert "Choose one of the entries offered" in person.words


def test_sending_costs_few_queries(
    person: Person, django_assert_max_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    write(person)
    action, values = person.form("step")
    person.client.get("/")  # what is read once in a while has been read
    with django_assert_max_num_queries(18):
        person.page = person.client.post(action, {**values, "go": "next"})
    assert "Your letter has been received" in person.words


@pytest.mark.parametrize("go", ["send", "next", "attach", "nonsense"])
def test_a_step_that_was_skipped_is_asked_for(person: Person, go: str) -> None:
    person.go("/file/")
    seed = person.form("step")[1]["seed"]
    person.page = person.client.post("/file/", {"seed": seed, "step": "send", "go": go})
    assert person.page.status_code == 200
    assert '<a href="#id_title">' in person.text
    assert Case.objects.count() == 0


def test_files_from_one_network_are_limited_and_letters_are_not(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huiyin.web.portal.limits.FILES_BY_BLOCK", Limit("files-block", 1, 3600))
    write(person)
    action, values = person.form("step")
    for _try in range(2):
        note = SimpleUploadedFile("hours.txt", b"11 nights in May")
        person.page = person.client.post(action, {**values, "go": "attach", "files": [note]})
    assert "Too many files" in person.words
    assert StoredFile.objects.count() == 1
    person.send(go="next")
    assert "Your letter has been received" in person.words


def test_a_page_can_be_asked_for_by_its_head(person: Person) -> None:
    for path in ("/", "/file/", "/letter/"):
        assert person.client.head(path).status_code == 200
