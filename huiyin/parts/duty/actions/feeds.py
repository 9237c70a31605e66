"""Making and revoking secret calendar addresses. Only a hash of the secret is kept."""

import secrets
from datetime import datetime

from django.db import transaction

from huiyin.kernel.given import BadInput
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
    return feed, token


@transaction.atomic
def revoke(acting: Acting, pk: int, *, now: datetime) -> None:
    """Revoke an address of one's own: it answers nobody any more. Raises DutyNotFound."""
    if not feeds.of(acting).filter(pk=pk).update(revoked_at=now):
        raise DutyNotFound
