"""Swaps: a shift is offered, a colleague or the first volunteer takes it, the unit's leader decides.

The rules of rosters are checked when it is taken and again when it is decided on; approval puts a new
version of the roster in force. What nobody took or decided ends by itself when the shift begins.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Role, Unit
from huiyin.kernel.units.queries import holders, line_of, posts_in
from huiyin.parts.duty.access import DutyNotFound, NotYours, access_shift, decides, in_force
from huiyin.parts.duty.actions import publishing
from huiyin.parts.duty.actions._common import need, record
from huiyin.parts.duty.actions._shift import BrokenRules, Refused
from huiyin.parts.duty.actions.publishing import Move
from huiyin.parts.duty.actions.rosters import need_fit
from huiyin.parts.duty.actions.telling import tell
from huiyin.parts.duty.fitness import broken_by, candidates, whole
from huiyin.parts.duty.models import Absence, Assignment, Shift, Swap

State = Swap.State
OPEN = (State.ASKED, State.ACCEPTED)
DECIDE, LAPSES = "duty.swap", "duty.swap_lapses"
DECIDING = (Role.DUTY_LEADER, Role.DEPUTY, Role.HEAD, Role.CLERK)
WITHIN = timedelta(hours=24)  # in which an accepted swap is decided on, or by the shift's start
PACE = (4 * 60, 12 * 60)
WHY_DECIDE = ("换班申请须及时审定", "a swap is decided on in time")
WHY_LAPSES = ("班次开始，换班申请失效", "the shift begins, and the swap lapses")


def may_decide(acting: Acting, swap: Swap) -> bool:
    """Whether the actor decides on the swap: a leader of the unit or above, never one of the two."""
    unit = swap.shift.point.unit
    led = acting.post.unit_id == unit.pk and acting.post.role in DECIDING
    return (led or decides(acting.post, unit)) and acting.user.pk not in {
        swap.giver_id,
        swap.taker_id,
    }


def _standing(shift: Shift, user_id: int, code: str) -> Assignment:
    """Return how the person stands the shift by the roster in force; raise Refused(code)."""
    found = in_force(shift).filter(user=user_id).select_related("roster__unit").first()
    if found is None or Absence.objects.filter(shift=shift, user=user_id, replaced_by=None):
        raise Refused(code)
    return found


def _coming(shift: Shift, now: datetime) -> None:
    if shift.cancelled_at is not None:
        raise Refused("shift_cancelled")
    if shift.starts <= now:
        raise Refused("shift_begun")


@transaction.atomic
def offer(
    acting: Acting,
    shift_pk: int,
    *,
    now: datetime,
    to: User | None = None,
    in_return: int | None = None,
) -> Swap:
    """Offer one's shift to a colleague, or to whoever volunteers first (`to` None).

    `in_return` is a shift of that colleague which one would stand instead, of the same roster. Raises
    Refused: not one's shift, it has begun, it is offered already; BadInput for who may not serve.
    """
    shift = access_shift(acting, shift_pk, now, lock=True)
    _coming(shift, now)
    mine = _standing(shift, acting.user.pk, "not_your_shift")
    wanted = _in_return(acting, to, in_return, mine, now)
    if to is not None:
        if to.pk == acting.user.pk:
            raise BadInput("to", "yourself")
        if in_force(shift).filter(user=to).exists():
            raise BadInput("to", "already_assigned")
        need_fit(to.pk, shift, mine.capacity)
    try:
        with transaction.atomic():
            swap = Swap.objects.create(
                roster=mine.roster,
                shift=shift,
                giver=acting.user,
                taker=to,
                in_return=wanted,
                asked_at=now,
            )
    except IntegrityError as error:
        raise Refused("swap_open") from error
    clock.start_until(
        LAPSES,
        subject=shift.ref,
        of=str(swap.pk),
        post=None,
        due_at=min(shift.starts, wanted.starts) if wanted else shift.starts,
        because=WHY_LAPSES,
        now=now,
    )
    _ask(swap, mine, now)
    return swap


def _in_return(
    acting: Acting, to: User | None, pk: int | None, mine: Assignment, now: datetime
) -> Shift | None:
    if pk is None:
        return None
    if to is None:
        raise BadInput("in_return", "return_of_whom")
    shift = Shift.objects.select_related("point__unit", "pattern").filter(pk=pk).first()
    if shift is None:
        raise BadInput("in_return", "unknown")
    _coming(shift, now)
    theirs = _standing(shift, to.pk, "not_their_shift")
    if theirs.roster_id != mine.roster_id:
        raise BadInput("in_return", "other_roster")
    need_fit(acting.user.pk, shift, theirs.capacity)
    return shift


def _ask(swap: Swap, mine: Assignment, now: datetime) -> None:
    unit, ref = swap.shift.point.unit, swap.shift.ref
    if swap.taker_id is not None:
        tell([swap.taker_id], unit, "duty.swap_asked", ref, now)
        return
    able = candidates(swap.shift, swap.giver_id, mine.capacity, now)
    free = [one.user.pk for one in able if not one.broken]
    tell(free, unit, "duty.swap_volunteers", ref, now)


def find(acting: Acting, pk: int, now: datetime, *, lock: bool = False) -> Swap:
    """Return a swap of a shift that the actor may see; raise DutyNotFound.

    One that names a colleague is the business of the two and of whoever decides or plans.
    """
    swaps = Swap.objects.select_related(
        "shift__point__unit", "shift__pattern", "in_return__pattern", "in_return__point",
        "giver", "taker", "roster__unit",
    )  # fmt: skip
    if lock:
        swaps = swaps.select_for_update(of=("self",))
    swap = swaps.filter(pk=pk).first()
    if swap is None:
        raise DutyNotFound
    access_shift(acting, swap.shift_id, now)
    return swap


def moves(swap: Swap, taker_id: int) -> tuple[Assignment, list[Move]]:
    """Return how the giver stands the shift now, and what the swap moves; raise Refused."""
    mine = _standing(swap.shift, swap.giver_id, "not_their_shift_now")
    made = [Move(swap.shift, swap.giver_id, taker_id, mine.capacity)]
    if swap.in_return is not None:
        theirs = _standing(swap.in_return, taker_id, "return_is_gone")
        made.append(Move(swap.in_return, taker_id, swap.giver_id, theirs.capacity))
    return mine, made


def _checked(swap: Swap, taker_id: int, now: datetime) -> tuple[Assignment, list[Move]]:
    """Return the moves of a swap that breaks no rule; raise BrokenRules with the rules it breaks."""
    _coming(swap.shift, now)
    if swap.in_return is not None:
        _coming(swap.in_return, now)
    mine, made = moves(swap, taker_id)
    if broken := broken_by(whole(mine.roster), made, now):
        raise BrokenRules(tuple(dict.fromkeys(one.rule for one in broken)))
    return mine, made


@transaction.atomic
def accept(acting: Acting, pk: int, *, now: datetime) -> Swap:
    """Take the shift that is offered; of two at once one has it and the other is told.

    Raises Refused (taken, withdrawn, begun) and BrokenRules.
    """
    swap = find(acting, pk, now)
    me = acting.user.pk
    if swap.state == State.ACCEPTED and swap.taker_id == me:
        return swap
    if swap.giver_id == me:
        raise Refused("your_own_swap")
    _still(swap, State.ASKED)
    if swap.taker_id not in {None, me}:
        raise NotYours
    _checked(swap, me, now)
    first = Swap.objects.filter(Q(taker=None) | Q(taker=me), pk=pk, state=State.ASKED).update(
        state=State.ACCEPTED, taker=acting.user, accepted_at=now
    )
    if not first:
        raise Refused("swap_taken")
    swap.refresh_from_db()
    _to_decide(swap, now)
    tell([swap.giver_id], swap.shift.point.unit, "duty.swap_accepted", swap.shift.ref, now)
    return swap


def _still(swap: Swap, *states: str) -> None:
    if swap.state not in states:
        raise Refused("swap_taken" if swap.state == State.ACCEPTED else f"swap_{swap.state}")


def deciding_post(swap: Swap, now: datetime) -> Post | None:
    """Return the post that decides: the first in the unit, or above, that neither of the two holds."""
    for unit_id in line_of(swap.shift.point.unit_id):
        posts = posts_in(unit_id, *DECIDING)
        held = holders([post.pk for post in posts], now)
        for post in posts:
            if post.pk in held and not {swap.giver_id, swap.taker_id} & set(held[post.pk]):
                return post
    return None


def _to_decide(swap: Swap, now: datetime) -> None:
    post = deciding_post(swap, now)
    if post is None:
        raise Refused("nobody_decides")
    due = min(now + WITHIN, swap.shift.starts)
    clock.start_until(
        DECIDE,
        subject=swap.shift.ref,
        of=str(swap.pk),
        post=post,
        due_at=due,
        because=WHY_DECIDE,
        warn_at=(due - timedelta(hours=4),),
        pace=PACE,
        now=now,
    )
    notices.queue(post.pk, "duty.swap_to_decide", swap.shift.ref, now)


def _end(swap: Swap, state: str, now: datetime, *, acting: Acting | None = None) -> None:
    """Let the swap be over, with nothing owed on it any more."""
    swap.state, swap.decided_at = state, now
    swap.decided_by = acting.post if acting else None
    swap.save(update_fields=["state", "decided_at", "decided_by", "reason", "result"])
    ref, of = swap.shift.ref, str(swap.pk)
    end = clock.meet if state in {State.APPROVED, State.REFUSED} else clock.void
    end(ref, DECIDE, now=now, of=of)
    clock.void(ref, LAPSES, now=now, of=of)


def _two(swap: Swap) -> Sequence[int]:
    return [one for one in (swap.giver_id, swap.taker_id) if one is not None]


@transaction.atomic
def approve(acting: Acting, pk: int, *, now: datetime) -> Swap:
    """Approve: a new version of the roster is in force at once, and all whom it touches are told.

    The rules are checked anew, since rosters may have changed; BrokenRules leaves it open.
    """
    swap = _deciding(acting, pk, now)
    if swap.state == State.APPROVED:
        return swap
    assert swap.taker_id is not None
    mine, made = _checked(swap, swap.taker_id, now)
    swap.result = publishing.replace(mine.roster, made, _("Swap"), now=now, acting=acting)
    for move in made:
        record("duty.swapped", move.shift.ref, now, acting=acting)
    _end(swap, State.APPROVED, now, acting=acting)
    tell(_two(swap), swap.shift.point.unit, "duty.swap_approved", swap.shift.ref, now)
    return swap


@transaction.atomic
def refuse(acting: Acting, pk: int, reason: str, *, now: datetime) -> Swap:
    """Refuse with a reason that both are shown; the roster stays as it is."""
    swap = _deciding(acting, pk, now)
    if swap.state == State.APPROVED:
        raise Refused("swap_approved")
    swap.reason = need("reason", reason, least=2, most=500)
    keep_private({"reason": swap.reason}, sure=True)  # colleagues may be named
    _end(swap, State.REFUSED, now, acting=acting)
    tell(_two(swap), swap.shift.point.unit, "duty.swap_refused", swap.shift.ref, now)
    return swap


def _deciding(acting: Acting, pk: int, now: datetime) -> Swap:
    find(acting, pk, now)
    units = Unit.objects.select_for_update(of=("self",))
    units.get(duty_points__shifts__swaps=pk)  # before the swap, as every change of a roster does
    swap = find(acting, pk, now, lock=True)
    if not may_decide(acting, swap):
        raise NotYours
    _still(swap, State.ACCEPTED, State.APPROVED)
    return swap


@transaction.atomic
def withdraw(acting: Acting, pk: int, *, now: datetime) -> Swap:
    """Take the offer back, or one's word that one would take it, before it is decided on."""
    swap = find(acting, pk, now, lock=True)
    accepted = swap.state == State.ACCEPTED
    if acting.user.pk != swap.giver_id and not (accepted and acting.user.pk == swap.taker_id):
        raise NotYours
    if swap.state == State.WITHDRAWN:
        return swap
    _still(swap, *OPEN)
    _end(swap, State.WITHDRAWN, now)
    others = [one for one in _two(swap) if one != acting.user.pk]
    tell(others, swap.shift.point.unit, "duty.swap_withdrawn", swap.shift.ref, now)
    return swap


@transaction.atomic
def decline(acting: Acting, pk: int, *, now: datetime) -> Swap:
    """Say no to a shift that one was asked to take; no reason is asked for."""
    swap = find(acting, pk, now, lock=True)
    if acting.user.pk != swap.taker_id:
        raise NotYours
    _still(swap, State.ASKED)
    _end(swap, State.REFUSED, now)
    tell([swap.giver_id], swap.shift.point.unit, "duty.swap_declined", swap.shift.ref, now)
    return swap


def on_lapse(deadline: Deadline, now: datetime) -> None:
    """The shift begins: what was not decided on lapses. Does nothing where that was done before."""
    swaps = Swap.objects.select_for_update(of=("self",)).select_related("shift__point__unit")
    swap = swaps.get(pk=int(deadline.of))
    if not clock.void(deadline.subject, LAPSES, now=now, of=deadline.of, due=deadline.due_at):
        return
    if swap.state in OPEN:
        _end(swap, State.LAPSED, now)
        tell(_two(swap), swap.shift.point.unit, "duty.swap_lapsed", swap.shift.ref, now)
