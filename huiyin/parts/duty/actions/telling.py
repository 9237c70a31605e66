"""Notices of duty go to posts: to one that the person holds, else to whoever plans for the unit."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from huiyin.kernel import rows
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.units.models import Tenure, Unit
from huiyin.kernel.units.queries import current
from huiyin.parts.duty.access import planner_post


def posts_of(users: Iterable[int], now: datetime) -> dict[int, int]:
    """Return for each user the id of a post that they hold now, their own before one stood in for."""
    found: dict[int, int] = {}
    held = Tenure.objects.filter(
        current(now), user_id__in=set(users), post__closed_at__isnull=True
    ).order_by("stand_in", "id")
    for user, post in held.values_list("user_id", "post_id"):
        found.setdefault(user, post)
    return found


def tell(
    users: Iterable[int],
    unit: Unit,
    kind: str,
    subject: str,
    now: datetime,
    facts: Mapping[str, str | int] | None = None,
) -> None:
    """Queue one notice for each person; `kind` has its sentence in messages.py."""
    wanted = sorted(set(users))
    held = posts_of(wanted, now)
    planner = planner_post(unit)
    posts = {held.get(user) or (planner.pk if planner else None) for user in wanted}
    rows.insert(
        [
            notices.draft(post, kind, subject, now, facts)
            for post in sorted(one for one in posts if one is not None)
        ]
    )
