"""Who is on a shift, as actors."""

from datetime import datetime, timedelta

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import in_force
from huiyin.parts.duty.actions import watch
from huiyin.parts.duty.models import Shift
from tests.duty import Duty


def people(duty: Duty) -> dict[int, Acting]:
    return {one.user.pk: one for one in [*duty.leaders, *duty.members, duty.gu]}


def standing(duty: Duty, shift: Shift, capacity: str) -> list[Acting]:
    found = in_force(shift).filter(capacity=capacity)
    return [people(duty)[one.user_id] for one in found]


def leader(duty: Duty, shift: Shift) -> Acting:
    return standing(duty, shift, "leader")[0]


def member(duty: Duty, shift: Shift) -> Acting:
    return standing(duty, shift, "member")[0]


def following(duty: Duty, shift: Shift) -> Shift:
    """Return the shift of the desk that takes over."""
    found = Shift.objects.filter(point=shift.point, starts=shift.ends)
    return found.select_related("point__unit", "pattern").get()


def stood(duty: Duty, shift: Shift, at: datetime | None = None) -> Acting:
    """Let the leader and the member sign in; return the leader."""
    for who in (leader(duty, shift), member(duty, shift)):
        watch.sign_in(who, shift.pk, now=at or shift.starts - timedelta(minutes=5))
    return leader(duty, shift)
