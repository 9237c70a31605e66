"""Issuing, recognising and revoking tokens."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from huiyin.kernel.holding.actions import hold
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.units.actions import Acting, NotYourPost, act_for
from huiyin.kernel.units.models import Post
from huiyin.kernel.vault.keys import ring
from huiyin.web.api.models import ApiToken

PREFIX = "hyt_"
BYTES = 32
LONGEST = 100
MOST_DAYS = 366


class BadToken(LookupError):
    """No such token, or one that is expired, revoked, or whose user lost the post."""


def digest_of(text: str) -> bytes:
    """Return the keyed BLAKE2b (RFC 7693) under which a token is kept."""
    return hashlib.blake2b(
        text.encode(), key=ring().pepper, digest_size=32, person=b"huiyin token"
    ).digest()


@transaction.atomic
def issue(user: User, post: Post, name: str, *, days: int, now: datetime) -> str:
    """Return a new token, to be shown once; raise NotYourPost or ValueError."""
    act_for(user, post.pk, now)
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"a token lasts 1 to {MOST_DAYS} days")
    text = PREFIX + secrets.token_urlsafe(BYTES)
    token = ApiToken.objects.create(
        digest=digest_of(text),
        name=name,
        post=post,
        user=user,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    ledger.append(
        "units.changed",
        subject=f"post:{post.code}",
        now=now,
        post=post.code,
        facts={"what": "token issued"},
    )
    hold(token, now=now)
    return text


def actor(text: str, now: datetime) -> Acting:
    """Return the actor for whom a token speaks; raise BadToken, whatever the reason is."""
    token = (
        ApiToken.objects.select_related("user")
        .filter(digest=digest_of(text[:LONGEST]), revoked_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if token is None or not token.user.is_active:
        raise BadToken
    try:
        return act_for(token.user, token.post_id, now)
    except NotYourPost as error:
        raise BadToken from error


@transaction.atomic
def revoke(token: ApiToken, *, now: datetime) -> None:
    """End a token at once; doing so twice is no error."""
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        ledger.append(
            "units.changed",
            subject=f"post:{token.post.code}",
            now=now,
            post=token.post.code,
            facts={"what": "token revoked"},
        )
        hold(token, now=now)
