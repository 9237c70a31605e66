"""Reading a post's notices."""

from django.db.models import QuerySet

from huiyin.kernel.notices.models import Channel, DamagedRow, Notice
from huiyin.kernel.units.models import Post
from huiyin.kernel.units.queries import below


def of_post(post: Post) -> QuerySet[Notice]:
    """Return the notices of a post, newest first."""
    return Notice.objects.filter(post=post).order_by("-id")


def unread(post: Post) -> QuerySet[Notice]:
    """Return those not marked as read, newest first."""
    return of_post(post).filter(read_at__isnull=True)


def failing(root_id: int) -> QuerySet[Channel]:
    """Return the channels in the tree that did not take the last notice that they were given.

    None outside it: that a notice went to an independent post tells of a letter about the top.
    """
    found = Channel.objects.filter(failing_since__isnull=False, post__unit__in=below(root_id))
    return found.select_related("post__unit")


def damaged() -> QuerySet[DamagedRow]:
    """Return the rows that could not be read or worked on, the oldest first."""
    return DamagedRow.objects.order_by("since", "id")
