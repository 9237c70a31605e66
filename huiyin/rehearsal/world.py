"""Who acts for whom in a rehearsal: the tree that the window covers, read once."""

from dataclasses import dataclass, field
from datetime import datetime

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Lineage, Post, Role, Tenure, Unit
from huiyin.kernel.units.queries import current, line_of, organisation
from huiyin.parts.cases.actions.forwarding import ANSWERING
from huiyin.parts.reports import standing
from huiyin.parts.reports.actions.windows import MAKES


class Unfit(ValueError):
    """The organisation can't be rehearsed; the message says what is missing."""


@dataclass
class World:
    """Units and actors by the ids of units; `below` are those that owe reports, in the tree's order."""

    top: Unit
    units: dict[int, Unit]
    below: list[int]
    senders: dict[int, Acting]
    desks: dict[int, Acting]  # who acknowledges what arrives there
    levels: dict[int, list[int]]  # the units above with a desk, nearest first
    answering: list[int]  # the units below that a letter can be sent to
    maker: Acting
    reception: Acting | None
    actors: dict[int, Acting] = field(default_factory=dict)  # by post


def _top() -> Unit:
    if (reception := organisation().reception) is not None:
        return Unit.objects.get(pk=line_of(reception.unit_id)[-1])
    tops = Unit.objects.filter(parent=None, closed_at=None)
    return max(tops, key=lambda unit: (Lineage.objects.filter(ancestor=unit).count(), -unit.pk))


def read(now: datetime) -> World:
    """Read the tree under the reception's top unit; raises Unfit."""
    top = _top()
    line = Lineage.objects.filter(ancestor=top, unit__closed_at=None).order_by("distance", "unit")
    units = Unit.objects.in_bulk(list(line.values_list("unit_id", flat=True)))
    actors: dict[int, Acting] = {}
    held = Tenure.objects.filter(current(now)).select_related("post__unit", "user")
    for one in held.order_by("stand_in", "pk"):
        actors.setdefault(one.post_id, Acting(one.user, one.post, one.stand_in))
    receiving = standing.posts(units, now)
    sending = standing.posts(units, now, standing.SENDS)
    desks = {unit: actors[post.pk] for unit, post in receiving.items() if post.pk in actors}
    senders = {unit: actors[post.pk] for unit, post in sending.items() if post.pk in actors}
    above: dict[int, list[int]] = {unit: [] for unit in units}
    for unit, ancestor in (
        Lineage.objects.filter(unit__in=units, distance__gt=0)
        .order_by("distance")
        .values_list("unit_id", "ancestor_id")
    ):
        if ancestor in desks:
            above[unit].append(ancestor)
    below = sorted(unit for unit in units if unit != top.pk and unit in senders)
    makers = [one for one in actors.values() if one.post.unit_id == top.pk]
    maker = next((one for role in MAKES for one in makers if one.post.role == role), None)
    if maker is None:
        raise Unfit(f"nobody holds a post of head, deputy or secretary at the top, {top.code}")
    if not below or not all(above[unit] for unit in below):
        raise Unfit(f"below {top.code} there is no unit to report, or above it no desk to read it")
    mine = organisation().reception
    reception = actors.get(mine.pk) if mine else None
    return World(
        top, units, below, senders, desks, above,
        [one for one in _answering(actors) if one in below and reception is not None
         and one != reception.post.unit_id],
        maker, reception, actors,
    )  # fmt: skip


def _answering(actors: dict[int, Acting]) -> list[int]:
    return sorted({one.post.unit_id for one in actors.values() if one.post.role in ANSWERING})


def planners(world: World) -> list[tuple[Acting, Acting]]:
    """Return who plans duty and who decides on it, for each unit that could keep a duty point."""
    roles = (Role.CLERK, Role.HEAD, Role.DEPUTY)
    found = []
    by_unit: dict[int, dict[str, Acting]] = {}
    for one in world.actors.values():
        by_unit.setdefault(one.post.unit_id, {}).setdefault(one.post.role, one)
    for unit in world.below:
        own, parent = by_unit.get(unit, {}), world.units[unit].parent_id
        decides = by_unit.get(parent or 0, {})
        plans = next((own[role] for role in roles if role in own), None)
        above = next((decides[role] for role in roles if role in decides), None)
        if plans is not None and above is not None and Role.HANDLER in own:
            found.append((plans, above))
    return found


def code(world: World, unit: int) -> str:
    """Return the unit's code."""
    return world.units[unit].code


def posts_of(codes: set[str]) -> dict[str, str]:
    """Return what posts are called, by their codes."""
    found = Post.objects.filter(code__in=codes).select_related("unit")
    return {one.code: one.full_name for one in found}
