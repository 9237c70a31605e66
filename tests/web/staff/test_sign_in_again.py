"""The sign-in ends in the middle of a form: what was typed comes through a full sign-in."""

import html
import re
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from huiyin.parts.cases.actions import forwarding
from huiyin.parts.cases.models import Case
from huiyin.web.portal.models import Counter
from tests.cast import PASSWORD, Cast

LOGIN = "/accounts/login/"
WORDS = "Called the <wage> office & asked for the slips of May."
NEW = "/staff/letters/new/"


class Browser:
    """A browser with two windows: the cookies are shared, each page keeps its own token."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def send(self, page: Any, path: str, **given: str) -> Any:
        """Send the page's last form, with what stands in it and what is given."""
        form = page.content.decode().rpartition("<form")[2]
        fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
        sent = {name: html.unescape(value) for name, value in fields}
        return self.client.post(path, {**sent, **given})

    def sign_in(self, name: str = "owner", password: str = PASSWORD) -> Any:
        return self.send(self.get(LOGIN), LOGIN, login=name, password=password)

    def sign_in_ends(self) -> None:
        del self.client.cookies["sessionid"]


@pytest.fixture
def locator(cast: Cast, now: datetime) -> str:
    locator = cast.file(now).case.locator
    forwarding.forward(cast.clerk, locator, cast.works, now=now)
    return locator


@pytest.fixture
def note(locator: str) -> str:
    return reverse("staff:move", args=[locator, "note"])


def steps(locator: str) -> int:
    return Case.objects.get(locator=locator).steps.count()


def carried(page: Any) -> dict[str, str]:
    return dict(page.context["carried"])


def test_what_was_typed_comes_back_after_signing_in_and_is_recorded_only_when_sent(
    locator: str, note: str
) -> None:
    browser, before = Browser(), steps(locator)
    browser.sign_in()
    form = browser.get(note)
    browser.sign_in_ends()
    asked = browser.send(form, note, text=WORDS)
    assert "Please sign in again" in asked.content.decode()
    assert carried(asked)["text"] == WORDS
    assert html.escape(WORDS) in asked.content.decode()
    early = browser.send(asked, note, look="1")
    assert "You are not signed in yet" in early.content.decode()
    assert browser.sign_in().headers["Location"] == "/staff/"
    shown = browser.send(early, note, look="1")
    assert shown.context["form"]["text"].value() == WORDS
    assert "You have signed in since" in shown.content.decode()
    assert steps(locator) == before
    assert browser.send(shown, note, text=WORDS).status_code == 302
    assert steps(locator) == before + 1


def test_signing_in_by_oneself_in_another_window_loses_nothing_either(
    locator: str, note: str
) -> None:
    browser, before = Browser(), steps(locator)
    browser.sign_in()
    form = browser.get(note)
    browser.sign_in_ends()
    browser.sign_in()
    shown = browser.send(form, note, text=WORDS)
    assert shown.context["form"]["text"].value() == WORDS
    assert steps(locator) == before


def test_nothing_typed_is_in_an_address_a_cookie_or_a_session(note: str) -> None:
    browser = Browser()
    browser.sign_in()
    form = browser.get(note)
    browser.sign_in_ends()
    asked = browser.send(form, note, text=WORDS)
    assert "Location" not in asked.headers
    assert "sessionid" not in asked.cookies
    assert "office" not in asked.cookies.output()
    assert asked.headers["Cache-Control"] == "no-store"


def test_wrong_passwords_on_the_way_are_counted_and_lead_to_no_form(note: str) -> None:
    browser = Browser()
    asked = browser.send(browser.get(LOGIN), note, text=WORDS)
    browser.sign_in(password="wrong")
    assert set(Counter.objects.values_list("count", flat=True)) == {1}
    again = browser.send(asked, note, look="1")
    assert "form" not in again.context
    assert carried(again)["text"] == WORDS


def test_the_password_alone_leads_to_no_form_where_there_is_a_second_factor(
    cast: Cast, note: str
) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(cast.owner.user, secret)
    browser = Browser()
    asked = browser.send(browser.get(LOGIN), note, text=WORDS)
    browser.sign_in()
    asked = browser.send(asked, note, look="1")
    assert "You are not signed in yet" in asked.content.decode()
    second = browser.get(reverse("mfa_authenticate")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', second)
    code = totp.format_hotp_value(
        totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))
    )
    assert token
    browser.client.post(
        reverse("mfa_authenticate"), {"code": code, "csrfmiddlewaretoken": token[1]}
    )
    shown = browser.send(asked, note, look="1")
    assert shown.context["form"]["text"].value() == WORDS


def test_whoever_signs_in_sees_the_form_only_where_they_may(note: str) -> None:
    browser = Browser()
    asked = browser.send(browser.get(LOGIN), note, text=WORDS)
    browser.sign_in("cook")
    assert browser.send(asked, note, look="1").status_code == 404


def test_a_letter_being_taken_down_comes_back_too(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("clerk")
    form = browser.get(NEW)
    browser.sign_in_ends()
    asked = browser.send(form, NEW, title="Food has gone off", naming="named", name="Li Si")
    browser.sign_in("clerk")
    shown = browser.send(asked, NEW, look="1").context["form"]
    assert (shown["title"].value(), shown["name"].value()) == ("Food has gone off", "Li Si")
    assert not Case.objects.exists()


def test_a_form_without_a_token_or_from_elsewhere_is_refused_as_before(note: str) -> None:
    browser = Browser()
    browser.sign_in()
    bare = browser.client.post(note, {"text": WORDS})
    token = browser.client.cookies["csrftoken"].value
    foreign = browser.client.post(
        note,
        {"text": WORDS, "csrfmiddlewaretoken": token},
        headers={"origin": "https://elsewhere.example"},
    )
    other = browser.client.post("/staff/act/", {"csrfmiddlewaretoken": "x" * 64})
    for answer in (bare, foreign, other):
        assert answer.status_code == 403
        assert "The form was not accepted" in answer.content.decode()
