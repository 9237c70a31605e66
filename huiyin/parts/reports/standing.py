"""Which post stands for a unit when a report is owed by it or arrives at it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, QuerySet, When, Window
from django.db.models.functions import RowNumber

from huiyin.kernel.statements import Statement
from huiyin.kernel.units.models import Post, Role, Tenure
from huiyin.kernel.units.queries import current

RECEIVES = (Role.DUTY_LEADER, Role.DEPUTY, Role.HEAD, Role.CLERK, Role.SECRETARY)
SENDS = (
    Role.DUTY_LEADER, Role.SECRETARY, Role.CLERK, Role.DEPUTY, Role.HEAD, Role.HANDLER,
)  # fmt: skip


FEW, MANY = 20, 500  # units: up to how many in one statement kept for it, and in any


def _standing(roles: Sequence[str], now: datetime, **only: object) -> QuerySet[Post]:
    vacant = ~Exists(Tenure.objects.filter(current(now), post=OuterRef("pk")))
    rank = Case(*(When(role=role, then=place) for place, role in enumerate(roles)))
    first = Window(RowNumber(), partition_by="unit_id", order_by=[vacant, rank, "pk"])
    posts = Post.objects.filter(role__in=roles, closed_at=None, **only)
    return posts.annotate(place=first).filter(place=1).select_related("unit")


@Statement
def _standing_for(units: tuple[int, ...], roles: tuple[str, ...], now: datetime) -> QuerySet[Post]:
    return _standing(roles, now, unit_id__in=units)


def posts(
    unit_ids: Iterable[int], now: datetime, roles: Sequence[str] = RECEIVES
) -> dict[int, Post]:
    """Return for each unit the first post in the order of `roles` that somebody holds now.

    Where all are vacant, the first vacant one; a unit with none of these posts is absent. One
    query for any number of units.
    """
    wanted = tuple(set(unit_ids))
    if len(wanted) <= FEW:
        return {one.unit_id: one for one in _standing_for(wanted, tuple(roles), now)}
    if len(wanted) < MANY:
        return {one.unit_id: one for one in _standing(roles, now, unit_id__in=wanted)}
    # for the whole tree, reading all units is cheaper than naming each
    known = set(wanted)
    return {one.unit_id: one for one in _standing(roles, now) if one.unit_id in known}


def post_of(unit_id: int, now: datetime, roles: Sequence[str] = RECEIVES) -> Post | None:
    """Return the post that stands for one unit."""
    return posts([unit_id], now, roles).get(unit_id)
