"""Keeps the worker beside the web processes alive: whoever ends unasked is begun again."""

import logging
import os
import subprocess
import sys
import threading
import time

log = logging.getLogger("huiyin.supervising")
LONGEST = 60.0  # seconds between two attempts
SETTLED = 60.0  # seconds after which a start counts as a good one
PATIENCE = 30.0  # seconds that a worker has to finish its round


class Worker:
    """The worker process of this service, begun again until `stop`."""

    def __init__(self, command: list[str] | None = None) -> None:
        self.command = command or [
            sys.executable, "-m", "huiyin.cli", "worker", "--parent", str(os.getpid()),
        ]  # fmt: skip
        self._stopping = threading.Event()
        self._process = self._begin()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _begin(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches it through us, once.
        return subprocess.Popen(self.command, start_new_session=True)

    def _watch(self) -> None:
        pause = 1.0
        while True:
            began = time.monotonic()
            status = self._process.wait()
            if self._stopping.is_set():
                return
            pause = 1.0 if time.monotonic() - began > SETTLED else min(LONGEST, pause * 2)
            log.error("the worker ended by itself (status %d); again in %d s", status, pause)
            if self._stopping.wait(pause):
                return
            self._process = self._begin()

    def stop(self) -> None:
        """Ask the worker to end, and wait for it."""
        self._stopping.set()
        self._thread.join(0.1)
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
