"""Reading who opened an identity, and why."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet

from huiyin.kernel.units.models import Post, Tenure
from huiyin.kernel.units.queries import tenure_at
from huiyin.kernel.vault import envelope
from huiyin.kernel.vault.models import IdentityOpening, SealedIdentity


@dataclass(frozen=True)
class Opening:
    """One opening, as its complainant reads it."""

    at: datetime
    post: Post
    user: User
    reason: str
    tenure: Tenure | None  # the right in which the post was acted for: own holder or stand-in


def identity_bound(row: SealedIdentity, times: int) -> bytes:
    """Return what an entry binds of a sealed identity that was corrected so many times.

    The seal itself is bound, so an audit needs no key to it: another's identity, or none, shows.
    """
    sealed = hashlib.sha256(bytes(row.wrapped_key or b"") + b"\0" + bytes(row.sealed)).hexdigest()
    ends = row.erase_after.isoformat() if row.erase_after else None
    values = (times, row.key_version, sealed, row.created_at.astimezone(UTC).isoformat(), ends)
    return json.dumps(values, separators=(",", ":")).encode()


def reason_key(salt_key: bytes) -> bytes:
    """Return the key of the reasons, derived from the letter's: it dies with the letter's text."""
    return envelope.derive(salt_key, b"huiyin reason of an opening")


def openings_of(subject: str) -> QuerySet[IdentityOpening]:
    """Return the openings of the subject's identity, oldest first, their reasons still sealed."""
    return (
        IdentityOpening.objects.filter(identity__subject=subject)
        .select_related("post__unit", "user")
        .order_by("opened_at", "id")
    )


def openings(subject: str, salt_key: bytes) -> list[Opening]:
    """Return each opening of the subject's identity, oldest first; raise SealBroken."""
    key = reason_key(salt_key)
    return [
        Opening(
            row.opened_at,
            row.post,
            row.user,
            envelope.unseal(key, row.reason, subject.encode()).decode(),
            tenure_at(row.user_id, row.post_id, row.opened_at),
        )
        for row in openings_of(subject)
    ]


def is_sealed(subject: str) -> bool:
    """Return whether an identity is kept for the subject (and not yet destroyed)."""
    return SealedIdentity.objects.filter(subject=subject, erased_at__isnull=True).exists()


def key_versions() -> set[int]:
    """Return the versions of the identity key that something kept still needs."""
    kept = SealedIdentity.objects.filter(erased_at__isnull=True)
    return set(kept.values_list("key_version", flat=True).distinct())
