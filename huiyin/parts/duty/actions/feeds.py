"""Making and revoking secret calendar addresses. Only a hash of the secret is kept."""

import secrets
from datetime import datetime

from django.db import transaction

from huiyin.kernel.given import BadInput
from huiyin.kernel.holding.actions import hold
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import feeds
from huiyin.parts.duty.access import DutyNotFound, access_point
from huiyin.parts.duty.models import Feed

MOST = 20  # addresses of one person


@transaction.atomic
def make(acting: Acting, code: str | None, *, now: datetime) -> tuple[Feed, str]:
    """Make an address of one's own duty, or of a point that one may see; return its secret, once.

    Raises DutyNotFound, and BadInput when too many addresses were made and not revoked.
    """
    point = access_point(acting, code, now) if code else None
    if feeds.of(acting).count() >= MOST:
        raise BadInput("", "too_many_feeds")
    token = secrets.token_urlsafe(32)
    feed = Feed.objects.create(
        digest=feeds.digest_of(token),
        user=None if point else acting.user,
        point=point,
        made_by=acting.user,
        made_at=now,
    )
    hold(feed, now=now)
    return feed, token


@transaction.atomic
def revoke(acting: Acting, pk: int, *, now: datetime) -> None:
    """Revoke an address of one's own: it answers nobody any more. Raises DutyNotFound."""
    feed = Feed.objects.select_for_update().filter(pk__in=feeds.of(acting), pk=pk).first()
    if feed is None:
        raise DutyNotFound
    feed.revoked_at = now
    feed.save(update_fields=["revoked_at"])
    hold(feed, now=now)
