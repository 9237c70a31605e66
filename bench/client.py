"""A small HTTP client, the same for both sides, and a way to run many of it at once.

Plain sockets with keep-alive: at the rates measured here a full client library would take more
of the machine than the server does.
"""

from __future__ import annotations

import multiprocessing
import re
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlencode, urlsplit

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
SECONDS_TO_WAIT = 120.0


class UnexpectedAnswerError(RuntimeError):
    """The server answered something that the measurement can't count."""


@dataclass(frozen=True)
class Answer:
    """Status, the headers as sent, and the body."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """The first header called ``name``, or an empty string."""
        found = re.search(rb"(?im)^" + re.escape(name.encode()) + rb":[ \t]*([^\r\n]*)", self.head)
        return found[1].decode() if found else ""

    def expect(self, status: int) -> Answer:
        """Return self, or raise UnexpectedAnswerError with the beginning of what came instead."""
        if self.status != status:
            text = self.body[:2000].decode(errors="replace")
            raise UnexpectedAnswerError(f"{self.status}, not {status}: {self.head!r} {text}")
        return self

    def token(self) -> str:
        """The form token in the page."""
        found = TOKEN.search(self.body)
        if not found:
            raise UnexpectedAnswerError("no form token in the page")
        return found[1].decode()


@dataclass
class Browser:
    """One person's browser: a connection and cookies; ``forget`` makes it somebody else's."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _socket: socket.socket | None = None

    def forget(self) -> None:
        """Drop all cookies; the connection stays."""
        self.cookies.clear()

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        return self._send("GET", path, b"", "")

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form as a browser does."""
        body = urlencode(form, quote_via=quote_plus).encode()
        return self._send("POST", path, body, "application/x-www-form-urlencoded")

    def post_parts(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form that could carry files, as a browser does."""
        boundary = "----huiyin-measurement"
        lines = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form.items()
        ]
        body = ("".join(lines) + f"--{boundary}--\r\n").encode()
        return self._send("POST", path, body, f"multipart/form-data; boundary={boundary}")

    def _send(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        if self.cookies:
            head += "Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()) + "\r\n"
        if method == "POST":
            head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        answer = self._exchange(head.encode() + b"\r\n" + body)
        for line in answer.head.split(b"\r\n"):
            if line[:11].lower() == b"set-cookie:":
                name, _, value = line[11:].split(b";")[0].strip().partition(b"=")
                self.cookies[name.decode()] = value.decode()
        return answer

    def _exchange(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), SECONDS_TO_WAIT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = bytes(data[:end])
        found = re.search(rb"(?i)\r\ncontent-length:\s*(\d+)", head)
        if not found:
            raise UnexpectedAnswerError(f"no length: {head!r}")
        whole = end + 4 + int(found[1])
        while len(data) < whole:
            data += self._more()
        return Answer(int(head[9:12]), head, bytes(data[end + 4 : whole]))

    def _more(self) -> bytes:
        assert self._socket is not None
        more = self._socket.recv(262_144)
        if not more:
            raise UnexpectedAnswerError("the server hung up")
        return more


def path_of(location: str) -> str:
    """Path and query of a redirect's address."""
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


Job = Callable[[Browser, int], None]


@dataclass(frozen=True)
class Load:
    """What many clients did in one stretch of time."""

    done: int
    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Jobs finished in one second."""
        return self.done / self.seconds

    def milliseconds(self, share: float) -> float:
        """The latency that ``share`` (0 to 1) of the jobs did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _client(port: int, job: Job, number: int, clients: int, span: float, back, ready) -> None:  # type: ignore[no-untyped-def]
    try:
        browser = Browser(port)
        job(browser, number)  # opens the connection, warms the server
        ready.wait()
        began = time.perf_counter()
        latencies, i = [], number + clients
        while time.perf_counter() - began < span:
            start = time.perf_counter()
            job(browser, i)
            latencies.append(time.perf_counter() - start)
            i += clients
        back.put((time.perf_counter() - began, latencies))
    except BaseException as problem:
        ready.abort()
        back.put(repr(problem)[:4000])
        raise


def load(port: int, job: Job, *, clients: int, seconds: float) -> Load:
    """Let ``clients`` processes repeat ``job(browser, number)`` for ``seconds``.

    Numbers never repeat within one call. A job that fails stops the measurement.
    """
    fork = multiprocessing.get_context("fork")
    back, ready = fork.Queue(), fork.Barrier(clients)
    workers = [
        fork.Process(
            target=_client, args=(port, job, n, clients, seconds, back, ready), daemon=True
        )
        for n in range(clients)
    ]
    for worker in workers:
        worker.start()
    answers = [back.get(timeout=seconds + SECONDS_TO_WAIT) for _ in workers]
    for worker in workers:
        worker.join()
    problems = [a for a in answers if isinstance(a, str) and "BrokenBarrier" not in a]
    if problems:
        raise UnexpectedAnswerError(problems[0])
    latencies = [second for _, mine in answers for second in mine]
    # Every client stops after its last job, so each one's own rate is added up.
    rate = sum(len(mine) / span for span, mine in answers)
    return Load(len(latencies), len(latencies) / rate, latencies)


def repeat(port: int, job: Job, *, times: int, warm: int = 1, cookies: Mapping[str, str]) -> Load:
    """One browser does ``job`` ``times`` times, after ``warm`` uncounted ones: for latencies."""
    browser = Browser(port, dict(cookies))
    for n in range(warm):
        job(browser, n)
    began, latencies = time.perf_counter(), []
    for n in range(warm, warm + times):
        start = time.perf_counter()
        job(browser, n)
        latencies.append(time.perf_counter() - start)
    return Load(times, time.perf_counter() - began, latencies)
