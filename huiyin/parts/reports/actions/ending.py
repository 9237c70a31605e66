"""The end of an incident: stood down when nothing is left open, reviewed afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.queries import line_of
from huiyin.parts.reports import standing
from huiyin.parts.reports.access import NotYours, access_room, leads
from huiyin.parts.reports.actions import tasks
from huiyin.parts.reports.actions._common import need, packed
from huiyin.parts.reports.models import Incident
from huiyin.parts.reports.templates import times
from huiyin.parts.reports.vague import nothing_needed

REVIEW = "incident.review"
WHY_REVIEW = ("应急结束后须按时复盘", "an incident is reviewed after its stand-down")


@dataclass(frozen=True)
class Change:
    """What is done otherwise from now on: by which post, by when."""

    text: str
    post_pk: int | None
    due: datetime | None


@transaction.atomic
def stand_down(
    acting: Acting, number: str, why: str, *, now: datetime, review_post: int | None = None,
    review_due: datetime | None = None, sure: bool = False,
) -> Incident:  # fmt: skip
    """Stand the incident down, with the reason; the review is owed from now on.

    `review_post` owes it (the leader unless given) by `review_due` (see templates.toml). The leader
    and every unit above are told. Raises ReportNotFound, NotYours for a post that does not lead
    here or above, Private, and BadInput: "tasks_open" while a task is neither done nor handed on.
    """
    incident = access_room(acting, number, lock=True)
    if not leads(acting.post, incident):
        raise NotYours
    if incident.stood_down_at is not None:
        raise BadInput("", "stood_down")
    if any(one.open for one in incident.tasks.all()):
        raise BadInput("", "tasks_open")
    clean = need("why", why)
    keep_private({"why": clean}, sure=sure)
    owing = incident.leader or acting.post
    if review_post is not None and review_post != owing.pk:
        owing = tasks.owner(acting, incident, "post", review_post)
    due = tasks.in_time("due", review_due or now + timedelta(days=times().review_days), now)
    incident.stood_down_at, incident.stood_down_by, incident.stood_down_why = (
        now,
        acting.post,
        clean,
    )
    incident.review_post = owing
    incident.save(update_fields=["stood_down_at", "stood_down_by", "stood_down_why", "review_post"])
    ledger.append(
        "incident.stood_down",
        subject=incident.ref,
        now=now,
        post=acting.post.code,
        commit={"reason": clean.encode()},
        salt_key=bytes(incident.salt_key),
    )
    clock.start_until(
        REVIEW, subject=incident.ref, post=owing, due_at=due, because=WHY_REVIEW,
        warn_at=(due - timedelta(days=1),), pace=(1440, 1440), now=now,
    )  # fmt: skip
    told = {one.pk for one in standing.posts(line_of(incident.unit_id)[1:], now).values()}
    told |= {owing.pk} | ({incident.leader_id} if incident.leader_id else set())
    for pk in sorted(told - {acting.post.pk}):
        notices.queue(pk, "incident.stood_down", incident.ref, now)
    return incident


@transaction.atomic
def review(
    acting: Acting, number: str, well: str, ill: str, changes: Sequence[Change], *,
    now: datetime, sure: bool = False,
) -> Incident:  # fmt: skip
    """Say what went well, what did not, and what changes: each change owed by a post by a time.

    Where something did not go well, at least one thing changes. Raises ReportNotFound, NotYours for
    a post that neither owes the review nor leads, Private, BadInput (fields `text_1`, `post_1`,
    `due_1` for the first change).
    """
    incident = access_room(acting, number, lock=True)
    if incident.review_post_id != acting.post.pk and not leads(acting.post, incident):
        raise NotYours
    if incident.stood_down_at is None:
        raise BadInput("", "not_stood_down")
    if incident.reviewed_at is not None:
        raise BadInput("", "reviewed")
    said = {"well": need("well", well), "ill": need("ill", ill)}
    if not changes and not nothing_needed(said["ill"]):
        raise BadInput("text_1", "missing")
    texts = {
        f"text_{n}": need(f"text_{n}", one.text, most=tasks.TEXT_MOST)
        for n, one in enumerate(changes, 1)
    }
    keep_private(said | texts, sure=sure)
    made = [
        tasks.create(
            acting, incident, texts[f"text_{n}"],
            tasks.owner(acting, incident, f"post_{n}", one.post_pk),
            tasks.in_time(f"due_{n}", one.due, now), now=now, change=True,
        )
        for n, one in enumerate(changes, 1)
    ]  # fmt: skip
    incident.reviewed_at, incident.reviewed_by, incident.review = now, acting.post, said
    incident.save(update_fields=["reviewed_at", "reviewed_by", "review"])
    ledger.append(
        "incident.reviewed",
        subject=incident.ref,
        now=now,
        post=acting.post.code,
        facts={"number": len(made)},
        commit={"text": packed(said)},
        salt_key=bytes(incident.salt_key),
    )
    clock.meet(incident.ref, REVIEW, now=now)
    for one in standing.posts(line_of(incident.unit_id)[1:], now).values():
        if one.pk != acting.post.pk:
            notices.queue(one.pk, "incident.reviewed", incident.ref, now)
    return incident
