"""Claim what is due, do it, stop cleanly. Any number of workers may run, on any machine."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone, translation

from huiyin.kernel import write_ahead
from huiyin.kernel.clock import rounds
from huiyin.kernel.clock.sweep import Swept, sweep
from huiyin.kernel.files import actions as files
from huiyin.kernel.ledger import cosigning, sequencer
from huiyin.kernel.notices import actions as notices
from huiyin.parts.cases import search
from huiyin.parts.cases.actions import closing
from huiyin.parts.duty.actions import reception
from huiyin.parts.record.figures import Counting
from huiyin.solves import Solves
from huiyin.web.sessions import SessionStore
from huiyin.wiring import (
    DEADLINE_HANDLERS,
    EVERY_HOUR,
    EVERY_ROUND,
    answered,
    language_of_notices,
    notice_wording,
)

log = logging.getLogger("huiyin.worker")
T = TypeVar("T")
_counting = Counting()
PAUSE = 1.0  # seconds between rounds
AT_ONCE = 5.0  # seconds of sweeping in one round
LOG, FIGURES = "the public log", "the public figures"
HOUSEKEEPING = timedelta(hours=1)


class Tasks:
    """The tasks of a round, each by itself: one that fails is tried again next round."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.away = False  # the database did not answer

    def take(self, name: str, task: Callable[[], T], otherwise: T) -> T:
        """Do a task and return what it returns; `otherwise` when it failed."""
        try:
            return task()
        except Exception as error:  # whatever it is, the other tasks have their times too
            log.exception("%s failed; trying again next round", name)
            self.failed.append(name)
            if isinstance(error, OperationalError | InterfaceError):
                self.away = True
                connection.close()
            return otherwise


def round_now(
    stop: Callable[[], bool] = lambda: False,
    now: datetime | None = None,
    tasks: Tasks | None = None,
) -> str:
    """Take one round and return what was done, in words; what failed is noted in `tasks`."""
    now, tasks = now or timezone.now(), tasks or Tasks()
    integrated = tasks.take(LOG, lambda: _integrate(now, stop), 0)
    tasks.take(FIGURES, lambda: _counting.round(now, stop), None)
    for do in EVERY_ROUND:
        tasks.take(do.__name__, partial(do, now), 0)
    until = time.monotonic() + AT_ONCE  # a long sweep keeps neither the log nor its times waiting
    swept = tasks.take(
        "the deadlines",
        lambda: sweep(now, DEADLINE_HANDLERS, stop=lambda: stop() or time.monotonic() > until),
        Swept(),
    )
    tasks.take("the search index", lambda: search.keep_up(stop=stop), None)
    sent = tasks.take("the notices", lambda: _send(now), 0)
    done = (
        f"warned {swept.warned}, escalated {swept.escalated}, late {swept.late}, "
        f"ended {swept.ended}, sent {sent}, integrated {integrated}"
    )
    return f"{done}; failed: {', '.join(tasks.failed)}" if tasks.failed else done


def _integrate(now: datetime, stop: Callable[[], bool]) -> int:
    try:
        return sequencer.round_now(now, stop)
    except sequencer.Elsewhere:
        return 0  # another worker does it


def _send(now: datetime) -> int:
    with translation.override(language_of_notices()):
        return notices.send_due(now, notice_wording, answered=answered)


def keep_house(now: datetime, tasks: Tasks | None = None) -> None:
    """Destroy what is kept no longer, and leftovers of drafts."""
    tasks = tasks or Tasks()
    for do in (
        closing.erase_due, reception.forget, _clear_sessions, files.sweep_drafts, _sweep_orphans,
        *EVERY_HOUR,
    ):  # fmt: skip
        step: Callable[[], object] = partial(do, now)
        tasks.take(do.__name__.lstrip("_"), step, None)


def _clear_sessions(now: datetime) -> None:
    SessionStore.clear_expired()


def _sweep_orphans(now: datetime) -> None:
    files.sweep_orphans()


def loop(stop: threading.Event, wanted: Callable[[], bool]) -> None:
    """Go round until `stop` is set or the worker is not `wanted` any more.

    A database that is away is waited for; nothing is lost meanwhile, since all that is due stays
    due in it. Witnesses of the log are asked meanwhile; raises WitnessError for a bad list of them.
    """
    solves = Solves()
    with cosigning.running():
        try:
            _rounds(stop, wanted, solves)
        finally:
            solves.stop()


def _rounds(stop: threading.Event, wanted: Callable[[], bool], solves: Solves) -> None:
    housekept: datetime | None = None
    emptied = False  # who ran before may have left a log with destroyed keys in it
    while not stop.is_set() and wanted():
        began, tasks = time.monotonic(), Tasks()
        round_now(stop.is_set, tasks=tasks)
        now = timezone.now()
        tasks.take("the rosters", partial(solves.round_now, now), None)
        if housekept is None or now - housekept >= HOUSEKEEPING:
            keep_house(now, tasks)
            housekept, emptied = now, False
        tasks.take("the note of the round", partial(rounds.finish, now, tasks.failed), None)
        if not emptied:
            emptied = tasks.take("emptying the log of the database", write_ahead.emptied, False)
        if tasks.away:
            stop.wait(10)
        stop.wait(max(0.0, PAUSE - (time.monotonic() - began)))
