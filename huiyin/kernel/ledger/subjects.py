"""Which subjects of entries the database holds."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet


def present(prefix: str, rows: QuerySet[Any], column: str) -> Callable[[Sequence[str]], set[str]]:
    """Return what tells which subjects are there, where a subject is the prefix and a column."""

    def among(subjects: Sequence[str]) -> set[str]:
        names = [one.removeprefix(prefix) for one in subjects]
        there = rows.all().filter(**{f"{column}__in": names}).values_list(column, flat=True)
        return {f"{prefix}{one}" for one in there}

    return among
