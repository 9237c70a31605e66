"""Start, meet, excuse, pause and extend what is owed. Call inside the action's transaction."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from huiyin.kernel import rows
from huiyin.kernel.clock import entries, limits
from huiyin.kernel.clock.ladder import pace as intervals
from huiyin.kernel.clock.ladder import steps
from huiyin.kernel.clock.models import CalendarDay, Deadline, LimitOverride
from huiyin.kernel.clock.policy import Policy, forget, policy
from huiyin.kernel.holding.actions import hold
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Unit


def prepare(
    kind: str,
    *,
    subject: str,
    rule: str,
    counted_from: datetime,
    now: datetime,
    post: Post | None,
    of: str = "",
    avoid_unit: Unit | None = None,
    avoid_post: Post | None = None,
    avoid_since: datetime | None = None,
    in_force: Policy | None = None,
) -> Deadline:
    """Return the unsaved deadline that `rule` sets from `counted_from`.

    Without a post nobody owes anything: the time belongs to the complainant, and only what
    happens at its end is planned.
    """
    in_force = in_force or policy()
    in_unit = in_force.rule_for(rule, post.unit_id if post else None, counted_from)
    limit = limits.compute(in_unit, counted_from, in_force.calendar)
    return _made(
        kind, limit, in_force, now, subject=subject, of=of, post=post, rule=rule,
        started_at=counted_from, avoid_unit=avoid_unit, avoid_post=avoid_post,
        avoid_since=avoid_since,
    )  # fmt: skip


def start(kind: str, **given: object) -> Deadline:
    """Save what `prepare` returns."""
    return _saved(prepare(kind, **given), given["now"])  # type: ignore[arg-type]


def start_by(
    kind: str,
    *,
    subject: str,
    of: str,
    post: Post,
    last_day: date,
    now: datetime,
    avoid_unit: Unit | None = None,
    avoid_post: Post | None = None,
    avoid_since: datetime | None = None,
) -> Deadline:
    """Start a deadline whose last day was promised rather than counted."""
    in_force = policy()
    limit = limits.promised(now, last_day, in_force.calendar)
    about = {"avoid_unit": avoid_unit, "avoid_post": avoid_post, "avoid_since": avoid_since}
    deadline = _made(
        kind, limit, in_force, now, subject=subject, of=of, post=post, started_at=now, **about
    )
    return _saved(deadline, now)


def start_until(
    kind: str,
    *,
    subject: str,
    post: Post | None,
    due_at: datetime,
    because: tuple[str, str],
    now: datetime,
    of: str = "",
    warn_at: tuple[datetime, ...] = (),
    pace: tuple[int, ...] = (),
    avoid_unit: Unit | None = None,
    avoid_post: Post | None = None,
    avoid_since: datetime | None = None,
) -> Deadline:
    """Start a deadline that ends at an instant, which `because` explains in Chinese and English.

    `pace` are the minutes from its end to the third rung of the ladder and between further ones;
    `due_at` may have passed already, and the deadline is then late at the next sweep.
    """
    in_force = policy()
    limit = limits.exact(now, due_at, because, warn_at, in_force.calendar)
    deadline = until(
        kind, limit, in_force, now, subject=subject, of=of, post=post, pace=list(pace),
        avoid_unit=avoid_unit, avoid_post=avoid_post, avoid_since=avoid_since,
    )  # fmt: skip
    return _saved(deadline, now)


def until(
    kind: str, limit: limits.Limit, in_force: Policy, now: datetime, **fields: Any
) -> Deadline:
    """Return the unsaved deadline that ends at the instant of a limit."""
    return _made(kind, limit, in_force, now, started_at=min(now, limit.due_at), **fields)


def _made(
    kind: str, limit: limits.Limit, in_force: Policy, now: datetime, **fields: Any
) -> Deadline:
    deadline = Deadline(kind=kind, calendar=in_force.calendar.fingerprint, **fields)
    to_end_at(deadline, limit, now)
    return deadline


def _saved(deadline: Deadline, now: datetime) -> Deadline:
    deadline.save(force_insert=True)
    entries.owed(deadline, now=now)
    return deadline


def to_end_at(deadline: Deadline, limit: limits.Limit, now: datetime) -> None:
    """Let a deadline end at a limit's instant; what was taken of it stays taken. Saves nothing."""
    deadline.due_at = limit.due_at
    deadline.warn_at = [moment.isoformat() for moment in limit.warn_at]
    deadline.explanation = limit.explanation.to_dict()
    if deadline.post_id is None:
        deadline.next_at, deadline.step = limit.due_at, 0
        return
    every = intervals(deadline.pace)
    plan = steps(deadline.started_at, limit.due_at, limit.warn_at, every=every)
    # Steps already taken stay taken; those that a new limit puts into the past are passed over
    # unless the limit itself is over.
    passed = sum(1 for step in plan if step.at < now and step.at < limit.due_at)
    deadline.step = max(passed, 0)
    deadline.next_at = plan[deadline.step].at if deadline.step < len(plan) else None


def find(subject: str, kind: str, of: str = "") -> Deadline | None:
    """Return the open deadline of that kind, locked for the transaction."""
    return (
        Deadline.objects.select_for_update(of=("self",))
        .select_related("post")
        .filter(subject=subject, kind=kind, of=of, state=Deadline.State.OPEN)
        .first()
    )


def ending() -> QuerySet[Deadline]:
    """Return the open deadlines with what has to be known of those that end."""
    return (
        Deadline.objects.filter(state=Deadline.State.OPEN)
        .select_related("post")
        .only("kind", "subject", "of", "due_at", "paused_at", "post__code")
    )


@Statement
def _open(subject: str) -> QuerySet[Deadline]:
    return ending().filter(subject=subject)


@Statement
def _open_of_kinds(subject: str, kinds: tuple[str, ...]) -> QuerySet[Deadline]:
    return ending().filter(subject=subject, kind__in=kinds)


@Statement
def _open_of_one(subject: str, kinds: tuple[str, ...], of: str) -> QuerySet[Deadline]:
    return ending().filter(subject=subject, kind__in=kinds, of=of)


def _end(
    subject: str,
    kinds: tuple[str, ...],
    of: str | None,
    now: datetime,
    state: str,
    due: datetime | None = None,
) -> int:
    if not kinds:
        found = _open(subject)
    elif of is None:
        found = _open_of_kinds(subject, kinds)
    else:
        found = _open_of_one(subject, kinds, of)
    some = [one for one in found if of in {None, one.of} and due in {None, one.due_at}]
    end(some, state, now=now)
    return len(some)


def end(deadlines: Sequence[Deadline], state: str, *, now: datetime) -> None:
    """End some hundred open deadlines at most that the caller has read, with their posts."""
    if deadlines:
        entries.ended(*deadlines, state=state, now=now)
        rows.change(
            Deadline,
            [one.pk for one in deadlines],
            {"state": state, "ended_at": now, "next_at": None},
            still={"state": Deadline.State.OPEN},
        )


def meet(subject: str, *kinds: str, now: datetime, of: str | None = None) -> int:
    """Mark the open deadlines of these kinds as met; return how many. Late stays visible."""
    return _end(subject, kinds, of, now, Deadline.State.MET)


def void(
    subject: str,
    *kinds: str,
    now: datetime,
    of: str | None = None,
    due: datetime | None = None,
) -> int:
    """End open deadlines (all of the subject's if no kind is given) that are owed no longer.

    With `due` only those that still end at that time; return how many there were.
    """
    return _end(subject, kinds, of, now, Deadline.State.VOID, due)


def excuse(deadline: Deadline, *, now: datetime) -> None:
    """Excuse an open deadline; the reason, which may name people, is kept sealed by the caller."""
    deadline.state = Deadline.State.EXCUSED
    deadline.ended_at, deadline.next_at = now, None
    deadline.save(update_fields=["state", "ended_at", "next_at"])
    entries.ended(deadline, state=Deadline.State.EXCUSED, now=now)


def was_excused(subject: str, kind: str, of: str = "") -> bool:
    """Whether a deadline of that kind was excused before."""
    return Deadline.objects.filter(
        subject=subject, kind=kind, of=of, state=Deadline.State.EXCUSED
    ).exists()


def hand_over(subject: str, to: Post, *, now: datetime, from_post: Post) -> None:
    """Let what `from_post` owes on the subject be owed by `to`, with no time gained."""
    owed = Deadline.objects.filter(subject=subject, post=from_post, state=Deadline.State.OPEN)
    for deadline in list(owed):
        deadline.post = to
        deadline.save(update_fields=["post"])
        entries.moved(deadline, now=now)


def pause(deadline: Deadline, *, now: datetime) -> None:
    """Stop the count, as the rule allows; nothing is warned or escalated until `resume`."""
    if deadline.paused_at is None:
        deadline.paused_at, deadline.next_at = now, None
        deadline.save(update_fields=["paused_at", "next_at"])
        entries.paused(deadline, now=now)


def resume(deadline: Deadline, *, now: datetime) -> None:
    """Go on with the count; the explanation names the pause."""
    if deadline.paused_at is None:
        return
    deadline.pauses = [*deadline.pauses, [deadline.paused_at.isoformat(), now.isoformat()]]
    deadline.paused_at = None
    _recompute(deadline, now)


def extend(deadline: Deadline, days: int, *, now: datetime) -> None:
    """Lengthen by so many days, within the rule `extend`; raise ValueError beyond it."""
    allowed = policy().rule("extend").days
    if not 1 <= days <= allowed:
        raise ValueError(f"an extension is 1 to {allowed} days")
    deadline.explanation = {**deadline.explanation, "extended": days}
    _recompute(deadline, now, extended=days)


def _limit(deadline: Deadline, extended: int = 0) -> limits.Limit:
    """Return the limit as it stands now, with its pauses and its extension."""
    in_force = policy()
    days = extended or int(deadline.explanation.get("extended") or 0)
    pauses = [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end))
        for begin, end in deadline.pauses
    ]
    rule = in_force.rule_for(
        deadline.rule, deadline.post.unit_id if deadline.post else None, deadline.started_at
    )
    limit = limits.compute(rule, deadline.started_at, in_force.calendar, pauses)
    if days:
        limit = limits.extended(limit, days, in_force.rule("extend"), in_force.calendar)
    return limit


def _recompute(deadline: Deadline, now: datetime, extended: int = 0) -> None:
    to_end_at(deadline, _limit(deadline, extended), now)
    deadline.save()
    entries.moved(deadline, now=now)


@transaction.atomic
def shorten(rule: str, days: int, *, now: datetime, by: Acting | None = None) -> None:
    """Shorten a limit for what starts from now on; raise limits.LimitLengthened."""
    pack = limits.load_pack(policy().pack.name)
    pack.shortened({rule: days})
    shorter, _new = LimitOverride.objects.update_or_create(rule=rule, defaults={"days": days})
    ledger.append(
        "clock.shortened",
        subject=f"rule:{rule}",
        now=now,
        post=by.post.code if by else None,
        facts={"rule": rule, "days": days},
    )
    hold(shorter, now=now)
    forget()


@transaction.atomic
def set_day(day: date, working: bool, note: str, *, now: datetime) -> list[str]:
    """Declare a day working or free and recompute what is open; return the subjects that moved.

    After a date was told, a change of the calendar never takes time from a person: what is owed to
    somebody only moves to an earlier day, a person's own time only to a later one.
    """
    declared, _new = CalendarDay.objects.update_or_create(
        day=day, defaults={"working": working, "note": note}
    )
    ledger.append(
        "clock.day", subject=f"day:{day.isoformat()}", now=now, facts={"working": working}
    )
    hold(declared, now=now)
    forget()
    in_force = policy()
    moved: list[str] = []
    open_ones = Deadline.objects.filter(
        state=Deadline.State.OPEN, paused_at__isnull=True, due_at__gt=now - timedelta(days=1)
    ).exclude(rule="")
    for deadline in open_ones.iterator(chunk_size=500):
        rule = in_force.rule(deadline.rule)
        if rule.unit != "working_days" and rule.roll == "none":
            continue
        limit = _limit(deadline)
        better = (
            limit.due_at < deadline.due_at if deadline.post_id else limit.due_at > deadline.due_at
        )
        if better:
            to_end_at(deadline, limit, now)
            deadline.calendar = in_force.calendar.fingerprint
            deadline.save()
            entries.moved(deadline, now=now)
            moved.append(deadline.subject)
    return moved
