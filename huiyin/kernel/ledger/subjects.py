"""Which subjects of entries the database holds, and under which names the public log shows them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

Names = Callable[[Collection[str]], Mapping[str, str]]
# What is published sealed: how many letters were imported at once tells of each of them.
_sealed: dict[str, Names] = {"import": lambda subjects: {}, "cover": lambda subjects: {}}


def seal(prefix: str, names: Names) -> None:
    """Have entries of subjects of a prefix published sealed: see `leaves.published`.

    `names` returns the name under which the promises of each of some subjects are shown; none, or an
    empty one, where nothing is.
    """
    _sealed[prefix] = names


def names_of(subjects: Collection[str]) -> dict[str, str | None]:
    """Return the public name of each subject; empty: it has none; None: it is public as it is."""
    found: dict[str, str | None] = dict.fromkeys(subjects)
    by_prefix: dict[str, list[str]] = {}
    for subject in found:
        by_prefix.setdefault(subject.partition(":")[0], []).append(subject)
    for prefix, some in by_prefix.items():
        if (names := _sealed.get(prefix)) is not None:
            found |= {**dict.fromkeys(some, ""), **names(some)}
    return found


def present(prefix: str, rows: QuerySet[Any], column: str) -> Callable[[Sequence[str]], set[str]]:
    """Return what tells which subjects are there, where a subject is the prefix and a column."""

    def among(subjects: Sequence[str]) -> set[str]:
        names = [one.removeprefix(prefix) for one in subjects]
        there = rows.all().filter(**{f"{column}__in": names}).values_list(column, flat=True)
        return {f"{prefix}{one}" for one in there}

    return among
