"""A roster is submitted, approved or returned, published, replaced by a newer version, and closed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import rfc8785
from django.contrib.auth.models import User
from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.given import BadInput
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Unit
from huiyin.parts.duty import hours, versions
from huiyin.parts.duty.access import (
    NotYours,
    access_roster,
    decides,
    deciding_post,
    need_planner,
    planner_post,
)
from huiyin.parts.duty.actions import alarms
from huiyin.parts.duty.actions._common import need, record
from huiyin.parts.duty.actions.rosters import (
    EDITABLE,
    OWED,
    copy,
    editable,
    need_fit,
    owe,
    shifts_of,
    zone,
)
from huiyin.parts.duty.actions.setup import rules_of
from huiyin.parts.duty.actions.telling import tell
from huiyin.parts.duty.models import Assignment, Roster, Shift
from huiyin.parts.duty.reading import two_at_once

State = Roster.State
DECIDE, PUBLISH, PACE = "duty.approve", "duty.publish", (24 * 60, 24 * 60)
WHY_DECIDE = ("上级单位按时审定值班表", "the unit above decides on the roster in time")
WHY_PUBLISH = ("审定后的值班表须及时发布", "an approved roster is published in time")


@transaction.atomic
def submit(acting: Acting, pk: int, *, now: datetime) -> Roster:
    """Send the draft, with whatever exceptions are marked in it, to the unit above."""
    roster = editable(acting, pk, now)
    unit = roster.unit
    to = deciding_post(unit)
    if to is None:
        raise BadInput("roster", "nobody_decides")
    roster.state, roster.submitted_at = State.SUBMITTED, now
    roster.save(update_fields=["state", "submitted_at"])
    record("duty.submitted", roster.ref, now, acting=acting, facts={"version": roster.version})
    clock.meet(roster.ref, OWED, now=now)
    due = _end_of_day(now, rules_of(unit).approve_days)
    _owe(DECIDE, roster, to, due, WHY_DECIDE, now)
    notices.queue(to.pk, "duty.submitted", roster.ref, now)
    return roster


def _end_of_day(now: datetime, days: int) -> datetime:
    local = now.astimezone(zone()).date()
    return hours.instant(local + timedelta(days=days + 1), 0, zone())


def _owe(
    kind: str, roster: Roster, post: Post, due: datetime, why: tuple[str, str], now: datetime
) -> None:
    clock.void(roster.ref, kind, now=now)
    clock.start_until(
        kind,
        subject=roster.ref,
        post=post,
        due_at=due,
        because=why,
        warn_at=(due - timedelta(hours=12),),
        pace=PACE,
        now=now,
    )


def _deciding(acting: Acting, pk: int, now: datetime) -> Roster:
    roster = access_roster(acting, pk, now, lock=True)
    if not decides(acting.post, roster.unit):
        raise NotYours
    if roster.state != State.SUBMITTED:
        raise BadInput("roster", "not_now")
    clock.meet(roster.ref, DECIDE, now=now)
    roster.decided_at, roster.decided_by = now, acting.post
    return roster


def _tell_planner(roster: Roster, kind: str, now: datetime) -> Post | None:
    planner = planner_post(roster.unit)
    if planner is not None:
        notices.queue(planner.pk, kind, roster.ref, now)
    return planner


@transaction.atomic
def approve(acting: Acting, pk: int, *, now: datetime) -> Roster:
    """Approve a submitted roster; its unit then owes that it is published."""
    roster = _deciding(acting, pk, now)
    roster.state, roster.reason = State.APPROVED, ""
    roster.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    record("duty.approved", roster.ref, now, acting=acting, facts={"version": roster.version})
    if planner := _tell_planner(roster, "duty.approved", now):
        _owe(PUBLISH, roster, planner, _end_of_day(now, 1), WHY_PUBLISH, now)
    return roster


@transaction.atomic
def give_back(acting: Acting, pk: int, reason: str, *, now: datetime) -> Roster:
    """Return a submitted roster with reasons; its unit owes it again."""
    roster = _deciding(acting, pk, now)
    roster.state, roster.reason = State.RETURNED, need("reason", reason, least=2)
    keep_private({"reason": roster.reason}, sure=True)  # colleagues may be named
    roster.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    record(
        "duty.returned",
        roster.ref,
        now,
        acting=acting,
        facts={"version": roster.version},
        commit={"reason": roster.reason.encode()},
        salt_key=bytes(roster.salt_key),
    )
    owe(roster, now)
    _tell_planner(roster, "duty.returned", now)
    return roster


@transaction.atomic
def publish(acting: Acting, pk: int, *, now: datetime) -> Roster:
    """Put an approved roster in force, tell everyone whose shifts it sets or changes.

    Raises BadInput when it was published already (a second press, two at once), when a newer version
    came into force since it was begun, and when somebody would have two shifts at once, at another
    unit perhaps, whose roster came into force meanwhile.
    """
    roster = access_roster(acting, pk, now, lock=True)
    need_planner(acting, roster.unit_id)
    if roster.state in (State.PUBLISHED, State.REPLACED, State.FROZEN):
        raise BadInput("roster", "already_published")
    if roster.state != State.APPROVED:
        raise BadInput("roster", "not_now")
    before = current(roster)
    if before is not None and before.pk != roster.based_on_id:
        raise BadInput("roster", "overtaken")
    lock_people(set(roster.assignments.values_list("user_id", flat=True)))
    if two_at_once(roster):
        raise BadInput("roster", "two_at_once")
    clock.meet(roster.ref, PUBLISH, now=now)
    put_in_force(roster, before, acting, now)
    return roster


def lock_people(users: Collection[int]) -> None:
    """Let nobody else put these people on shifts until the transaction ends, whatever the unit."""
    list(User.objects.select_for_update().filter(pk__in=users).order_by("pk").values_list("pk"))


@transaction.atomic
def take_back(acting: Acting, pk: int, *, now: datetime) -> Roster:
    """Make a draft again of what was submitted or approved and is not in force; its unit owes it."""
    roster = access_roster(acting, pk, now, lock=True)
    need_planner(acting, roster.unit_id)
    if roster.state not in (State.SUBMITTED, State.APPROVED):
        raise BadInput("roster", "not_now")
    decided = deciding_post(roster.unit) if roster.state == State.SUBMITTED else roster.decided_by
    clock.void(roster.ref, DECIDE, PUBLISH, now=now)
    roster.state, roster.reason = State.RETURNED, ""
    roster.save(update_fields=["state", "reason"])
    record("duty.returned", roster.ref, now, acting=acting, facts={"version": roster.version})
    owe(roster, now)
    if decided is not None:
        notices.queue(decided.pk, "duty.taken_back", roster.ref, now)
    return roster


@transaction.atomic
def take_over(acting: Acting, pk: int, *, now: datetime) -> Roster:
    """Bring into a draft, or into one that was overtaken, what came into force since it was begun.

    One that was submitted or approved goes back to being a draft: what was decided on is changed.
    """
    roster = access_roster(acting, pk, now, lock=True)
    need_planner(acting, roster.unit_id)
    if roster.state not in (*EDITABLE, State.SUBMITTED, State.APPROVED):
        raise BadInput("roster", "not_now")
    if versions.take_over(roster, now) and roster.state not in EDITABLE:
        clock.void(roster.ref, DECIDE, PUBLISH, now=now)
        roster.state = State.DRAFT
        roster.save(update_fields=["state"])
    return roster


def current(roster: Roster) -> Roster | None:
    """Return the version of the roster that is in force, locked."""
    same = Roster.objects.select_for_update(of=("self",)).filter(
        unit=roster.unit_id, first_day=roster.first_day
    )
    return same.filter(state__in=(State.PUBLISHED, State.FROZEN)).first()


def contents(roster: Roster) -> bytes:
    """Return what the ledger's commitment binds: who stands what, as canonical JSON."""
    rows = roster.assignments.select_related("shift__point", "shift__pattern")
    return rfc8785.dumps(
        sorted([one.shift.ref, one.shift.pattern.code, one.user_id, one.capacity] for one in rows)
    )


def put_in_force(
    roster: Roster, before: Roster | None, acting: Acting | None, now: datetime
) -> None:
    """Let the version replace the one in force; enter it, owe what follows, tell who is affected."""
    if before is not None:
        before.state = State.REPLACED
        before.save(update_fields=["state"])
    roster.state, roster.published_at = State.PUBLISHED, now
    roster.save(update_fields=["state", "published_at"])
    shifts = shifts_of(roster)
    record(
        "duty.published",
        roster.ref,
        now,
        acting=acting,
        facts={"version": roster.version, "shifts": len(shifts)},
        commit={"roster": contents(roster)},
        salt_key=bytes(roster.salt_key),
    )
    alarms.settle(roster.unit, shifts, now)
    kind = "duty.changed" if before else "duty.published"
    tell(affected(before, roster), roster.unit, kind, roster.ref, now)


def _set_of(roster: Roster | None) -> set[tuple[int, int, str]]:
    if roster is None:
        return set()
    return set(roster.assignments.values_list("shift_id", "user_id", "capacity"))


def affected(before: Roster | None, after: Roster) -> set[int]:
    """Return the users of whom a shift was set, changed or taken away."""
    return {user for _, user, _ in _set_of(before) ^ _set_of(after)}


@dataclass(frozen=True)
class Move:
    """On a shift somebody leaves, comes, or both: `leaves` and `comes` are users' ids or None."""

    shift: Shift
    leaves: int | None
    comes: int | None
    capacity: str


def replace(
    roster: Roster, moves: Sequence[Move], reason: str, *, now: datetime, acting: Acting | None
) -> Roster:
    """Put a new version in force at once in which the moves are made, and return it.

    For swaps and for who steps in; the caller has checked the right and the rules and is in a
    transaction. Raises BadInput where the roster is in force no longer, where somebody is not on the
    shift that they leave, or where whoever comes may not serve or is on it already.
    """
    Unit.objects.select_for_update().get(pk=roster.unit_id)
    lock_people({move.comes for move in moves if move.comes is not None})
    before = current(roster)
    if before is None or before.pk != roster.pk:
        raise BadInput("roster", "overtaken")
    version = copy(before, reason, now)
    _make(version, (move for move in moves if move.leaves is not None), leaving=True)
    _make(version, (move for move in moves if move.comes is not None), leaving=False)
    put_in_force(version, before, acting, now)
    return version


def _make(version: Roster, moves: Iterable[Move], *, leaving: bool) -> None:
    for move in moves:
        there = Assignment.objects.filter(
            roster=version, shift=move.shift, user=move.leaves if leaving else move.comes
        )
        if leaving:
            if not there.delete()[0]:
                raise BadInput("user", "not_assigned")
            continue
        if there.exists():
            raise BadInput("user", "already_assigned")
        assert move.comes is not None
        need_fit(move.comes, move.shift, move.capacity)
        Assignment.objects.create(
            roster=version, shift=move.shift, user_id=move.comes, capacity=move.capacity
        )


@transaction.atomic
def freeze_due(now: datetime) -> int:
    """Close the rosters whose last shift is over; return how many."""
    over = now.astimezone(zone()).date() - timedelta(days=1)
    return Roster.objects.filter(state=State.PUBLISHED, end_day__lte=over).update(
        state=State.FROZEN
    )
