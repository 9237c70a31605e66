"""Which columns of which tables are held, and a row's values as the bytes that its entry binds."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.db import models

_tables: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {}


def hold_columns(model: type[models.Model], *, but: Iterable[str] = ()) -> None:
    """Have the columns of a model held, all but those named; call it in the `ready` of its app.

    Raises ValueError for a column that there is not.
    """
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    if unknown := set(but) - set(names):
        raise ValueError(f"{model._meta.db_table} has no {sorted(unknown)}")
    _tables[model._meta.db_table] = (model, tuple(one for one in names if one not in set(but)))


def held_tables() -> dict[str, tuple[type[models.Model], tuple[str, ...]]]:
    """Return each held table's model and its held columns, by the table's name."""
    return dict(_tables)


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """Return the held columns of a model; raise KeyError where nothing of it is held."""
    return _tables[model._meta.db_table][1]


def contents(row: models.Model, version: int) -> bytes:
    """Return what an entry binds: the row's place, how many entries it has, its held values.

    Without the number an earlier entry, repeated, would bind an earlier value.
    """
    values = {
        name: _plain(getattr(row, _field(row, name).attname)) for name in columns_of(type(row))
    }
    return _packed(row._meta.db_table, row.pk, version, values)


def gone(table: str, key: int, version: int) -> bytes:
    """Return what the entry of a deleted row binds."""
    return _packed(table, key, version, None)


def _packed(table: str, key: int, version: int, values: dict[str, Any] | None) -> bytes:
    whole = {"table": table, "key": key, "version": version, "row": values}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def _field(row: models.Model, name: str) -> "models.Field[Any, Any]":
    field = row._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, the same before it is saved and after it is read."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if value is None or isinstance(value, bool | dict | list):
        return value
    return int(value) if isinstance(value, int) else str(value)
