"""Which units are covered round the clock, and which have gone through their checklists.

Set-based, for any number of units; units and times come out, never people.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.units.queries import below
from huiyin.parts.duty.access import IN_FORCE
from huiyin.parts.duty.actions.checklists import CHECK, MEND
from huiyin.parts.duty.models import Absence, Assignment, Capacity, Checklist


def covered_until(root_id: int, since: datetime, until: datetime) -> dict[int, datetime]:
    """Return for units from `root_id` on down up to when they are covered from `since` on.

    Covered is every minute in which somebody leads a shift of the unit by a roster in force, and did
    not say that they can't come. A unit that is covered up to `until` has that time, one that has no
    duty at all is absent.
    """
    away = Absence.objects.filter(
        shift=OuterRef("shift"), user=OuterRef("user"), replaced_at__isnull=True
    )
    found = Assignment.objects.filter(
        ~Exists(away),
        capacity=Capacity.LEADER,
        roster__state__in=IN_FORCE,
        shift__cancelled_at__isnull=True,
        shift__starts__lt=until,
        shift__ends__gt=since,
        shift__point__unit__in=below(root_id),
    )
    reached: dict[int, datetime] = {}
    shifts = found.order_by("shift__starts").values_list(
        "shift__point__unit", "shift__starts", "shift__ends"
    )
    for unit, starts, ends in shifts.iterator(chunk_size=5_000):
        upto = reached.setdefault(unit, since)
        if starts <= upto < ends:
            reached[unit] = min(ends, until)
    return reached


def unchecked(root_id: int, now: datetime) -> Mapping[int, int]:
    """Return for units with checklists how many checks, or things to mend, are past their time."""
    late = Q(post__unit__in=below(root_id), state=Deadline.State.OPEN, due_at__lte=now)
    open_ones = Deadline.objects.filter(late, kind__in=(CHECK, MEND), post__isnull=False)
    found = dict.fromkeys(
        Checklist.objects.filter(
            closed_at=None, point__closed_at=None, point__unit__in=below(root_id)
        ).values_list("point__unit", flat=True),
        0,
    )
    counted = open_ones.values_list("post__unit").annotate(n=Count("pk")).order_by()
    return found | {unit: number for unit, number in counted if unit is not None}
