"""The process in which files are opened: `python -m huiyin.kernel.files.inspector FD`.

It reads descriptors of connections from the socket FD, and forks for each a child that inspects one
file within limits of processor time, wall clock and memory, answers, and ends. So nothing of a file
outlives it, no file meets another, and no key, database or setting is in the memory beside it. Only
`isolation` speaks to it.
"""

import gc
import os
import resource
import signal
import socket
import sys
import traceback
from dataclasses import fields
from typing import Any

from huiyin.kernel.files.inspect import FileRefused, Inspected, Limits, inspect
from huiyin.kernel.files.wire import READY, receive, send


def main() -> None:
    """Serve until whoever started it is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.nice(5)  # pages come first
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children leave nothing to collect
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
    control.sendall(READY)
    # From here on a library's complaint may quote a file.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            return
        if os.fork() == 0:
            control.close()
            _serve(socket.socket(fileno=descriptors[0]))
        os.close(descriptors[0])


def _serve(connection: socket.socket) -> None:
    """Inspect the one file that comes over `connection`, and end this process."""
    try:
        header, data = receive(connection)
        _limit(float(header["cpu"]), float(header["wall"]), int(header["memory"]))
        send(connection, *_answer(data, str(header["name"]), Limits(**header["limits"])))
    except OSError:
        pass  # nobody waits for the answer any more
    finally:
        os._exit(0)


def _answer(data: bytes, name: str, limits: Limits) -> tuple[dict[str, Any], bytes]:
    try:
        inspected = inspect(data, name, limits=limits)
    except FileRefused as refused:
        return {"refused": refused.code, "details": dict(refused.details)}, b""
    except Exception as error:  # noqa: BLE001  told by place and type: its text may quote the file
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        place = " < ".join(f"{os.path.basename(f.filename)}:{f.lineno}" for f in reversed(frames))
        return {"fault": f"{type(error).__name__} at {place}"}, b""
    bodies = {"original", "clean"}
    told = {f.name: getattr(inspected, f.name) for f in fields(Inspected) if f.name not in bodies}
    return told, inspected.clean


def _limit(cpu: float, wall: float, memory: int) -> None:
    """End this process after `cpu` seconds of work or `wall` seconds, and let it have no more than
    `memory` bytes besides what it has."""
    signal.setitimer(signal.ITIMER_PROF, cpu)
    signal.setitimer(signal.ITIMER_REAL, wall)
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu) + 2, int(cpu) + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # elsewhere the kernel does not hold it
        with open("/proc/self/statm", encoding="ascii") as file:
            has = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has + memory, has + memory))


if __name__ == "__main__":
    main()
