"""Rows changed as somebody does who can write past everything."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, models, transaction

from huiyin.kernel.vault.fields import SealedBytesField, SealedJSONField
from tests.support.lives import START


def others(model: type[models.Model], pk: object) -> Iterator[object]:
    every = list(model._default_manager.exclude(pk=pk).order_by("pk").values_list("pk", flat=True))
    yield from random.Random(str(pk)).sample(every, min(3, len(every)))


def changes(row: models.Model, field: "models.Field[Any, Any]") -> Iterator[object]:
    """Yield other values that the column could hold."""
    value = getattr(row, field.attname)
    if isinstance(field, models.ForeignKey):
        yield from others(field.related_model, value)
    elif isinstance(field, models.DateTimeField):
        yield START if value is None else value - timedelta(days=3)
    elif isinstance(field, models.DateField):
        yield START.date() if value is None else value + timedelta(days=1)
    elif isinstance(field, models.BooleanField):
        yield not value
    elif isinstance(field, models.BinaryField | SealedBytesField):
        yield b"0" if value is None else bytes(value)[:-1] + bytes([bytes(value)[-1] ^ 1])
    elif isinstance(field, models.IntegerField):
        yield None if value is None else value + 1
        yield 1000 if value is None else value + 1000
    elif isinstance(field, models.JSONField) and isinstance(value, list):
        yield [*value, ["2026-03-03T00:00:00+00:00", "2026-03-04T00:00:00+00:00"]]
    elif isinstance(field, models.JSONField | SealedJSONField):
        yield {**value, "days": 99}
        if value:
            yield dict(list(value.items())[1:])
    elif field.choices:
        yield from (one for one, _ in field.flatchoices if one != value)
    elif isinstance(value, str):
        yield value[:-1] + ("A" if value[-1:] != "A" else "B")


def field_of(model: type[models.Model] | models.Model, name: str) -> "models.Field[Any, Any]":
    """Return a column of a table."""
    return next(one for one in model._meta.concrete_fields if one.name == name)


def tamper(row: models.Model, column: str, value: object) -> bool:
    """Write the value past everything; return whether the database took it."""
    field = field_of(row, column)
    try:
        with transaction.atomic():
            together = {"clean_digest": None, "original_digest": None}
            type(row)._default_manager.filter(pk=row.pk).update(
                **{field.attname: value} | (together if column == "removed_at" else {})
            )
    except IntegrityError:
        return False
    return True
