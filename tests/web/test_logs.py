"""Log lines hold a time and what went wrong, nothing that leads to a letter or a person."""

import logging
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from huiyin.web.logs import NobodyNamed
from tests.cast import Cast


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the service's own handler would write."""
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler = Kept()
    handler.addFilter(NobodyNamed())
    handler.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["line"]["format"]))
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@pytest.mark.parametrize(
    "path",
    [
        "/duty/feed/mysecrettokenofafeed.ics", "/take/RECEPTION:mysecrettoken/", "/nowhere/W0KWV4SJ",
        "/api/v1/cases/W0KWV4SJ?token=mysecrettoken", "/letter/case/files/mysecrettoken/x",
    ],
)  # fmt: skip
def test_no_line_holds_what_was_asked_for(cast: Cast, lines: list[str], path: str) -> None:
    Client(REMOTE_ADDR="203.0.113.77", raise_request_exception=False).get(path)
    for line in lines:
        assert re.match(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", line)
        for secret in ("mysecret", "W0KWV4SJ", "203.0.113"):
            assert secret not in line


def test_a_network_address_is_left_out_wherever_it_stands(lines: list[str]) -> None:
    logging.getLogger("x").error("from %s and %s", "203.0.113.77", "2001:db8::1:2:3")
    assert lines[0].endswith("from (address) and (address)")


def test_the_service_writes_by_that_filter_alone() -> None:
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["nobody_named"]
    assert logging.getLogger("django").handlers == []
