"""A client that speaks JSON, with the token of a post or the receipt code of a letter."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.kernel.units.actions import Acting
from huiyin.web.api import tokens
from tests.cast import Cast


@dataclass
class Caller:
    """Calls the API and returns status and content; remembers the last response."""

    headers: dict[str, str] = field(default_factory=dict)
    response: Any = None

    def __call__(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        given: dict[str, Any] = {"headers": {"Accept-Language": "en"} | self.headers}
        if method == "POST":
            given |= {"data": json.dumps(body), "content_type": "application/json"}
        self.response = Client().generic(method, f"/api/v1{path}", **given)
        kind = self.response.headers["Content-Type"]
        return self.response.status_code, (
            json.loads(self.response.content) if "json" in kind else self.response.content
        )


@pytest.fixture
def today(now: datetime) -> datetime:
    """The API calls the clock itself, so its letters live today."""
    return timezone.now()


@pytest.fixture
def anybody() -> Caller:
    return Caller()


@pytest.fixture
def as_post(cast: Cast) -> Callable[[Acting], Caller]:
    def issue(acting: Acting) -> Caller:
        text = tokens.issue(acting.user, acting.post, "test", days=1, now=timezone.now())
        return Caller({"Authorization": f"Bearer {text}"})

    return issue


@pytest.fixture
def as_writer() -> Callable[[str], Caller]:
    return lambda code: Caller({"Receipt-Code": code})
