"""Take the steps that are due: warn, escalate, mark late. Cost grows with what is due only."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from huiyin.kernel import rows
from huiyin.kernel.clock.ladder import Step as Planned
from huiyin.kernel.clock.ladder import pace, steps
from huiyin.kernel.clock.models import Deadline, Step
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.queries import Barred, Ladder

BATCH = 500
AGAIN = timedelta(minutes=15)  # until what failed is tried anew
URGENT = (
    10  # minutes: whoever is told of what climbs as fast is told over one channel after another
)
log = logging.getLogger("huiyin.sweep")
Handler = Callable[[Deadline, datetime], None]


@dataclass
class Swept:
    """What one sweep did."""

    warned: int = 0
    escalated: int = 0
    late: int = 0
    ended: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All steps taken."""
        return self.warned + self.escalated + self.ended + self.failed


def sweep(
    now: datetime,
    handlers: Mapping[str, Handler],
    *,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Swept], None] = lambda _: None,
) -> Swept:
    """Take every step that is due at `now`, batch by batch; `stop` is asked between batches."""
    done = Swept()
    ladder = Ladder(now)
    while not stop():
        before = done.total
        if not _ends(now, handlers, done) + _batch(now, ladder, done):
            break
        progress(done)
        if done.total == before:
            break
    return done


@Statement
def _ending(now: datetime) -> QuerySet[Deadline]:
    return Deadline.objects.filter(next_at__lte=now, post__isnull=True).order_by("next_at")[:BATCH]


@Statement
def _owed(now: datetime) -> QuerySet[Deadline]:
    return (
        Deadline.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("post")
        .filter(next_at__lte=now, post__isnull=False)
        .order_by("next_at")[:BATCH]
    )


def _ends(now: datetime, handlers: Mapping[str, Handler], done: Swept) -> int:
    """Call the handlers of times that are over and that nobody owed, each in a transaction.

    The handler locks what the deadline is about before the deadline, as every action does, so the
    two never wait for each other; it does nothing where another worker came first. What fails is
    logged and tried again later: one broken row stops nobody else's.
    """
    due = _ending(now)
    for deadline in due:
        try:
            with transaction.atomic():
                handlers[deadline.kind](deadline, now)
            done.ended += 1
        except OperationalError:
            raise
        except Exception:
            log.exception("%s of %s failed", deadline.kind, deadline.subject)
            Deadline.objects.filter(pk=deadline.pk, next_at__lte=now).update(next_at=now + AGAIN)
            done.failed += 1
    return len(due)


def _batch(now: datetime, ladder: Ladder, done: Swept) -> int:
    with transaction.atomic():
        due = _owed(now)
        ladder.learn(
            {deadline.post.unit_id for deadline in due if deadline.post},
            {deadline.post_id for deadline in due if deadline.post_id},
        )
        taken: list[Step] = []
        told: list[Notice] = []
        late: list[ledger.Draft] = []
        moved: list[tuple[datetime | None, int, int]] = []
        for deadline in due:
            plan = _plan(deadline)
            notices_of: list[Notice] = []
            while deadline.step < len(plan) and plan[deadline.step].at <= now:
                _take(deadline, plan[deadline.step], now, ladder, taken, notices_of, late, done)
                deadline.step += 1
            told += _last_to_each(notices_of)
            next_at = plan[deadline.step].at if deadline.step < len(plan) else None
            moved.append((next_at, deadline.step, deadline.pk))
        rows.insert(taken, ignore_conflicts=True)
        rows.insert(told)
        ledger.append_many(late)
        _move(moved)
    return len(due)


def _last_to_each(told: list[Notice]) -> list[Notice]:
    """Of steps taken together, after a standstill, each post is told the last: not "due soon" too."""
    return list({notice.post_id: notice for notice in told}.values())


def _plan(deadline: Deadline) -> tuple[Planned, ...]:
    return steps(
        deadline.started_at,
        deadline.due_at,
        tuple(datetime.fromisoformat(moment) for moment in deadline.warn_at),
        every=pace(deadline.pace),
    )


def _take(
    deadline: Deadline,
    step: Planned,
    now: datetime,
    ladder: Ladder,
    taken: list[Step],
    told: list[Notice],
    late: list[ledger.Draft],
    done: Swept,
) -> None:
    assert deadline.post is not None
    barred = Barred(deadline.avoid_unit_id, deadline.avoid_post_id, deadline.avoid_since)
    post = ladder.post(deadline.post, step.rung, barred)
    taken.append(
        Step(
            deadline_id=deadline.pk,
            number=step.number,
            kind=step.kind,
            rung=step.rung,
            post_id=post.pk if post else None,
            planned_at=step.at,
            taken_at=now,
        )
    )
    facts = {"deadline": deadline.kind, "due": deadline.due_at.isoformat(), "rung": step.rung}
    if post is not None:
        kind, urgent = f"clock.{step.kind}", bool(deadline.pace) and deadline.pace[0] <= URGENT
        told.append(notices.draft(post.pk, kind, deadline.subject, now, facts, in_turn=urgent))
    if step.kind == "warn":
        done.warned += 1
        return
    done.escalated += 1
    if step.at == deadline.due_at and step.rung == "owner":
        late.append(
            ledger.Draft(
                "clock.late",
                deadline.subject,
                now,
                deadline.post.code,
                {
                    "deadline": deadline.kind,
                    "of": deadline.of,
                    "due": deadline.due_at.isoformat(),
                },
            )
        )
        done.late += 1


def _move(moved: list[tuple[datetime | None, int, int]]) -> None:
    if not moved:
        return
    adapt = connection.ops.adapt_datetimefield_value
    rows_moved = [(adapt(at), step, pk) for at, step, pk in moved]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                "UPDATE clock_deadline SET next_at = %s, step = %s WHERE id = %s", rows_moved
            )
            return
        places = ", ".join(["(%s::timestamptz, %s::int, %s::bigint)"] * len(rows_moved))
        cursor.execute(
            "UPDATE clock_deadline AS d SET next_at = v.next_at, step = v.step "  # noqa: S608
            f"FROM (VALUES {places}) AS v (next_at, step, id) WHERE d.id = v.id",
            [value for row in rows_moved for value in row],
        )
