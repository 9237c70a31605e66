"""A full disk of the database is told in words, and nothing is half received."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.test import Client

from huiyin.parts.cases.models import Case
from huiyin.web.full import is_full
from tests.cast import Cast

LETTER = {"title": "没有发工资", "text": "从去年十二月起没有发工资。" * 900}


@pytest.fixture
def full_disk(cast: Cast) -> Iterator[None]:
    """Let SQLite itself have no further page, as on a disk without room."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count")
        (before,) = cursor.fetchone()
        cursor.execute("PRAGMA max_page_count=1")  # no fewer than there are
        yield
        cursor.execute(f"PRAGMA max_page_count={before}")


@pytest.mark.sqlite_only
def test_a_program_and_a_person_are_told_that_nothing_was_received(
    cast: Cast, full_disk: None
) -> None:
    client = Client(raise_request_exception=False)
    for _ in range(40):  # until the free pages are used up
        answer = client.post("/api/v1/letters", LETTER, content_type="application/json")
        if answer.status_code != 201:
            break
    count = Case.objects.count()
    assert (answer.status_code, answer.json()["type"]) == (507, "urn:huiyin:problem:full")
    assert answer["Content-Type"] == "application/problem+json"
    assert Case.objects.count() == count


def test_a_full_disk_is_told_from_other_errors() -> None:
    assert is_full(OperationalError("database or disk is full"))
    assert is_full(OSError(28, "No space left on device"))
    assert not is_full(OperationalError("database is locked"))
    assert not is_full(ValueError("disk"))
