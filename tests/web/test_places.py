"""Garbage where a list should go on: a page begins anew, the API says that it is unknown."""

from datetime import datetime
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huiyin.web.api import tokens
from tests.cast import Cast

GARBAGE = [
    "x",
    "5x",
    "_",
    "2026_1",
    "2026-03-02T09:00:00_1",
    "9999-12-31T23:59:59-23:59_1",
    "2026-03-02T09:00:00+00:00_-",
]


@pytest.mark.parametrize("text", [*GARBAGE, "5"])
def test_a_page_begins_anew(text: str, cast: Cast, now: datetime) -> None:
    locator = cast.file(now, text="食堂的饭菜变质了。").case.locator
    client = Client()
    client.force_login(cast.clerk.user)
    for address in (reverse("staff:owed"), reverse("staff:letters")):
        page = client.get(address, {"after": text})
        assert page.status_code == 200
        assert page.context["first"] is True
        assert locator in page.content.decode()


@pytest.mark.parametrize("text", GARBAGE)
def test_the_api_says_that_there_is_no_such_place(text: str, cast: Cast) -> None:
    acting = cast.clerk
    token = tokens.issue(acting.user, acting.post, "test", days=1, now=timezone.now())
    client = Client(headers={"authorization": f"Bearer {token}"})
    for path in ("owed?", "cases?order=due&", "cases?order=newest&", "cases?words=食堂&"):
        assert client.get(f"/api/v1/{path}after={quote(text)}").status_code == 422
