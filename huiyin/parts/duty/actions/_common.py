"""What every action on duty does: refuse bad input by name, and record what happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from huiyin.kernel.given import BadInput, clean
from huiyin.kernel.holding.actions import hold, let_go
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


def changed(
    what: str, subject: str, now: datetime, acting: Acting | None, *written: models.Model
) -> None:
    """Enter that what is set up was changed: what, of which point or unit, and what it is now."""
    hold(*written, now=now)
    record("units.changed", subject, now, acting=acting, facts={"what": what})


def removed(
    what: str, subject: str, now: datetime, acting: Acting | None, rows: QuerySet[Any]
) -> None:
    """Delete rows of what is set up and enter it; nothing is entered where there are none."""
    if keys := list(rows.select_for_update().values_list("pk", flat=True)):
        rows.delete()
        let_go(rows.model._meta.db_table, keys, now=now)
        changed(what, subject, now, acting)
