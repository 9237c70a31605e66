"""Whether this machine's time can be believed, and who has to say so when it can't.

The time of day is held against what can't jump with it: how long the machine has been running
(/proc/uptime, kept beside the time of the worker's last round), the last entry of the record, and
the clock of a PostgreSQL server on another machine. So a service that was off is told from a clock
that jumped while the machine ran on. After a reboot nothing here tells them apart: a gap longer than
UNPROVEN then waits for a person too, though pages go on.

A suspicion that the worker meets becomes a ClockHold. While one is open nothing is swept, closed or
erased, even when the clock has come back by itself, until somebody states the time
(`huiyin clock confirm`). Pages refuse to write only while the time is wrong.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from huiyin.kernel.clock.models import ClockHold, ClockReading, Standstill
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger.models import Entry

BEHIND = timedelta(minutes=1)  # of writers that wait for one another, and of machines side by side
UNPROVEN = timedelta(days=3)  # of a gap after a reboot that nobody vouches for
STOOD = timedelta(minutes=15)  # from which a gap between two rounds is told
EACH = 10.0  # seconds between two readings that are kept
KEPT = 60.0  # seconds for which a process that serves pages goes by the same reading
log = logging.getLogger("huiyin.clock")


class ClockNotTrusted(RuntimeError):
    """The time of this machine is wrong, so nothing that would bear it is written."""


@dataclass(frozen=True)
class Suspicion:
    """Why `shown` is not believed; `kind` is one of ClockHold.Kind, `expected` what it should be."""

    kind: str
    expected: datetime
    shown: datetime

    @property
    def is_wrong(self) -> bool:
        """Whether the time is known to be wrong, and not only unproven."""
        return self.kind != ClockHold.Kind.UNPROVEN


@dataclass(frozen=True)
class ClockState:
    """What the first staff page and a monitor are told. `hold` waits for a person's word."""

    hold: ClockHold | None
    suspicion: Suspicion | None

    @property
    def may_sweep(self) -> bool:
        """Whether deadlines may be swept, letters closed and keys erased."""
        return self.hold is None and self.suspicion is None

    @property
    def may_write(self) -> bool:
        """Whether what is written now would bear a time that is not known to be wrong."""
        return self.suspicion is None or not self.suspicion.is_wrong


@dataclass(frozen=True)
class Running:
    """Since when the machine runs: which start of it (`boot`), and for how many seconds."""

    boot: str
    uptime: float


@cache
def _this_process() -> str:
    return uuid4().hex


def running() -> Running:
    """Return how long this machine, or where it doesn't say so this process, has been running."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return Running(boot, float(Path("/proc/uptime").read_text("ascii").split()[0]))
    except (OSError, ValueError, IndexError):  # no Linux
        return Running(_this_process(), time.monotonic())


@dataclass(frozen=True)
class _Basis:
    """What was read at `read_at` (uptime): this start's last reading, the newest of any, and the
    last entry that a confirmation of the time has made no evidence any more."""

    read_at: float
    same_boot: ClockReading | None
    newest: ClockReading | None
    confirmed_entry: int


_kept: dict[str, _Basis] = {}  # by the start of the machine: one at most


def forget() -> None:
    """Read anew at the next question."""
    _kept.clear()


def _read(machine: Running) -> _Basis:
    newest = ClockReading.objects.order_by("-at").first()
    same = ClockReading.objects.filter(boot=machine.boot, uptime__lte=machine.uptime + 1).first()
    confirmed = ClockHold.objects.aggregate(entry=Max("confirmed_entry"))["entry"] or 0
    _kept[machine.boot] = _Basis(machine.uptime, same, newest, confirmed)
    return _kept[machine.boot]


def _tolerance() -> timedelta:
    return timedelta(minutes=settings.HUIYIN_CLOCK_TOLERANCE)


def _last_entry(basis: _Basis) -> datetime | None:
    last = Entry.objects.order_by("-id").values_list("id", "at").first()
    return last[1] if last is not None and last[0] > basis.confirmed_entry else None


def _database_elsewhere() -> datetime | None:
    """Return the clock of a database server on another machine; None where there is none."""
    host = str(connection.settings_dict["HOST"])
    if connection.vendor != "postgresql" or host in {"", "localhost", "127.0.0.1", "::1"}:
        return None
    if host.startswith("/"):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        shown: datetime = cursor.fetchone()[0]
    return shown


def judge(
    now: datetime,
    machine: Running,
    *,
    same_boot: ClockReading | None,
    newest: ClockReading | None,
    last_entry: datetime | None,
    elsewhere: datetime | None,
    tolerance: timedelta,
) -> Suspicion | None:
    """Return why `now` is not believed, None where nothing speaks against it."""
    if last_entry is not None and now < last_entry - BEHIND:
        return Suspicion(ClockHold.Kind.BACK, last_entry, now)
    if same_boot is not None:
        expected = same_boot.at + timedelta(seconds=machine.uptime - same_boot.uptime)
    elif elsewhere is not None:
        expected = elsewhere
    elif newest is None:
        return None
    elif now - newest.at > UNPROVEN:
        return Suspicion(ClockHold.Kind.UNPROVEN, newest.at, now)
    else:
        expected = max(now, newest.at)  # off, or another machine, for a while that may well be
    if now > expected + tolerance:
        return Suspicion(ClockHold.Kind.AHEAD, expected, now)
    if now < expected - tolerance:
        return Suspicion(ClockHold.Kind.BACK, expected, now)
    return None


def _suspicion(now: datetime, machine: Running, basis: _Basis) -> Suspicion | None:
    return judge(
        now,
        machine,
        same_boot=basis.same_boot,
        newest=basis.newest,
        last_entry=_last_entry(basis),
        elsewhere=None if basis.same_boot else _database_elsewhere(),
        tolerance=_tolerance(),
    )


def suspicion(now: datetime) -> Suspicion | None:
    """Return why `now`, the machine's time, is not believed; for every writing request: cheap."""
    machine = running()
    basis = _kept.get(machine.boot)
    if basis and machine.uptime - basis.read_at < KEPT and not _suspicion(now, machine, basis):
        return None
    return _suspicion(now, machine, _read(machine))


def require(now: datetime) -> None:
    """Raise ClockNotTrusted while the time is known to be wrong."""
    found = suspicion(now)
    if found is not None and found.is_wrong:
        raise ClockNotTrusted(
            f"the clock of this machine shows {now:%F %R} UTC where about {found.expected:%F %R} UTC"
            " is expected: set it right, or see `huiyin clock show`"
        )


def open_hold() -> ClockHold | None:
    """Return the hold that waits for a person's word."""
    return ClockHold.objects.filter(confirmed_at__isnull=True).order_by("id").first()


def clock_state(now: datetime) -> ClockState:
    """Return whether the machine's time is believed, and what waits for a person's word."""
    return ClockState(open_hold(), suspicion(now))


def check(now: datetime) -> ClockState:
    """Judge the time at the beginning of a worker's round; keep a reading, or hold.

    A gap since the last round that is believed, longer than STOOD, is kept as a Standstill.
    """
    machine = running()
    basis = _read(machine)
    found, hold = _suspicion(now, machine, basis), open_hold()
    if found is not None and hold is None:
        hold = _held(found)
        log.error(
            "the clock shows %s where %s was expected (%s): nothing is swept, closed or erased "
            "until somebody states the time: huiyin clock confirm",
            found.shown.isoformat(), found.expected.isoformat(), found.kind,
        )  # fmt: skip
    elif found is None and hold is None:
        last = basis.same_boot
        if last is None or machine.uptime - last.uptime >= EACH:
            _keep(now, machine, basis)
    return ClockState(hold, found)


def _held(found: Suspicion | None) -> ClockHold | None:
    if found is None:
        return None
    return ClockHold.objects.create(
        kind=found.kind, expected_at=found.expected, shown_at=found.shown
    )


def _stood(since: datetime, until: datetime) -> None:
    """Keep that no round was taken between these times, in the record too."""
    Standstill.objects.create(since=since, until=until)
    facts = {"since": since.isoformat(), "until": until.isoformat()}
    ledger.append("clock.stood", subject="clock", now=until, facts=facts)
    log.warning("the service stood still from %s to %s", since, until)


@transaction.atomic
def _keep(now: datetime, machine: Running, basis: _Basis) -> None:
    if basis.newest is not None and now - basis.newest.at > STOOD:
        _stood(basis.newest.at, now)
    ClockReading.objects.update_or_create(
        boot=machine.boot, defaults={"at": now, "uptime": machine.uptime}
    )


@transaction.atomic
def confirm(now: datetime) -> ClockHold | None:
    """Take a person's word that `now` is right; return the hold that ended, None where there was none.

    What was read and written before is no evidence against the time any more.
    """
    machine = running()
    hold = open_hold() or _held(_suspicion(now, machine, _read(machine)))
    if hold is None:
        return None
    last = ClockReading.objects.order_by("-at").first()
    off = hold.kind == ClockHold.Kind.UNPROVEN  # for the other kinds the machine ran on
    if off and last is not None and now - last.at > STOOD:
        _stood(last.at, now)
    ClockReading.objects.all().delete()
    ClockReading.objects.create(boot=machine.boot, at=now, uptime=machine.uptime)
    newest = Entry.objects.aggregate(id=Max("id"))["id"] or 0
    ClockHold.objects.filter(confirmed_at__isnull=True).update(
        confirmed_at=now, confirmed_entry=newest
    )
    facts = {
        "why": hold.kind,
        "shown": hold.shown_at.isoformat(),
        "expected": hold.expected_at.isoformat(),
    }
    ledger.append("clock.stated", subject="clock", now=now, facts=facts)
    forget()
    return hold
