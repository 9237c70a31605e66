"""Start an application under Granian, the same way for both sides, and weigh it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROCESSES = 2
THREADS = 1
SECONDS_TO_START = 60.0
BEHIND_FRONT = {"huiyin.rsgi:application", "bench.unlogged:application"}


@dataclass(frozen=True)
class Server:
    """A running server: where it listens and which process is its parent."""

    port: int
    pid: int

    def megabytes(self) -> float:
        """Memory of all its processes, shared pages counted once (proportional set size)."""
        return sum(_pss(pid) for pid in _family(self.pid)) / 1024

    def cpu_seconds(self) -> float:
        """Processor time that all its processes have used so far, their own and the kernel's."""
        return cpu_of(self.pid)


def cpu_of(pid: int) -> float:
    """Processor seconds of a process and its children, their own and the kernel's; 0 for none."""
    return sum(_ticks(one) for one in _family(pid)) / os.sysconf("SC_CLK_TCK") if pid else 0.0


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))  # its own, and that of children that have ended


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in _family(int(child)))]


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serve(
    python: Path, application: str, environment: Mapping[str, str], *, folder: Path, log: Path
) -> Iterator[Server]:
    """Serve ``application`` ("module:name") with the Granian of ``python``'s environment.

    Huiyin's own is served as `huiyin serve` does, behind its front (RSGI), with as many threads.
    """
    port, front = free_port(), application in BEHIND_FRONT
    kind = (
        ["--interface", "rsgi", "--http", "1", "--factory"]
        if front
        else ["--interface", "wsgi", "--blocking-threads", str(THREADS)]
    )
    command = [
        str(python.parent / "granian"), *kind, "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(PROCESSES), "--backlog", "1024", "--log-level", "warning", application,
    ]  # fmt: skip
    environment = {**environment, "THREADS": str(THREADS)}
    with log.open("w") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        give_up = time.monotonic() + SECONDS_TO_START
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"the server did not start: {log.read_text()[-4000:]}")
            time.sleep(0.05)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0
