"""What the pages of a reception desk say of a turn and of a room."""

from django import template

from huiyin.parts.duty import desk
from huiyin.parts.duty.desk_words import Spoken
from huiyin.parts.duty.models import Need, Room, Visit

register = template.Library()


@register.filter
def needs(visit: Visit) -> list[str]:
    """Return what the desk must have ready, in words; with an interpreter, for which language."""
    found = [str(Need(need).label) for need in visit.needs]
    if visit.language and Need.INTERPRETER in visit.needs:
        found[0] += f" · {Spoken(visit.language).label}"
    return found


@register.filter
def has(room: Room) -> list[str]:
    """Return what the room has for those who need it, in words."""
    return [str(Need(place).label) for place in room.fits]


@register.filter
def group(visit: Visit, most: int | None) -> bool:
    """Whether more came together than are received at once."""
    return visit.people > (most or 1)


@register.filter
def going_in(visit: Visit) -> int:
    """Return how many of the turn are received in the room at once."""
    return desk.inside(visit)
