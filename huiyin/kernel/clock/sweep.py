"""Take the steps that are due: warn, escalate, mark late. Cost grows with what is due only."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from huiyin.kernel import rows
from huiyin.kernel.clock.ladder import Step as Planned
from huiyin.kernel.clock.ladder import pace, steps
from huiyin.kernel.clock.models import Deadline, Step
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.notices import damage
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


def _readable(statement: Statement[[datetime], Deadline], now: datetime) -> list[Deadline]:
    """Return what is due; a row that can't be read is set aside and tried again later."""
    try:
        return statement(now)
    except damage.AWAY:
        raise
    except Exception:
        log.exception("some deadline can't be read")
    wanted = list(statement.queryset(now).values_list("pk", flat=True))
    each = Deadline.objects.select_for_update(skip_locked=True, of=("self",))
    found, unread = damage.one_by_one(wanted, each.select_related("post"), now)
    Deadline.objects.filter(pk__in=unread).update(next_at=now + AGAIN)
    return found


def _ends(now: datetime, handlers: Mapping[str, Handler], done: Swept) -> int:
    """Call the handlers of times that are over and that nobody owed, each in a transaction.

    The handler locks what the deadline is about before the deadline, as every action does, so the
    two never wait for each other; it does nothing where another worker came first. What fails is
    logged and tried again later: one broken row stops nobody else's.
    """
    with transaction.atomic():
        due = _readable(_ending, now)
    for deadline in due:
        with damage.guard(Deadline, deadline.pk, now) as failed, transaction.atomic():
            handlers[deadline.kind](deadline, now)
        if failed:
            Deadline.objects.filter(pk=deadline.pk, next_at__lte=now).update(next_at=now + AGAIN)
            done.failed += 1
        else:
            done.ended += 1
    return len(due)


@dataclass
class _Steps:
    """What one deadline's due steps come to."""

    taken: list[Step] = field(default_factory=list)
    told: list[Notice] = field(default_factory=list)
    late: list[ledger.Draft] = field(default_factory=list)
    next_at: datetime | None = None


def _batch(now: datetime, ladder: Ladder, done: Swept) -> int:
    with transaction.atomic():
        due = _readable(_owed, now)
        ladder.learn(
            {deadline.post.unit_id for deadline in due if deadline.post},
            {deadline.post_id for deadline in due if deadline.post_id},
        )
        found: list[_Steps] = []
        moved: list[tuple[datetime | None, int, int]] = []
        for deadline in due:
            before = deadline.step
            with damage.guard(Deadline, deadline.pk, now) as failed:
                steps_due = _due_steps(deadline, now, ladder)
            if failed:
                moved.append((now + AGAIN, before, deadline.pk))
                done.failed += 1
                continue
            found.append(steps_due)
            moved.append((steps_due.next_at, deadline.step, deadline.pk))
        rows.insert([step for each in found for step in each.taken], ignore_conflicts=True)
        rows.insert([notice for each in found for notice in each.told])
        ledger.append_many(draft for each in found for draft in each.late)
        _move(moved)
    for each in found:
        done.warned += sum(step.kind == "warn" for step in each.taken)
        done.escalated += sum(step.kind == "escalate" for step in each.taken)
        done.late += len(each.late)
    return len(due)


def _due_steps(deadline: Deadline, now: datetime, ladder: Ladder) -> _Steps:
    """Take the deadline's due steps, none of them saved yet; move its `step` on."""
    plan, found = _plan(deadline), _Steps()
    while deadline.step < len(plan) and plan[deadline.step].at <= now:
        _take(deadline, plan[deadline.step], now, ladder, found)
        deadline.step += 1
    found.told = _last_to_each(found.told)
    found.next_at = plan[deadline.step].at if deadline.step < len(plan) else None
    return found


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


def _take(deadline: Deadline, step: Planned, now: datetime, ladder: Ladder, found: _Steps) -> None:
    assert deadline.post is not None
    barred = Barred(deadline.avoid_unit_id, deadline.avoid_post_id, deadline.avoid_since)
    post = ladder.post(deadline.post, step.rung, barred)
    found.taken.append(
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
        found.told.append(
            notices.draft(post.pk, kind, deadline.subject, now, facts, in_turn=urgent)
        )
    if step.kind == "escalate" and step.at == deadline.due_at and step.rung == "owner":
        facts = {"deadline": deadline.kind, "of": deadline.of, "due": deadline.due_at.isoformat()}
        found.late.append(
            ledger.Draft("clock.late", deadline.subject, now, deadline.post.code, facts)
        )


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
