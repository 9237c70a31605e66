"""What posts do with a letter before its answer, in the order of its life."""

from datetime import datetime, timedelta

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Unit
from huiyin.kernel.units.queries import Ladder, holders, line_of
from huiyin.parts.cases import rules, sealing
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
from huiyin.parts.cases.actions.forwarding import owner_in, transfer_to
from huiyin.parts.cases.conflict import barred_by
from huiyin.parts.cases.models import (
    Case,
    Extension,
    Hearing,
    Involvement,
)
from huiyin.parts.cases.queries import excusable

Capacity = Involvement.Capacity
HEARING_WITHIN = timedelta(days=60)


@transaction.atomic
def accept(acting: Acting, locator: str, *, now: datetime, text: str = "") -> Case:
    """Accept the letter and tell the writer; the answer is owed from now (articles 23 and 34)."""
    case = by_post(acting, locator, "accept", now)
    touch(case, acting, Capacity.OWNER, now)
    clock.meet(case.ref, "case.forward", "case.accept", now=now)
    clock.void(case.ref, "case.object", now=now)
    counted = now if policy().rule("conclude").counts_from == "acceptance" else case.received_at
    deadline = clock.start(
        "case.conclude",
        subject=case.ref,
        rule="conclude",
        counted_from=counted,
        now=now,
        post=case.owner,
        **avoid(case),
    )
    case.stage, case.accepted_at = Case.Stage.ACCEPTED, now
    record(
        case,
        "case.accepted",
        now,
        acting=acting,
        facts={"due": deadline.due_at.isoformat()},
        body={"text": need("text", text)} if text.strip() else None,
    )
    refresh(case)
    return case


@transaction.atomic
def decline(acting: Acting, locator: str, ground: str, text: str, *, now: datetime) -> Case:
    """Do not accept, on one of the pack's grounds only, with the place to turn to instead."""
    case = by_post(acting, locator, "decline", now)
    if ground not in policy().pack.grounds:
        raise BadInput("ground", "unknown_ground")
    text = need("text", text, least=10)
    touch(case, acting, Capacity.OWNER, now)
    clock.meet(case.ref, "case.forward", "case.accept", now=now)
    clock.void(case.ref, "case.object", now=now)
    case.stage, case.answered_at = Case.Stage.DECLINED, now
    record(case, "case.declined", now, acting=acting, facts={"ground": ground}, body={"text": text})
    clock.start(
        "case.ask_review", subject=case.ref, rule="ask_review", counted_from=now, now=now, post=None
    )
    refresh(case)
    return case


@transaction.atomic
def write_to_writer(acting: Acting, locator: str, text: str, *, now: datetime) -> Case:
    """Send the writer a message in the letter."""
    case = by_post(acting, locator, "write_to_writer", now)
    text = need("text", text)
    touch(case, acting, Capacity.OWNER, now)
    record(case, "case.message_out", now, acting=acting, body={"text": text})
    refresh(case)
    return case


@transaction.atomic
def note(acting: Acting, locator: str, text: str, *, now: datetime) -> Case:
    """Keep an internal note; the writer's page does not show it."""
    case = by_post(acting, locator, "note", now)
    text = need("text", text)
    touch(case, acting, Capacity.OWNER, now)
    record(case, "case.noted", now, acting=acting, body={"text": text}, shown=False)
    refresh(case)
    return case


@transaction.atomic
def transfer(acting: Acting, locator: str, post: Post, reason: str, *, now: datetime) -> Case:
    """Name another post of the unit as owner; what is owed goes along with no time gained."""
    case = by_post(acting, locator, "transfer", now)
    reason = need("reason", reason, least=5)
    refuse_conflict(case, post, "post", now)
    if post.unit_id not in {
        case.unit_id,
        acting.post.unit_id,
    } and acting.post.unit_id not in line_of(post.unit_id):
        raise BadInput("post", "elsewhere")
    if post.pk == case.owner_id:
        raise BadInput("post", "already_there")
    touch(case, acting, Capacity.SUPERIOR, now)
    transfer_to(case, post, now, acting=acting, reason=reason)
    tell(case, post, "transferred", now)
    refresh(case)
    return case


@transaction.atomic
def join(acting: Acting, locator: str, unit: Unit, reason: str, *, now: datetime) -> Case:
    """Let another unit help with the handling; the owner stays the one that answers."""
    case = by_post(acting, locator, "join", now)
    reason = need("reason", reason, least=5)
    post = owner_in(unit, case, now)
    if Involvement.objects.filter(case=case, post=post, ended_at__isnull=True).exists():
        raise BadInput("unit", "already_there")
    involve(case, post, Capacity.HELPER, now)
    record(
        case,
        "case.joined",
        now,
        acting=acting,
        facts={"unit": unit.code, "to": post.code},
        more={"unit_id": unit.pk},
        body={"text": reason},
        commits_to="reason",
    )
    tell(case, post, "joined", now)
    refresh(case)
    return case


def is_owner(case: Case, acting: Acting, now: datetime) -> bool:
    """Whether the user also holds the owner's post: nobody decides above themselves."""
    return acting.user.pk in holders([case.owner_id], now).get(case.owner_id, [])


def _hears(case: Case, acting: Acting, move: str) -> None:
    """In a review only the reviewer hears: the post reviewed can't stop the reviewer's clock."""
    running = case.reviews.filter(decided_at__isnull=True).order_by("-level").first()
    if running is not None and running.post_id != acting.post.pk:
        raise rules.NotYours(move)


def _running(case: Case) -> str:
    return {
        Case.Stage.REVIEWING: "case.review",
        Case.Stage.FINAL_REVIEWING: "case.final_review",
    }.get(Case.Stage(case.stage), "case.conclude")


@transaction.atomic
def set_hearing(
    acting: Acting, locator: str, form: str, at: datetime, text: str, *, now: datetime
) -> Case:
    """Set a hearing or mediation and invite the writer; the limit pauses where the law says so.

    Its record is owed on the day of the hearing, so that a pause never depends on anybody's memory.
    """
    case = by_post(acting, locator, "set_hearing", now)
    _hears(case, acting, "set_hearing")
    text = need("text", text)
    if form not in Hearing.Form.values:
        raise BadInput("form", "unknown")
    if at <= now:
        raise BadInput("at", "in_past")
    if case.hearings.filter(held_at__isnull=True).exists():
        raise BadInput("at", "hearing_open")
    if at > now + HEARING_WITHIN:
        raise BadInput("at", "too_far")
    Hearing.objects.create(case=case, form=form, at=at)
    clock.start_by(
        "case.hearing",
        subject=case.ref,
        of="",
        post=acting.post,
        last_day=policy().calendar.local_date(at),
        now=now,
        **avoid(case),
    )
    deadline = clock.find(case.ref, _running(case))
    if deadline is not None and "hearing" in policy().rule(deadline.rule).pauses:
        clock.pause(deadline, now=now)
    record(
        case,
        "case.hearing_set",
        now,
        acting=acting,
        body={"text": text},
        facts={"form": form, "on": at.isoformat()},
    )
    refresh(case)
    return case


@transaction.atomic
def hold_hearing(acting: Acting, locator: str, text: str, *, now: datetime) -> Case:
    """Keep the record of the hearing; the limit runs on."""
    case = by_post(acting, locator, "hold_hearing", now)
    _hears(case, acting, "hold_hearing")
    text = need("text", text, least=10)
    hearing = case.hearings.filter(held_at__isnull=True).first()
    if hearing is None:
        raise BadInput("text", "no_hearing")
    hearing.held_at = now
    hearing.save(update_fields=["held_at"])
    clock.meet(case.ref, "case.hearing", now=now)
    deadline = clock.find(case.ref, _running(case))
    if deadline is not None:
        clock.resume(deadline, now=now)
    record(
        case,
        "case.hearing_held",
        now,
        acting=acting,
        body={"text": text},
        facts={"form": hearing.form},
    )
    refresh(case)
    return case


@transaction.atomic
def ask_extension(acting: Acting, locator: str, days: int, reason: str, *, now: datetime) -> Case:
    """Ask a superior post for the one extension (article 34: at most 30 days)."""
    case = by_post(acting, locator, "ask_extension", now)
    reason = need("reason", reason, least=10)
    if case.extensions.filter(decided_at__isnull=True).exists():
        raise BadInput("days", "extension_asked")
    if case.extensions.filter(granted=True).exists():
        raise BadInput("days", "extension_used")
    allowed = policy().rule("extend").days
    if not 1 <= days <= allowed:
        raise BadInput("days", "extension_length")
    deadline = clock.find(case.ref, "case.conclude")
    if deadline is None or deadline.due_at <= now:
        raise BadInput("days", "too_late")
    Extension.objects.create(
        case=case,
        days=days,
        asked_at=now,
        asked_by=acting.post,
        reason=sealing.seal(case, "extension", sealing.pack({"text": reason})),
    )
    record(
        case,
        "case.extension_asked",
        now,
        acting=acting,
        facts={"days": days},
        shown=False,
        body={"text": reason},
        commits_to="reason",
    )
    superior = Ladder(now).post(case.owner, "deputy", barred_by(case))
    if superior is not None:
        tell(case, superior, "extension_asked", now)
    refresh(case)
    return case


@transaction.atomic
def decide_extension(
    acting: Acting, locator: str, granted: bool, reason: str, *, now: datetime
) -> Case:
    """Grant or refuse the extension; when granted the writer is told why."""
    case = by_post(acting, locator, "decide_extension", now)
    reason = need("reason", reason, least=10)
    asked = case.extensions.filter(decided_at__isnull=True).first()
    if asked is None:
        raise BadInput("granted", "nothing_asked")
    if asked.asked_by_id == acting.post.pk or is_owner(case, acting, now):
        raise rules.NotYours("decide_extension")
    deadline = clock.find(case.ref, "case.conclude")
    if granted and (deadline is None or deadline.due_at <= now):
        raise BadInput("granted", "too_late")
    touch(case, acting, Capacity.SUPERIOR, now)
    asked.decided_at, asked.granted = now, granted
    asked.save(update_fields=["decided_at", "granted"])
    if granted and deadline is not None:
        clock.extend(deadline, asked.days, now=now)
        record(
            case,
            "case.extended",
            now,
            acting=acting,
            body={"text": reason},
            commits_to="reason",
            facts={"days": asked.days, "due": deadline.due_at.isoformat()},
        )
    else:
        record(
            case,
            "case.extension_refused",
            now,
            acting=acting,
            body={"text": reason},
            commits_to="reason",
            shown=False,
        )
    tell(case, case.owner, "extension_decided", now)
    refresh(case)
    return case


@transaction.atomic
def excuse(acting: Acting, locator: str, kind: str, reason: str, *, now: datetime) -> Case:
    """Excuse a deadline with a reason that the writer sees; the duty stays, with a new date.

    Only what is not owed to the writer by law can be excused, once, by somebody else than who owes
    it: the arbiter's and remedies' dates.
    """
    case = by_post(acting, locator, "excuse", now)
    reason = need("reason", reason, least=10)
    name, _, of = kind.partition("#")
    deadline = clock.find(case.ref, name, of)
    if (
        deadline is None
        or not excusable([deadline])
        or clock.was_excused(case.ref, name, of)
        or deadline.post_id == acting.post.pk
    ):
        raise BadInput("kind", "not_excusable")
    if is_owner(case, acting, now):
        raise rules.NotYours("excuse")
    clock.excuse(deadline, now=now)
    clock.start(
        name,
        subject=case.ref,
        of=of,
        rule=deadline.rule or "remedy_check",
        counted_from=now,
        now=now,
        post=deadline.post,
        **avoid(case),
    )
    record(
        case,
        "case.excused",
        now,
        acting=acting,
        body={"text": reason},
        commits_to="reason",
        facts={"deadline": kind},
    )
    refresh(case)
    return case
