"""The way into a letter: the code, the half hour, the limits."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client

from huiyin.kernel.vault import codes
from huiyin.parts.cases.actions import writer
from huiyin.parts.cases.actions.filing import Filed
from huiyin.web.portal import limits
from tests.cast import Cast
from tests.web.portal.conftest import Person

PHRASE = "the blue kettle sings at half past four"


@pytest.fixture
def filed(cast: Cast, now: datetime) -> Filed:
    return cast.file(now, phrase=PHRASE)


def enter(person: Person, code: object) -> Person:
    person.go("/letter/")
    person.send("code", code=str(code))
    return person


def wrong_secret(filed: Filed) -> codes.ReceiptCode:
    return codes.ReceiptCode(filed.code.locator, codes.new_code().secret)


def test_a_wrong_code_and_an_unknown_code_get_the_same_answer(person: Person, filed: Filed) -> None:
    pages = []
    for code in (wrong_secret(filed), codes.new_code()):
        enter(person, code)
        assert person.page is not None
        pages.append((person.page.status_code, person.text.replace(str(code), "")))
    shown = [page.split("csrfmiddlewaretoken")[0] for _status, page in pages]
    assert pages[0][0] == pages[1][0] == 200
    assert shown[0] == shown[1]
    assert "No letter opens with this code" in person.words


def test_a_wrong_code_and_an_unknown_code_cost_the_same_queries(
    person: Person, filed: Filed, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    enter(person, codes.new_code())  # what is read once in a while has been read
    for code in (wrong_secret(filed), codes.new_code()):
        action, values = person.form("code")
        with django_assert_num_queries(3):  # looks for it, counts by network and letter
            person.client.post(action, {**values, "code": str(code)})


def test_a_slip_of_the_pen_is_told_as_such(person: Person, filed: Filed) -> None:
    code = str(filed.code)
    slip = ("1" if code[0] != "1" else "2") + code[1:]
    enter(person, slip)
    assert "There is a slip in the receipt code" in person.words
    enter(person, code[:-1])
    assert "32 letters and digits" in person.words


def test_too_many_wrong_codes_are_told_to_wait(person: Person, filed: Filed) -> None:
    for _guess in range(limits.CODE_BY_BLOCK.most):
        assert enter(person, codes.new_code()).page.status_code == 200  # type: ignore[union-attr]
    enter(person, codes.new_code())
    assert person.page is not None
    assert person.page.status_code == 429
    assert person.page["Retry-After"] == "600"
    assert "Wait 10 minutes" in person.words


def test_guesses_at_one_letter_are_limited_from_everywhere(filed: Filed) -> None:
    for number in range(limits.CODE_BY_LETTER.most + 1):
        answer = Client(REMOTE_ADDR=f"10.{number}.0.1").post(
            "/letter/", {"code": str(wrong_secret(filed))}
        )
    assert answer.status_code == 429


def test_nobodys_guesses_keep_the_writer_out(person: Person, filed: Filed) -> None:
    for _guess in range(limits.CODE_BY_BLOCK.most + 5):
        person.client.post("/letter/", {"code": str(wrong_secret(filed))})
    enter(person, filed.code)
    assert "三个月没有发工资" in person.words


def test_the_letter_closes_after_half_an_hour(person: Person, filed: Filed, now: datetime) -> None:
    with time_machine.travel(now, tick=False) as clock:
        enter(person, filed.code)
        clock.shift(timedelta(minutes=29))
        assert person.client.get("/letter/case/").status_code == 200
        clock.shift(timedelta(minutes=29))  # each page begins the half hour anew
        assert person.client.get("/letter/case/").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert person.client.get("/letter/case/").status_code == 302


def test_what_was_written_when_the_half_hour_ran_out_is_not_lost(
    person: Person, filed: Filed, now: datetime
) -> None:
    words = "I have found the wage slips of March."
    with time_machine.travel(now, tick=False) as clock:
        enter(person, filed.code)
        person.go("/letter/case/message/")
        clock.shift(timedelta(minutes=31))
        person.send("do", text=words)
        assert "not lost" in person.words
        assert filed.case.steps.filter(kind="message_in").count() == 0
        person.send("code", code=str(codes.new_code()))
        assert "No letter opens with this code" in person.words
        person.send("code", code=str(filed.code))
        assert "What you wrote is in the letter." in person.words
        assert words in person.words


def test_leaving_closes_the_letter_on_this_device(person: Person, filed: Filed) -> None:
    enter(person, filed.code)
    person.client.post("/letter/case/leave/")
    assert person.client.get("/letter/case/").status_code == 302


def test_a_new_code_closes_what_the_old_one_opened(
    person: Person, filed: Filed, now: datetime
) -> None:
    enter(person, filed.code)
    writer.recover(filed.case.locator, PHRASE, now=now)
    assert person.client.get("/letter/case/").status_code == 302


def test_the_cookie_is_for_the_letters_pages_only_and_holds_no_secret(
    person: Person, filed: Filed
) -> None:
    enter(person, filed.code)
    cookie = person.client.cookies["letter"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/letter/"
    assert cookie["max-age"] == 1800
    assert filed.code.secret not in cookie.value
    assert "sessionid" not in person.client.cookies


def test_a_forged_cookie_opens_nothing(person: Person, filed: Filed) -> None:
    person.client.cookies["letter"] = f"{filed.case.locator}.{'0' * 32}"
    assert person.client.get("/letter/case/").status_code == 302


def test_phrases_are_limited_hard(person: Person, filed: Filed) -> None:
    for _guess in range(limits.PHRASE_BY_LETTER.most):
        person.go("/letter/recover/")
        person.send("locator", locator=filed.case.locator, phrase="a phrase that is not it")
    person.go("/letter/recover/")
    person.send("locator", locator=filed.case.locator, phrase=PHRASE)
    assert person.page is not None
    assert person.page.status_code == 429


@pytest.mark.parametrize("path", ["/letter/", "/letter/case/", "/file/", "/"])
def test_no_page_is_kept_by_a_cache_or_tells_where_one_came_from(
    person: Person, filed: Filed, path: str
) -> None:
    enter(person, filed.code)
    answer = person.client.get(path)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    assert "style-src 'self'" in answer["Content-Security-Policy"]
    assert " style=" not in answer.content.decode()
    assert "<script" not in answer.content.decode()


def test_the_secret_is_in_no_address_and_in_no_log(
    person: Person, filed: Filed, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        enter(person, filed.code)
        enter(person, wrong_secret(filed))
    assert person.page is not None
    assert filed.code.secret[:12] not in caplog.text.replace("-", "")
    for path, _status in person.page.redirect_chain:  # type: ignore[attr-defined]
        assert filed.code.secret[:4] not in path


def test_a_browser_without_cookies_is_told_why_and_what_to_do(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    answer = strict.post("/file/", {"step": "matter", "title": "Wages"})
    assert answer.status_code == 403
    assert "Allow cookies for this site" in answer.content.decode()


def test_an_address_that_does_not_exist_has_a_page_of_its_own(cast: Cast) -> None:
    answer = Client(headers={"accept-language": "zh-hans"}).get("/letter/nothing/here/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def test_a_failure_has_a_page_of_its_own(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("huiyin.web.portal.filing.policy", broken)
    strict = Client(raise_request_exception=False, headers={"accept-language": "en"})
    answer = strict.get("/")
    assert answer.status_code == 500
    assert "a letter sent twice is received once" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/file/", "/letter/"])
def test_a_first_visit_loads_less_than_100_kilobytes(person: Person, path: str) -> None:
    static = Path(str(finders.find("huiyin.css"))).parent
    answer = person.client.get(path)
    named = re.findall(r'(?:href|src)="/static/([^"]+)"', answer.content.decode())
    assert "huiyin.css" in named
    assert len(answer.content) + sum((static / name).stat().st_size for name in named) < 100_000


def test_no_switch_of_language_can_lose_a_new_code_or_a_carried_text(
    person: Person, filed: Filed
) -> None:
    assert 'action="/i18n/setlang/"' in (person.go("/letter/recover/") and person.text)
    person.send("locator", locator=filed.case.locator, phrase=PHRASE)
    assert person.code
    assert "setlang" not in person.text
    person.page = person.client.post("/letter/case/message/", {"do": "1", "text": "One more slip"})
    assert "not lost" in person.words
    assert "setlang" not in person.text


def test_the_first_page_says_what_is_owed_by_when_and_by_which_rule(person: Person) -> None:
    person.go("/")
    assert "within 60 days of acceptance (article 34)" in person.words
    assert "Regulation on the Work of Petitions" in person.words
    assert "The local petition office" in person.words
