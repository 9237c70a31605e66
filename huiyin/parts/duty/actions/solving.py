"""A solve is asked for on a page, claimed by a worker, run by a process of its own, and put in.

While it runs it writes how far it is to its row, once a second, and asks there whether to stop. A run
that has given no sign of life for a minute is dead: it is named failed, and another may be asked for.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import applying
from huiyin.parts.duty.access import access_roster, need_planner
from huiyin.parts.duty.actions.rosters import EDITABLE, editable
from huiyin.parts.duty.asking import Asked, ask
from huiyin.parts.duty.models import Roster, SolveRun
from huiyin.parts.duty.solving.installed import is_installed
from huiyin.parts.duty.solving.problem import Outcome, Progress

State = SolveRun.State
LONGEST = 600  # seconds
DEAD = timedelta(seconds=60)
BEAT = 1.0  # seconds between two signs of life
SEED = 1
Solver = Callable[..., Outcome]


@transaction.atomic
def ask_solve(acting: Acting, pk: int, mode: str, seconds: int, *, now: datetime) -> SolveRun:
    """Ask for a solve of a draft.

    Raises BadInput while one runs, at a later stage, and where no solver is installed.
    """
    roster = editable(acting, pk, now)
    if not is_installed():
        raise BadInput("roster", "no_solver")
    if mode not in SolveRun.Mode.values or (mode == SolveRun.Mode.KEEP and not roster.based_on_id):
        raise BadInput("mode", "unknown")
    if not 1 <= seconds <= LONGEST:
        raise BadInput("seconds", "number")
    try:
        with transaction.atomic():
            return SolveRun.objects.create(roster=roster, mode=mode, seconds=seconds, asked_at=now)
    except IntegrityError as error:
        raise BadInput("roster", "solving") from error


@transaction.atomic
def stop_solve(acting: Acting, pk: int, *, now: datetime) -> None:
    """Ask the running solve of a roster to end with its best so far; one that waits never begins."""
    roster = access_roster(acting, pk, now)
    need_planner(acting, roster.unit_id)
    waiting = roster.runs.filter(state=State.WAITING).update(
        state=State.DONE, ended_at=now, stop_asked=True, result={"found": False, "stopped": True}
    )
    running = roster.runs.filter(state=State.RUNNING).update(stop_asked=True)
    if not waiting + running:
        raise BadInput("roster", "not_solving")


def claim(now: datetime) -> int | None:
    """Claim the run that has waited longest, for this worker alone; return its id or None."""
    for pk in (
        SolveRun.objects.filter(state=State.WAITING)
        .order_by("asked_at", "pk")
        .values_list("pk", flat=True)
    ):
        if SolveRun.objects.filter(pk=pk, state=State.WAITING).update(
            state=State.RUNNING, started_at=now, seen_at=now
        ):
            return pk
    return None


def bury(now: datetime) -> int:
    """Name the runs failed that have given no sign of life; return how many."""
    dead = SolveRun.objects.filter(state=State.RUNNING, seen_at__lt=now - DEAD)
    return dead.update(state=State.FAILED, ended_at=now, result={"failure": "gone"})


def fail(pk: int, failure: str, now: datetime) -> None:
    """Name a run failed; `failure` is a word that the page explains."""
    SolveRun.objects.filter(pk=pk, state=State.RUNNING).update(
        state=State.FAILED, ended_at=now, result={"failure": failure}
    )


@dataclass
class Pulse:
    """Keeps a run's row alive from a thread of its own while the solver computes.

    `latest` is what the page shows next; `stop` is set once somebody asked for it.
    """

    pk: int
    clock: Callable[[], datetime]
    latest: dict[str, Any] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def told(self, progress: Progress) -> None:
        """Remember how far the solve is; the next beat writes it."""
        self.latest = {
            "stage": progress.stage,
            "seconds": round(progress.seconds, 1),
            "cost": progress.cost,
            "bound": progress.bound,
            "found": progress.roster is not None or progress.cost is not None,
        }

    def beat(self) -> None:
        """Write a sign of life and what is new; look whether to stop."""
        row = SolveRun.objects.filter(pk=self.pk, state=State.RUNNING)
        if not row.update(seen_at=self.clock(), progress=self.latest):
            self.stop.set()  # it was named dead: what it finds is wanted no more
        if row.filter(stop_asked=True).exists():
            self.stop.set()

    def run(self) -> None:
        """Beat until the solve is over; for a thread."""
        try:
            while not self.over.wait(BEAT):
                self.beat()
        finally:
            connection.close()


def carry_out(pk: int, solver: Solver, clock: Callable[[], datetime], workers: int) -> SolveRun:
    """Solve a claimed run and put the result into its draft; for a process of its own.

    Raises SolveRun.DoesNotExist for a run that nobody claimed.
    """
    run = SolveRun.objects.select_related("roster__unit", "roster__based_on").get(
        pk=pk, state=State.RUNNING
    )
    asked = ask(run.roster, run.mode, clock())
    pulse = Pulse(pk, clock)
    beating = threading.Thread(target=pulse.run, daemon=True)
    beating.start()
    try:
        outcome = solver(
            asked.problem,
            seconds=run.seconds,
            workers=workers,
            seed=SEED,
            stop=pulse.stop.is_set,
            progress=pulse.told,
            start=asked.start,
        )
    finally:
        pulse.over.set()
        beating.join()
    return finish(pk, asked, outcome, clock())


@transaction.atomic
def finish(pk: int, asked: Asked, outcome: Outcome, now: datetime) -> SolveRun:
    """Put what was solved into the draft, unless the run was named dead or the draft moved on."""
    run = SolveRun.objects.select_for_update(of=("self",)).get(pk=pk)
    if run.state != State.RUNNING:
        return run
    roster = (
        Roster.objects.select_for_update(of=("self",)).select_related("unit").get(pk=run.roster_id)
    )
    run.ended_at = now
    if roster.state not in EDITABLE:
        run.state, run.result = State.FAILED, {"failure": "moved_on"}
    else:
        changed = (
            applying.put(roster, asked, outcome.roster, run.mode, now) if outcome.roster else 0
        )
        run.state, run.result = State.DONE, applying.told(outcome, asked, changed)
    run.save(update_fields=["state", "ended_at", "result"])
    return run
