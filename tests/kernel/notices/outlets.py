"""Real services on this machine: a mail server, and chat robots that answer as the real ones do."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """What a mail server took; it refuses every message while `refuses`."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.refuses = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a message, or say that it is not wanted."""
        if self.refuses:
            return "554 5.7.1 not wanted"
        self.got.append(envelope.content.decode("utf-8", "replace"))
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[tuple[str, Mailbox]]:
    """Yield the Apprise address of a mail server, and its mailbox."""
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"mailto://127.0.0.1:{port}?from=huiyin@example.org&to=duty@example.org", box
    finally:
        controller.stop()


@dataclass
class Robot:
    """What a service was sent; `status` and `answer` are what it says to it."""

    port: int = 0
    status: int = 200
    answer: dict[str, Any] = field(default_factory=lambda: {"errcode": 0})
    got: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def robot() -> Iterator[Robot]:
    """Yield a service that takes JSON."""
    state = Robot()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append(json.loads(body))
            self.send_response(state.status)
            self.end_headers()
            self.wfile.write(json.dumps(state.answer).encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
