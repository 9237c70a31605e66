"""Reading who stands when: of a point, of a person, and now. Only rosters in force are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import OVERSEEING
from huiyin.kernel.units.queries import below
from huiyin.parts.duty.access import IN_FORCE, PLANNING, DutyNotFound, in_force, serving
from huiyin.parts.duty.models import (
    Absence,
    Assignment,
    Capacity,
    DutyPoint,
    Eligible,
    Roster,
    Shift,
    SignIn,
)

ORDER = {Capacity.LEADER: 0, Capacity.DEPUTY: 1, Capacity.MEMBER: 2}
AHEAD = timedelta(days=62)


def name_of(user: User) -> str:
    """Return the name by which colleagues know somebody."""
    return user.get_full_name() or user.get_username()


@dataclass(frozen=True)
class Stander:
    """Somebody on a shift. `here` is since when they are signed in, `away` that they can't come."""

    user: User
    capacity: str
    telephone: str = ""
    here: datetime | None = None
    away: bool = False

    @property
    def name(self) -> str:
        """The person's name."""
        return name_of(self.user)

    @property
    def label(self) -> str:
        """As what they serve, in words."""
        return str(Capacity(self.capacity).label)


@dataclass(frozen=True)
class Stood:
    """A shift with whoever stands it, the leader first."""

    shift: Shift
    standers: tuple[Stander, ...]

    def of(self, *capacities: str) -> list[Stander]:
        """Return those who serve in these capacities."""
        return [one for one in self.standers if one.capacity in capacities]

    @property
    def leaders(self) -> list[Stander]:
        """Who leads."""
        return self.of(Capacity.LEADER)

    @property
    def members(self) -> list[Stander]:
        """Deputies and members."""
        return self.of(Capacity.DEPUTY, Capacity.MEMBER)

    @property
    def short(self) -> bool:
        """Whether somebody is lacking; a leader may stand in for a deputy or a member."""
        need = self.shift.leaders + self.shift.deputies + self.shift.members
        coming = [one for one in self.standers if not one.away]
        led = sum(one.capacity == Capacity.LEADER for one in coming)
        return len(coming) < need or led < self.shift.leaders


def covered(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    """Return the shifts for which a roster is in force, in order of time."""
    roster = Roster.objects.filter(
        unit=OuterRef("point__unit"),
        state__in=IN_FORCE,
        first_day__lte=OuterRef("day"),
        end_day__gt=OuterRef("day"),
    )
    return (
        shifts.filter(Exists(roster), cancelled_at=None)
        .select_related("point__unit", "pattern")
        .order_by("starts", "point__code", "pk")
    )


def stood(shifts: Iterable[Shift]) -> list[Stood]:
    """Return the shifts with whoever stands them by the roster in force."""
    found = list(shifts)
    keys = [one.pk for one in found]
    rows = list(in_force(Shift.objects.filter(pk__in=keys)))
    numbers = _telephones(rows)
    here = {
        (shift, user): at
        for shift, user, at in SignIn.objects.filter(shift__in=keys, left_at=None).values_list(
            "shift_id", "user_id", "at"
        )
    }
    gone = set(
        Absence.objects.filter(shift__in=keys, replaced_by=None).values_list("shift_id", "user_id")
    )
    standing: dict[int, list[Stander]] = {pk: [] for pk in keys}
    for row in rows:
        place = (row.shift_id, row.user_id)
        standing[row.shift_id].append(
            Stander(
                row.user,
                row.capacity,
                numbers.get((row.shift.point_id, row.user_id), ""),
                here.get(place),
                place in gone,
            )
        )
    return [
        Stood(one, tuple(sorted(standing[one.pk], key=lambda each: ORDER[Capacity(each.capacity)])))
        for one in found
    ]


def _telephones(rows: list[Assignment]) -> dict[tuple[int, int], str]:
    wanted = Eligible.objects.filter(
        point__in={row.shift.point_id for row in rows}, user__in={row.user_id for row in rows}
    )
    return {
        (point, user): number
        for point, user, number in wanted.values_list("point_id", "user_id", "telephone")
    }


def of_point(point: DutyPoint, first: date, end: date) -> list[Stood]:
    """Return the point's shifts that begin on the local days from `first` up to `end`."""
    return stood(covered(Shift.objects.filter(point=point, day__gte=first, day__lt=end)))


def of_colleague(acting: Acting, pk: int, first: date, end: date, now: datetime) -> list[Stood]:
    """Return what a colleague stands on those days at the points that the actor may see.

    Raise DutyNotFound for whoever may serve at none of them.
    """
    points = seen(acting, now)
    if not Eligible.objects.filter(user=pk, point__in=points).exists():
        raise DutyNotFound
    theirs = Assignment.objects.filter(user=pk, roster__state__in=IN_FORCE).values("shift")
    shifts = Shift.objects.filter(pk__in=theirs, point__in=points, day__gte=first, day__lt=end)
    return stood(covered(shifts))


def of_user(user: User, now: datetime) -> list[Stood]:
    """Return what somebody stands, from what runs now on, two months ahead."""
    mine = Assignment.objects.filter(user=user, roster__state__in=IN_FORCE).values("shift")
    ahead = Shift.objects.filter(pk__in=mine, ends__gt=now, starts__lt=now + AHEAD)
    return stood(covered(ahead))


def seen(acting: Acting, now: datetime) -> QuerySet[DutyPoint]:
    """Return the open points whose duty the actor may see: planned, overseen, or served at."""
    post = acting.post
    found = Q(pk__in=serving(now).filter(user_id=acting.user.pk).values("point"))
    if post.role in PLANNING:
        found |= Q(unit_id=post.unit_id)
    if post.role in OVERSEEING:
        found |= Q(unit_id__in=below(post.unit_id))
    return (
        DutyPoint.objects.filter(found, closed_at=None)
        .select_related("unit")
        .order_by("unit_id", "code")
    )


@dataclass(frozen=True)
class Now:
    """A point with the shifts that run now and the next one to begin."""

    point: DutyPoint
    running: list[Stood]
    following: Shift | None


def on_duty(acting: Acting, now: datetime) -> list[Now]:
    """Return who is on duty now at each point that the actor may see, nearest unit first."""
    points = list(seen(acting, now))
    shifts = Shift.objects.filter(point__in=points, starts__lte=now, ends__gt=now)
    running = stood(covered(shifts))
    ahead = covered(
        Shift.objects.filter(point__in=points, starts__gt=now, starts__lt=now + timedelta(days=8))
    )
    following: dict[int, Shift] = {}
    for one in ahead:
        following.setdefault(one.point_id, one)
    found = [
        Now(
            point,
            [one for one in running if one.shift.point_id == point.pk],
            following.get(point.pk),
        )
        for point in points
    ]
    return sorted(found, key=lambda one: one.point.unit_id != acting.post.unit_id)


@dataclass(frozen=True)
class Change:
    """A shift of somebody, or of a point, as a calendar must hear of it."""

    shift: Shift
    version: int
    changed: datetime
    cancelled: bool
    standing: Stood | None


def history(assignments: QuerySet[Assignment], now: datetime) -> list[Change]:
    """Return each shift that a published roster ever gave, as it stands now, cancelled ones too.

    `version` and `changed` are those of the newest version that was published for its days.
    """
    since = now - timedelta(days=31)
    was = (
        assignments.filter(
            roster__published_at__isnull=False,
            shift__ends__gt=since,
            shift__starts__lt=now + 6 * AHEAD,
        )
        .select_related("roster", "shift__point__unit", "shift__pattern", "user")
        .order_by("shift__starts", "shift_id", "user_id")
    )
    newest = _newest(was)
    places = {(one.shift_id, one.user_id): one for one in was}
    shifts = {one.shift_id: one.shift for one in was}
    standing = {one.shift.pk: one for one in stood(shifts.values())}
    return [_change(one, newest, standing) for one in places.values()]


def _newest(was: QuerySet[Assignment]) -> dict[tuple[int, date], tuple[int, datetime]]:
    """Return for each roster's unit and first day its newest published version, and since when."""
    rosters = Roster.objects.filter(published_at__isnull=False).order_by("version")
    wanted = set(was.values_list("roster__unit_id", "roster__first_day").distinct())
    rows = rosters.filter(unit_id__in={unit for unit, _ in wanted}).values_list(
        "unit_id", "first_day", "version", F("published_at")
    )
    return {(unit, day): (version, at) for unit, day, version, at in rows if (unit, day) in wanted}


def _change(
    one: Assignment,
    newest: dict[tuple[int, date], tuple[int, datetime]],
    standing: dict[int, Stood],
) -> Change:
    version, at = newest[(one.roster.unit_id, one.roster.first_day)]
    found = standing[one.shift_id]
    off = one.shift.cancelled_at
    gone = off is not None or all(each.user.pk != one.user_id for each in found.standers)
    return Change(one.shift, version, max(at, off or at), gone, found)
