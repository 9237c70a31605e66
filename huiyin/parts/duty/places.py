"""Where a unit's duty points are: places of the unit, never of a person."""

from huiyin.kernel.units.queries import below
from huiyin.parts.duty.models import DutyPoint


def places_of(unit_id: int, most: int = 12) -> list[str]:
    """Return the places of the points of the unit and of those below it, each once."""
    found = DutyPoint.objects.filter(unit__in=below(unit_id), closed_at=None).exclude(place="")
    return list(dict.fromkeys(found.order_by("pk").values_list("place", flat=True)[:100]))[:most]
