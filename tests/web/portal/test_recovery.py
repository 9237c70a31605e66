"""A new code for a lost one: shown until it was saved, and kept nowhere but in that page."""

import pytest
from django.test import Client

from huiyin.parts.cases import queries
from tests.cast import Cast
from tests.web.portal.conftest import Person, write

PHRASE = "the blue kettle sings at half past four"


@pytest.fixture
def recovered(person: Person) -> Person:
    write(person, phrase=PHRASE).send(go="next")
    old = person.code
    person.go("/letter/recover/")
    person.send("locator", locator=old[:9], phrase=PHRASE)
    return person


def test_a_new_code_is_shown_until_it_was_saved(recovered: Person) -> None:
    code = recovered.code
    assert "Have you saved it?" in recovered.words
    recovered.send("last")
    assert "Tick the box once you have saved the code" in recovered.words
    assert recovered.code == code
    recovered.send("last", saved="on", last="0000" if code[-4:] != "0000" else "1111")
    assert "These are not the last four characters" in recovered.words
    recovered.send("last", saved="on", last=code[-4:].lower())
    assert "The code is saved. You can close this page." in recovered.words
    assert "Have you saved it?" not in recovered.words
    assert recovered.code == code
    assert queries.case_of_code(code)


def test_the_new_code_is_in_no_address_cookie_or_session(recovered: Person) -> None:
    code = recovered.code
    recovered.send("last", saved="on", last=code[-4:])
    assert recovered.page is not None
    asked = recovered.page.request
    assert (asked["PATH_INFO"], asked["QUERY_STRING"]) == ("/letter/recover/", "")
    assert "sessionid" not in recovered.client.cookies
    assert code.split("-")[4] not in recovered.client.cookies.output()


def test_a_code_that_opens_nothing_is_not_shown_as_one(cast: Cast, recovered: Person) -> None:
    stranger = Client()
    for code in ("ABC", recovered.code[:9] + recovered.code[9:][::-1]):
        answer = stranger.post("/letter/recover/", {"code": code, "saved": "on", "last": code[-4:]})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/letter/")
