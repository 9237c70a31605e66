"""Claim what is due, do it, stop cleanly. Any number of workers may run, on any machine."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils import timezone

from huiyin import outbox
from huiyin.kernel.clock import timekeeping
from huiyin.kernel.clock.sweep import Swept, sweep
from huiyin.kernel.files import actions as files
from huiyin.kernel.ledger import cosigning, sequencer, signing
from huiyin.kernel.ledger.notes import NoteError
from huiyin.kernel.ledger.tiles import TileError
from huiyin.kernel.vault import belonging
from huiyin.kernel.vault.keyring import KeyringError
from huiyin.parts.cases.actions import closing
from huiyin.parts.duty.actions import reception
from huiyin.parts.record.figures import Counting
from huiyin.solves import Solves
from huiyin.wiring import DEADLINE_HANDLERS, EVERY_HOUR, EVERY_ROUND

log = logging.getLogger("huiyin.worker")
_counting = Counting()
WAIT = 10.0  # seconds after a round in which nothing was done
PAUSE = 1.0  # seconds between rounds
AT_ONCE = 5.0  # seconds of sweeping in one round
HOUSEKEEPING = 3600.0  # seconds between two rounds of housekeeping


HELD = "nothing was done: the worker's log says why"


def round_now(stop: Callable[[], bool] = lambda: False, now: datetime | None = None) -> str:
    """Take one round and return what was done, in words.

    Without `now` the machine's time is judged first; nothing that bears it is done while it is not
    believed.
    """
    if now is None:
        try:
            belonging.check_home()
            belonging.check_ring()
        except (belonging.WrongHome, KeyringError):
            log.exception("nothing is done")
            return HELD
        now = timezone.now()
        clock = timekeeping.check(now)
        if not clock.may_sweep:
            if clock.may_write:
                with suppress(sequencer.Elsewhere, sequencer.Forked):
                    sequencer.round_now(now, stop)
            return HELD
    try:
        integrated = sequencer.round_now(now, stop)
    except sequencer.Elsewhere:
        integrated = 0  # another worker does it
    except (OSError, signing.LogKeyError, sequencer.Forked):
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
    return (
        f"warned {swept.warned}, escalated {swept.escalated}, late {swept.late}, "
        f"ended {swept.ended}, integrated {integrated}"
    )


def keep_house(now: datetime, *, erase: bool = True) -> None:
    """Destroy what is kept no longer (`erase`), and leftovers of drafts."""
    if erase and closing.erase_due(now) and connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # the log still holds pages with the destroyed keys
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if erase:
        reception.forget(now)
        files.sweep_drafts(now)
        files.sweep_orphans()
    for do in EVERY_HOUR:
        do(now)


def loop(stop: threading.Event, wanted: Callable[[], bool]) -> None:
    """Go round until `stop` is set or the worker is not `wanted` any more.

    A database that is away is waited for; nothing is lost meanwhile, since all that is due stays
    due in it. Witnesses of the log are asked and notices sent meanwhile; raises WitnessError for a bad list of them.
    """
    solves = Solves()
    with cosigning.running(), outbox.running():
        try:
            _rounds(stop, wanted, solves)
        finally:
            solves.stop()


def _rounds(stop: threading.Event, wanted: Callable[[], bool], solves: Solves) -> None:
    housekept: float | None = None  # seconds of the monotonic clock
    while not stop.is_set() and wanted():
        began = time.monotonic()
        try:
            if round_now(stop.is_set) == HELD:
                housekept = None  # afterwards it begins as after a start
                stop.wait(WAIT)
            else:
                now = timezone.now()
                solves.round_now(now)
                if housekept is None or began - housekept >= HOUSEKEEPING:
                    # Nothing is destroyed in the first hour after a start or a jump.
                    keep_house(now, erase=housekept is not None)
                    housekept = began
        except DatabaseError:
            log.exception("the database did not answer; trying again")
            connection.close()
            stop.wait(10)
        stop.wait(max(0.0, PAUSE - (time.monotonic() - began)))
