"""How many deadlines of letters units have let pass: a duty of theirs, no count of what came in."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.queries import below


def of_letters(deadlines: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Return those of letters, without any that complains of a unit or a post.

    Whoever is complained of would learn of it from a number. It is not said as `avoid_unit=None`:
    SQLite would then look through the index of that column, where nearly all rows are alike.
    """
    complains = Q(avoid_unit__isnull=False) | Q(avoid_post__isnull=False)
    return deadlines.filter(~complains, kind__startswith="case.")


def late_below(root_id: int, now: datetime) -> dict[int, int]:
    """Return for each unit from `root_id` on down that is late with any how many it let pass."""
    return {unit: number for unit, number in _late_below(root_id, now) if unit is not None}


@Statement
def _late_below(root_id: int, now: datetime) -> QuerySet[Any, tuple[int | None, int]]:
    late = Deadline.objects.filter(
        state=Deadline.State.OPEN,
        paused_at=None,
        due_at__lte=now,
        post__unit__in=below(root_id),
    )
    return of_letters(late).values_list("post__unit").annotate(n=Count("pk")).order_by()
