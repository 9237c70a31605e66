"""What all actions on a shift need: refusals in words, who is on it, who stands for the unit."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from huiyin.kernel.given import BadInput
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Role, Unit
from huiyin.parts.duty.access import IN_FORCE, capacities, plans
from huiyin.parts.duty.actions import alarms
from huiyin.parts.duty.models import DutyPoint, Shift, SignIn

LINGER = timedelta(hours=4)  # after its end, in which somebody may still be on a shift
HEADS = (Role.DUTY_LEADER, Role.HEAD, Role.DEPUTY)


class Refused(BadInput):
    """Something that can't be done now; `facts` fill the sentence that `code` stands for."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__("", code)
        self.facts = facts


class BrokenRules(Refused):
    """What is wanted would break rules of rosters: `rules` are their names."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__("rules_broken", rules=rules)
        self.rules = rules


def lock_point(point_id: int) -> DutyPoint:
    """Return the point, locked: what happens on its shifts happens one after the other."""
    return _locked(point_id)[0]


@Statement
def _locked(pk: int) -> QuerySet[DutyPoint]:
    points = DutyPoint.objects.select_for_update(of=("self",)).select_related("unit")
    return points.filter(pk=pk)


def capacity_on(shift: Shift, user_id: int) -> str:
    """Return as what the person stands the shift by the roster in force; empty for who does not."""
    return capacities.first(shift.pk, user_id) or ""


def present(shift: Shift, user_id: int, now: datetime) -> SignIn | None:
    """Return the sign-in of somebody who is on the shift now; who forgot to leave no longer is."""
    if now >= shift.ends + LINGER:
        return None
    return SignIn.objects.filter(shift=shift, user_id=user_id, left_at=None).first()


def heads(acting: Acting, unit_id: int) -> bool:
    """Whether the actor's post answers for the unit's shifts: duty leader, head or deputy."""
    return plans(acting.post, unit_id) and acting.post.role in HEADS


def filled(point: DutyPoint) -> QuerySet[Shift]:
    """Return the shifts of the point for which a roster is in force, in order of time."""
    return (
        Shift.objects.filter(
            point=point, cancelled_at=None, assignments__roster__state__in=IN_FORCE
        )
        .select_related("point__unit", "pattern")
        .order_by("starts", "pk")
        .distinct()
    )


def shift_after(shift: Shift) -> Shift | None:
    """Return the first shift of the point that begins when this one is over, or later."""
    return filled(shift.point).filter(starts__gte=shift.ends).first()


def tell_unit(unit: Unit, kind: str, subject: str, now: datetime, **facts: str | int) -> None:
    """Queue a notice for the post that answers for the unit's shifts."""
    if post := alarms.leading_post(unit):
        notices.queue(post.pk, kind, subject, now, facts)
