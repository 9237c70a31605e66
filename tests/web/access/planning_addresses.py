"""A roster of the group and what bears on it, for the table of who may open which page."""

from datetime import timedelta

from huiyin.parts.duty.models import (
    Bound,
    DutyPoint,
    Eligible,
    Leave,
    Opening,
    Pattern,
    Roster,
    Shift,
    Wish,
)
from tests.cast import Cast
from tests.conftest import NOW

FIRST = NOW.date() + timedelta(days=40)
OWN = {"duty", "duty_leave", "duty_leave_add", "duty_wishes"}  # each sees their own there
PLANNERS = {  # of whoever plans for the unit of the post
    "duty_setup", "duty_point_add", "duty_rules", "duty_rules_drop", "duty_bounds", "duty_past",
    "duty_roster_open",
}  # fmt: skip
OF_POINT = {
    "duty_point", "duty_point_change", "duty_point_close", "duty_hours_add", "duty_pattern_add",
    "duty_admit",
}  # fmt: skip
OF_ROSTER = {
    "duty_roster", "duty_solve", "duty_solve_stop", "duty_roster_check", "duty_shares",
    "duty_versions", "duty_return", "duty_revise", "duty_drop",
}  # fmt: skip
AGAIN = {"duty_leave_cancel", "duty_wish_drop", "duty_bound_drop", "duty_remove"}
PAGES = OF_POINT | OF_ROSTER | AGAIN | {"duty_place", "duty_move"}
POSTED = AGAIN | {
    "duty_rules_drop",
    "duty_point_close",
    "duty_solve_stop",
    "duty_move",
    "duty_drop",
}


def arguments(cast: Cast) -> dict[str, list[object]]:
    """Return what the addresses of the pages take, set up where it is not there yet."""
    point, _ = DutyPoint.objects.get_or_create(
        code="HX-DESK", defaults={"unit": cast.group, "kind": "desk", "name": "接待窗口"}
    )
    pattern, _ = Pattern.objects.get_or_create(
        point=point, code="D", defaults={"name": "白班", "starts": 480, "minutes": 720}
    )
    user = cast.outsider
    Eligible.objects.get_or_create(point=point, user=user, defaults={"capacity": "leader"})
    starts = NOW + timedelta(days=40)
    shift, _ = Shift.objects.get_or_create(
        pattern=pattern, day=FIRST,
        defaults={
            "point": point, "starts": starts, "ends": starts + timedelta(hours=12),
            "klass": "weekday", "leaders": 1, "deputies": 0, "members": 1,
        },
    )  # fmt: skip
    roster, _ = Roster.objects.get_or_create(
        unit=cast.group, first_day=FIRST,
        defaults={"end_day": FIRST + timedelta(days=1), "made_at": NOW},
    )  # fmt: skip
    opening, _ = Opening.objects.get_or_create(point=point, starts=0, minutes=1440)
    leave, _ = Leave.objects.get_or_create(
        user=user, cancelled_at=None,
        defaults={
            "starts": NOW + timedelta(days=3000), "ends": NOW + timedelta(days=3001),
            "entered_at": NOW,
        },
    )  # fmt: skip
    place = {"user": user, "pattern": pattern, "day": FIRST}
    wish, _ = Wish.objects.get_or_create(**place, defaults={"wanted": True})
    bound, _ = Bound.objects.get_or_create(**place, defaults={"fixed": True})
    found: dict[str, list[object]] = {name: [point.code] for name in OF_POINT}
    found |= {name: [roster.pk] for name in OF_ROSTER}
    return found | {
        "duty_place": [roster.pk, shift.pk],
        "duty_move": [roster.pk, "renew"],
        "duty_remove": [point.code, "hours", opening.pk],
        "duty_leave_cancel": [leave.pk],
        "duty_wish_drop": [wish.pk],
        "duty_bound_drop": [bound.pk],
    }
