"""What slow clients cost everybody else: the first page, alone and beside 150 of them.

Fifty send a body at a byte in eight seconds, fifty open a connection and say nothing, fifty ask for
a file and don't read it. Meanwhile one person opens the first page again and again. No peer: its
server takes a thread for each slow body, so it answers nobody after the second one.
"""

from __future__ import annotations

import contextlib
import socket
import statistics
import time

from client import Browser
from common import Bench, main, say

EACH = 50
BYTE_EVERY = 8.0
HEAD = (
    b"POST /file/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000000\r\n\r\na"
)
ASK = b"GET /static/huiyin.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def _connect(port: int, sent: bytes, *, small: bool = False) -> socket.socket:
    connection = socket.socket()
    if small:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    connection.connect(("127.0.0.1", port))
    connection.sendall(sent)
    return connection


def _seconds(port: int) -> float:
    began = time.perf_counter()
    Browser(port).get("/").expect(200)
    return time.perf_counter() - began


def _figures(found: list[float]) -> dict[str, float]:
    return {
        "pages": len(found),
        "p50_ms": round(1000 * statistics.median(found), 1),
        "max_ms": round(1000 * max(found), 1),
    }


def _watch(port: int, seconds: float, slow: list[socket.socket]) -> tuple[list[float], int]:
    """Open the page all the time, and feed the slow; return the times, and how many were ended."""
    took, fed, began = [], time.monotonic(), time.monotonic()
    ended: set[socket.socket] = set()
    while time.monotonic() - began < seconds:
        took.append(_seconds(port))
        if time.monotonic() - fed > BYTE_EVERY:
            fed = time.monotonic()
            for connection in slow:
                with contextlib.suppress(OSError):
                    connection.sendall(b"a")
        for connection in slow:
            with contextlib.suppress(BlockingIOError, ConnectionError):
                if connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                    ended.add(connection)
        time.sleep(0.05)
    return took, len(ended)


def measure(bench: Bench) -> dict[str, object]:
    """Alone, then beside the slow."""
    with bench.ours() as (ours, _), ours.serve() as server, contextlib.ExitStack() as stack:
        for _ in range(20):
            _seconds(server.port)  # every process imports what it needs
        alone, _none = _watch(server.port, bench.seconds, [])
        say(f"alone: {_figures(alone)}")
        slow = [stack.enter_context(_connect(server.port, HEAD)) for _ in range(EACH)]
        for _ in range(EACH):
            stack.enter_context(_connect(server.port, b""))
            stack.enter_context(_connect(server.port, ASK * 8, small=True))
        beside, ended = _watch(server.port, max(20.0, bench.seconds), slow)
        say(f"beside {3 * EACH} slow clients: {_figures(beside)}, {ended} bodies ended")
        return {
            "ours": round(1000 * max(beside), 1),
            "unit": "ms, the slowest first page beside the slow clients",
            "goal": "less than 1,000",
            "alone": _figures(alone),
            "beside": _figures(beside),
            "slow_bodies": EACH,
            "slow_bodies_ended": ended,
            "server_mb": round(server.megabytes()),
        }


if __name__ == "__main__":
    main("slow_clients", __doc__ or "", measure, cases=1_000, quick_cases=1_000)
