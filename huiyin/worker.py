"""Claim what is due, do it, stop cleanly. Any number of workers may run, on any machine."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from huiyin import outbox
from huiyin.kernel import write_ahead
from huiyin.kernel.clock import rounds, timekeeping
from huiyin.kernel.clock.sweep import Swept, sweep
from huiyin.kernel.files import actions as files
from huiyin.kernel.ledger import cosigning, sequencer
from huiyin.kernel.vault import belonging
from huiyin.parts.cases import search
from huiyin.parts.cases.actions import closing
from huiyin.parts.duty.actions import reception
from huiyin.parts.record.figures import Counting
from huiyin.solves import Solves
from huiyin.web.sessions import SessionStore
from huiyin.wiring import DEADLINE_HANDLERS, EVERY_HOUR, EVERY_ROUND

log = logging.getLogger("huiyin.worker")
T = TypeVar("T")
_counting = Counting()
PAUSE = 1.0  # seconds between rounds
AT_ONCE = 5.0  # seconds of sweeping in one round
HOUSEKEEPING = 3600.0  # seconds between two rounds of housekeeping
WAIT = 10.0  # seconds after a round in which nothing was done
HELD = "nothing was done: the worker's log says why"
BELIEVED = "the folder, the keys and the clock"
LOG, FIGURES = "the public log", "the public figures"


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
    """Take one round and return what was done, in words; what failed is noted in `tasks`.

    Without `now` the folder, the keys and the machine's time are judged first; nothing is done while
    they are not believed.
    """
    tasks = tasks or Tasks()
    if now is None:
        now = timezone.now()
        if not tasks.take(BELIEVED, partial(_may_work, now), False):
            tasks.failed = tasks.failed or [BELIEVED]
            return HELD
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
    done = (
        f"warned {swept.warned}, escalated {swept.escalated}, late {swept.late}, "
        f"ended {swept.ended}, integrated {integrated}"
    )
    return f"{done}; failed: {', '.join(tasks.failed)}" if tasks.failed else done


def _integrate(now: datetime, stop: Callable[[], bool]) -> int:
    try:
        return sequencer.round_now(now, stop)
    except sequencer.Elsewhere:
        return 0  # another worker does it


def _may_work(now: datetime) -> bool:
    """Raise WrongHome or KeyringError; return whether the time is believed."""
    belonging.check_home()
    belonging.check_ring()
    clock = timekeeping.check(now)
    if not clock.may_sweep and clock.may_write:
        _integrate(now, lambda: False)  # letters are taken meanwhile
    return clock.may_sweep


def _clear_sessions(now: datetime) -> None:
    SessionStore.clear_expired()


def _sweep_orphans(now: datetime) -> None:
    files.sweep_orphans()


ERASES = (closing.erase_due, reception.forget, _clear_sessions, files.sweep_drafts, _sweep_orphans)


def keep_house(now: datetime, tasks: Tasks | None = None, *, erase: bool = True) -> None:
    """Destroy what is kept no longer (`erase`), and leftovers of drafts; do what is hourly."""
    tasks = tasks or Tasks()
    for do in (*(ERASES if erase else ()), *EVERY_HOUR):
        step: Callable[[], object] = partial(do, now)
        tasks.take(do.__name__.lstrip("_"), step, None)


def loop(stop: threading.Event, wanted: Callable[[], bool]) -> None:
    """Go round until `stop` is set or the worker is not `wanted` any more.

    A database that is away is waited for; nothing is lost meanwhile, since all that is due stays
    due in it. Witnesses of the log are asked, and notices sent, meanwhile; raises WitnessError for a bad list of them.
    """
    solves = Solves()
    with cosigning.running(), outbox.running():
        try:
            _rounds(stop, wanted, solves)
        finally:
            solves.stop()


def _rounds(stop: threading.Event, wanted: Callable[[], bool], solves: Solves) -> None:
    housekept: float | None = None  # seconds of the monotonic clock
    emptied = False  # who ran before may have left a log with destroyed keys in it
    while not stop.is_set() and wanted():
        began, tasks = time.monotonic(), Tasks()
        held = round_now(stop.is_set, tasks=tasks) == HELD
        now = timezone.now()
        if held:
            housekept = None  # afterwards it begins as after a start
        else:
            tasks.take("the rosters", partial(solves.round_now, now), None)
            if housekept is None or began - housekept >= HOUSEKEEPING:
                # Nothing is destroyed in the first hour after a start or a jump.
                keep_house(now, tasks, erase=housekept is not None)
                housekept, emptied = began, False
        tasks.take("the note of the round", partial(rounds.finish, now, tasks.failed), None)
        if not emptied:
            emptied = tasks.take("emptying the log of the database", write_ahead.emptied, False)
        if tasks.away or held:
            stop.wait(WAIT)
        stop.wait(max(0.0, PAUSE - (time.monotonic() - began)))
