"""What the API takes as a body, and that every error has the API's form."""

import json
import time
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from huiyin.parts.cases.models import Case
from tests.cast import Cast

LETTER = {"title": "Wages of March", "text": "No wages since March."}


def problem(answer: Any) -> str:
    assert answer["Content-Type"] == "application/problem+json"
    return str(json.loads(answer.content)["type"]).removeprefix("urn:huiyin:problem:")


def test_a_body_of_45_megabytes_is_too_large_and_no_fault_of_ours(cast: Cast) -> None:
    answer = Client().post(
        "/api/v1/letters", b'"' + b"a" * 45_000_000 + b'"', content_type="application/json"
    )
    assert (answer.status_code, problem(answer)) == (413, "too-large")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_a_letter_that_does_not_say_that_it_is_json_is_not_taken(cast: Cast, kind: str) -> None:
    """Any page elsewhere could make a visitor's browser send it."""
    answer = Client().post("/api/v1/letters", json.dumps(LETTER), content_type=kind)
    assert (answer.status_code, problem(answer)) == (415, "content-type")
    assert not Case.objects.exists()


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
def test_json_is_taken(cast: Cast, kind: str) -> None:
    answer = Client().post("/api/v1/letters", json.dumps(LETTER), content_type=kind)
    assert answer.status_code == 201


def test_an_outage_that_comes_before_the_api_is_told_in_its_form_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Any:
        raise OperationalError("no connection")

    monkeypatch.setattr("huiyin.web.zone.organisation", away)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/categories")
    assert (answer.status_code, problem(answer)) == (500, "server")
    assert client.get("/").headers["Content-Type"].startswith("text/html")


def test_a_wrong_host_is_told_to_a_program_in_its_form(cast: Cast) -> None:
    answer = Client(headers={"host": "elsewhere.example"}).get("/api/v1/categories")
    assert (answer.status_code, problem(answer)) == (400, "request")


def test_the_document_is_made_once(cast: Cast) -> None:
    client = Client()
    first = client.get("/api/v1/openapi.json").content
    began = time.process_time()
    for _ in range(20):
        assert client.get("/api/v1/openapi.json").content == first
    assert time.process_time() - began < 4  # made anew each time, it takes ten


def test_a_form_of_signs_that_grow_is_answered_with_a_bounded_page(cast: Cast) -> None:
    client = Client()
    given = {"step": "matter", "title": "<" * 500_000, "text": "<" * 500_000, "go": "next"}
    body = "&".join(f"{name}={value}" for name, value in given.items())
    kind = "application/x-www-form-urlencoded"
    page = client.post("/file/", body, content_type=kind)
    assert page.status_code == 200
    assert len(page.content) < 6_000_000
    assert client.post("/file/", body + "<" * 500_000, content_type=kind).status_code == 413


def test_fields_of_a_form_with_files_are_bounded_like_any_other(cast: Cast) -> None:
    page = Client().post("/file/", {"step": "matter", "text": "a" * 1_100_000})
    assert page.status_code == 413
    assert "text/html" in page["Content-Type"]
