"""Which post stands for a unit when a report is owed by it or arrives at it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from huiyin.kernel.statements import Statement
from huiyin.kernel.units.models import Post, Role, Tenure
from huiyin.kernel.units.queries import current

RECEIVES = (Role.DUTY_LEADER, Role.DEPUTY, Role.HEAD, Role.CLERK, Role.SECRETARY)
SENDS = (
    Role.DUTY_LEADER, Role.SECRETARY, Role.CLERK, Role.DEPUTY, Role.HEAD, Role.HANDLER,
)  # fmt: skip


FEW, MANY = 20, 500  # units: up to how many in one statement kept for it, and in any


def _posts(roles: tuple[str, ...], now: datetime) -> QuerySet[Any, Any]:
    held = Tenure.objects.filter(current(now), post=OuterRef("pk"))
    posts = Post.objects.filter(role__in=roles, closed_at=None).select_related("unit")
    return posts.annotate(held=Exists(held))


@Statement
def _posts_in(units: tuple[int, ...], roles: tuple[str, ...], now: datetime) -> QuerySet[Any, Any]:
    return _posts(roles, now).filter(unit_id__in=units)


def posts(
    unit_ids: Iterable[int], now: datetime, roles: Sequence[str] = RECEIVES
) -> dict[int, Post]:
    """Return for each unit the first post in the order of `roles` that somebody holds now.

    Where all are vacant, the first vacant one; a unit with none of these posts is absent. One
    query for any number of units.
    """
    wanted, named = set(unit_ids), tuple(roles)
    if len(wanted) <= FEW:
        found = _posts_in(tuple(wanted), named, now)
    elif len(wanted) < MANY:
        found = list(_posts_in.queryset(tuple(wanted), named, now))
    else:  # for the whole tree, reading all posts is cheaper than naming each unit
        found = [one for one in _posts(named, now) if one.unit_id in wanted]
    rank = {str(role): place for place, role in enumerate(roles)}
    best: dict[int, Post] = {}
    for one in sorted(found, key=lambda post: (not post.held, rank[post.role], post.pk)):
        best.setdefault(one.unit_id, one)
    return best


def post_of(unit_id: int, now: datetime, roles: Sequence[str] = RECEIVES) -> Post | None:
    """Return the post that stands for one unit."""
    return posts([unit_id], now, roles).get(unit_id)
