"""The service as processes, on a directory of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

PATIENCE = 120.0  # seconds: whatever takes longer never comes, on a busy machine too
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def accepts(port: int) -> bool:
    """Return whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    return {**kept, "HUIYIN_VAR": str(home), "DJANGO_SETTINGS_MODULE": "huiyin.settings", **more}


def huiyin(home: Path, *arguments: str, **more: str) -> list[str]:
    return [sys.executable, "-m", "huiyin.cli", *arguments]


@contextlib.contextmanager
def running(home: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    with (home / "output").open("ab") as log:
        process = subprocess.Popen(
            huiyin(home, *arguments),
            env=environment(home, **more),
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)


def until(true: Callable[[], object]) -> bool:
    """Wait for what comes by itself; return whether it came in time."""
    end = time.monotonic() + PATIENCE
    while not (came := bool(true())) and time.monotonic() < end:
        time.sleep(0.05)
    return came


def wait_for(address: str) -> int:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return int(answer.status)
        except OSError:  # not up yet, or slow on a busy machine
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def processes_of(home: Path) -> list[str]:
    """Return the command lines of all processes that work on this directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"HUIYIN_VAR={home}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found
