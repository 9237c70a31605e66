"""Who may see and change what of duty. Absent and not yours are one refusal: DutyNotFound."""

from datetime import date, datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import OVERSEEING, Post, Role, Unit
from huiyin.kernel.units.queries import line_of, post_in
from huiyin.parts.duty.models import Assignment, DutyPoint, Eligible, Roster, Shift

PLANNING = (Role.HEAD, Role.DEPUTY, Role.CLERK, Role.DUTY_LEADER, Role.SECRETARY)
IN_FORCE = (Roster.State.PUBLISHED, Roster.State.FROZEN)


class DutyNotFound(LookupError):
    """There is no such point, roster or shift, or it is none of the asker's business."""


class NotYours(PermissionDenied):
    """The asker may see it, but the post gives no right to this."""


def plans(post: Post, unit_id: int) -> bool:
    """Whether the post makes the rosters of the unit."""
    return post.unit_id == unit_id and post.role in PLANNING


def oversees(post: Post, unit_id: int) -> bool:
    """Whether the post sees the duty of the unit: its own, or that of one below."""
    return post.role in OVERSEEING and post.unit_id in line_of(unit_id)


def decides(post: Post, unit: Unit) -> bool:
    """Whether the post approves the rosters of the unit: the unit above, at the top its own head."""
    if unit.parent_id is None:
        return post.unit_id == unit.pk and post.role == Role.HEAD
    return post.unit_id == unit.parent_id and post.role in OVERSEEING


def need_planner(acting: Acting, unit_id: int) -> None:
    """Raise NotYours unless the post plans for the unit."""
    if not plans(acting.post, unit_id):
        raise NotYours


def may_serve(user_id: int, point: DutyPoint, now: datetime) -> bool:
    """Whether the person may serve at the point today, as whatever."""
    return bool(_served(user_id, point.pk, policy().calendar.local_date(now)))


@Statement
def _served(user_id: int, point_id: int, today: date) -> QuerySet[Eligible, int]:
    found = _serving(today).filter(user_id=user_id, point=point_id)
    return found.values_list("pk", flat=True)


def serving(now: datetime) -> QuerySet[Eligible]:
    """Return who may serve today at points that are open."""
    return _serving(policy().calendar.local_date(now))


def _serving(today: date) -> QuerySet[Eligible]:
    return Eligible.objects.filter(
        Q(begins=None) | Q(begins__lte=today),
        Q(until=None) | Q(until__gt=today),
        point__closed_at__isnull=True,
    )


def in_force(shifts: Shift | QuerySet[Shift]) -> QuerySet[Assignment]:
    """Return who stands the shift, or the shifts, by the roster in force."""
    found = Assignment.objects.filter(roster__state__in=IN_FORCE, shift__cancelled_at__isnull=True)
    found = (
        found.filter(shift=shifts) if isinstance(shifts, Shift) else found.filter(shift__in=shifts)
    )
    return found.select_related("user", "shift__point", "shift__pattern").order_by(
        "shift__starts", "pk"
    )


def assigned(user_id: int, shift: Shift) -> bool:
    """Whether the person stands the shift by the roster in force."""
    return bool(capacities(shift.pk, user_id))


@Statement
def capacities(shift_id: int, user_id: int) -> QuerySet[Assignment, str]:
    """Return as what the person stands the shift by the roster in force: one capacity, or none."""
    found = in_force(Shift.objects.filter(pk=shift_id)).filter(user_id=user_id)
    return found.values_list("capacity", flat=True)


def _sees(acting: Acting, unit_id: int, point_ids: Q, now: datetime) -> bool:
    if plans(acting.post, unit_id) or oversees(acting.post, unit_id):
        return True
    return serving(now).filter(point_ids, user_id=acting.user.pk).exists()


def access_point(acting: Acting, code: str, now: datetime) -> DutyPoint:
    """Return a point that the actor plans, oversees or may serve at; raise DutyNotFound."""
    point = DutyPoint.objects.select_related("unit").filter(code=code).first()
    if point is None or not _sees(acting, point.unit_id, Q(point=point), now):
        raise DutyNotFound
    return point


def access_roster(acting: Acting, pk: int, now: datetime, lock: bool = False) -> Roster:
    """Return a roster that the actor plans or oversees; one in force also to who may serve.

    Raise DutyNotFound for any other. Who only serves never sees a draft.
    """
    rosters = Roster.objects.select_related("unit")
    if lock:
        rosters = rosters.select_for_update(of=("self",))
    roster = rosters.filter(pk=pk).first()
    if roster is None:
        raise DutyNotFound
    if plans(acting.post, roster.unit_id) or oversees(acting.post, roster.unit_id):
        return roster
    shown = roster.state in (*IN_FORCE, Roster.State.REPLACED)
    if shown and _sees(acting, roster.unit_id, Q(point__unit=roster.unit_id), now):
        return roster
    raise DutyNotFound


def _shift(lock: bool, pk: int) -> QuerySet[Shift]:
    shifts = Shift.objects.filter(pk=pk).select_related("point__unit", "pattern")
    return shifts.select_for_update(of=("self",)) if lock else shifts


_SHIFT = {lock: Statement(partial(_shift, lock)) for lock in (False, True)}


def access_shift(acting: Acting, pk: int, now: datetime, lock: bool = False) -> Shift:
    """Return a shift that the actor plans, oversees, stands, or may serve at the point of.

    Raise DutyNotFound for any other.
    """
    shift = _SHIFT[lock].first(pk)
    if shift is None:
        raise DutyNotFound
    unit = shift.point.unit_id
    if (
        plans(acting.post, unit)
        or oversees(acting.post, unit)
        or may_serve(acting.user.pk, shift.point, now)
        or assigned(acting.user.pk, shift)
    ):
        return shift
    raise DutyNotFound


def leads(user_id: int, shift: Shift) -> bool:
    """Whether the person leads the shift by the roster in force."""
    return "leader" in capacities(shift.pk, user_id)


def planner_post(unit: Unit) -> Post | None:
    """Return the post that owes the unit's rosters: duty leader, clerk, head, or one above."""
    order = (Role.DUTY_LEADER, Role.CLERK, Role.SECRETARY, Role.HEAD, Role.DEPUTY)
    for unit_id in line_of(unit.pk):
        if post := post_in(unit_id, *order):
            return post
    return None


def deciding_post(unit: Unit) -> Post | None:
    """Return the post that decides on the unit's rosters: clerk or head of the unit above."""
    if unit.parent_id is None:
        return post_in(unit.pk, Role.HEAD)
    return post_in(unit.parent_id, Role.CLERK, Role.HEAD, Role.DEPUTY)
