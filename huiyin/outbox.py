"""The lane in which notices leave: beside the rounds of a worker, so that no slow service stops them.

It has a database connection of its own. A message under way when the worker stops is left after
PATIENCE; being claimed, it is sent again later and says that it may have gone before.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection
from django.utils import timezone, translation

from huiyin.kernel.clock.queries import catching_up
from huiyin.kernel.clock.timekeeping import clock_state
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.units.queries import NoOrganisation, organisation
from huiyin.wiring import (
    answered,
    digest_wording,
    language_of_notices,
    may_have_gone,
    notice_wording,
)

PAUSE = 1.0  # seconds between two looks
PASS = 10.0  # seconds after which a pass looks for urgent notices again
PATIENCE = 10.0  # seconds that a stop waits for the message under way
LONGEST = 600.0  # seconds that ordinary notices wait for a sweep that is catching up
log = logging.getLogger("huiyin.outbox")


class Outbox:
    """Sends what is due, pass by pass."""

    def __init__(self) -> None:
        self._behind_since: float | None = None

    def send(self, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
        """Take one pass; return how many notices left.

        Nothing is sent while the time is wrong. What is not urgent waits while the sweep makes up
        for a standstill, so that each post gets one message of it.
        """
        clock = clock_state(now)
        if not clock.may_write:
            return 0
        until = time.monotonic() + PASS
        with translation.override(language_of_notices()), timezone.override(_zone()):
            return notices.send_due(
                now,
                notice_wording,
                answered=answered,
                digest=digest_wording,
                again=may_have_gone,
                urgent_only=clock.may_sweep and self._is_behind(now),
                stop=lambda: stop() or time.monotonic() > until,
            )

    def _is_behind(self, now: datetime) -> bool:
        if not catching_up(now):
            self._behind_since = None
            return False
        if self._behind_since is None:
            self._behind_since = time.monotonic()
        return time.monotonic() - self._behind_since < LONGEST


def _zone() -> ZoneInfo | None:
    try:
        return ZoneInfo(organisation().zone)
    except NoOrganisation:
        return None


def _run(stop: threading.Event) -> None:
    outbox = Outbox()
    try:
        while not stop.wait(PAUSE):
            try:
                outbox.send(timezone.now(), stop.is_set)
            except DatabaseError:
                log.exception("the database did not answer; trying again")
                connection.close()
                stop.wait(10)
            except Exception:
                log.exception("notices could not be sent; trying again")
                stop.wait(10)
    finally:
        connection.close()


@contextmanager
def running() -> Iterator[None]:
    """Send in a thread until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(stop,), name="outbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)
        if thread.is_alive():
            log.warning("a message was under way; it is sent again, saying that it may have gone")
