"""Claim what is due, do it, stop cleanly. Any number of workers may run, on any machine."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone, translation

from huiyin.kernel import write_ahead
from huiyin.kernel.clock.sweep import Swept, sweep
from huiyin.kernel.files import actions as files
from huiyin.kernel.ledger import cosigning, sequencer, signing
from huiyin.kernel.ledger.notes import NoteError
from huiyin.kernel.ledger.tiles import TileError
from huiyin.kernel.notices import actions as notices
from huiyin.parts.cases import search
from huiyin.parts.cases.actions import closing
from huiyin.parts.duty.actions import reception
from huiyin.parts.record.figures import Counting
from huiyin.solves import Solves
from huiyin.web.sessions import SessionStore
from huiyin.wiring import DEADLINE_HANDLERS, EVERY_HOUR, EVERY_ROUND, answered, notice_wording

log = logging.getLogger("huiyin.worker")
_counting = Counting()
PAUSE = 1.0  # seconds between rounds
AT_ONCE = 5.0  # seconds of sweeping in one round
HOUSEKEEPING = timedelta(hours=1)


def round_now(stop: Callable[[], bool] = lambda: False, now: datetime | None = None) -> str:
    """Take one round and return what was done, in words."""
    now = now or timezone.now()
    try:
        integrated = sequencer.round_now(now, stop)
    except sequencer.Elsewhere:
        integrated = 0  # another worker does it
    except (OSError, signing.LogKeyError):
        integrated = 0  # entries wait in the database; what is owed to people does not
        log.exception("the public log could not be extended; trying again")
    try:
        _counting.round(now, stop)
    except (OSError, NoteError, TileError):
        log.exception("the public figures could not be counted; trying again")
    for do in EVERY_ROUND:
        do(now)
    until = time.monotonic() + AT_ONCE  # a long sweep keeps neither the log nor its times waiting
    swept: Swept = sweep(now, DEADLINE_HANDLERS, stop=lambda: stop() or time.monotonic() > until)
    search.keep_up(stop=stop)
    with translation.override("zh-hans"):
        sent = notices.send_due(now, notice_wording, answered=answered)
    return (
        f"warned {swept.warned}, escalated {swept.escalated}, late {swept.late}, "
        f"ended {swept.ended}, sent {sent}, integrated {integrated}"
    )


def keep_house(now: datetime) -> None:
    """Destroy what is kept no longer, and leftovers of drafts."""
    closing.erase_due(now)
    reception.forget(now)
    SessionStore.clear_expired()
    files.sweep_drafts(now)
    files.sweep_orphans()
    for do in EVERY_HOUR:
        do(now)


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
        began = time.monotonic()
        try:
            round_now(stop.is_set)
            now = timezone.now()
            solves.round_now(now)
            if housekept is None or now - housekept >= HOUSEKEEPING:
                keep_house(now)
                housekept, emptied = now, False
            emptied = emptied or write_ahead.emptied()
        except DatabaseError:
            log.exception("the database did not answer; trying again")
            connection.close()
            stop.wait(10)
        stop.wait(max(0.0, PAUSE - (time.monotonic() - began)))
