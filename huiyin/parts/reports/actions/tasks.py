"""Tasks of an incident: set with an owner and a time, done, or handed on beyond the stand-down."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post
from huiyin.kernel.units.queries import line_of
from huiyin.parts.reports.access import NotYours, access_room
from huiyin.parts.reports.actions._common import need, packed
from huiyin.parts.reports.actions.incidents import TWICE, add_line
from huiyin.parts.reports.models import Incident, IncidentLine, IncidentTask
from huiyin.parts.reports.rooms import owners

TASK, CHANGE = "incident.task", "incident.change"
PACE = {TASK: (15, 30), CHANGE: (1440, 1440)}
BEFORE = {TASK: timedelta(minutes=15), CHANGE: timedelta(days=1)}  # when the owner is reminded
WHY = ("下达任务时定的时间", "the time set with the task")
FURTHEST = timedelta(days=366)
TEXT_MOST = 300


def in_time(field: str, due: datetime | None, now: datetime) -> datetime:
    """Return a time that lies ahead, within a year; raise BadInput."""
    if due is None:
        raise BadInput(field, "missing")
    if not now < due <= now + FURTHEST:
        raise BadInput(field, "ahead")
    return due


def owner(acting: Acting, incident: Incident, field: str, pk: int | None) -> Post:
    """Return a post on which the actor may set a task; raise BadInput."""
    if pk is None:
        raise BadInput(field, "missing")
    post = owners(acting, incident).filter(pk=pk).first()
    if post is None:
        raise BadInput(field, "unknown")
    return post


def _owed(task: IncidentTask, incident: Incident, now: datetime) -> None:
    kind = CHANGE if task.change else TASK
    clock.start_until(
        kind, subject=incident.ref, of=str(task.number), post=task.post, due_at=task.due_at,
        because=WHY, warn_at=(task.due_at - BEFORE[kind],), pace=PACE[kind], now=now,
    )  # fmt: skip


def create(
    acting: Acting, incident: Incident, text: str, post: Post, due: datetime, *, now: datetime,
    change: bool = False,
) -> IncidentTask:  # fmt: skip
    """Write a task with its entry, its deadline and a notice, the incident being locked."""
    newest = incident.tasks.aggregate(newest=Max("number"))["newest"] or 0
    task = IncidentTask.objects.create(
        incident=incident, number=newest + 1, change=change, text=text, post=post, due_at=due,
        made_at=now, made_by=acting.post,
    )  # fmt: skip
    ledger.append(
        "incident.task",
        subject=incident.ref,
        now=now,
        post=acting.post.code,
        facts={"number": task.number, "due": due.isoformat()},
        commit={"text": packed({"text": text, "post": post.code})},
        salt_key=bytes(task.salt_key),
    )
    _owed(task, incident, now)
    if post.pk != acting.post.pk:
        notices.queue(post.pk, "incident.task", incident.ref, now)
    return task


@transaction.atomic
def set_task(
    acting: Acting, number: str, text: str, post_pk: int | None, due: datetime | None, *,
    now: datetime, sure: bool = False,
) -> IncidentTask:  # fmt: skip
    """Set a task for a post of the incident's unit or of one above, no higher than the actor's own.

    What is needed from above is asked for by the urgent report. The post owes it from now on, with
    the ladder behind it. The same task sent twice within a minute is one. Raises ReportNotFound,
    BadInput, Private.
    """
    incident = access_room(acting, number, lock=True)
    if incident.stood_down_at is not None:
        raise BadInput("", "stood_down")
    clean = need("text", text, most=TEXT_MOST)
    keep_private({"text": clean}, sure=sure)
    post = owner(acting, incident, "post", post_pk)
    last = incident.tasks.order_by("-number").first()
    if last and (last.text, last.post_id) == (clean, post.pk) and now - last.made_at < TWICE:
        return last
    return create(acting, incident, clean, post, in_time("due", due, now), now=now)


def _task(acting: Acting, incident: Incident, task_number: int) -> IncidentTask:
    """Return a task that is not done and that the actor answers for: the owner, or its line."""
    found = incident.tasks.select_related("post").filter(number=task_number).first()
    if found is None:
        raise BadInput("", "unknown")
    if acting.post.unit_id not in line_of(found.post.unit_id):
        raise NotYours
    if found.done_at is not None:
        raise BadInput("", "done_already")
    return found


@transaction.atomic
def done(
    acting: Acting, number: str, task_number: int, outcome: str, *, now: datetime,
    sure: bool = False,
) -> IncidentTask:  # fmt: skip
    """Say that a task is done and what came of it; whoever set it is told.

    Any post of the owner's unit may, and the desks above it. Raises ReportNotFound, NotYours,
    BadInput, Private.
    """
    incident = access_room(acting, number, lock=True)
    task = _task(acting, incident, task_number)
    clean = need("text", outcome)
    keep_private({"text": clean}, sure=sure)
    task.done_at, task.done_by, task.outcome = now, acting.post, clean
    task.save(update_fields=["done_at", "done_by", "outcome"])
    ledger.append(
        "incident.task_done",
        subject=incident.ref,
        now=now,
        post=acting.post.code,
        facts={"number": task.number},
        commit={"text": clean.encode()},
        salt_key=bytes(task.salt_key),
    )
    clock.meet(incident.ref, TASK, CHANGE, of=str(task.number), now=now)
    if task.made_by_id != acting.post.pk:
        notices.queue(task.made_by_id, "incident.task_done", incident.ref, now)
    return task


@transaction.atomic
def hand_on(
    acting: Acting, number: str, task_number: int, post_pk: int | None, due: datetime | None,
    why: str, *, now: datetime, sure: bool = False,
) -> IncidentTask:  # fmt: skip
    """Hand a task on to a post that owes it beyond the stand-down, by a time, with the reason.

    The log says who handed it to whom and why. The same sent twice within a minute is one. Raises ReportNotFound, NotYours, BadInput, Private.
    """
    incident = access_room(acting, number, lock=True)
    task = _task(acting, incident, task_number)
    clean = need("why", why)
    keep_private({"why": clean}, sure=sure)
    post, until = owner(acting, incident, "post", post_pk), in_time("due", due, now)
    if (
        task.handed_at
        and now - task.handed_at < TWICE
        and (task.post, task.due_at) == (post, until)
    ):
        return task
    task.post, task.due_at, task.handed_at = post, until, now
    task.save(update_fields=["post", "due_at", "handed_at"])
    clock.void(incident.ref, TASK, CHANGE, of=str(task.number), now=now)
    _owed(task, incident, now)
    add_line(
        acting, incident, IncidentLine.Kind.HANDED, task.text, why=clean, task=task, to=post,
        now=now,
    )  # fmt: skip
    if post.pk != acting.post.pk:
        notices.queue(post.pk, "incident.task", incident.ref, now)
    return task
