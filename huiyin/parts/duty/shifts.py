"""What the pages of a shift show: my shift now, who is on it, its log, handovers, checks, swaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.queries import organisation
from huiyin.parts.duty.access import access_shift, in_force, plans
from huiyin.parts.duty.actions._shift import LINGER
from huiyin.parts.duty.actions.absences import gap_is_owed, may_speak_for
from huiyin.parts.duty.actions.watch import EARLY, may_sign_in_from
from huiyin.parts.duty.checks import Due, checks_of, points_for
from huiyin.parts.duty.models import (
    Absence,
    Assignment,
    DutyPoint,
    Eligible,
    Handover,
    LogLine,
    Shift,
    SignIn,
)
from huiyin.parts.duty.shift_words import EMERGENCY, EMERGENCY_ELSEWHERE

LINES = 50
AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class OnIt:
    """Somebody on a shift: as what, reached where, and whether they are there now."""

    user: User
    capacity: str
    telephone: str
    sign_in: SignIn | None
    absence: Absence | None
    there: bool

    @property
    def away(self) -> bool:
        """Whether they said that they can't come, and did not come after all."""
        return self.absence is not None and not self.there


@dataclass(frozen=True)
class Watch:
    """A shift as whoever stands it needs to see it."""

    shift: Shift
    mine: OnIt | None
    people: Sequence[OnIt]
    absences: Sequence[Absence]
    gap: bool
    taking: Sequence[Handover]
    giving: Handover | None
    lines: Sequence[LogLine]
    checks: Sequence[Due]
    following: Shift | None
    from_when: datetime
    leads: bool
    plans: bool


def _mine(acting: Acting, now: datetime) -> QuerySet[Assignment]:
    shifts = Shift.objects.filter(ends__gt=now, starts__lt=now + AHEAD, cancelled_at=None)
    return in_force(shifts).filter(user=acting.user)


def my_shift(acting: Acting, now: datetime) -> Shift | None:
    """Return the shift that one stands, is to stand now, or stands next; None where there is none."""
    here = (
        SignIn.objects.filter(user=acting.user, left_at=None, shift__ends__gt=now - LINGER)
        .order_by("-shift__starts")
        .first()
    )
    if here is not None:
        return access_shift(acting, here.shift_id, now)
    first = _mine(acting, now).first()
    return access_shift(acting, first.shift_id, now) if first else None


def coming(acting: Acting, now: datetime) -> list[Assignment]:
    """Return the shifts that one is to stand, soonest first."""
    return list(_mine(acting, now)[:30])


def people_on(shift: Shift, now: datetime) -> list[OnIt]:
    """Return who stands the shift: leaders first, those who can't come among them."""
    reached = dict(Eligible.objects.filter(point=shift.point_id).values_list("user", "telephone"))
    stays = now < shift.ends + LINGER
    signed = {one.user_id: one for one in SignIn.objects.filter(shift=shift)}
    there = {pk for pk, one in signed.items() if stays and one.left_at is None}
    absent = {one.user_id: one for one in Absence.objects.filter(shift=shift)}
    order = {"leader": 0, "deputy": 1, "member": 2}
    found = [
        OnIt(
            one.user,
            one.capacity,
            reached.get(one.user_id, ""),
            signed.get(one.user_id),
            absent.get(one.user_id),
            one.user_id in there,
        )
        for one in in_force(shift)
    ]
    return sorted(found, key=lambda one: (order[one.capacity], one.user.pk))


def watch(acting: Acting, pk: int, now: datetime) -> Watch:
    """Return a shift for its page; raise DutyNotFound for who has no business with it."""
    shift = access_shift(acting, pk, now)
    people = people_on(shift, now)
    mine = next((one for one in people if one.user.pk == acting.user.pk), None)
    unsigned = Q(given_at=None) | Q(taken_at=None)
    return Watch(
        shift=shift,
        mine=mine,
        people=people,
        absences=list(Absence.objects.filter(shift=shift, replaced_by=None).select_related("user")),
        gap=gap_is_owed(shift),
        taking=list(
            Handover.objects.filter(unsigned, taking=shift).select_related(
                "giving__pattern", "giving__point"
            )
        ),
        giving=Handover.objects.filter(giving=shift).select_related("taking__pattern").first(),
        lines=log_of(shift.point, since=shift.starts - EARLY, until=shift.ends + EARLY),
        checks=checks_of(acting, shift.point, now),
        following=_next(acting, shift, now),
        from_when=may_sign_in_from(shift),
        leads=may_speak_for(acting, shift),
        plans=plans(acting.post, shift.point.unit_id),
    )


def _next(acting: Acting, shift: Shift, now: datetime) -> Shift | None:
    after = _mine(acting, now).filter(shift__starts__gte=shift.ends).first()
    return after.shift if after else None


def log_of(
    point: DutyPoint,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
) -> list[LogLine]:
    """Return lines of a point's log, latest first, at most LINES."""
    found = LogLine.objects.filter(point=point).select_related("user", "corrects", "shift__pattern")
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:LINES])


def handover_of(acting: Acting, pk: int, now: datetime) -> tuple[Shift, Handover | None]:
    """Return a shift and its handover, None before anybody signed in; raise DutyNotFound."""
    shift = access_shift(acting, pk, now)
    found = Handover.objects.filter(giving=shift).select_related(
        "giving__point__unit", "giving__pattern", "taking__pattern", "given_by", "taken_by"
    )
    return shift, found.first()


def running(acting: Acting, now: datetime) -> list[Shift]:
    """Return the shifts that run now at the points of whoever plans, for their pages."""
    points = [one.pk for one in points_for(acting, now) if plans(acting.post, one.unit_id)]
    found = Shift.objects.filter(
        point__in=points, cancelled_at=None, starts__lte=now + EARLY, ends__gt=now
    )
    return list(found.select_related("point", "pattern").order_by("point_id", "starts"))


def emergency() -> str:
    """Return the number of medical help in the country of the organisation."""
    return EMERGENCY.get(organisation().country, EMERGENCY_ELSEWHERE)
