"""Which unit answers: forwarding, objection, the common parent's decision."""

from datetime import datetime

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.given import BadInput
from huiyin.kernel.units import tree
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Role, Unit
from huiyin.kernel.units.queries import holders, line_of, parents, posts_in
from huiyin.parts.cases.actions._common import (
    avoid,
    by_post,
    involve,
    need,
    record,
    refresh,
    refuse_conflict,
    tell,
    touch,
)
from huiyin.parts.cases.binding import category as bound_category
from huiyin.parts.cases.conflict import is_barred
from huiyin.parts.cases.models import (
    Case,
    Category,
    Involvement,
    Step,
)

Capacity = Involvement.Capacity
ANSWERING = (Role.HANDLER, Role.DEPUTY, Role.HEAD, Role.CLERK)


def owner_in(unit: Unit, case: Case, now: datetime) -> Post:
    """Return the post that answers for letters sent to a unit; raise BadInput if it has none.

    The first, by role, that somebody holds and that the letter does not complain of; a vacant one
    where nobody holds any.
    """
    found = posts_in(unit.pk, *ANSWERING) if unit.closed_at is None else []
    if not found:
        raise BadInput("unit", "no_post")
    able = [post for post in found if not is_barred(case, post, now)]
    if not able:
        raise BadInput("unit", "complained_of")
    held = holders([post.pk for post in able], now)
    return next((post for post in able if post.pk in held), able[0])


def hand_to(case: Case, post: Post, now: datetime) -> None:
    Involvement.objects.filter(case=case, capacity=Capacity.OWNER, ended_at__isnull=True).update(
        ended_at=now
    )
    case.owner, case.unit = post, post.unit
    involve(case, post, Capacity.OWNER, now)


def transfer_to(
    case: Case, post: Post, now: datetime, *, acting: Acting | None = None, reason: str = ""
) -> None:
    """Let another post own the letter and what is owed on it; without an actor by the clock."""
    before = case.owner
    hand_to(case, post, now)
    clock.hand_over(case.ref, post, now=now, from_post=before)
    record(
        case,
        "case.transferred",
        now,
        acting=acting,
        by="" if acting else Step.By.CLOCK,
        facts={"unit": post.unit.code, "to": post.code},
        more={"post_id": post.pk},
        body={"text": reason} if reason else None,
        commits_to="reason",
    )


@transaction.atomic
def categorise(acting: Acting, locator: str, category: Category, *, now: datetime) -> Case:
    """Confirm or correct what the letter is about."""
    case = by_post(acting, locator, "forward", now)
    case.category = category
    record(
        case,
        "case.categorised",
        now,
        acting=acting,
        shown=False,
        beside={"category": bound_category(case, case.steps_count + 1)},
    )
    refresh(case)
    return case


@transaction.atomic
def forward(
    acting: Acting,
    locator: str,
    unit: Unit,
    *,
    now: datetime,
    reason: str = "",
    post: Post | None = None,
) -> Case:
    """Send the letter to the unit that answers (article 22: within 15 days of receipt).

    Its named post becomes the owner and decides on acceptance within the limit counted from now.
    """
    case = by_post(acting, locator, "forward", now)
    post = post or owner_in(unit, case, now)
    refuse_conflict(case, post, "unit", now)
    if post.unit_id != unit.pk:
        raise BadInput("post", "elsewhere")
    if post.pk == case.owner_id:
        raise BadInput("unit", "already_there")
    touch(case, acting, Capacity.RECEPTION, now)
    clock.meet(case.ref, "case.forward", now=now)
    clock.void(case.ref, "case.accept", "case.object", now=now)
    hand_to(case, post, now)
    case.stage = Case.Stage.FORWARDED
    record(
        case,
        "case.forwarded",
        now,
        acting=acting,
        facts={"unit": unit.code, "to": post.code},
        more={"unit_id": unit.pk, "post_id": post.pk},
        body={"text": need("reason", reason, least=1)} if reason.strip() else None,
        commits_to="reason",
    )
    clock.start(
        "case.accept",
        subject=case.ref,
        rule="accept",
        counted_from=now,
        now=now,
        post=post,
        **avoid(case),
    )
    clock.start(
        "case.object", subject=case.ref, rule="object", counted_from=now, now=now, post=None
    )
    tell(case, post, "forwarded", now)
    refresh(case)
    return case


@transaction.atomic
def object_to(acting: Acting, locator: str, reason: str, *, now: datetime) -> Case:
    """Say that the unit is not competent, within the limit of the forwarding (article 23).

    The common parent of the sending and the objecting unit decides within the limit `dispute`.
    """
    case = by_post(acting, locator, "object", now)
    reason = need("reason", reason, least=10)
    deadline = clock.find(case.ref, "case.object")
    if deadline is None or deadline.due_at <= now:
        raise BadInput("reason", "objection_too_late")
    last = case.steps.filter(kind="forwarded").order_by("-number").first()
    sender = last.post if last and last.post else case.owner
    whole = parents()
    arbiter = _arbiter(case, [case.unit_id, sender.unit_id], whole, now)
    clock.meet(case.ref, "case.object", now=now)
    clock.void(case.ref, "case.accept", now=now)
    record(
        case,
        "case.objected",
        now,
        acting=acting,
        body={"text": reason},
        commits_to="reason",
        shown=False,
    )
    case.stage = Case.Stage.DISPUTED
    involve(case, arbiter, Capacity.ARBITER, now)
    clock.start(
        "case.dispute",
        subject=case.ref,
        rule="dispute",
        counted_from=now,
        now=now,
        post=arbiter,
        **avoid(case),
    )
    tell(case, arbiter, "objected", now)
    refresh(case)
    return case


def _arbiter(case: Case, units: list[int], whole: dict[int, int | None], now: datetime) -> Post:
    candidates: list[Post] = []
    common = tree.common_parent(units, whole)
    while common is not None:
        candidates += posts_in(common, Role.DEPUTY, Role.HEAD)
        common = whole.get(common)
    # Where the sender stands at the top it decides itself, by its head.
    candidates += posts_in(line_of(units[1])[-1], Role.HEAD, Role.DEPUTY)
    able = [post for post in candidates if not is_barred(case, post, now)]
    if not able:
        raise BadInput("reason", "no_arbiter")
    held = holders([post.pk for post in able], now)
    return next((post for post in able if post.pk in held), able[0])


@transaction.atomic
def settle(acting: Acting, locator: str, unit: Unit, reason: str, *, now: datetime) -> Case:
    """Decide as common parent which unit answers; there is no objection to that."""
    case = by_post(acting, locator, "settle", now)
    reason = need("reason", reason, least=10)
    post = owner_in(unit, case, now)
    clock.meet(case.ref, "case.dispute", now=now)
    Involvement.objects.filter(case=case, capacity=Capacity.ARBITER, ended_at__isnull=True).update(
        ended_at=now, user=acting.user
    )
    hand_to(case, post, now)
    case.stage = Case.Stage.FORWARDED
    record(
        case,
        "case.settled",
        now,
        acting=acting,
        facts={"unit": unit.code, "to": post.code},
        more={"unit_id": unit.pk},
        body={"text": reason},
        commits_to="reason",
    )
    clock.start(
        "case.accept",
        subject=case.ref,
        rule="accept",
        counted_from=now,
        now=now,
        post=post,
        **avoid(case),
    )
    tell(case, post, "settled", now)
    refresh(case)
    return case
