"""Somebody can't come, or feels ill on the shift: the gap is owed at once, somebody steps in.

Why is never asked for and never kept, and nothing on anybody's health: an absence says that somebody
does not stand a shift, since when, and who does instead.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import DutyNotFound, NotYours, access_shift, in_force, leads, plans
from huiyin.parts.duty.actions import alarms, publishing
from huiyin.parts.duty.actions._common import record
from huiyin.parts.duty.actions._shift import BrokenRules, Refused, lock_point, tell_unit
from huiyin.parts.duty.actions.telling import tell
from huiyin.parts.duty.fitness import NEVER, broken_by, candidates, whole
from huiyin.parts.duty.models import Absence, Assignment, Shift, SignIn

ASKED = 5  # how many of those who can step in are asked at once


def may_speak_for(acting: Acting, shift: Shift) -> bool:
    """Whether the actor may say for another that they can't come, and who steps in."""
    return plans(acting.post, shift.point.unit_id) or leads(acting.user.pk, shift)


@transaction.atomic
def report(
    acting: Acting, shift_pk: int, *, now: datetime, user: User | None = None
) -> tuple[Absence, bool]:
    """Say that one can't come to a shift, or leaves it unwell; return it, and whether it is new.

    Whoever plans or leads the shift says it for somebody (`user`) who telephoned. On the shift the
    person is signed out. The gap is owed at once, and those who could step in are asked.
    """
    shift = access_shift(acting, shift_pk, now)
    lock_point(shift.point_id)
    who = user or acting.user
    if who.pk != acting.user.pk and not may_speak_for(acting, shift):
        raise NotYours
    if shift.cancelled_at is not None or now >= shift.ends:
        raise Refused("shift_over" if shift.cancelled_at is None else "shift_cancelled")
    known = Absence.objects.filter(shift=shift, user=who).first()
    if known is not None and known.replaced_by_id not in {who.pk}:
        return known, False
    standing = in_force(shift).filter(user=who).first()
    if standing is None:
        raise Refused("not_on_shift")
    one = _keep(known, standing, now)
    record("duty.absent", shift.ref, now, acting=acting)
    for here in SignIn.objects.filter(shift=shift, user=who, left_at=None):
        here.left_at = now
        here.save(update_fields=["left_at"])
        record("duty.left", shift.ref, now, acting=acting)
    _alarm(shift, one, now)
    return one, True


def _keep(known: Absence | None, standing: Assignment, now: datetime) -> Absence:
    if known is None:
        return Absence.objects.create(
            shift=standing.shift, user=standing.user, capacity=standing.capacity, told_at=now
        )
    known.told_at, known.replaced_by, known.replaced_at = now, None, None
    known.save(update_fields=["told_at", "replaced_by", "replaced_at"])
    return known


def _alarm(shift: Shift, one: Absence, now: datetime) -> None:
    unit = shift.point.unit
    alarms.settle(unit, [shift], now)
    tell_unit(unit, "duty.absent", shift.ref, now)
    others = in_force(shift).exclude(user=one.user_id).values_list("user_id", flat=True)
    tell(others, unit, "duty.absent", shift.ref, now)
    free = [
        found.user.pk
        for found in candidates(shift, one.user_id, one.capacity, now)
        if not found.broken
    ]
    tell(free[:ASKED], unit, "duty.step_in_wanted", shift.ref, now)


def came_after_all(shift: Shift, user_id: int, now: datetime, acting: Acting) -> None:
    """Whoever signs in though they had said that they can't has stepped in for themselves."""
    one = Absence.objects.filter(shift=shift, user=user_id, replaced_by=None).first()
    if one is None:
        return
    one.replaced_by_id, one.replaced_at = user_id, now
    one.save(update_fields=["replaced_by", "replaced_at"])
    record("duty.stepped_in", shift.ref, now, acting=acting, facts={"capacity": one.capacity})
    alarms.settle(shift.point.unit, [shift], now)


def gap_is_owed(shift: Shift) -> bool:
    """Whether somebody owes that the shift is filled."""
    return Deadline.objects.filter(
        subject=shift.ref, kind=alarms.GAP, state=Deadline.State.OPEN
    ).exists()


@transaction.atomic
def step_in(
    acting: Acting,
    absence_pk: int,
    *,
    now: datetime,
    user: User | None = None,
    despite: bool = False,
) -> Absence:
    """Let somebody stand the shift instead: oneself, or (by whoever plans or leads it) another.

    It is a new version of the roster, and all whom it touches are told. Two at once: the second is
    refused. Rules that it breaks refuse it, unless whoever plans or leads says `despite`: they are
    then marked in the roster.
    """
    one = Absence.objects.select_related("shift").filter(pk=absence_pk).first()
    if one is None:
        raise DutyNotFound
    shift = access_shift(acting, one.shift_id, now)
    lock_point(shift.point_id)
    one.refresh_from_db()
    who, speaks = user or acting.user, may_speak_for(acting, shift)
    if who.pk != acting.user.pk and not speaks:
        raise NotYours
    if one.replaced_by_id is not None:
        if one.replaced_by_id == who.pk:
            return one
        raise Refused("stepped_in_already")
    if shift.cancelled_at is not None or now >= shift.ends:
        raise Refused("shift_over" if shift.cancelled_at is None else "shift_cancelled")
    _put(shift, one, who, acting, now, despite=despite and speaks)
    one.replaced_by, one.replaced_at = who, now
    one.save(update_fields=["replaced_by", "replaced_at"])
    record("duty.stepped_in", shift.ref, now, acting=acting, facts={"capacity": one.capacity})
    tell_unit(shift.point.unit, "duty.stepped_in", shift.ref, now)
    return one


def _put(
    shift: Shift, one: Absence, who: User, acting: Acting, now: datetime, *, despite: bool
) -> None:
    standing = in_force(shift).filter(user=one.user_id).select_related("roster__unit").first()
    if standing is None:
        raise Refused("not_on_shift")
    move = publishing.Move(shift, one.user_id, who.pk, one.capacity)
    broken = broken_by(whole(standing.roster), [move], now)
    rules = tuple(dict.fromkeys(each.rule for each in broken))
    if never := next((rule for rule in NEVER if rule in rules), ""):
        raise Refused(never)
    if rules and not despite:
        raise BrokenRules(rules)
    reason = _("Somebody stepped in for an absence")
    version = publishing.replace(standing.roster, [move], reason, now=now, acting=acting)
    if rules:
        Assignment.objects.filter(roster=version, shift=shift, user=who).update(marks=list(rules))
