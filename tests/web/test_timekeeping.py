"""While the clock is wrong pages are read, nothing is written, and everybody is told why."""

import io
import os
import sys
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.cli import main
from huiyin.kernel.clock import timekeeping
from huiyin.kernel.ledger.models import Entry
from tests.cast import Cast
from tests.support.clocks import show

pytestmark = pytest.mark.own_clock

LETTER = {"text": "去年十二月起没有发工资。", "title": "没有发工资"}


@pytest.fixture(autouse=True)
def _nothing_read() -> None:
    timekeeping.forget()


@pytest.mark.parametrize("offset", [timedelta(days=90), timedelta(hours=-26)])
def test_a_letter_is_refused_with_the_reason_in_the_readers_language(
    cast: Cast, client: Client, offset: timedelta
) -> None:
    show(offset)
    before = Entry.objects.count()
    for language, words in (("zh-hans", "时钟有误"), ("en", "clock of this service is wrong")):
        answer = client.post("/file/", LETTER, HTTP_ACCEPT_LANGUAGE=language)
        assert (answer.status_code, words in answer.content.decode()) == (503, True)
    answer = client.post("/api/v1/cases", LETTER, content_type="application/json")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:huiyin:problem:clock"
    assert Entry.objects.count() == before
    assert client.get("/letter/").status_code == 200


def test_the_first_page_of_who_runs_the_organisation_tells_of_it(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.clerk.user)
    assert "huiyin clock confirm" not in client.get("/staff/").content.decode()
    show(timedelta(days=90))
    assert "huiyin clock confirm" in client.get("/staff/").content.decode()
    timekeeping.check(timezone.now())
    show(timedelta(0))
    assert "huiyin clock confirm" in client.get("/staff/").content.decode()


def test_after_weeks_without_power_letters_are_taken_though_nothing_is_swept(
    cast: Cast, client: Client
) -> None:
    show(timedelta(days=17), boot="an earlier start")
    assert client.post("/file/", LETTER).status_code != 503


def test_mail_waits_at_the_mail_server_until_a_person_has_stated_the_time(
    cast: Cast, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show(timedelta(days=90))
    message = (
        b"From: a@example.org\nSubject: hello there\nMessage-ID: <1@x>\n\nno wages since May\n"
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(message)))
    assert main(["mail-in"]) == os.EX_TEMPFAIL
    assert main(["clock", "show"]) == 1
    assert main(["clock", "confirm", "--time", "2020-01-01T00:00"]) == 2
    assert main(["clock", "confirm", "--time", timezone.now().isoformat()]) == 0
    assert not Entry.objects.filter(kind__in=["case.filed", "clock.stood"]).exists()
    assert "expected" in capsys.readouterr().err
