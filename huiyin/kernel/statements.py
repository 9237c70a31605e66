"""Questions asked thousands of times: the ORM writes their SQL once, and it is run with other values.

For what stands in the way of ten thousand reports: building the SQL of a queryset takes several times
as long as the database needs to answer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

import django
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Given = ParamSpec("Given")
Row = TypeVar("Row")
KEPT = 50  # up to how many values in tuples the SQL is kept for
_FAR = date(9000, 1, 1)


@dataclass(frozen=True)
class _Plan:
    """A statement for one kind of database: its SQL, its values with the places of those given."""

    sql: str
    fixed: tuple[Any, ...]
    places: tuple[int | None, ...]  # for each value of the SQL, which of the given ones it is
    locks: bool
    read: Callable[[Sequence[Any]], Iterable[Any]]


def _flat(given: Sequence[Any]) -> list[Any]:
    return [word for one in given for word in (one if isinstance(one, tuple) else (one,))]


def _stand_in(value: Any, number: int) -> Any:
    """Return a value of the same type that no query has of its own."""
    if isinstance(value, bool):
        raise TypeError("a statement is given no truth values: write one for each")
    if isinstance(value, datetime):
        return datetime(_FAR.year, 1, 1, microsecond=number, tzinfo=UTC)
    if isinstance(value, date):
        return _FAR + timedelta(days=number)
    if isinstance(value, int):
        return 2_000_000_000 + number
    if isinstance(value, str):
        return f"\x7f{number}"
    raise TypeError(f"a statement is given no {type(value).__name__}")


def _adapted(value: Any, ops: BaseDatabaseOperations) -> Any:
    if isinstance(value, datetime):
        return ops.adapt_datetimefield_value(value)
    return ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _reader(
    queryset: "QuerySet[Any, Any]", compiler: SQLCompiler
) -> Callable[[Sequence[Any]], list[Any]]:
    """Return what turns rows of the database into the queryset's own: objects, tuples or values."""
    converters = compiler.get_converters([column for column, *_rest in compiler.select])
    kind = queryset._iterable_class

    def converted(rows: Sequence[Any]) -> Iterable[Any]:
        return compiler.apply_converters(rows, converters) if converters else rows

    if kind is not ModelIterable:
        flat = kind is FlatValuesListIterable
        return lambda rows: [row[0] if flat else tuple(row) for row in converted(rows)]
    alias, found = compiler.connection.alias, compiler.klass_info
    own = found["select_fields"]
    names = [compiler.select[place][0].target.attname for place in own]
    # Since Django 6.1 an object knows how what it refers to is fetched later.
    mode: dict[str, Any] = {}
    if django.VERSION >= (6, 1):
        mode["fetch_mode"] = queryset._fetch_mode  # type: ignore[attr-defined]
    related = get_related_populators(found, compiler.select, alias, **mode)

    def objects(rows: Sequence[Any]) -> list[Any]:
        made = []
        for row in converted(rows):
            one = found["model"].from_db(alias, names, row[own[0] : own[-1] + 1], **mode)
            for populator in related:
                populator.populate(row, one)
            for name, place in compiler.annotation_col_map.items():
                setattr(one, name, row[place])
            made.append(one)
        return made

    return objects


class Statement(Generic[Given, Row]):
    """A function that returns a queryset, as one that returns its rows.

    It is called with stand-ins, once for each kind of database and length of its tuples (for `__in`;
    for long ones each time), so it may not look at what it is given, only hand it to the queryset. It takes whole numbers, text,
    dates, aware datetimes, and tuples of these, by position. TypeError for anything else, ValueError
    where something given isn't found again in the SQL, as it is with `__contains`.
    """

    def __init__(self, build: "Callable[Given, QuerySet[Any, Row]]") -> None:
        self.queryset = build
        self._plans: dict[tuple[object, ...], _Plan] = {}
        update_wrapper(self, build)

    def __call__(self, *given: Given.args, **named: Given.kwargs) -> list[Row]:
        if named:
            raise TypeError("a statement takes its values by position")
        lengths = [len(one) if isinstance(one, tuple) else -1 for one in given]
        if 0 in lengths:
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        key = (connection.vendor, *lengths)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plan(given, connection)
            if sum(lengths) <= KEPT:
                self._plans[key] = plan
        if plan.locks and connection.get_autocommit():
            raise TransactionManagementError("a row is locked in a transaction only")
        words = [_adapted(word, connection.ops) for word in _flat(given)]
        values = [
            fixed if place is None else words[place]
            for fixed, place in zip(plan.fixed, plan.places, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, values)
            return list(plan.read(cursor.fetchall()))

    def first(self, *given: Given.args, **named: Given.kwargs) -> Row | None:
        """Return the first row, None where there is none; every row is read."""
        return next(iter(self(*given, **named)), None)

    def _plan(self, given: Sequence[Any], connection: BaseDatabaseWrapper) -> _Plan:
        words = [_stand_in(word, number) for number, word in enumerate(_flat(given))]
        rest = iter(words)
        stand_ins = [
            tuple(next(rest) for _ in one) if isinstance(one, tuple) else next(rest)
            for one in given
        ]
        queryset = self.queryset(*stand_ins)  # type: ignore[call-arg, arg-type]
        compiler = queryset.query.get_compiler(connection=connection)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet as error:
            raise ValueError("the statement can't be built with stand-ins") from error
        known = {_adapted(word, connection.ops): number for number, word in enumerate(words)}
        places = tuple(known.get(value) if _hashable(value) else None for value in values)
        if missing := set(range(len(words))) - set(places):
            raise ValueError(f"not found again in the SQL: given values {sorted(missing)}")
        return _Plan(
            sql,
            tuple(values),
            places,
            queryset.query.select_for_update,
            _reader(queryset, compiler),
        )


def _hashable(value: object) -> bool:
    return isinstance(value, str | int | float | date | bytes | None)
