"""Reading a post's notices."""

from django.db.models import QuerySet

from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.models import Post


def of_post(post: Post) -> QuerySet[Notice]:
    """Return the notices of a post, newest first."""
    return Notice.objects.filter(post=post).order_by("-id")


def unread(post: Post) -> QuerySet[Notice]:
    """Return those not marked as read, newest first."""
    return of_post(post).filter(read_at__isnull=True)
