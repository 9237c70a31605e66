"""On the shift: sign in at the desk, leave, write in the log. See handover.py for what follows."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger.actions import new_salt_key
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import access_shift, in_force
from huiyin.parts.duty.actions import absences, checklists, handover
from huiyin.parts.duty.actions._common import need, record
from huiyin.parts.duty.actions._shift import Refused, capacity_on, lock_point, present
from huiyin.parts.duty.models import Absence, Capacity, LogLine, Shift, SignIn

EARLY = timedelta(minutes=60)  # how long before a shift one can sign in
TWICE = timedelta(minutes=1)  # in which the same words again are the same line


def may_sign_in_from(shift: Shift) -> datetime:
    """Return the first moment at which somebody can sign in."""
    return shift.starts - EARLY


def _elsewhere(acting: Acting, shift: Shift, now: datetime) -> Shift | None:
    """Return the shift on which the person is expected now, at whatever point."""
    near = Shift.objects.filter(starts__lte=now + EARLY, ends__gt=now, cancelled_at=None)
    found = in_force(near.exclude(pk=shift.pk)).filter(user_id=acting.user.pk).first()
    return found.shift if found else None


def _expected(acting: Acting, shift: Shift, now: datetime) -> str:
    """Return as what the actor stands the shift; raise Refused with what is the matter."""
    if shift.cancelled_at is not None:
        raise Refused("shift_cancelled")
    capacity = capacity_on(shift, acting.user.pk)
    if not capacity:
        if Absence.objects.filter(shift=shift, user_id=acting.user.pk).exists():
            raise Refused("told_absent")
        if other := _elsewhere(acting, shift, now):
            raise Refused("other_point", point=other.point, start=localtime(other.starts))
        raise Refused("not_on_shift")
    if now < may_sign_in_from(shift):
        raise Refused("too_early", at=localtime(may_sign_in_from(shift)))
    if now >= shift.ends:
        raise Refused("shift_over")
    return capacity


@transaction.atomic
def sign_in(acting: Acting, shift_pk: int, *, now: datetime) -> SignIn:
    """Let somebody who is on the shift stand it from now; a second time changes nothing.

    Whoever comes though they had said that they can't, and for whom nobody stepped in, is back on
    it. The leader's sign-in meets `duty.stand`; the first one opens the shift's handover and the
    checks of the shift. Raises Refused: not on this shift, at another point, too early, over.
    """
    shift = access_shift(acting, shift_pk, now)
    lock_point(shift.point_id)
    capacity = _expected(acting, shift, now)
    if here := present(shift, acting.user.pk, now):
        return here
    absences.came_after_all(shift, acting.user.pk, now, acting)
    first = not SignIn.objects.filter(shift=shift).exists()
    made, _ = SignIn.objects.update_or_create(
        shift=shift, user=acting.user, defaults={"capacity": capacity, "at": now, "left_at": None}
    )
    record("duty.signed_in", shift.ref, now, acting=acting, facts={"capacity": capacity})
    if capacity == Capacity.LEADER or not shift.leaders:
        clock.meet(shift.ref, "duty.stand", now=now)
    if first:
        handover.begin(shift, now)
        checklists.begin(shift, now)
    return made


@transaction.atomic
def leave(acting: Acting, shift_pk: int, *, now: datetime) -> SignIn:
    """Say that one has left the shift; raise Refused for whoever is not on it."""
    shift = access_shift(acting, shift_pk, now)
    lock_point(shift.point_id)
    here = SignIn.objects.filter(shift=shift, user=acting.user, left_at=None).first()
    if here is None:
        raise Refused("not_signed_in")
    here.left_at = now
    here.save(update_fields=["left_at"])
    record("duty.left", shift.ref, now, acting=acting)
    return here


@transaction.atomic
def write(
    acting: Acting,
    shift_pk: int,
    text: str,
    *,
    now: datetime,
    corrects: int | None = None,
    sure: bool = False,
) -> LogLine:
    """Add a line to the log of the point; it can't be changed, a correction is a further line.

    `corrects` is the id of a line of the same point. The same words sent twice are one line.
    `sure` says that no name in it is of somebody who complains. Raises Refused for whoever has not
    signed in, BadInput for no text or too much, Private.
    """
    shift = access_shift(acting, shift_pk, now)
    lock_point(shift.point_id)
    if present(shift, acting.user.pk, now) is None:
        raise Refused("not_signed_in")
    clean = need("text", text, most=4_000)
    keep_private({"text": clean}, sure=sure)
    former = None
    if corrects is not None:
        former = LogLine.objects.filter(pk=corrects, point=shift.point_id).first()
        if former is None:
            raise Refused("unknown_line")
    last = LogLine.objects.filter(shift=shift).order_by("-pk").first()
    if last and (last.user_id, last.text) == (acting.user.pk, clean) and now - last.at < TWICE:
        return last
    key = new_salt_key()
    entry = ledger.append(
        "duty.logged",
        subject=shift.ref,
        now=now,
        post=acting.post.code,
        commit={"text": clean.encode()},
        salt_key=key,
    )
    line = LogLine(
        point=shift.point,
        shift=shift,
        at=now,
        user=acting.user,
        text=clean,
        corrects=former,
        salt_key=key,
        entry_digest=bytes(entry.digest),
    )
    line.save(force_insert=True)
    return line
