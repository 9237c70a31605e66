"""From one shift to the next: what is handed on, item by item, signed by both.

A shift's handover opens with its first sign-in and holds at once whatever earlier ones left open. It
is done when whoever hands over and whoever takes over have signed; unsigned, `duty.handover` climbs
the ladder from so many minutes after the next shift's start.
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import DutyNotFound, access_shift
from huiyin.parts.duty.actions import alarms
from huiyin.parts.duty.actions._common import need, record
from huiyin.parts.duty.actions._shift import Refused, heads, lock_point, shift_after
from huiyin.parts.duty.actions.setup import rules_of
from huiyin.parts.duty.models import Capacity, Handover, HandoverItem, Shift, SignIn

PACE = (15, 30)  # minutes to the third rung of the ladder, and on from there
BECAUSE = (
    "交接班须在接班班次开始后 {0} 分钟内由双方签字",
    "Both sign the handover within {0} minutes of the start of the shift that takes over",
)
SIGNING = timedelta(minutes=60)  # before its end a shift can't be handed over yet


def begin(shift: Shift, now: datetime) -> Handover:
    """Open the handover of a shift that is being stood, and carry into it what is open.

    Earlier handovers that nobody came to take are now this shift's to take.
    """
    mine, made = Handover.objects.get_or_create(giving=shift, defaults=_fresh(shift, now))
    if made:
        _owe(mine, now)
    earlier = Handover.objects.filter(
        point=shift.point_id, giving__starts__lt=shift.starts, taken_at=None
    ).select_related("giving__point__unit", "taking")
    for one in earlier:
        if one.giving.ends <= shift.starts and not _someone_takes(one, shift):
            one.taking = shift
            one.save(update_fields=["taking"])
            _owe(one, now)
    left = HandoverItem.objects.filter(
        handover__point=shift.point_id,
        handover__giving__starts__lt=shift.starts,
        done_at=None,
        carried_to=None,
    )
    for item in left.order_by("pk"):
        _carry(item, mine)
    return mine


def _fresh(shift: Shift, now: datetime) -> dict[str, object]:
    return {"point": shift.point, "taking": shift_after(shift), "opened_at": now}


def _someone_takes(one: Handover, instead: Shift) -> bool:
    """Whether the shift that is to take it can still do so, or has begun to."""
    taking = one.taking
    if taking is None or taking.pk == instead.pk:
        return taking is not None
    if taking.cancelled_at is not None:
        return False
    return taking.ends > instead.starts or SignIn.objects.filter(shift=taking).exists()


def _owe(one: Handover, now: datetime) -> None:
    """Let the unit's duty leader owe both signatures, once it is known which shift takes over."""
    ref = one.giving.ref
    unit = one.giving.point.unit
    post = alarms.leading_post(unit)
    if one.taking is None or post is None or clock.find(ref, "duty.handover"):
        return
    minutes = rules_of(unit).handover_minutes
    clock.start_until(
        "duty.handover",
        subject=ref,
        post=post,
        due_at=one.taking.starts + timedelta(minutes=minutes),
        because=(BECAUSE[0].format(minutes), BECAUSE[1].format(minutes)),
        warn_at=(one.taking.starts,),
        pace=PACE,
        now=now,
    )


def is_owed(one: Handover) -> bool:
    """Whether somebody owes the signatures, or did."""
    return Deadline.objects.filter(subject=one.giving.ref, kind="duty.handover").exists()


def _carry(item: HandoverItem, to: Handover) -> None:
    HandoverItem.objects.create(handover=to, kind=item.kind, text=item.text, carried_from=item)


@Statement
def _given_by(shift_id: int) -> QuerySet[Handover]:
    return Handover.objects.filter(giving=shift_id).select_related(
        "giving__point__unit", "giving__pattern", "taking__pattern"
    )


def _find(acting: Acting, shift_pk: int, now: datetime) -> Handover:
    """Return the handover of the shift, its point locked; raise DutyNotFound, or Refused."""
    shift = access_shift(acting, shift_pk, now)
    lock_point(shift.point_id)
    found = _given_by.first(shift.pk)
    if found is None:
        raise Refused("no_handover_yet")
    return found


@Statement
def _signed_in(shift_id: int) -> QuerySet[SignIn, tuple[int, str]]:
    return SignIn.objects.filter(shift=shift_id).values_list("user_id", "capacity")


def may_sign(user_id: int, shift: Shift | None) -> bool:
    """Whether the person signs for the shift: whoever leads it, or was on it where nobody did."""
    if shift is None:
        return False
    signed_in = _signed_in(shift.pk)
    leaders = [user for user, capacity in signed_in if capacity == Capacity.LEADER]
    return user_id in (leaders or [user for user, _capacity in signed_in])


def may_give(acting: Acting, one: Handover) -> bool:
    """Whether the actor may sign for the shift that is over: its leader, or one for them."""
    return may_sign(acting.user.pk, one.giving) or heads(acting, one.giving.point.unit_id)


@transaction.atomic
def add_item(
    acting: Acting, shift_pk: int, kind: str, text: str, *, now: datetime, sure: bool = False
) -> HandoverItem:
    """Hand on one thing more; whoever is or was on the shift may, until it is signed by either.

    `sure` says that no name in it is of somebody who complains. Raises Refused, BadInput, Private.
    """
    one = _find(acting, shift_pk, now)
    on_it = SignIn.objects.filter(shift=one.giving, user=acting.user).exists()
    if not on_it and not may_give(acting, one):
        raise Refused("not_signed_in")
    if one.given_at or one.taken_at:
        raise Refused("signed_already")
    if kind not in HandoverItem.Kind.values:
        raise BadInput("kind", "unknown")
    clean = need("text", text, most=300)
    keep_private({"text": clean}, sure=sure)
    for again in one.items.filter(kind=kind, done_at=None):  # their texts are sealed
        if again.text == clean:
            return again
    item = HandoverItem.objects.create(handover=one, kind=kind, text=clean)
    later = Handover.objects.filter(
        point=one.point_id, giving__starts__gt=one.giving.starts, given_at=None
    )
    if following := later.order_by("giving__starts").first():
        _carry(item, following)
    return item


@transaction.atomic
def item_done(acting: Acting, shift_pk: int, item_pk: int, *, now: datetime) -> HandoverItem:
    """Say that a thing is done: it is not handed on any more."""
    one = _find(acting, shift_pk, now)
    if not SignIn.objects.filter(shift=one.giving, user=acting.user).exists():
        raise Refused("not_signed_in")
    item = one.items.filter(pk=item_pk).first()
    if item is None:
        raise DutyNotFound
    if one.given_at or one.taken_at:
        raise Refused("signed_already")
    if item.done_at is None:
        item.done_at = now
        item.save(update_fields=["done_at"])
    return item


@transaction.atomic
def give(acting: Acting, shift_pk: int, *, now: datetime) -> Handover:
    """Sign for the shift that hands over; twice changes nothing. Raises Refused."""
    one = _find(acting, shift_pk, now)
    if not may_give(acting, one):
        raise Refused("not_leader")
    if one.given_at is not None:
        return one
    if now < one.giving.ends - SIGNING:
        raise Refused("too_early_to_give")
    one.given_by, one.given_at = acting.user, now
    one.save(update_fields=["given_by", "given_at"])
    _signed("duty.given", one, acting, now)
    return one


@transaction.atomic
def take(
    acting: Acting, shift_pk: int, item_pks: Collection[int], *, now: datetime, sign: bool = True
) -> Handover:
    """Take over the things named; with `sign` sign for the shift that takes over.

    What is ticked stays ticked; while something is not, nothing is signed (see `untaken`). Raises
    Refused for whoever does not lead the shift that takes over.
    """
    one = _find(acting, shift_pk, now)
    if not may_sign(acting.user.pk, one.taking):
        raise Refused("not_taking_leader")
    if one.taken_at is not None:
        return one
    one.items.filter(pk__in=item_pks, taken_at=None).update(taken_at=now)
    if sign and not one.items.filter(taken_at=None, done_at=None).exists():
        one.taken_by, one.taken_at = acting.user, now
        one.save(update_fields=["taken_by", "taken_at"])
        _signed("duty.taken", one, acting, now)
    return one


def untaken(one: Handover) -> int:
    """Return how many things nobody has taken over yet."""
    return one.items.filter(taken_at=None, done_at=None).count()


def _signed(kind: str, one: Handover, acting: Acting, now: datetime) -> None:
    items = content(one)
    record(
        kind,
        one.giving.ref,
        now,
        acting=acting,
        facts={"items": len(items)},
        commit={"items": packed(items)},
        salt_key=bytes(one.salt_key),
    )
    if one.given_at and one.taken_at:
        clock.meet(one.giving.ref, "duty.handover", now=now)


def content(one: Handover) -> list[list[str]]:
    """Return what is handed on, as both sign it: kind and text, in the order of writing."""
    return [[item.kind, item.text] for item in one.items.order_by("pk")]


def packed(items: list[list[str]]) -> bytes:
    """Return the bytes that the signatures bind."""
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")).encode()
