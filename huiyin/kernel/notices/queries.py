"""Reading a post's notices."""

from django.db.models import QuerySet

from huiyin.kernel.notices.models import Channel, DamagedRow, Notice
from huiyin.kernel.units.models import Post


def of_post(post: Post) -> QuerySet[Notice]:
    """Return the notices of a post, newest first."""
    return Notice.objects.filter(post=post).order_by("-id")


def unread(post: Post) -> QuerySet[Notice]:
    """Return those not marked as read, newest first."""
    return of_post(post).filter(read_at__isnull=True)


def failing() -> QuerySet[Channel]:
    """Return the channels that did not take the last notice that they were given."""
    return Channel.objects.filter(failing_since__isnull=False).select_related("post__unit")


def damaged() -> QuerySet[DamagedRow]:
    """Return the rows that could not be read or worked on, the oldest first."""
    return DamagedRow.objects.order_by("since", "id")
