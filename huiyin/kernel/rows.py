"""Write rows where `save` and `bulk_create` would spend more time on preparing than on writing."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

TOGETHER = 500
_json = json.JSONEncoder(ensure_ascii=False)
Row = TypeVar("Row", bound=models.Model)


class Prepared:
    """A field, sealed ones say, whose values are never written as they are."""


def _database() -> BaseDatabaseWrapper:
    return connections[DEFAULT_DB_ALIAS]  # `connection` looks for it at each use


def _adapter(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """Return what turns a value of the field into the database's, None where nothing does."""
    if isinstance(field, models.JSONField):
        return _json.encode
    if isinstance(field, models.DateTimeField):
        return lru_cache(maxsize=256)(_database().ops.adapt_datetimefield_value)
    if isinstance(field, models.DateField):
        return _database().ops.adapt_datefield_value
    if isinstance(field, Prepared):
        return partial(field.get_db_prep_value, connection=_database())
    return None


@dataclass(frozen=True)
class _Plan:
    """How rows of one model are written on one kind of database."""

    statement: str
    places: str
    values_of: Callable[[Any], tuple[Any, ...]]
    adapters: tuple[tuple[int, Callable[[Any], Any]], ...]

    def row(self, one: models.Model) -> list[Any]:
        """Return the object's values as the database takes them."""
        row = list(self.values_of(one))
        for place, adapter in self.adapters:
            if row[place] is not None:
                row[place] = adapter(row[place])
        return row


@cache
def _plan(model: type[models.Model], vendor: str) -> _Plan:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    quote = _database().ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = "(" + ", ".join(["%s"] * len(fields)) + ")"
    return _Plan(
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {places}",  # noqa: S608
        places,
        attrgetter(*(field.attname for field in fields)),
        tuple(
            (place, adapter)
            for place, field in enumerate(fields)
            if (adapter := _adapter(field)) is not None
        ),
    )


@lru_cache(maxsize=512)
def _changing(
    model: type[models.Model],
    vendor: str,
    names: tuple[str, ...],
    still: tuple[str, ...],
    many: int,
) -> tuple[str, tuple[Callable[[Any], Any] | None, ...]]:
    quote = _database().ops.quote_name
    fields = [model._meta.get_field(name) for name in (*names, *still)]
    sets = [f"{quote(str(one.column))} = %s" for one in fields]  # type: ignore[union-attr]
    places = ", ".join(["%s"] * many)
    where = [f"{quote(str(model._meta.pk.column))} IN ({places})", *sets[len(names) :]]
    return (
        f"UPDATE {quote(model._meta.db_table)} SET {', '.join(sets[: len(names)])} "  # noqa: S608
        f"WHERE {' AND '.join(where)}",
        tuple(_adapter(one) for one in fields),  # type: ignore[arg-type]
    )


def change(
    model: type[models.Model],
    pks: Sequence[int],
    values: Mapping[str, Any],
    still: Mapping[str, Any] | None = None,
) -> int:
    """Set the fields named by `values` in some hundred rows at most; return in how many.

    Only in rows in which the fields named by `still` have that value. Names are those of the model's
    own fields, a foreign key holds the other row's key; values are plain, as for `insert`.
    """
    if not pks:
        return 0
    connection = _database()
    still = still or {}
    statement, adapters = _changing(model, connection.vendor, tuple(values), tuple(still), len(pks))
    words = [
        adapter(word) if adapter is not None and word is not None else word
        for word, adapter in zip((*values.values(), *still.values()), adapters, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*words[: len(values)], *pks, *words[len(values) :]])
        return int(cursor.rowcount)


def keep(one: models.Model, *names: str) -> None:
    """Write these fields of a saved object, as `save` with `update_fields` does."""
    fields = [one._meta.get_field(name) for name in names]
    values = {field.name: getattr(one, field.attname) for field in fields}  # type: ignore[union-attr]
    change(type(one), [one.pk], values)


def insert(objects: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Insert unsaved objects of one model; several times as fast as `bulk_create`.

    Their primary keys stay unset, so this is for rows that the caller does not refer to again.
    Fields hold plain values (numbers, text, bytes, aware datetimes, dates, JSON), not expressions.
    """
    if not objects:
        return
    connection = _database()
    plan = _plan(type(objects[0]), connection.vendor)
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(plan.statement + ending, [plan.row(one) for one in objects])
            return
        for start in range(0, len(objects), TOGETHER):  # one journey to the server for many
            some = [plan.row(one) for one in objects[start : start + TOGETHER]]
            more = f", {plan.places}" * (len(some) - 1)
            cursor.execute(plan.statement + more + ending, [word for row in some for word in row])


def add(one: Row) -> Row:
    """Insert one unsaved object and return it saved, with its primary key; see `insert`.

    Filing a letter writes half a dozen rows while its writer waits: `save` prepares each anew.
    """
    connection = _database()
    plan = _plan(type(one), connection.vendor)
    key = connection.ops.quote_name(str(one._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(f"{plan.statement} RETURNING {key}", plan.row(one))
        one.pk = cursor.fetchone()[0]
    one._state.adding, one._state.db = False, connection.alias
    return one
