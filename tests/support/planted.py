"""Every text that the database holds sealed, and how somebody would look for it in bytes."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.apps import apps
from django.contrib.auth.models import User
from django.db import models

from huiyin import demo
from huiyin.kernel.notices.models import Channel
from huiyin.kernel.units.models import Post
from huiyin.kernel.vault.fields import Sealed, SealedBytesField, SealedJSONField
from huiyin.parts.cases import queries, search
from huiyin.parts.cases.models import Case
from huiyin.parts.reports.models import Mark
from huiyin.web.api.models import ApiToken

NOW = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)
PLANTED = "藏在这里的一句话"
WINDOW = 8  # bytes by which a text is looked for at first
LONG = 8  # signs of a text that are looked for
_MARK = re.compile(r"[\u4e00-\u9fff]{4,}|\d{8,}")


def sealed_columns() -> dict[str, Sealed]:
    """Return the columns of the service's own models that hold sealed text, by their names."""
    return {
        f"{model._meta.db_table}.{field.column}": field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, Sealed) and not isinstance(field, SealedBytesField)
    }


def strings(value: Any) -> Iterator[str]:
    """Yield the strings in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def sealed_texts() -> dict[str, list[str]]:
    """Return all that is written in each sealed column, and in letters under `letters`."""
    texts = {
        name: [text for value in _values(field) for text in strings(value) if text]
        for name, field in sealed_columns().items()
    }
    texts["letters"] = [
        text
        for case in Case.objects.all()
        for told in queries.story(case, for_writer=False)
        for text in strings(told.body)
    ]
    return texts


def _values(field: Sealed) -> Iterable[Any]:
    return field.model._base_manager.values_list(field.name, flat=True)


def readable_texts() -> str:
    """Return all text in columns that are not sealed, in one."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return "\n".join(
        text
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not isinstance(field, Sealed)
        for value in model._base_manager.values_list(field.name, flat=True)
        for text in strings(value)
    )


def marks(text: str) -> list[str]:
    """Return pieces of a text that are unlike any by chance: runs of Chinese signs, long numbers."""
    return [mark[:LONG] for mark in _MARK.findall(text)]


def disguises(mark: str) -> Iterator[bytes]:
    """Yield the forms in which a text may lie on a disk."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        data = mark.encode(encoding)
        yield data
        if len(data) >= WINDOW:
            yield data.hex().encode()
        for shift in range(3):  # base64, wherever its groups of three bytes begin
            encoded = base64.b64encode(bytes(shift) + data)
            yield encoded[-(-shift * 4 // 3) + (1 if shift else 0) : -4]
    if not mark.isascii():
        yield json.dumps(mark)[1:-1].encode()


def lies_in(data: bytes, texts: Iterable[str]) -> set[str]:
    """Return which of the texts lie in the bytes, in any disguise."""
    forms = {form: text for text in texts for form in disguises(text) if len(form) >= WINDOW}
    if len(data) < WINDOW:
        return set()
    signs = np.frombuffer(data, np.uint8)
    windows = np.zeros(len(data) - WINDOW + 1, np.uint64)
    for place in range(WINDOW):
        windows |= signs[place : place + len(windows)].astype(np.uint64) << np.uint64(8 * place)
    heads = np.array([int.from_bytes(form[:WINDOW], "little") for form in forms], np.uint64)
    places = np.flatnonzero(np.isin(windows, heads)).tolist()
    by_head: dict[bytes, list[bytes]] = {}
    for form in forms:
        by_head.setdefault(form[:WINDOW], []).append(form)
    return {
        forms[form]
        for place in places
        for form in by_head[data[place : place + WINDOW]]
        if data.startswith(form, place)
    }


def build() -> None:
    """Set up the demonstration, and write into each sealed column in which nothing is written yet."""
    demo.load(NOW)
    search.keep_up(most=0)
    post = Post.objects.all()[0]
    Channel.objects.create(post=post, address=f"mailto://{PLANTED}:654321987@example.cn")
    Mark.objects.create(unit=post.unit, kind="numbers", subject="planted", made_at=NOW)
    ApiToken.objects.create(
        digest=b"0" * 32, name=PLANTED, post=post, user=User.objects.all()[0],
        created_at=NOW, expires_at=NOW,
    )  # fmt: skip
    texts = sealed_texts()
    for name, field in sealed_columns().items():
        if not texts[name]:
            rows = field.model._base_manager.all()
            value = {"text": PLANTED} if isinstance(field, SealedJSONField) else PLANTED
            assert rows.filter(pk__in=rows.values("pk")[:1]).update(**{field.name: value}), name
