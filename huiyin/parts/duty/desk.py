"""Reading the reception desk: who waits by number, what is called, how full it is. Never people."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import turns
from huiyin.parts.duty.access import (
    DutyNotFound,
    NotYours,
    access_point,
    in_force,
    may_serve,
    plans,
)
from huiyin.parts.duty.models import PLACES, DutyPoint, Meeting, Room, Shift, Visit

OVERNIGHT = timedelta(hours=12)  # a turn outlives midnight for so long where the desk stays open
SCREEN = 6  # called numbers on the screen


def representatives() -> int | None:
    """Return how many represent a group at most by the policy pack; None where it sets no number."""
    group = policy().pack.group
    return group.representatives if group else None


def access_desk(acting: Acting, code: str, now: datetime) -> DutyPoint:
    """Return a desk at which the actor receives people today.

    Raise DutyNotFound for what is absent or none of their business, NotYours for those who may
    see the point and don't serve at it.
    """
    point = access_point(acting, code, now)
    if point.closed_at is not None or point.kind != DutyPoint.Kind.DESK:
        raise DutyNotFound
    if not receives(acting, point, now):
        raise NotYours
    return point


def receives(acting: Acting, point: DutyPoint, now: datetime) -> bool:
    """Whether the actor serves at the desk today, plans it, or stands its shift now."""
    standing = Shift.objects.filter(point=point, starts__lte=now, ends__gt=now)
    return (
        plans(acting.post, point.unit_id)
        or may_serve(acting.user.pk, point, now)
        or in_force(standing).filter(user_id=acting.user.pk).exists()
    )


def desks(acting: Acting, now: datetime) -> list[DutyPoint]:
    """Return the open desks at which the actor receives people."""
    found = DutyPoint.objects.filter(kind=DutyPoint.Kind.DESK, closed_at=None)
    mine = found.filter(Q(unit_id=acting.post.unit_id) | Q(eligible__user_id=acting.user.pk))
    mine = mine.select_related("unit").distinct().order_by("unit_id", "code")
    return [point for point in mine if receives(acting, point, now)]


def public_desk(code: str) -> DutyPoint:
    """Return an open desk by its code; raise DutyNotFound."""
    found = DutyPoint.objects.filter(code=code, kind=DutyPoint.Kind.DESK, closed_at=None).first()
    if found is None:
        raise DutyNotFound
    return found


def manages_rooms(acting: Acting, point: DutyPoint) -> bool:
    """Whether the actor sets up the desk's rooms, and says how many people they safely hold."""
    return plans(acting.post, point.unit_id)


def today(now: datetime) -> date:
    """Return the local date, on which numbers begin anew."""
    return policy().calendar.local_date(now)


def running(point: DutyPoint, now: datetime) -> QuerySet[Visit]:
    """Return the turns that have not ended, in order of coming."""
    return (
        Visit.objects.filter(
            Q(day=today(now)) | Q(came_at__gt=now - OVERNIGHT), point=point, ended_at=None
        )
        .select_related("room", "meeting__room")
        .order_by("came_at", "pk")
    )


def meeting_of(visit: Visit) -> Meeting | None:
    """Return the meeting that is kept for the turn, None where there is none."""
    found: Meeting | None = getattr(visit, "meeting", None)
    return found if found and found.cancelled_at is None else None


def inside(visit: Visit) -> int:
    """Return how many of a turn are in the room that it was called to; the others wait."""
    if visit.room is None:
        return 0
    if (meeting := meeting_of(visit)) is not None:
        return min(visit.people, meeting.representatives)
    most = representatives()
    return min(visit.people, visit.room.holds, *([most] if most else []))


@dataclass(frozen=True)
class RoomNow:
    """A room, how full it is, the turn that is in it and the meeting now or next in it."""

    room: Room
    fill: turns.Fill
    visit: Visit | None = None
    meeting: Meeting | None = None
    meeting_now: bool = False

    @property
    def free(self) -> bool:
        """Whether somebody can be called into it."""
        return self.visit is None and not self.meeting_now


@dataclass(frozen=True)
class Load:
    """How full the desk is, and how long people wait. Numbers and rooms, nothing else."""

    waiting: list[tuple[Visit, int | None]]
    called: list[Visit]
    appointed: list[Visit]
    hall: turns.Fill | None
    rooms: list[RoomNow]
    longest: int
    wait: int | None
    closed: list[Room] = field(default_factory=list)

    @property
    def fills(self) -> list[turns.Fill]:
        """How full the hall and each room is."""
        return [*([self.hall] if self.hall else []), *(one.fill for one in self.rooms)]

    @property
    def over(self) -> bool:
        """Whether some place holds more people than it safely can."""
        return any(fill.over for fill in self.fills)

    @property
    def near(self) -> bool:
        """Whether the hall is so full that doors and exits must be looked after."""
        return self.over or (self.hall is not None and self.hall.near)

    @property
    def free(self) -> list[Room]:
        """Rooms into which somebody can be called now."""
        return [one.room for one in self.rooms if one.free]


def load(point: DutyPoint, now: datetime) -> Load:
    """Return how the desk stands."""
    found = list(running(point, now))
    called = [one for one in found if one.called_at is not None]
    appointed = [one for one in found if one.called_at is None and meeting_of(one)]
    waiting = [one for one in found if one.called_at is None and not meeting_of(one)]
    speed, desks = pace(point, now), len(called)
    rooms = list(point.rooms.order_by("name", "pk"))
    halls = [one for one in rooms if one.waiting and one.closed_at is None]
    in_hall = sum(one.people - inside(one) for one in found)
    return Load(
        waiting=[(one, turns.wait(speed, n, desks)) for n, one in enumerate(waiting)],
        called=sorted(called, key=lambda one: (one.called_at, one.pk), reverse=True),
        appointed=appointed,
        hall=turns.Fill(in_hall, sum(one.holds for one in halls)) if halls else None,
        rooms=_rooms(point, called, now),
        longest=max((int((now - one.came_at).total_seconds() // 60) for one in waiting), default=0),
        wait=turns.wait(speed, len(waiting), desks),
        closed=[one for one in rooms if one.closed_at is not None],
    )


def _rooms(point: DutyPoint, called: list[Visit], now: datetime) -> list[RoomNow]:
    ahead = Meeting.objects.filter(cancelled_at=None, ends__gt=now).order_by("starts")
    rooms = point.rooms.filter(waiting=False, closed_at=None).order_by("name", "pk")
    found = []
    for room in rooms.prefetch_related(Prefetch("meetings", ahead, to_attr="ahead")):
        there = [one for one in called if one.room_id == room.pk]
        meeting = next(iter(room.ahead), None)
        on = meeting is not None and meeting.starts <= now
        people = sum(inside(one) for one in there)
        if meeting and on and meeting.visit_id is None:
            people += meeting.representatives
        fill = turns.Fill(people, room.holds)
        found.append(RoomNow(room, fill, next(iter(there), None), meeting, on))
    return found


def pace(point: DutyPoint, now: datetime) -> timedelta | None:
    """Return how long a reception takes today; groups with a time of their own don't count."""
    ended = Visit.objects.filter(
        Q(day=today(now)) | Q(came_at__gt=now - OVERNIGHT),
        point=point, end=Visit.End.RECEIVED, called_at__isnull=False, meeting=None,
    ).order_by("ended_at")  # fmt: skip
    pairs = ended.values_list("called_at", "ended_at")
    return turns.pace([(called, end) for called, end in pairs if called and end])


def places(visit: Visit) -> frozenset[str]:
    """Return what the turn needs a room to have."""
    return frozenset(set(visit.needs) & set(PLACES))


def meetings(point: DutyPoint, now: datetime) -> QuerySet[Meeting]:
    """Return the meetings that are not over yet, by time."""
    return (
        Meeting.objects.filter(room__point=point, cancelled_at=None, ends__gt=now)
        .select_related("room", "visit")
        .order_by("starts", "pk")
    )


def latest(point: DutyPoint, number: int, now: datetime) -> Visit | None:
    """Return the turn of that number, today's before yesterday's; None where there is none."""
    found = Visit.objects.filter(Q(day=today(now)) | Q(came_at__gt=now - OVERNIGHT), point=point)
    return found.filter(number=number).order_by("-day").first()


def left(point: DutyPoint, now: datetime) -> list[Visit]:
    """Return today's turns of whoever was away when called: they may take them up again."""
    found = Visit.objects.filter(point=point, day=today(now), end=Visit.End.LEFT)
    return list(found.order_by("number"))


@dataclass(frozen=True)
class Screen:
    """What everybody in the hall sees: numbers and rooms, and how long one waits."""

    called: list[Visit]
    waiting: list[tuple[Visit, int | None]]
    wait: int | None


def screen(point: DutyPoint, now: datetime) -> Screen:
    """Return what the screen of the hall shows."""
    found = load(point, now)
    return Screen(found.called[:SCREEN], found.waiting, found.wait)
