"""Sealing, opening, correcting and destroying identities.

Whether a post may open an identity is checked by the part that calls; a post that is complained of
never reaches this file.
"""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from huiyin.kernel import rows
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger.kinds import WHO, who
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.queries import organisation
from huiyin.kernel.vault import envelope, keyring, opener
from huiyin.kernel.vault.keys import ring
from huiyin.kernel.vault.models import IdentityOpening, SealedIdentity
from huiyin.kernel.vault.queries import identity_bound, reason_key

FIELDS = ("name", "telephone", "email", "address", "id_number", "other")
REPRESENTATIVE = re.compile(rf"representative_[1-5]_({'|'.join(FIELDS)})")
FIELD_LONGEST = 500
REASON_SHORTEST = 10
_OPENER_SECONDS = 20


class NoIdentity(LookupError):
    """Nothing is sealed for this subject: the letter is anonymous."""


class IdentityErased(LookupError):
    """The identity was destroyed on schedule, or at the complainant's wish."""


class ReasonTooThin(ValueError):
    """The reason has fewer than ten letters or characters, or is one repeated."""


def _clean(identity: Mapping[str, str]) -> dict[str, str]:
    if unknown := {n for n in identity if n not in FIELDS and not REPRESENTATIVE.fullmatch(n)}:
        raise ValueError(f"no such fields of an identity: {sorted(unknown)}")
    kept = {name: text.strip() for name, text in identity.items() if text.strip()}
    if not kept:
        raise ValueError("an identity without any field")
    if long := [name for name, text in kept.items() if len(text) > FIELD_LONGEST]:
        raise ValueError(f"longer than {FIELD_LONGEST} characters: {long}")
    return kept


def seal_identity(
    subject: str, identity: Mapping[str, str], *, now: datetime, erase_after: date | None = None
) -> SealedIdentity:
    """Seal who wrote; empty fields are dropped. Raise ValueError for unknown fields or none.

    Needs public keys alone, so this process can't open again what it has just sealed.
    """
    keys = ring()
    version = keys.identity_version
    wrapped, sealed = opener.close(keys.identity_public[version], subject, _clean(identity))
    return rows.add(
        SealedIdentity(
            subject=subject,
            wrapped_key=wrapped,
            key_version=version,
            sealed=sealed,
            created_at=now,
            erase_after=erase_after,
        )
    )


def _kept(subject: str, *, lock: bool) -> SealedIdentity:
    rows = SealedIdentity.objects.select_for_update() if lock else SealedIdentity.objects.all()
    found = rows.filter(subject=subject).first()
    if found is None:
        raise NoIdentity(subject)
    if found.erased_at is not None:
        raise IdentityErased(subject)
    return found


def _disclose(row: SealedIdentity) -> dict[str, str]:
    """Let a short-lived process open the seal; raise KeyringError or SealBroken."""
    request = {
        "subject": row.subject,
        "wrapped": base64.b64encode(row.wrapped_key or b"").decode(),
        "sealed": base64.b64encode(row.sealed).decode(),
    }
    path = keyring.identity_path(settings.HUIYIN_KEYS, row.key_version)
    done = subprocess.run(
        [sys.executable, "-I", "-m", "huiyin.kernel.vault.opener"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={opener.KEY_VARIABLE: str(path)},
        timeout=_OPENER_SECONDS,
        check=False,
    )
    if done.returncode == opener.BROKEN:
        raise envelope.SealBroken(done.stderr.strip())
    if done.returncode != 0:
        raise keyring.KeyringError(
            done.stderr.strip() or f"the opener ended with {done.returncode}"
        )
    identity: dict[str, str] = json.loads(done.stdout)
    return identity


def _weigh(reason: str) -> str:
    signs = [char for char in reason.casefold() if char.isalnum()]
    if len(signs) < REASON_SHORTEST or len(set(signs)) < REASON_SHORTEST // 2:
        raise ReasonTooThin
    return reason.strip()


def open_identity(
    subject: str, acting: Acting, reason: str, *, now: datetime, salt_key: bytes
) -> dict[str, str]:
    """Return who wrote, after the opening, its reason and its ledger entry are recorded.

    `salt_key` is the letter's: it seals the reason, which the complainant reads. A caller with a
    transaction of its own shows nothing before that is committed. Raise ReasonTooThin, NoIdentity,
    IdentityErased, KeyringError (the private key is missing or damaged) or SealBroken.
    """
    reason = _weigh(reason)
    before = _kept(subject, lock=False)
    identity = _disclose(before)  # outside the transaction: starting a process takes a while
    with transaction.atomic():
        row = _kept(subject, lock=True)
        if row.wrapped_key != before.wrapped_key:
            identity = _disclose(row)  # corrected in between
        entry = ledger.append(
            "vault.opened",
            subject=subject,
            post=acting.post.code,
            now=now,
            commit={"reason": reason.encode(), WHO: who(acting.user.pk)},
            facts={},
            salt_key=salt_key,
        )
        opening = IdentityOpening(
            identity=row,
            opened_at=now,
            post=acting.post,
            user=acting.user,
            entry=entry,
            reason=envelope.seal(reason_key(salt_key), reason.encode(), subject.encode()),
        )
        opening.save(force_insert=True)
    return identity


@transaction.atomic
def add_identity(
    subject: str, identity: Mapping[str, str], *, now: datetime, salt_key: bytes
) -> SealedIdentity:
    """Let a complainant say who they are after all; raise as `seal_identity` does."""
    row = seal_identity(subject, identity, now=now)
    _enter(row, now, salt_key)
    return row


@transaction.atomic
def replace_identity(
    subject: str, identity: Mapping[str, str], *, now: datetime, salt_key: bytes
) -> SealedIdentity:
    """Let the complainant correct who they are, under a new key; raise as `seal_identity` does.

    `salt_key` is the letter's: it salts what the entry binds of the seal.
    """
    row = _kept(subject, lock=True)
    keys = ring()
    row.key_version = keys.identity_version
    row.wrapped_key, row.sealed = opener.close(
        keys.identity_public[row.key_version], subject, _clean(identity)
    )
    row.save(update_fields=["key_version", "wrapped_key", "sealed"])
    _enter(row, now, salt_key)
    return row


def _enter(row: SealedIdentity, now: datetime, salt_key: bytes) -> None:
    times = Entry.objects.filter(subject=row.subject, kind="vault.replaced").count() + 1
    ledger.append(
        "vault.replaced",
        subject=row.subject,
        now=now,
        commit={"identity": identity_bound(row, times)},
        salt_key=salt_key,
    )


@transaction.atomic
def erase(subject: str, now: datetime) -> bool:
    """Destroy the key and the sealed text; return False where there is nothing left to destroy."""
    row = (
        SealedIdentity.objects.select_for_update()
        .filter(subject=subject, erased_at__isnull=True)
        .first()
    )
    if row is None:
        return False
    row.wrapped_key, row.sealed, row.erased_at = None, b"", now
    row.save(update_fields=["wrapped_key", "sealed", "erased_at"])
    ledger.append("vault.erased", subject=subject, now=now)
    return True


def erase_due(now: datetime) -> int:
    """Erase each identity whose last day is over, each in a transaction; return how many.

    The day is the organisation's, in its zone.
    """
    today = now.astimezone(ZoneInfo(organisation().zone)).date()
    due = SealedIdentity.objects.filter(erased_at__isnull=True, erase_after__lt=today).order_by(
        "erase_after", "id"
    )
    return sum(erase(subject, now) for subject in list(due.values_list("subject", flat=True)))
