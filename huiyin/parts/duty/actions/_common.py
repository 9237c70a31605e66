"""What every action on duty does: refuse bad input by name, and record what happened."""

from collections.abc import Mapping
from datetime import datetime

from huiyin.kernel.given import BadInput, clean
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.units.actions import Acting


def need(field: str, text: str, *, least: int = 1, most: int = 2_000) -> str:
    """Return the text without control characters; raise BadInput when too short or too long."""
    found = clean(text)
    if len(found) < least:
        raise BadInput(field, "missing")
    if len(found) > most:
        raise BadInput(field, "too_long")
    return found


def record(
    kind: str,
    subject: str,
    now: datetime,
    *,
    acting: Acting | None = None,
    facts: Mapping[str, ledger.Fact] | None = None,
    commit: Mapping[str, bytes] | None = None,
    salt_key: bytes = b"",
) -> None:
    """Append one entry to the ledger; it never holds a name, what it binds is salted."""
    ledger.append(
        kind,
        subject=subject,
        now=now,
        post=acting.post.code if acting else None,
        facts=facts,
        commit=commit,
        salt_key=salt_key,
    )


def changed(what: str, subject: str, now: datetime, acting: Acting | None) -> None:
    """Enter that what is set up was changed: what, and of which point or unit."""
    record("units.changed", subject, now, acting=acting, facts={"what": what})
