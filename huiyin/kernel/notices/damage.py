"""One damaged row is one row: set aside, logged, shown to staff; the others go on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, models
from django.db.models import QuerySet

from huiyin.kernel.notices.models import DamagedRow

AWAY = (OperationalError, InterfaceError)  # the database itself, and no row of it
MENDED = timedelta(hours=3)  # after which what failed no more is taken for mended
log = logging.getLogger("huiyin.damage")
Row = TypeVar("Row", bound=models.Model)


@contextmanager
def guard(model: type[models.Model], pk: int, now: datetime) -> Iterator[list[Exception]]:
    """Let what fails for this row fail for it alone: logged and marked; yield a list for the error.

    Where the database itself is away that is raised.
    """
    failed: list[Exception] = []
    try:
        yield failed
    except AWAY:
        raise
    except Exception as error:
        log.exception("%s %d is skipped", model._meta.db_table, pk)
        failed.append(error)
        _mark(model, pk, error, now)


def _mark(model: type[models.Model], pk: int, error: Exception, now: datetime) -> None:
    name = type(error).__name__[:80]
    DamagedRow.objects.update_or_create(
        table=model._meta.db_table,
        row=pk,
        defaults={"error": name, "seen_at": now},
        create_defaults={"error": name, "since": now, "seen_at": now},
    )


def readable(
    wanted: "QuerySet[Row, Row]", each: "QuerySet[Row, Row]", now: datetime
) -> tuple[list[Row], list[int]]:
    """Return the rows of `wanted` in its order, and the ids of those that can't be read.

    Only when reading all together fails are they read one by one, out of `each`, which is not
    sliced.
    """
    try:
        return list(wanted), []
    except AWAY:
        raise
    except Exception:
        log.exception("some row of %s can't be read", wanted.model._meta.db_table)
    return one_by_one(list(wanted.values_list("pk", flat=True)), each, now)


def one_by_one(
    pks: list[int], each: "QuerySet[Row, Row]", now: datetime
) -> tuple[list[Row], list[int]]:
    """Return those of the rows that can be read, in the order of `pks`; mark, and name, the others."""
    found: list[Row] = []
    unread: list[int] = []
    for pk in pks:
        with guard(each.model, pk, now) as failed:
            found += list(each.filter(pk=pk))
        if failed:
            unread.append(pk)
    return found, unread


def forget_mended(now: datetime) -> int:
    """Take the marks off rows that have not failed for a while; return how many."""
    return DamagedRow.objects.filter(seen_at__lt=now - MENDED).delete()[0]
