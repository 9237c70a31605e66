"""Files are opened in a process of their own (`inspector`), within limits; never in this one.

One inspector a process, started at the first file; it forks for each file, so a file costs no start
of Python. How many are open at once is bounded: a process that serves pages goes on serving them.
"""

import atexit
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast, get_args

from huiyin.kernel.files.names import safe_name
from huiyin.kernel.files.verdict import Code, FileRefused, Inspected, Kind, Limits, Remark
from huiyin.kernel.files.wire import READY, receive, send

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
AT_ONCE = 2
QUEUE_SECONDS = 20.0
MEMORY = 235 * MEGABYTE
"""Bytes besides the inspector itself, which has about 60 MB."""
START_SECONDS = 60.0
WALL_BASE = 10.0
_GRACE = 5.0
_ROOT = Path(__file__).resolve().parents[3]
_slots = threading.BoundedSemaphore(AT_ONCE)


def cpu_seconds(size: int) -> float:
    """Processor time that a file of `size` bytes may take."""
    return 1.5 + 0.4 * size / MEGABYTE


class InspectorFailed(RuntimeError):
    """The inspector can't be started; what it said is on standard error."""


def inspect_apart(data: bytes, declared_name: str, *, limits: Limits) -> Inspected:
    """`inspect.inspect` in another process.

    Raises FileRefused, also costly (limits of time or memory were met) and busy (too many files
    wait); InspectorFailed.
    """
    if len(data) > limits.size:
        raise FileRefused("too_large", {"size": len(data), "size_allowed": limits.size})
    if not _slots.acquire(timeout=QUEUE_SECONDS):
        raise FileRefused("busy")
    try:
        try:
            header, clean = _ask(data, declared_name, limits)
        except ConnectionError:  # the inspector itself is gone: a new one
            header, clean = _ask(data, declared_name, limits)
    finally:
        _slots.release()
    return _read_answer(header, data, clean, declared_name)


def _ask(data: bytes, name: str, limits: Limits) -> tuple[dict[str, Any], bytes]:
    cpu = cpu_seconds(len(data))
    wall = WALL_BASE + 5 * cpu
    header = {"name": name.encode("utf-8", "replace").decode(), "limits": asdict(limits), "cpu": cpu, "wall": wall,
              "memory": MEMORY}  # fmt: skip
    server = _server()
    connection = server.connect()
    with connection:
        deadline = time.monotonic() + wall + _GRACE
        connection.settimeout(wall + _GRACE)
        try:
            send(connection, header, data)
            return receive(connection, deadline)
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            if not server.alive():
                raise ConnectionError("the inspector ended") from error
            raise FileRefused("costly", {"cpu": int(cpu)}) from error
        except (TimeoutError, ValueError) as error:  # it did not keep to its limits
            server.kill()
            raise FileRefused("costly", {"cpu": int(cpu)}) from error


def _read_answer(
    header: dict[str, Any], data: bytes, clean: bytes, declared_name: str
) -> Inspected:
    if fault := header.get("fault"):
        log.error("a file met a fault in the inspector: %s", fault)
        raise FileRefused("damaged", {"found": "unknown"})
    if (code := header.get("refused")) is not None:
        details = {str(k): v for k, v in header["details"].items() if isinstance(v, str | int)}
        raise FileRefused(code if code in get_args(Code) else "damaged", details)
    extension = str(header["extension"])
    return Inspected(
        kind=cast("Kind", header["kind"]),
        mime=str(header["mime"]),
        extension=extension,
        name=safe_name(declared_name, extension),
        original=data,
        clean=clean,
        scrubbed=bool(header["scrubbed"]),
        residue=bool(header["residue"]),
        remarks=tuple(remark for remark in get_args(Remark) if remark in header["remarks"]),
        width=header["width"],
        height=header["height"],
    )


class _Inspector:
    """The process, and our end of the socket to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "huiyin.kernel.files.inspector", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1",
                     "PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=True,
            )  # fmt: skip
        self._control.settimeout(START_SECONDS)
        try:
            ready = self._control.recv(1)
        except TimeoutError:
            ready = b""
        if ready != READY:
            self.kill()
            raise InspectorFailed("the process that opens files does not start")

    def alive(self) -> bool:
        return self._process.poll() is None

    def connect(self) -> socket.socket:
        """A connection to a child that inspects one file; raises ConnectionError."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"."], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise ConnectionError("the inspector ended") from error
        return ours

    def kill(self) -> None:
        """End it and whatever it inspects."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._control.close()

    def close(self) -> None:
        """Let it end by itself."""
        self._control.close()
        if self.owner == os.getpid():
            self._process.wait(timeout=START_SECONDS)


_current: list[_Inspector] = []
_starting = threading.Lock()


def _server() -> _Inspector:
    """This process's inspector, a new one where there is none, it ended, or it is a parent's."""
    with _starting:
        if _current and (_current[0].owner != os.getpid() or not _current[0].alive()):
            _current.pop()
        if not _current:
            _current.append(_Inspector())
        return _current[0]


@atexit.register
def _close() -> None:
    if _current and _current[0].owner == os.getpid():
        _current.pop().close()
