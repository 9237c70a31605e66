"""Solves of rosters, each in a short-lived process of its own, so that no deadline waits for one."""

import logging
import subprocess
import sys
from datetime import datetime

from huiyin.parts.duty.actions import solving

log = logging.getLogger("huiyin.solves")


class Solves:
    """The solves that this worker has begun. One at a time: a solve uses every processor."""

    def __init__(self) -> None:
        self.running: subprocess.Popen[bytes] | None = None
        self.pk = 0

    def round_now(self, now: datetime) -> None:
        """Name dead runs, look whether the own one has ended, and begin the next."""
        solving.bury(now)
        if self.running is not None:
            if self.running.poll() is None:
                return
            if self.running.returncode:
                solving.fail(self.pk, "broken", now)
            self.running = None
        if (pk := solving.claim(now)) is not None:
            self._begin(pk, now)

    def _begin(self, pk: int, now: datetime) -> None:
        command = [sys.executable, "-m", "huiyin.cli", "solve", str(pk)]
        try:
            self.pk, self.running = pk, subprocess.Popen(command)
        except OSError:
            log.exception("no process for solve %s", pk)
            solving.fail(pk, "broken", now)

    def stop(self) -> None:
        """End the process; the run is then named failed, and can be asked for again."""
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            self.running.wait(timeout=10)
