"""A reception desk of the group, for the table of who may open which page."""

from datetime import timedelta

from django.utils import timezone

from huiyin.parts.duty.models import DutyPoint, Meeting, Room, Visit
from tests.cast import Cast
from tests.conftest import NOW

POSTED = {"duty_call", "duty_turn", "duty_room_open", "duty_group_give_up"}
PAGES = {
    "duty_desk", "duty_number", "duty_call", "duty_turn", "duty_rooms", "duty_room_add",
    "duty_room", "duty_room_open", "duty_groups", "duty_group_give_up",
}  # fmt: skip


def arguments(cast: Cast) -> dict[str, list[object]]:
    """Return what the addresses of the desk's pages take, set up where it is not there yet."""
    point, _ = DutyPoint.objects.get_or_create(
        code="HX-DESK", defaults={"unit": cast.group, "kind": "desk", "name": "接待窗口"}
    )
    room, _ = Room.objects.get_or_create(point=point, name="一号", defaults={"holds": 6})
    visit, _ = Visit.objects.get_or_create(
        point=point, day=NOW.date(), number=1, defaults={"came_at": NOW}
    )
    starts = timezone.now() + timedelta(hours=1)
    meeting, _ = Meeting.objects.get_or_create(
        room=room, cancelled_at=None,
        defaults={"starts": starts, "ends": starts + timedelta(hours=1), "representatives": 3},
    )  # fmt: skip
    found: dict[str, list[object]] = {name: [point.code] for name in PAGES}
    found["duty_turn"].append(visit.pk)
    found["duty_room"].append(room.pk)
    found["duty_room_open"].append(room.pk)
    found["duty_group_give_up"].append(meeting.pk)
    return found
