"""A roster before it is in force: opened with its shifts, filled by hand, revised."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, Q

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Unit
from huiyin.kernel.units.queries import organisation
from huiyin.parts.duty import classes, hours
from huiyin.parts.duty.access import access_roster, need_planner, planner_post
from huiyin.parts.duty.actions._common import need
from huiyin.parts.duty.actions.setup import rules_of
from huiyin.parts.duty.models import (
    Assignment,
    Capacity,
    Eligible,
    Leave,
    Pattern,
    Roster,
    Shift,
    SolveRun,
)

State = Roster.State
OWED, OWED_PACE = "duty.roster", (24 * 60, 24 * 60)
WHY_OWED = ("值班表须在首日前按时报送", "the roster is submitted in time before its first day")
LONGEST = 92
EDITABLE = (State.DRAFT, State.RETURNED)
RANK = {Capacity.LEADER: 3, Capacity.DEPUTY: 2, Capacity.MEMBER: 1}


def zone() -> ZoneInfo:
    """Return the organisation's time zone."""
    return ZoneInfo(organisation().zone)


def weekly(one: Pattern) -> hours.Weekly:
    """Return when a pattern's shifts come, as plain data."""
    return hours.Weekly(one.weekdays, one.starts, one.minutes, one.begins, one.until)


def patterns_of(unit: Unit) -> list[Pattern]:
    """Return the shifts that come back at the unit's open points."""
    return list(
        Pattern.objects.filter(point__unit=unit, point__closed_at=None, closed_at=None)
        .select_related("point")
        .order_by("point_id", "starts", "id")
    )


@transaction.atomic
def open_roster(
    unit: Unit, first_day: date, end_day: date, *, now: datetime, by: Acting | None = None
) -> Roster:
    """Open the first draft for the local days up to `end_day`, with its shifts.

    The unit owes it `submit_days` before its first day. Raises BadInput for days that another
    roster covers, and where the unit has nothing to be rostered.
    """
    if by is not None:
        need_planner(by, unit.pk)
    if not 1 <= (end_day - first_day).days <= LONGEST:
        raise BadInput("end_day", "no_days")
    Unit.objects.select_for_update().get(pk=unit.pk)  # two at once never open the same days
    if Roster.objects.filter(unit=unit, first_day__lt=end_day, end_day__gt=first_day).exists():
        raise BadInput("first_day", "roster_overlaps")
    roster = Roster(unit=unit, first_day=first_day, end_day=end_day, made_at=now)
    if not renew_shifts(roster, now):
        raise BadInput("first_day", "no_points")
    roster.save(force_insert=True)
    owe(roster, now)
    return roster


def owe(roster: Roster, now: datetime) -> None:
    """Let the unit owe the roster from now, by its day, or by tomorrow where that is over."""
    unit = roster.unit
    days = rules_of(unit).submit_days
    due = hours.instant(roster.first_day - timedelta(days=days), 0, zone())
    if roster.state == State.RETURNED:
        due = max(due, now + timedelta(days=1))
    clock.start_until(
        OWED,
        subject=roster.ref,
        post=planner_post(unit),
        due_at=due,
        because=WHY_OWED,
        warn_at=tuple(due - timedelta(days=before) for before in (3, 1)),
        pace=OWED_PACE,
        now=now,
    )


def renew_shifts(roster: Roster, now: datetime) -> list[Shift]:
    """Make the shifts of the roster's days what the patterns say now; return those that stand.

    A shift that no pattern sets any more is cancelled, unless a roster in force has it.
    """
    calendar, where = policy().calendar, zone()
    standing = {(one.pattern_id, one.day): one for one in shifts_of(roster)}
    wanted: list[Shift] = []
    for pattern in patterns_of(roster.unit):
        for day, span in hours.instances(weekly(pattern), roster.first_day, roster.end_day, where):
            if (pattern.pk, day) in standing:
                wanted.append(standing.pop((pattern.pk, day)))
                continue
            shift = Shift(
                point=pattern.point,
                pattern=pattern,
                day=day,
                starts=span.starts,
                ends=span.ends,
                klass=classes.of_shift(day, pattern.starts, pattern.minutes, calendar),
                leaders=pattern.leaders,
                deputies=pattern.deputies,
                members=pattern.members,
            )
            shift.save(force_insert=True)
            wanted.append(shift)
    for left in standing.values():
        if left.assignments.filter(roster__state__in=(State.PUBLISHED, State.FROZEN)).exists():
            wanted.append(left)
            continue
        left.assignments.all().delete()
        left.cancelled_at = now
        left.save(update_fields=["cancelled_at"])
    return wanted


def shifts_of(roster: Roster) -> list[Shift]:
    """Return the shifts of the roster's days, in order of time."""
    return list(
        Shift.objects.filter(
            point__unit=roster.unit_id,
            day__gte=roster.first_day,
            day__lt=roster.end_day,
            cancelled_at__isnull=True,
        )
        .select_related("point", "pattern")
        .order_by("starts", "point_id", "pk")
    )


def editable(acting: Acting, pk: int, now: datetime) -> Roster:
    """Return the roster, locked, that the post may fill now; raise BadInput at a later stage."""
    roster = access_roster(acting, pk, now, lock=True)
    need_planner(acting, roster.unit_id)
    if roster.state not in EDITABLE:
        raise BadInput("roster", "not_now")
    if roster.runs.filter(state__in=(SolveRun.State.WAITING, SolveRun.State.RUNNING)).exists():
        raise BadInput("roster", "solving")
    return roster


def eligibility(user_id: int, shift: Shift, capacity: str) -> Eligible | None:
    """Return by what somebody may serve on the shift in that capacity, or None."""
    found = Eligible.objects.filter(
        Q(begins=None) | Q(begins__lte=shift.day),
        Q(until=None) | Q(until__gt=shift.day),
        point=shift.point_id,
        user=user_id,
    ).first()
    if found is None or RANK[Capacity(found.capacity)] < RANK[Capacity(capacity)]:
        return None
    return found


def need_fit(user_id: int, shift: Shift, capacity: str) -> None:
    """Raise BadInput unless the person may serve on the shift, in that capacity, and is not away."""
    if capacity not in Capacity.values:
        raise BadInput("capacity", "unknown")
    if eligibility(user_id, shift, capacity) is None:
        raise BadInput("user", "not_eligible")
    away = Leave.objects.filter(
        user=user_id, cancelled_at=None, starts__lt=shift.ends, ends__gt=shift.starts
    )
    if away.exists():
        raise BadInput("user", "on_leave")


def _shift_in(roster: Roster, shift_pk: int) -> Shift:
    shift = Shift.objects.filter(
        pk=shift_pk,
        point__unit=roster.unit_id,
        day__gte=roster.first_day,
        day__lt=roster.end_day,
        cancelled_at__isnull=True,
    ).first()
    if shift is None:
        raise BadInput("shift", "other_roster")
    return shift


@transaction.atomic
def assign(
    acting: Acting, pk: int, shift_pk: int, user: User, capacity: str, *, now: datetime
) -> Assignment:
    """Put somebody on a shift of a draft; raise BadInput where they may not serve or are away.

    Every other rule may be broken by hand: the check then marks it.
    """
    roster = editable(acting, pk, now)
    shift = _shift_in(roster, shift_pk)
    need_fit(user.pk, shift, capacity)
    if Assignment.objects.filter(roster=roster, shift=shift, user=user).exists():
        raise BadInput("user", "already_assigned")
    return Assignment.objects.create(roster=roster, shift=shift, user=user, capacity=capacity)


@transaction.atomic
def unassign(acting: Acting, pk: int, shift_pk: int, user: User, *, now: datetime) -> None:
    """Take somebody off a shift of a draft."""
    roster = editable(acting, pk, now)
    if not Assignment.objects.filter(roster=roster, shift=shift_pk, user=user).delete()[0]:
        raise BadInput("user", "not_assigned")


@transaction.atomic
def renew(acting: Acting, pk: int, *, now: datetime) -> Roster:
    """Make the draft's shifts what the unit's patterns say now; whoever was on a stayed shift stays."""
    roster = editable(acting, pk, now)
    renew_shifts(roster, now)
    return roster


def next_version(roster: Roster) -> int:
    """Return the number of the roster's next version; the caller has locked its unit."""
    same = Roster.objects.filter(unit=roster.unit_id, first_day=roster.first_day)
    return int(same.aggregate(last=Max("version"))["last"] or 0) + 1


def copy(roster: Roster, reason: str, now: datetime) -> Roster:
    """Return a new draft version that begins as a copy; the caller is in a transaction."""
    Unit.objects.select_for_update().get(pk=roster.unit_id)
    version = Roster.objects.create(
        unit=roster.unit,
        first_day=roster.first_day,
        end_day=roster.end_day,
        version=next_version(roster),
        based_on=roster,
        made_at=now,
        reason=reason,
    )
    Assignment.objects.bulk_create(
        Assignment(
            roster=version,
            shift_id=one.shift_id,
            user_id=one.user_id,
            capacity=one.capacity,
            marks=one.marks,
        )
        for one in roster.assignments.order_by("pk")
    )
    return version


@transaction.atomic
def revise(acting: Acting, pk: int, reason: str, *, now: datetime) -> Roster:
    """Begin a new version of the roster in force; it takes effect when it is published.

    Raises BadInput without a reason, for a roster not in force, and while another draft is open.
    """
    roster = access_roster(acting, pk, now, lock=True)
    need_planner(acting, roster.unit_id)
    reason = need("reason", reason, least=2)
    keep_private({"reason": reason}, sure=True)  # colleagues may be named
    if roster.state != State.PUBLISHED:
        raise BadInput("roster", "not_now")
    under_way = (*EDITABLE, State.SUBMITTED, State.APPROVED)
    same = Roster.objects.filter(unit=roster.unit_id, first_day=roster.first_day)
    if same.filter(state__in=under_way).exists():
        raise BadInput("roster", "draft_open")
    return copy(roster, reason, now)


@transaction.atomic
def drop(acting: Acting, pk: int, *, now: datetime) -> Roster:
    """Drop a new version that was begun; the version in force goes on, and is returned.

    The first version can't be dropped (the unit owes it), nor one that was ever submitted: what was
    said on it is kept.
    """
    roster = editable(acting, pk, now)
    if roster.based_on is None:
        raise BadInput("roster", "first_version")
    if roster.submitted_at is not None:
        raise BadInput("roster", "not_now")
    kept = roster.based_on
    roster.delete()
    return kept
