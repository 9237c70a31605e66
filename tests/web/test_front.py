"""Bodies before threads: what waits, what is ended, and what the application is handed."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from huiyin.web import front, pace
from huiyin.web.front import Body, Front
from huiyin.web.networks import network_of

FORM = "application/x-www-form-urlencoded"


class Headers(list[tuple[str, str]]):
    def items(self) -> Iterable[tuple[str, str]]:
        return self


class Proto:
    """The other side: sends these chunks, waits for ever at None, and keeps the answer."""

    def __init__(self, *chunks: bytes | None) -> None:
        self.chunks = chunks
        self.answer: tuple[int, list[tuple[str, str]], bytes] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            if chunk is None:
                await asyncio.sleep(3600)
            else:
                yield chunk

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = status, headers, body


def scope(*headers: tuple[str, str], path: str = "/", client: str = "10.1.2.3:5000") -> Any:
    return SimpleNamespace(
        method="POST", path=path, query_string="", server="127.0.0.1:80", client=client,
        scheme="http", http_version="1.1", headers=Headers(headers),
    )  # fmt: skip


@pytest.fixture
def seen() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def served(seen: list[dict[str, Any]]) -> Front:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read()
        seen.append({**environ, "body": body})
        start_response("413 No" if "huiyin.refused" in environ else "200 OK", [("X", "1")])
        return [b"an", b"swer"]

    return Front(
        application, threads=2, parent=os.getppid(), behind_proxy=False,
        filing=frozenset({"/file/"}),
    )  # fmt: skip


def test_the_application_gets_the_whole_body_and_the_answer_goes_back_whole(
    served: Front, seen: list[dict[str, Any]]
) -> None:
    proto = Proto(b"a=", b"1")
    asyncio.run(served.__rsgi__(scope(("content-length", "3"), ("content-type", FORM)), proto))  # type: ignore[arg-type]
    assert seen[0]["body"] == b"a=1"
    assert proto.answer == (200, [("X", "1")], b"answer")


def test_a_header_with_an_underscore_passes_for_no_other(
    served: Front, seen: list[dict[str, Any]]
) -> None:
    headers = [("x_forwarded_for", "6.6.6.6"), ("cookie", "a=1"), ("cookie", "b=2")]
    asyncio.run(served.__rsgi__(scope(*headers, path="/信/"), Proto()))  # type: ignore[arg-type]
    assert "HTTP_X_FORWARDED_FOR" not in seen[0]
    assert seen[0]["HTTP_COOKIE"] == "a=1; b=2"
    assert seen[0]["PATH_INFO"].encode("latin-1").decode() == "/信/"
    assert seen[0]["REMOTE_ADDR"] == "10.1.2.3"


def test_a_body_that_ends_before_its_length_reaches_no_application(
    served: Front, seen: list[dict[str, Any]]
) -> None:
    proto = Proto(b"half")
    asyncio.run(served.__rsgi__(scope(("content-length", "8"), ("content-type", FORM)), proto))  # type: ignore[arg-type]
    assert seen == []
    assert proto.answer is None


def test_a_body_keeps_the_slowest_pace_or_is_late() -> None:
    body = Body(None, "10.1.2.0/24", began=100.0)  # type: ignore[arg-type]
    assert not body.late(100.0 + front.GRACE)
    assert body.late(100.5 + front.GRACE)
    body.received = 10 * front.SLOWEST
    assert not body.late(109.5 + front.GRACE)
    assert body.late(111 + front.GRACE)


def test_of_too_many_bodies_from_one_network_the_slowest_are_ended(
    served: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "UNFINISHED", 2)
    declared = [("content-length", "9000"), ("content-type", FORM)]

    async def send() -> list[Proto]:
        served.__rsgi_init__(asyncio.get_running_loop())
        protos = [Proto(b"a" * size, None) for size in (1, 4000, 2, 5000)]
        other = Proto(b"a", None)
        tasks = [asyncio.create_task(served.__rsgi__(scope(*declared), proto)) for proto in protos]  # type: ignore[arg-type]
        elsewhere = scope(*declared, client="10.9.9.9:1")
        tasks.append(asyncio.create_task(served.__rsgi__(elsewhere, other)))  # type: ignore[arg-type]
        await asyncio.wait(tasks[:1] + tasks[2:3], timeout=20)
        for task in tasks:
            task.cancel()
        served._tending.cancel()
        return [*protos, other]

    assert [bool(proto.answer) for proto in asyncio.run(send())] == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_who_files_very_fast_waits_and_is_never_refused(caplog: pytest.LogCaptureFixture) -> None:
    counted = pace.Pace()
    waits = [counted.wait("10.1.2.0/24", 60.0) for _ in range(pace.FREE + 2_000)]
    assert waits[: pace.FREE] == [0] * pace.FREE
    assert 0 < waits[pace.FREE + 10] < waits[pace.FREE + 100]
    assert max(waits) == pace.LONGEST
    assert counted.wait("10.1.3.0/24", 60.0) == 0
    assert counted.wait("10.1.2.0/24", 120.0) == 0
    assert caplog.text.count("none is refused") == 1
    assert "10.1.2" not in caplog.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("unix:", "unknown"),
    ],
)
def test_an_address_belongs_to_a_network(address: str, network: str) -> None:
    assert network_of(address) == network
