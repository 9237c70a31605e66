"""The written answer and the remedies that it promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post
from huiyin.parts.cases import sealing
from huiyin.parts.cases.actions._common import (
    avoid,
    by_post,
    involve,
    need,
    record,
    refresh,
    refuse_conflict,
    touch,
)
from huiyin.parts.cases.models import (
    Case,
    Involvement,
    Remedy,
)

Capacity = Involvement.Capacity
REMEDY_WITHIN = timedelta(days=3653)


@dataclass(frozen=True)
class Promise:
    """A remedy promised in an answer; `post` None means the owner."""

    text: str
    due_on: date
    post: Post | None = None


@dataclass(frozen=True)
class AnswerText:
    """A written answer: facts found, ground, decision, what will be done (article 31)."""

    facts: str
    ground: str
    decision: str


def promise(case: Case, promises: Sequence[Promise], now: datetime) -> int:
    """Keep promised remedies, each with its deadline; return how many the letter has now."""
    number = case.remedies.count()
    today = policy().calendar.local_date(now)
    for given in promises:
        number += 1
        text = need(f"remedy_{number}", given.text, least=4, most=2000)
        if given.due_on < today:
            raise BadInput(f"remedy_{number}", "in_past")
        if given.due_on > today + REMEDY_WITHIN:
            raise BadInput(f"remedy_{number}", "too_far")
        post = given.post or case.owner
        refuse_conflict(case, post, f"remedy_{number}", now)
        if (
            post.pk != case.owner_id
            and not Involvement.objects.filter(case=case, post=post, ended_at__isnull=True).exists()
        ):
            involve(case, post, Capacity.HELPER, now)
        Remedy.objects.create(
            case=case,
            number=number,
            post=post,
            due_on=given.due_on,
            text=sealing.seal(case, f"remedy {number}", text.encode()),
        )
        clock.start_by(
            "case.remedy",
            subject=case.ref,
            of=str(number),
            post=post,
            last_day=given.due_on,
            now=now,
            **avoid(case),
        )
    return number


def answer_body(answer: AnswerText, promises: Sequence[Promise]) -> dict[str, object]:
    """Return the checked body of an answer; `text` holds all of it for the search."""
    parts = {
        "facts": need("facts", answer.facts, least=10),
        "ground": need("ground", answer.ground, least=2),
        "decision": need("decision", answer.decision, least=5),
    }
    remedies = [
        {
            "text": need(f"remedy_{number}", promised.text, least=4, most=2000),
            "due_on": promised.due_on.isoformat(),
        }
        for number, promised in enumerate(promises, 1)
    ]
    return {**parts, "text": "\n".join(parts.values()), "remedies": remedies}


@transaction.atomic
def answer(
    acting: Acting,
    locator: str,
    given: AnswerText,
    *,
    now: datetime,
    promises: Sequence[Promise] = (),
) -> Case:
    """Give the written answer; from now the writer has time to ask for review (article 35)."""
    case = by_post(acting, locator, "answer", now)
    body = answer_body(given, promises)
    if case.hearings.filter(held_at__isnull=True).exists():
        raise BadInput("facts", "hearing_open")
    touch(case, acting, Capacity.OWNER, now)
    promise(case, promises, now)
    clock.meet(case.ref, "case.conclude", now=now)
    case.extensions.filter(decided_at__isnull=True).update(decided_at=now, granted=False)
    case.stage, case.answered_at, case.level = Case.Stage.ANSWERED, now, 0
    record(
        case,
        "case.answered",
        now,
        acting=acting,
        body=body,
        facts={"level": 0, "remedies": len(promises)},
    )
    clock.start(
        "case.ask_review", subject=case.ref, rule="ask_review", counted_from=now, now=now, post=None
    )
    refresh(case)
    return case


@transaction.atomic
def report_remedy(acting: Acting, locator: str, number: int, text: str, *, now: datetime) -> Case:
    """Report a promised remedy as done; the writer is asked to look."""
    case = by_post(acting, locator, "report_remedy", now)
    text = need("text", text, least=5)
    remedy = case.remedies.select_for_update().filter(number=number).first()
    if remedy is None or acting.post.pk not in {remedy.post_id, case.owner_id}:
        raise BadInput("number", "unknown")
    if remedy.state not in {Remedy.State.PROMISED, Remedy.State.DISPUTED}:
        raise BadInput("number", "already_done")
    remedy.state, remedy.done_at = Remedy.State.DONE, now
    remedy.save(update_fields=["state", "done_at"])
    clock.meet(case.ref, "case.remedy", now=now, of=str(number))
    record(
        case, "case.remedy_done", now, acting=acting, body={"text": text}, facts={"number": number}
    )
    clock.start(
        "case.remedy_check",
        subject=case.ref,
        rule="remedy_check",
        counted_from=now,
        now=now,
        post=None,
        of=str(number),
    )
    refresh(case)
    return case
