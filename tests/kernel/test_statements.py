"""Statements whose SQL is kept: the rows are the queryset's own, whatever they are asked with."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.expressions import Value
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from huiyin.kernel import rows, statements
from huiyin.kernel.clock.actions import start_until
from huiyin.kernel.clock.models import CalendarDay, Deadline
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.models import Lineage, Post, Tenure, Unit
from huiyin.kernel.units.queries import current
from tests.cast import Cast

DUE = datetime(2026, 3, 5, 9, tzinfo=UTC)
BECAUSE = ("测试", "a test")


@Statement
def posts_of(units: tuple[int, ...], now: datetime) -> QuerySet[Any, Any]:
    held = Exists(Tenure.objects.filter(current(now), post=OuterRef("pk")))
    posts = Post.objects.filter(unit__in=units, closed_at=None).select_related("unit__parent")
    return posts.annotate(held=held).order_by("pk")


@Statement
def below(unit: int, least: int) -> QuerySet[Lineage, tuple[int, int]]:
    found = Lineage.objects.filter(ancestor=unit, distance__gte=Value(0), unit_id__gte=least)
    return found.order_by("unit_id").values_list("unit_id", "distance")


@Statement
def codes(name: str) -> QuerySet[Unit, str]:
    return Unit.objects.filter(name=name).values_list("code", flat=True)


def test_objects_come_with_what_was_selected_and_annotated(cast: Cast, now: datetime) -> None:
    later = now + timedelta(days=1)
    Tenure.objects.filter(post=cast.owner.post).update(ends=later)
    for units, at in (
        ((cast.works.pk,), now), ((cast.group.pk, cast.works.pk), now), ((cast.works.pk,), later),
    ):  # fmt: skip
        wanted = list(posts_of.queryset(units, at))
        with CaptureQueriesContext(connection) as asked:
            found = posts_of(units, at)
            told = [(one, one.code, one.held, str(one.unit), one.unit.parent) for one in found]
        assert len(asked) == 1
        assert told == [(one, one.code, one.held, str(one.unit), one.unit.parent) for one in wanted]
        assert not any(one._state.adding for one in found)
    found[0].title = "改名"
    found[0].save()
    assert Post.objects.get(pk=found[0].pk).title == "改名"


def test_the_sql_is_built_once_for_each_length(cast: Cast, now: datetime) -> None:
    built: list[int] = []

    def asked(units: tuple[int, ...]) -> QuerySet[Unit]:
        built.append(len(units))
        return Unit.objects.filter(pk__in=units).order_by("pk")

    statement = Statement(asked)
    one, both = (cast.group.pk,), (cast.group.pk, cast.works.pk)
    assert statement(one) == [cast.group]
    assert statement((cast.works.pk,)) == [cast.works]
    assert statement(both) == sorted([cast.group, cast.works], key=lambda unit: unit.pk)
    assert statement(()) == []
    assert built == [1, 2]
    many = tuple(range(1, statements.KEPT + 2))
    statement(many)
    statement(many)
    assert built == [1, 2, len(many), len(many)]


def test_tuples_single_values_dates_and_text_are_read_as_the_queryset_reads_them(
    cast: Cast,
) -> None:
    assert below(cast.group.pk, 0) == list(below.queryset(cast.group.pk, 0))
    assert len(below(cast.group.pk, 0)) > 1
    assert below(cast.group.pk, 10**9) == []
    assert codes(cast.works.name) == [cast.works.code]
    assert codes("'; DROP TABLE units_unit; --") == []
    assert codes.first(cast.works.name) == cast.works.code
    assert codes.first("%s") is None

    days = Statement(lambda day: CalendarDay.objects.filter(day__gte=day).values_list("day"))
    CalendarDay.objects.create(day=date(2026, 10, 1), working=False)
    assert days(date(2026, 10, 1)) == [(date(2026, 10, 1),)]
    assert days(date(2026, 10, 2)) == []

    counted = Statement(
        lambda now: Tenure.objects.filter(starts__lte=now)
        .values_list("post__unit").annotate(n=Count("pk")).order_by("post__unit")
    )  # fmt: skip
    assert counted(DUE) == list(counted.queryset(DUE))


def test_fields_left_out_are_read_when_they_are_asked_for(cast: Cast, now: datetime) -> None:
    made = start_until(
        "case.accept", subject="case:x", post=cast.owner.post, due_at=DUE, because=BECAUSE, now=now
    )
    lean = Statement(
        lambda due: Deadline.objects.filter(due_at=due).select_related("post").only(
            "kind", "post__code"
        )
    )  # fmt: skip
    found = lean.first(DUE)
    assert found == made
    with CaptureQueriesContext(connection) as asked:
        assert (found.kind, found.post.code) == (made.kind, cast.owner.post.code)
    assert len(asked) == 0
    assert found.explanation == made.explanation


@pytest.mark.parametrize(
    ("build", "given", "error"),
    [
        (lambda name: Unit.objects.filter(name__contains=name), "%", ValueError),
        (lambda name: Unit.objects.all(), "x", ValueError),
        (lambda held: Tenure.objects.filter(stand_in=held), True, TypeError),
        (lambda unit: Unit.objects.filter(parent=unit), None, TypeError),
        (lambda units: Unit.objects.filter(pk__in=units), [1], TypeError),
    ],
)
def test_what_cannot_be_asked_again_is_refused(
    db: None, build: Callable[[Any], Any], given: object, error: type[Exception]
) -> None:
    statement = Statement(build)
    for _ in range(2):
        with pytest.raises(error):
            statement(given)
    with pytest.raises(TypeError):
        statement(name=given)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only() -> None:
    Unit.objects.create(code="L", name="锁")
    locked = Statement(lambda code: Unit.objects.select_for_update().filter(code=code))
    with transaction.atomic():
        assert len(locked("L")) == 1
    with pytest.raises(TransactionManagementError):
        locked("L")


def test_a_part_of_the_function_may_be_given_beforehand(cast: Cast) -> None:
    def units(newest: bool, least: int) -> QuerySet[Unit]:
        return Unit.objects.filter(pk__gte=least).order_by("-pk" if newest else "pk")

    oldest, newest = (Statement(partial(units, one)) for one in (False, True))
    assert oldest(0) == newest(0)[::-1] != []


def test_fields_are_changed_where_they_are_still_as_said(cast: Cast, now: datetime) -> None:
    made = [
        start_until("case.accept", subject=f"case:{n}", post=cast.owner.post, due_at=DUE,
                    because=BECAUSE, now=now)
        for n in range(3)
    ]  # fmt: skip
    Deadline.objects.filter(pk=made[0].pk).update(state="void")
    values = {
        "state": "met",
        "ended_at": now,
        "pauses": [["一", "二"]],
        "avoid_unit": cast.works.pk,
    }
    assert rows.change(Deadline, [], values) == 0
    pks = [one.pk for one in made[:2]]
    assert rows.change(Deadline, pks, values, still={"state": "open"}) == 1
    for one in made:
        one.refresh_from_db()
    assert [one.state for one in made] == ["void", "met", "open"]
    assert (made[1].ended_at, made[1].pauses, made[1].avoid_unit) == (
        now,
        [["一", "二"]],
        cast.works,
    )
    made[2].post, made[2].next_at = cast.clerk.post, None
    rows.keep(made[2], "post", "next_at")
    again = Deadline.objects.get(pk=made[2].pk)
    assert (again.post, again.next_at, again.state) == (cast.clerk.post, None, "open")
