"""What stands between the network and the threads: no thread is taken before a body is there.

Granian's RSGI interface hands over the head of a request; the body is read here, by one loop that
any number of slow connections share. A body has to keep a pace, and fit; then the WSGI application
gets it whole, in one of a few threads. An answer goes back whole too, so whoever reads slowly holds
no thread either. What can't be taken is told by the application itself (web/bodies.py), in the
reader's language and the form of the page or the API.
"""

import asyncio
import io
import logging
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from granian.rsgi import (  # type: ignore[attr-defined]  # Granian's own names for them
    HTTPProtocol,
    ProtocolClosed,
    ProtocolError,
    Scope,
)

from huiyin.web import bodies
from huiyin.web.networks import client_of, is_loopback, network_of
from huiyin.web.pace import Pace

log = logging.getLogger("huiyin.front")

GRACE = 10.0  # seconds for a body of any size
SLOWEST = (
    1024  # bytes a second that a body must keep on average after them: slower than any telephone
)
UNFINISHED = 32  # bodies under way from one network; of more, the slowest are ended
HELD = 256 * 1024 * 1024  # bytes of bodies under way in one process; of more, the slowest are ended
HEAVY = 64 * 1024  # bytes from which a body has threads of its own, so that pages don't wait for it
DRAIN = 30.0  # seconds for which a refused body is read on, so that its sender sees the answer
PARENT = 0.5  # seconds between looks whether the parent process is there
Headers = list[tuple[str, str]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Refused(Exception):
    """The body is not taken; `reason` is one of bodies.REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(eq=False)
class Body:
    """A body under way."""

    task: "asyncio.Task[Any]"
    network: str
    began: float
    received: int = 0
    ended: bool = False
    chunks: list[bytes] = field(default_factory=list)

    def late(self, now: float) -> bool:
        """Whether it has fallen behind the slowest pace."""
        return now > self.began + GRACE + self.received / SLOWEST

    def rate(self, now: float) -> float:
        """Bytes a second so far."""
        return self.received / max(now - self.began, 0.001)

    def end(self) -> None:
        """Stop reading it; its reader then raises Refused."""
        self.ended = True
        self.task.cancel()


class Front:
    """An RSGI application over a WSGI one.

    `filing` are the paths where letters come in, `parent` is the process without which this one ends.
    """

    def __init__(
        self,
        application: Application,
        *,
        threads: int,
        parent: int,
        behind_proxy: bool,
        filing: frozenset[str],
    ) -> None:
        self.application, self.parent = application, parent
        self.behind_proxy, self.filing = behind_proxy, filing
        self.pages = ThreadPoolExecutor(threads, "page")
        self.uploads = ThreadPoolExecutor(max(1, threads // 2), "upload")
        # One network never has all threads, so what it sends in a flood keeps nobody else waiting.
        self.share = max(1, threads - 1)
        self.turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self.unfinished: set[Body] = set()
        self.pace = Pace()
        self.base = {
            "SCRIPT_NAME": "",
            "wsgi.version": (1, 0),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to look after slow bodies, and after the parent process."""
        self._tending = loop.create_task(self._tend())
        threading.Thread(target=_end_with_parent, args=(self.parent,), daemon=True).start()

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        """Answer one request."""
        environ = self._environ(scope)
        network = network_of(environ["REMOTE_ADDR"])
        try:
            body = await self._read(environ, proto, network)
        except Refused as refused:
            environ[bodies.REFUSED], body = refused.reason, b""
        except (ProtocolClosed, ProtocolError):
            return  # its sender has gone
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] in self.filing:
            await self._keep_pace(environ["REMOTE_ADDR"], network)
        status, headers, content = await self._ask(environ, body, network)
        if bodies.REFUSED in environ:
            headers = [pair for pair in headers if pair[0].lower() != "connection"]
            headers.append(("Connection", "close"))
        proto.response_bytes(status, headers, content)
        if environ.get(bodies.REFUSED) == "large":
            await _drain(proto)

    def _environ(self, scope: Scope) -> dict[str, Any]:
        host, _, port = scope.server.rpartition(":")
        environ: dict[str, Any] = {
            **self.base,
            "REQUEST_METHOD": scope.method,
            "PATH_INFO": scope.path.encode().decode("latin-1"),
            "QUERY_STRING": scope.query_string,
            "SERVER_NAME": host.strip("[]"),
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
            "wsgi.url_scheme": scope.scheme,
        }
        for name, value in scope.headers.items():
            if "_" in name:
                continue  # would pass for the header with a hyphen, which a proxy may have set
            key = name.upper().replace("-", "_")
            if key not in {"CONTENT_LENGTH", "CONTENT_TYPE"}:
                key = f"HTTP_{key}"
            between = "; " if key == "HTTP_COOKIE" else ","
            environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
        environ["REMOTE_ADDR"] = client_of(
            scope.client.rpartition(":")[0].strip("[]"),
            environ.get("HTTP_X_FORWARDED_FOR", ""),
            behind_proxy=self.behind_proxy,
        )
        return environ

    async def _read(self, environ: dict[str, Any], proto: HTTPProtocol, network: str) -> bytes:
        """Return the whole body; raise Refused, or what is raised when its sender has gone."""
        declared = environ.get("CONTENT_LENGTH", "")
        chunked = "HTTP_TRANSFER_ENCODING" in environ
        if declared in {"", "0"} and not chunked:
            return b""
        most = bodies.most(environ.get("CONTENT_TYPE", ""))
        if declared.isdigit() and int(declared) > most:
            raise Refused("large")
        task = asyncio.current_task()
        assert task is not None
        body = Body(task, network, time.monotonic())
        self.unfinished.add(body)
        try:
            async for chunk in proto:
                body.received += len(chunk)
                if body.received > most:
                    raise Refused("large")
                body.chunks.append(chunk)
        except asyncio.CancelledError:
            if not body.ended:
                raise
            task.uncancel()
            raise Refused("slow") from None
        finally:
            self.unfinished.discard(body)
        if declared and not chunked and body.received != int(declared):
            raise ProtocolClosed
        environ["CONTENT_LENGTH"] = str(body.received)
        return b"".join(body.chunks)

    async def _keep_pace(self, address: str, network: str) -> None:
        if not is_loopback(address) and (seconds := self.pace.wait(network, time.monotonic())):
            await asyncio.sleep(seconds)

    async def _ask(
        self, environ: dict[str, Any], body: bytes, network: str
    ) -> tuple[int, Headers, bytes]:
        environ["wsgi.input"] = io.BytesIO(body)
        pool = self.uploads if len(body) > HEAVY else self.pages
        turn = self.turns.get(network)
        if turn is None:
            turn = self.turns[network] = asyncio.Semaphore(self.share)
        async with turn:
            return await asyncio.get_running_loop().run_in_executor(pool, self._call, environ)

    def _call(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        """Call the WSGI application; in a thread."""
        begun: list[tuple[str, Headers]] = []

        def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:
            begun[:] = [(status, headers)]

        answer = self.application(environ, start_response)
        try:
            content = b"" if environ["REQUEST_METHOD"] == "HEAD" else b"".join(answer)
        finally:
            if close := getattr(answer, "close", None):
                close()
        status, headers = begun[0]
        return int(status[:3]), headers, content

    async def _tend(self) -> None:
        """End bodies that fall behind, and the slowest where there are too many."""
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            for body in [body for body in self.unfinished if body.late(now)]:
                self._end(body)
            for network, count in Counter(body.network for body in self.unfinished).items():
                for body in self._slowest(now, network)[: max(0, count - UNFINISHED)]:
                    self._end(body)
            held = sum(body.received for body in self.unfinished)
            for body in self._slowest(now):
                if held <= HELD:
                    break
                held -= body.received
                self._end(body)

    def _slowest(self, now: float, network: str = "") -> list[Body]:
        """Return the bodies under way for more than a second, the slowest first."""
        under_way = [
            body
            for body in self.unfinished
            if now - body.began > 1 and network in {"", body.network}
        ]
        return sorted(under_way, key=lambda body: body.rate(now))

    def _end(self, body: Body) -> None:
        self.unfinished.discard(body)
        body.end()


async def _drain(proto: HTTPProtocol) -> None:
    """Read what is still sent and keep nothing: who sends on would not see the answer otherwise."""
    try:
        async with asyncio.timeout(DRAIN):
            async for _chunk in proto:
                pass
    except (TimeoutError, ProtocolClosed, ProtocolError):
        return


def _end_with_parent(parent: int) -> None:
    """End this process when its parent has gone: nobody looks after it any more."""
    while os.getppid() == parent:
        time.sleep(PARENT)
    log.error("the service's main process has gone; this web process ends")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(10)
    os._exit(1)
