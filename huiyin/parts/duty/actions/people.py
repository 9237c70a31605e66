"""What binds single people: leave, wishes, assignments fixed or forbidden, what they stood before.

Leave and wishes are entered by whoever they are of, or by a planner of a unit at whose points they
may serve. Why somebody is away is never asked for.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from huiyin.kernel.given import BadInput
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import hours
from huiyin.parts.duty.access import (
    IN_FORCE,
    PLANNING,
    DutyNotFound,
    NotYours,
    need_planner,
    planner_post,
)
from huiyin.parts.duty.actions._common import changed
from huiyin.parts.duty.actions.rosters import weekly, zone
from huiyin.parts.duty.classes import CLASSES
from huiyin.parts.duty.models import Bound, Eligible, Leave, Pattern, Served, Shift, Wish

MOST_SERVED = 9999


def plans_for(acting: Acting, user: User) -> bool:
    """Whether the post plans for a unit at whose points the person may serve."""
    unit = acting.post.unit_id
    return acting.post.role in PLANNING and (
        Eligible.objects.filter(user=user, point__unit=unit).exists()
    )


def _need_say(acting: Acting, user: User) -> None:
    if acting.user.pk != user.pk and not plans_for(acting, user):
        raise NotYours


@transaction.atomic
def enter_leave(
    acting: Acting, user: User, starts: datetime, ends: datetime, *, now: datetime
) -> tuple[Leave, list[Shift]]:
    """Enter when somebody can't serve; return it with the shifts in force that it falls on.

    Whoever plans those shifts is told. Raises BadInput where part of the time is over, or leave
    already.
    """
    _need_say(acting, user)
    if ends <= starts:
        raise BadInput("ends", "ends_first")
    if ends <= now:
        raise BadInput("ends", "in_past")
    User.objects.select_for_update().get(pk=user.pk)  # two at once never overlap
    if Leave.objects.filter(
        user=user, cancelled_at=None, starts__lt=ends, ends__gt=starts
    ).exists():
        raise BadInput("starts", "overlapping_leave")
    leave = Leave.objects.create(user=user, starts=starts, ends=ends, entered_at=now)
    hit = list(
        Shift.objects.filter(
            assignments__user=user,
            assignments__roster__state__in=IN_FORCE,
            cancelled_at=None,
            starts__lt=ends,
            ends__gt=max(starts, now),
        )
        .select_related("point__unit", "pattern")
        .order_by("starts")
        .distinct()
    )
    for unit in {one.point.unit_id: one.point.unit for one in hit}.values():
        if post := planner_post(unit):
            first = next(one for one in hit if one.point.unit_id == unit.pk)
            notices.queue(post.pk, "duty.leave_hits", first.ref, now)
    return leave, hit


@transaction.atomic
def cancel_leave(acting: Acting, pk: int, *, now: datetime) -> Leave:
    """Take leave back that is not over; raise DutyNotFound for any that one has no say in."""
    leave = Leave.objects.select_related("user").filter(pk=pk, cancelled_at=None).first()
    if leave is None:
        raise DutyNotFound
    try:
        _need_say(acting, leave.user)
    except NotYours as error:
        raise DutyNotFound from error
    if leave.ends <= now:
        raise BadInput("leave", "in_past")
    leave.cancelled_at = now
    leave.save(update_fields=["cancelled_at"])
    return leave


def _pattern(pk: int, day: date) -> Pattern:
    pattern = Pattern.objects.select_related("point").filter(pk=pk, closed_at=None).first()
    if pattern is None:
        raise BadInput("pattern", "unknown")
    if not weekly(pattern).on(day):
        raise BadInput("day", "pattern_not_then")
    return pattern


def _not_over(day: date, now: datetime) -> None:
    if day < now.astimezone(zone()).date():
        raise BadInput("day", "in_past")


@transaction.atomic
def wish(
    acting: Acting,
    user: User,
    pattern_pk: int,
    day: date,
    wanted: bool,
    *,
    now: datetime,
    weight: int = 1,
) -> Wish:
    """Keep what somebody would like, or like not; a second wish for the same replaces the first."""
    _need_say(acting, user)
    pattern = _pattern(pattern_pk, day)
    _not_over(day, now)
    if not 1 <= weight <= 3:
        raise BadInput("weight", "number")
    if not Eligible.objects.filter(user=user, point=pattern.point).exists():
        raise BadInput("pattern", "not_eligible")
    made, _ = Wish.objects.update_or_create(
        user=user, pattern=pattern, day=day, defaults={"wanted": wanted, "weight": weight}
    )
    return made


@transaction.atomic
def drop_wish(acting: Acting, pk: int, *, now: datetime) -> None:
    """Take a wish back; raise DutyNotFound for one that one has no say in."""
    found = Wish.objects.select_related("user").filter(pk=pk).first()
    if found is None or (acting.user.pk != found.user_id and not plans_for(acting, found.user)):
        raise DutyNotFound
    found.delete()


@transaction.atomic
def bind(
    acting: Acting, user: User, pattern_pk: int, day: date, fixed: bool, *, now: datetime
) -> Bound:
    """Fix an assignment, or forbid it, for the rosters that are still to be made.

    Raises BadInput for what contradicts what is bound already, or whoever may not serve there.
    """
    pattern = _pattern(pattern_pk, day)
    need_planner(acting, pattern.point.unit_id)
    _not_over(day, now)
    may = Eligible.objects.filter(user=user, point=pattern.point).first()
    if fixed and may is None:
        raise BadInput("user", "not_eligible")
    same = Bound.objects.filter(user=user, pattern=pattern, day=day).first()
    if same is not None:
        if same.fixed != fixed:
            raise BadInput("user", "fixed_and_forbidden")
        return same
    if fixed:
        _need_free(user, pattern, day)
    bound = Bound.objects.create(user=user, pattern=pattern, day=day, fixed=fixed)
    changed("assignment fixed" if fixed else "assignment forbidden", pattern.point.ref, now, acting)
    return bound


def _need_free(user: User, pattern: Pattern, day: date) -> None:
    where = zone()
    mine = hours.span(day, pattern.starts, pattern.minutes, where)
    for one in Bound.objects.filter(user=user, fixed=True).select_related("pattern"):
        other = hours.span(one.day, one.pattern.starts, one.pattern.minutes, where)
        if mine and other and mine.overlaps(other):
            raise BadInput("user", "fixed_twice")
    if (
        mine
        and Leave.objects.filter(
            user=user, cancelled_at=None, starts__lt=mine.ends, ends__gt=mine.starts
        ).exists()
    ):
        raise BadInput("user", "on_leave")


@transaction.atomic
def unbind(acting: Acting, pk: int, *, now: datetime) -> None:
    """Take back what was fixed or forbidden; raise DutyNotFound for another unit's."""
    bound = Bound.objects.select_related("pattern__point").filter(pk=pk).first()
    if bound is None or bound.pattern.point.unit_id != acting.post.unit_id:
        raise DutyNotFound
    need_planner(acting, bound.pattern.point.unit_id)
    changed("assignment no longer bound", bound.pattern.point.ref, now, acting)
    bound.delete()


@transaction.atomic
def set_served(acting: Acting, user: User, klass: str, shifts: int, *, now: datetime) -> Served:
    """Enter how many shifts of a class somebody stood before the first roster was kept here."""
    unit = acting.post.unit
    need_planner(acting, unit.pk)
    if klass not in CLASSES:
        raise BadInput("klass", "unknown")
    if not 0 <= shifts <= MOST_SERVED:
        raise BadInput("shifts", "number")
    if not Eligible.objects.filter(user=user, point__unit=unit).exists():
        raise BadInput("user", "not_eligible")
    found, _ = Served.objects.update_or_create(
        user=user, unit=unit, klass=klass, defaults={"shifts": shifts}
    )
    return found


@transaction.atomic
def set_past(acting: Acting, counts: Iterable[tuple[User, str, int]], *, now: datetime) -> None:
    """Enter the past of many at once: all of it, or with BadInput none."""
    for user, klass, shifts in counts:
        set_served(acting, user, klass, shifts, now=now)
