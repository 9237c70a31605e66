"""A shift of a desk of the group, its gap, swap and checklist, for the table of who may open what."""

from datetime import timedelta

from huiyin.parts.duty.models import Absence, Checklist, DutyPoint, Pattern, Roster, Shift, Swap
from tests.cast import Cast
from tests.conftest import NOW

POSTED = {"duty_sign_in", "duty_check_close", "duty_mended"}
OF_SHIFT = {
    "duty_shift_of", "duty_sign_in", "duty_shift_leave", "duty_log", "duty_handover",
    "duty_relief", "duty_swap_offer",
}  # fmt: skip
OF_POINT = {"duty_check_add", "duty_medical"}
PAGES = OF_SHIFT | OF_POINT | {
    "duty_step_in", "duty_swap", "duty_checklist", "duty_check_close", "duty_mended",
}  # fmt: skip
OWN = {"duty_shift", "duty_swaps", "duty_checks"}  # each sees their own there


def arguments(cast: Cast) -> dict[str, list[object]]:
    """Return what the addresses of the pages take, set up where it is not there yet."""
    point, _ = DutyPoint.objects.get_or_create(
        code="HX-DESK", defaults={"unit": cast.group, "kind": "desk", "name": "接待窗口"}
    )
    pattern, _ = Pattern.objects.get_or_create(
        point=point, code="D", defaults={"name": "白班", "starts": 480, "minutes": 720}
    )
    shift, _ = Shift.objects.get_or_create(
        pattern=pattern, day=NOW.date(),
        defaults={
            "point": point, "starts": NOW, "ends": NOW + timedelta(hours=12), "klass": "weekday",
            "leaders": 1, "deputies": 0, "members": 1,
        },
    )  # fmt: skip
    roster, _ = Roster.objects.get_or_create(
        unit=cast.group, first_day=NOW.date(),
        defaults={"end_day": NOW.date() + timedelta(days=1), "made_at": NOW, "state": "published"},
    )  # fmt: skip
    gap, _ = Absence.objects.get_or_create(
        shift=shift, user=cast.outsider, defaults={"capacity": "member", "told_at": NOW}
    )
    swap, _ = Swap.objects.get_or_create(
        shift=shift, giver=cast.outsider, defaults={"roster": roster, "asked_at": NOW}
    )
    checklist, _ = Checklist.objects.get_or_create(
        point=point, name="灭火器", defaults={"every": "day", "post": cast.clerk.post}
    )
    item, _ = checklist.items.get_or_create(number=1, defaults={"kind": "look", "text": "压力表"})
    found: dict[str, list[object]] = {name: [shift.pk] for name in OF_SHIFT}
    found |= {name: [point.code] for name in OF_POINT}
    return found | {
        "duty_step_in": [gap.pk],
        "duty_swap": [swap.pk],
        "duty_checklist": [checklist.pk],
        "duty_check_close": [checklist.pk],
        "duty_mended": [item.pk],
    }
