"""What held tables say, for the auditor: each row against the last entry that binds it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import models

from huiyin.kernel.holding.columns import contents, gone, held_tables
from huiyin.kernel.holding.models import HeldRow
from huiyin.kernel.ledger.said import Leaf, binds, said_of
from huiyin.kernel.ledger.subjects import present
from huiyin.kernel.ledger.testimony import Part, Problem, Testimony

BATCH = 500
Key = tuple[str, int]


def _testify(now: datetime) -> Iterator[Testimony]:
    names = HeldRow.objects.order_by("pk").iterator(chunk_size=BATCH)
    while some := list(islice(names, BATCH)):
        kept = _rows(some)
        entries = said_of([f"row:{one.name}" for one in some], "row.")
        for one in some:
            subject = f"row:{one.name}"
            said = [(pk, leaf) for pk, _digest, leaf in entries[subject].entries]
            row = kept.get((one.table, one.key))
            yield Testimony(subject, problems=list(_problems(one, row, said)))
    yield from _unheld()


def _rows(names: Sequence[HeldRow]) -> dict[Key, models.Model]:
    found: dict[Key, models.Model] = {}
    for table, (model, _columns) in held_tables().items():
        keys = [one.key for one in names if one.table == table]
        for pk, row in model._base_manager.in_bulk(keys).items():
            found[table, pk] = row
    return found


def _problems(
    held: HeldRow, row: models.Model | None, said: Sequence[tuple[int, Leaf]]
) -> Iterator[Problem]:
    if held.table not in held_tables():
        yield Problem("altered", f"{held.table} is no held table")
        return
    if not said:
        yield Problem("unlogged", f"row {held.key} of {held.table} has no entry")
        return
    pk, last = said[-1]
    what = f"row {held.key} of {held.table}"
    ended = last["kind"] == "row.gone"
    if ended != (row is None):
        word = "unlogged" if ended else "missing"
        yield Problem(word, f"{what} is {'here again' if ended else 'gone'}", pk)
        return
    bound = gone(held.table, held.key, len(said)) if row is None else contents(row, len(said))
    if not binds(last, "row", bound, bytes(held.salt_key)):
        yield Problem("commitment", f"{what} is not what was entered", pk)


def _unheld() -> Iterator[Testimony]:
    """Tell of each row that nobody entered."""
    for table, (model, _columns) in held_tables().items():
        entered = HeldRow.objects.filter(table=table, key=models.OuterRef("pk"))
        rows: models.QuerySet[Any] = model._base_manager.filter(~models.Exists(entered))
        for key in rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=BATCH):
            problem = Problem("unlogged", f"row {key} of {table} has no entry")
            yield Testimony("", problems=[problem])


ROWS = Part(
    "row:",
    "row.held",
    lambda kind: False,
    HeldRow.objects.count,
    present("row:", HeldRow.objects.all(), "name"),
    _testify,
    lambda entries: {},
)
