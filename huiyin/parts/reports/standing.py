"""Which post stands for a unit when a report is owed by it or arrives at it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from huiyin.kernel.units.models import Post, Role
from huiyin.kernel.units.queries import holders

RECEIVES = (Role.DUTY_LEADER, Role.DEPUTY, Role.HEAD, Role.CLERK, Role.SECRETARY)
SENDS = (
    Role.DUTY_LEADER, Role.SECRETARY, Role.CLERK, Role.DEPUTY, Role.HEAD, Role.HANDLER,
)  # fmt: skip


def posts(
    unit_ids: Iterable[int], now: datetime, roles: Sequence[str] = RECEIVES
) -> dict[int, Post]:
    """Return for each unit the first post in the order of `roles` that somebody holds now.

    Where all are vacant, the first vacant one; a unit with none of these posts is absent. Two
    queries for any number of units.
    """
    wanted = set(unit_ids)
    found = Post.objects.filter(role__in=roles, closed_at=None).select_related("unit")
    if len(wanted) < 500:  # for the whole tree, reading all posts is cheaper than naming each unit
        found = found.filter(unit_id__in=wanted)
    held: set[int] = set()
    every = [one for one in found.order_by("id") if one.unit_id in wanted]
    for start in range(0, len(every), 5_000):
        held |= holders([one.pk for one in every[start : start + 5_000]], now).keys()
    rank = {str(role): place for place, role in enumerate(roles)}
    best: dict[int, Post] = {}
    for one in sorted(every, key=lambda post: (post.pk not in held, rank[post.role], post.pk)):
        best.setdefault(one.unit_id, one)
    return best


def post_of(unit_id: int, now: datetime, roles: Sequence[str] = RECEIVES) -> Post | None:
    """Return the post that stands for one unit."""
    return posts([unit_id], now, roles).get(unit_id)
