"""Entering what a row holds. Call inside the transaction that wrote the row, after it was written."""

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import models

from huiyin.kernel import rows
from huiyin.kernel.holding.columns import contents, gone
from huiyin.kernel.holding.models import HeldRow
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger.models import Entry


def hold(*written: models.Model, now: datetime) -> None:
    """Enter the held values of rows of one table that were added or changed.

    They are what the objects say: nothing is read anew.
    """
    for start in range(0, len(written), rows.TOGETHER):
        some = written[start : start + rows.TOGETHER]
        places = _places(some[0]._meta.db_table, [row.pk for row in some])
        ledger.append_many(
            [
                _draft("row.held", held, contents(row, version), now)
                for row, (held, version) in zip(some, places, strict=True)
            ]
        )


def remove(row: models.Model, *, now: datetime) -> None:
    """Delete a row and enter that it is gone; nothing is entered where another was quicker."""
    key = row.pk
    if row.delete()[0]:
        let_go(row._meta.db_table, [key], now=now)


def let_go(table: str, keys: Sequence[int], *, now: datetime) -> None:
    """Enter that rows were deleted."""
    ledger.append_many(
        [
            _draft("row.gone", held, gone(table, key, version), now)
            for key, (held, version) in zip(keys, _places(table, keys), strict=True)
        ]
    )


def _places(table: str, keys: Sequence[int]) -> list[tuple[HeldRow, int]]:
    """Return how each row stands in the record, and the number of its next entry."""
    kept = {held.key: held for held in HeldRow.objects.filter(table=table, key__in=keys)}
    subjects = [f"row:{held.name}" for held in kept.values()]
    times = Counter(
        Entry.objects.filter(subject__in=subjects).values_list("subject", flat=True)
        if subjects
        else ()
    )
    new = {
        key: HeldRow(
            table=table, key=key, name=secrets.token_hex(16), salt_key=ledger.new_salt_key()
        )
        for key in keys
        if key not in kept
    }
    rows.insert(list(new.values()))
    kept |= new
    return [(kept[key], times[f"row:{kept[key].name}"] + 1) for key in keys]


def _draft(kind: str, held: HeldRow, bound: bytes, now: datetime) -> ledger.Draft:
    return ledger.Draft(
        kind, f"row:{held.name}", now, commit={"row": bound}, salt_key=held.salt_key
    )
