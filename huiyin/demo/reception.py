"""The demonstration's reception desk: rooms, a morning of turns, a group with a time of its own."""

from datetime import datetime, timedelta

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.actions import reception
from huiyin.parts.duty.models import DutyPoint, Room

# name, English name, how many it holds, whether people wait there, what it has, open now
ROOMS = (
    ("来访等候厅", "Waiting hall", 30, True, ("step_free",), True),
    ("一号接待室", "Room 1", 6, False, ("step_free", "child"), True),
    ("二号接待室", "Room 2", 5, False, (), True),
    ("三号接待室", "Room 3", 8, False, (), False),
)
# minutes ago, people, needs, language
CAME: tuple[tuple[int, int, tuple[str, ...], str], ...] = (
    (118, 1, (), ""),
    (112, 1, ("writing",), ""),
    (97, 2, (), ""),
    (80, 1, (), ""),
    (66, 1, ("interpreter",), "ug"),
    (52, 1, (), ""),
    (38, 1, ("step_free",), ""),
    (31, 1, (), ""),
    (24, 12, (), ""),
    (15, 2, ("child",), ""),
    (9, 1, ("sign",), ""),
    (4, 1, (), ""),
)
RECEIVED = 6  # of those above
TALK = 14  # minutes


def load(code: str, acting: Acting, now: datetime) -> None:
    """Set the desk up and let people come; `acting` plans the duty of the point of this code."""
    point = DutyPoint.objects.get(code=code)
    start = now - timedelta(minutes=130)
    rooms: list[Room] = []
    for name, name_en, holds, waiting, fits, opened in ROOMS:
        room = reception.set_room(
            acting, point.code, name=name, name_en=name_en, holds=holds, waiting=waiting,
            fits=fits, now=start,
        )  # fmt: skip
        if not opened:
            reception.open_room(acting, point.code, room.pk, False, now=start)
        rooms.append(room)
    turns = []
    for minutes, people, needs, language in CAME:
        at = now - timedelta(minutes=minutes)
        visit = reception.take_number(point, now=at, people=people, needs=needs, language=language)
        turns.append(visit)
        if len(turns) <= RECEIVED:
            reception.call_next(acting, point.code, rooms[1].pk, now=at + timedelta(minutes=1))
            end = at + timedelta(minutes=TALK)
            how = "left" if len(turns) == 4 else "received"
            reception.end(acting, point.code, visit.pk, how, now=end)
    for room in rooms[1:3]:
        reception.call_next(acting, point.code, room.pk, now=now - timedelta(minutes=6))
    hour = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    reception.keep_room(
        acting, point.code, rooms[2].pk, starts=hour, ends=hour + timedelta(hours=1),
        representatives=5, visit_pk=turns[8].pk, now=now,
    )  # fmt: skip
