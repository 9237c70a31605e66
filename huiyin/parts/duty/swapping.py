"""What the pages of swaps show: whose business which swap is, and who could take a shift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import IN_FORCE, access_shift, in_force, serving
from huiyin.parts.duty.actions import swaps
from huiyin.parts.duty.fitness import Candidate, candidates
from huiyin.parts.duty.models import Assignment, Shift, Swap


@dataclass(frozen=True)
class Swaps:
    """The swaps that are somebody's business, each in one list only."""

    decide: Sequence[Swap]
    asked: Sequence[Swap]
    mine: Sequence[Swap]
    open: Sequence[Swap]


SWAP = ("shift__point__unit", "shift__pattern", "in_return__pattern", "giver", "taker")


def swaps_for(acting: Acting, now: datetime) -> Swaps:
    """Return the open swaps that the actor decides on, is asked, made, or could take."""
    me, live = acting.user.pk, Swap.objects.filter(shift__starts__gt=now).select_related(*SWAP)
    live = live.order_by("shift__starts", "pk")
    accepted = live.filter(state=Swap.State.ACCEPTED)
    decide = [one for one in accepted if swaps.may_decide(acting, one)]
    asked = list(live.filter(taker=me, state=Swap.State.ASKED))
    own = Q(giver=me) | Q(taker=me, state=Swap.State.ACCEPTED)
    mine = list(live.filter(own, state__in=swaps.OPEN))
    may = serving(now).filter(user=me).values("point_id")
    on_it = Assignment.objects.filter(user=me, roster__state__in=IN_FORCE).values("shift")
    free = live.filter(taker=None, state=Swap.State.ASKED, shift__point__in=may)
    return Swaps(decide, asked, mine, list(free.exclude(giver=me).exclude(shift__in=on_it)))


def past_swaps(acting: Acting) -> list[Swap]:
    """Return one's swaps that are over, latest first."""
    me = acting.user.pk
    over = Swap.objects.exclude(state__in=swaps.OPEN).filter(Q(giver=me) | Q(taker=me))
    return list(over.select_related(*SWAP).order_by("-decided_at")[:20])


@dataclass(frozen=True)
class Offering:
    """A shift that one could offer, who could take it, and which of their shifts could come back."""

    shift: Shift
    mine: Assignment | None
    colleagues: Sequence[Candidate]
    returns: Sequence[Assignment]


def offering(acting: Acting, pk: int, now: datetime) -> Offering:
    """Return what the page of an offer shows; raise DutyNotFound.

    Who breaks a rule by taking the shift alone may still do so in return for another.
    """
    shift = access_shift(acting, pk, now)
    mine = in_force(shift).filter(user=acting.user).first()
    if mine is None:
        return Offering(shift, None, (), ())
    able = [
        one
        for one in candidates(shift, acting.user.pk, mine.capacity, now)
        if "off" not in one.broken and "forbidden" not in one.broken
    ]
    theirs = Shift.objects.filter(
        point__unit=shift.point.unit_id, starts__gt=now, assignments__roster=mine.roster_id
    ).exclude(pk=shift.pk)
    returns = in_force(theirs.distinct()).filter(
        user__in=[one.user.pk for one in able], roster=mine.roster_id
    )
    own = set(
        in_force(theirs.distinct()).filter(user=acting.user).values_list("shift_id", flat=True)
    )
    return Offering(shift, mine, able, [one for one in returns if one.shift_id not in own])
