"""What needs somebody's eye: owed by nobody, told to nobody, counted without a calendar."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from huiyin.kernel.clock.models import Deadline, Standstill, Step
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.models import Post
from huiyin.kernel.units.queries import organisation, vacant

BEHIND = timedelta(minutes=1)
CAUGHT_UP = timedelta(hours=1)  # within which what became due during a standstill is swept
PUBLISHED_IN = 11  # the month in which next year's days off are published, in China


def vacant_posts_owing(now: datetime) -> QuerySet[Post]:
    """Return the posts that owe something and that nobody holds, and the independent post if vacant.

    That post stands there whether it owes anything or not, and what complains of somebody counts for
    none: whoever it complains of would learn of it from a post that is suddenly missed.
    """
    owing = Deadline.objects.filter(
        post_id=OuterRef("pk"), state=Deadline.State.OPEN, avoid_unit=None, avoid_post=None
    )
    return vacant(now).filter(Exists(owing) | Q(pk=organisation().independent_id))


def untaken() -> QuerySet[Deadline]:
    """Return the open deadlines of which a step reached no post on the ladder."""
    lost = Step.objects.filter(post__isnull=True).values("deadline_id")
    return Deadline.objects.filter(pk__in=lost, state=Deadline.State.OPEN).order_by("due_at", "id")


def unknown_year(now: datetime, from_month: int = PUBLISHED_IN) -> int | None:
    """Return next year, from November on, while its holidays are not known; this year always."""
    calendar = policy().calendar
    today = calendar.local_date(now)
    if not calendar.known(today):
        return today.year
    if today.month >= from_month and not calendar.known(date(today.year + 1, 1, 1)):
        return today.year + 1
    return None


def answered(found: Sequence[Notice]) -> set[int]:
    """Return the ids of warnings and escalations of what is owed no longer; one query."""
    mine = [one for one in found if one.kind.startswith("clock.")]
    if not mine:
        return set()
    still = set(
        Step.objects.filter(
            post__in={one.post_id for one in mine},
            deadline__subject__in={one.subject for one in mine},
            deadline__state=Deadline.State.OPEN,
        ).values_list("post_id", "deadline__subject", "deadline__kind")
    )
    return {
        one.pk for one in mine if (one.post_id, one.subject, one.facts.get("deadline")) not in still
    }


def catching_up(now: datetime) -> bool:
    """Whether steps that were due before the last minute have not been taken yet."""
    return Deadline.objects.filter(next_at__lte=now - BEHIND).exists()


def standstill_before(found: Sequence[Notice]) -> Standstill | None:
    """Return the standstill after which these notices of the clock were made at once, if any."""
    made = [one.created_at for one in found if one.kind.startswith("clock.")]
    if not made:
        return None
    stood = Standstill.objects.filter(until__lte=max(made), until__gt=min(made) - CAUGHT_UP)
    return stood.order_by("-until").first()
