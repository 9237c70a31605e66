"""Receiving those who come in person: numbers, calls, rooms for groups.

Nothing here knows who came, and no single turn is in the ledger. Nobody is sent away: a number is
given however many wait, and keeps its turn all day, also for whoever was away when it was called.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import desk, turns
from huiyin.parts.duty.access import DutyNotFound, NotYours, planner_post
from huiyin.parts.duty.desk_words import Spoken
from huiyin.parts.duty.models import PLACES, DutyPoint, Meeting, Need, Room, Visit

KEPT = timedelta(days=7)  # turns and meetings are deleted so long after
CROWDED = "duty.crowded"
RELIEF = timedelta(minutes=15)  # in which a desk that is too full gets another room
MOST = 500  # people of one group


def _lock(point: DutyPoint) -> None:
    """Let one action at a time change the turns of a desk."""
    DutyPoint.objects.select_for_update().get(pk=point.pk)


@transaction.atomic
def take_number(
    point: DutyPoint,
    *,
    now: datetime,
    people: int = 1,
    needs: Collection[str] = (),
    language: str = "",
    seed: str = "",
) -> Visit:
    """Give the next number of today to whoever comes; the same `seed` gets the same number.

    Raises BadInput for a desk that is closed for good, and for needs or a size that are none.
    """
    if point.closed_at is not None:
        raise BadInput("", "closed")
    if not 1 <= people <= MOST:
        raise BadInput("people", "people")
    if set(needs) - set(Need.values):
        raise BadInput("needs", "needs")
    if language and language not in Spoken.values:
        raise BadInput("language", "needs")
    _lock(point)
    if seed and (given := Visit.objects.filter(seed=seed).first()):
        return given
    day = desk.today(now)
    last = Visit.objects.filter(point=point, day=day).aggregate(last=Max("number"))["last"] or 0
    visit = Visit.objects.create(
        point=point,
        day=day,
        number=last + 1,
        people=people,
        needs=[need for need in Need.values if need in needs],
        language=language if Need.INTERPRETER in needs else "",
        came_at=now,
        seed=seed,
    )
    _watch(point, now)
    return visit


@transaction.atomic
def call_next(acting: Acting, code: str, room_pk: int | None, *, now: datetime) -> Visit | None:
    """Call whose turn it is into the room (None at a desk without rooms); None if nobody waits.

    Raises BadInput when the room is taken or kept for a meeting.
    """
    point = desk.access_desk(acting, code, now)
    _lock(point)
    found = desk.load(point, now)
    room = _free_room(found, room_pk)
    waiting = {visit.number: visit for visit, _ in reversed(found.waiting)}
    turn = turns.next_turn(
        [turns.Turn(visit.number, desk.places(visit)) for visit, _ in found.waiting],
        room.fits if room else PLACES,
        [one.room.fits for one in found.rooms if room and one.room != room],
    )
    if turn is None:
        return None
    return _called(waiting[turn.number], room, now)


def _free_room(found: desk.Load, pk: int | None) -> Room | None:
    if pk is None:
        if found.rooms:
            raise BadInput("room", "room_needed")
        return None
    for one in found.rooms:
        if one.room.pk == pk:
            if one.visit is not None:
                raise BadInput("room", "room_taken")
            if one.meeting_now:
                raise BadInput("room", "room_kept")
            return one.room
    raise DutyNotFound


def _called(visit: Visit, room: Room | None, now: datetime) -> Visit:
    visit.called_at, visit.room = now, room
    visit.save(update_fields=["called_at", "room"])
    _watch(visit.point, now)
    return visit


def _turn(acting: Acting, code: str, pk: int, now: datetime) -> tuple[DutyPoint, Visit]:
    point = desk.access_desk(acting, code, now)
    _lock(point)
    visit = Visit.objects.select_related("room", "meeting__room").filter(point=point, pk=pk).first()
    if visit is None:
        raise DutyNotFound
    return point, visit


@transaction.atomic
def call_group(acting: Acting, code: str, pk: int, *, now: datetime) -> Visit:
    """Call a group into the room that is kept for it."""
    point, visit = _turn(acting, code, pk, now)
    meeting = desk.meeting_of(visit)
    if meeting is None or visit.called_at is not None or visit.ended_at is not None:
        raise BadInput("", "not_now")
    for one in desk.load(point, now).rooms:
        if one.room == meeting.room and one.visit is not None:
            raise BadInput("room", "room_taken")
    return _called(visit, meeting.room, now)


@transaction.atomic
def call_again(acting: Acting, code: str, pk: int, *, now: datetime) -> Visit:
    """Call a number once more: it stands first on the screen again."""
    _, visit = _turn(acting, code, pk, now)
    if visit.called_at is None or visit.ended_at is not None:
        raise BadInput("", "not_now")
    return _called(visit, visit.room, now)


@transaction.atomic
def end(acting: Acting, code: str, pk: int, how: str, *, now: datetime) -> Visit:
    """End a turn: received (only once it was called), or left. What ended already stays as it is."""
    point, visit = _turn(acting, code, pk, now)
    if how not in Visit.End.values or (how == Visit.End.RECEIVED and visit.called_at is None):
        raise BadInput("", "not_now")
    if visit.ended_at is None:
        visit.ended_at, visit.end = now, how
        visit.save(update_fields=["ended_at", "end"])
        if (meeting := desk.meeting_of(visit)) is not None and meeting.ends > now:
            _free(meeting, now)
        _watch(point, now)
    return visit


def _free(meeting: Meeting, now: datetime) -> None:
    """Give back the room for the rest of the time that was kept."""
    if meeting.starts < now:
        meeting.ends = now
    else:
        meeting.cancelled_at = now
    meeting.save(update_fields=["ends", "cancelled_at"])


@transaction.atomic
def bring_back(acting: Acting, code: str, pk: int, *, now: datetime) -> Visit:
    """Let somebody who was away take up their old turn again: they are next by their coming."""
    point, visit = _turn(acting, code, pk, now)
    if visit.end == Visit.End.RECEIVED:
        raise BadInput("", "not_now")
    visit.called_at = visit.room = visit.ended_at = None
    visit.end = ""
    visit.save(update_fields=["called_at", "room", "ended_at", "end"])
    _watch(point, now)
    return visit


@transaction.atomic
def keep_room(
    acting: Acting,
    code: str,
    room_pk: int,
    *,
    starts: datetime,
    ends: datetime,
    representatives: int,
    now: datetime,
    visit_pk: int | None = None,
) -> Meeting:
    """Keep a room for a group, received through representatives that it chooses itself.

    Raises BadInput when the room is taken at that time, holds fewer, or when they are more than
    the policy pack says (article 20 of the regulation of 2022: at most five).
    """
    point = desk.access_desk(acting, code, now)
    _lock(point)
    room = point.rooms.filter(pk=room_pk).first()
    if room is None or room.closed_at is not None or room.waiting:
        raise DutyNotFound
    most = desk.representatives()
    if ends <= starts or ends <= now:
        raise BadInput("ends", "times")
    if representatives < 1 or (most and representatives > most):
        raise BadInput("representatives", "representatives")
    if representatives > room.holds:
        raise BadInput("representatives", "room_small")
    if room.meetings.filter(cancelled_at=None, starts__lt=ends, ends__gt=starts).exists():
        raise BadInput("room", "room_overlap")
    visit = _waiting_group(point, visit_pk, now) if visit_pk else None
    meeting = Meeting.objects.create(
        room=room, visit=visit, starts=starts, ends=ends, representatives=representatives
    )
    _watch(point, now)
    return meeting


def _waiting_group(point: DutyPoint, pk: int, now: datetime) -> Visit:
    visit = desk.running(point, now).filter(pk=pk, called_at=None).first()
    if visit is None:
        raise BadInput("visit", "not_now")
    Meeting.objects.filter(visit=visit, cancelled_at__isnull=False).delete()
    if desk.meeting_of(visit):
        raise BadInput("visit", "has_room")
    return visit


@transaction.atomic
def give_up_room(acting: Acting, code: str, pk: int, *, now: datetime) -> None:
    """Give up a room that was kept; a group that is here goes on in its turn."""
    point = desk.access_desk(acting, code, now)
    _lock(point)
    meeting = desk.meetings(point, now).filter(pk=pk).first()
    if meeting is None:
        raise DutyNotFound
    _free(meeting, now)
    _watch(point, now)


@transaction.atomic
def set_room(
    acting: Acting,
    code: str,
    *,
    name: str,
    holds: int,
    now: datetime,
    name_en: str = "",
    waiting: bool = False,
    fits: Collection[str] = (),
    pk: int | None = None,
) -> Room:
    """Add a room to the desk, or change one."""
    point = desk.access_desk(acting, code, now)
    if not desk.manages_rooms(acting, point):
        raise NotYours
    _lock(point)
    room = point.rooms.filter(pk=pk).first() if pk else Room(point=point)
    if room is None:
        raise DutyNotFound
    room.name, room.name_en, room.holds, room.waiting = name, name_en, holds, waiting
    room.fits = [place for place in PLACES if place in fits]
    room.save()
    _watch(point, now)
    return room


@transaction.atomic
def open_room(acting: Acting, code: str, pk: int, opened: bool, *, now: datetime) -> Room:
    """Open a room, or close it; one with somebody in it, or kept for a group, stays open."""
    point = desk.access_desk(acting, code, now)
    _lock(point)
    room = point.rooms.filter(pk=pk).first()
    if room is None:
        raise DutyNotFound
    if not opened and (
        desk.running(point, now).filter(room=room).exists()
        or desk.meetings(point, now).filter(room=room).exists()
    ):
        raise BadInput("", "room_used")
    room.closed_at = None if opened else now
    room.save(update_fields=["closed_at"])
    _watch(point, now)
    return room


def _watch(point: DutyPoint, now: datetime) -> None:
    """Tell the duty leader when the desk holds more than it safely can; end that when it is over.

    Another room is what is owed, within a quarter of an hour, and the ladder climbs after that.
    """
    if not desk.load(point, now).over:
        clock.meet(point.ref, CROWDED, now=now)
        return
    post = planner_post(point.unit)
    if post is None or clock.find(point.ref, CROWDED) is not None:
        return
    clock.start_until(
        CROWDED,
        subject=point.ref,
        post=post,
        due_at=now + RELIEF,
        because=(
            "等候或接谈的人数超过场所核定人数，应在15分钟内增开接待室或等候场所。",
            "More people are here than the place safely holds: another room within 15 minutes.",
        ),
        pace=(10, 20),
        now=now,
    )
    notices.queue(post.pk, CROWDED, point.ref, now)


@transaction.atomic
def look_again(now: datetime) -> None:
    """End what is owed for a hall that was too full and has emptied without anybody's doing."""
    owed = Deadline.objects.filter(kind=CROWDED, state=Deadline.State.OPEN)
    full = {subject.removeprefix("point:") for subject in owed.values_list("subject", flat=True)}
    for point in DutyPoint.objects.filter(code__in=full).select_related("unit").order_by("pk"):
        _lock(point)
        _watch(point, now)


def forget(now: datetime) -> int:
    """Delete turns and meetings that are over long enough; return how many turns there were."""
    look_again(now)
    Meeting.objects.filter(ends__lt=now - KEPT).delete()
    gone, _ = Visit.objects.filter(day__lt=desk.today(now - KEPT)).delete()
    return gone
