"""How ready each unit of a window is: counted from what it did, for all units at once."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.units.actions import add_post, add_unit, release
from huiyin.kernel.units.models import Role, Tenure
from huiyin.parts.cases.actions import forwarding
from huiyin.parts.reports import windows_queries as queries
from huiyin.parts.reports.access import ReportNotFound
from huiyin.parts.reports.actions import daily, readiness, window_units, windows
from huiyin.parts.reports.models import Window, WindowUnit
from huiyin.parts.reports.readiness import Facts, Sources, cells
from huiyin.parts.reports.tightening import Settings
from huiyin.wiring import READINESS
from tests.cast import Cast
from tests.parts.reports.conftest import Desks
from tests.support.windows import ALL, LAST, make

END = datetime.fromisoformat("2026-03-16T16:00:00+00:00")


def known(
    covered: Mapping[int, datetime] | None = None,
    checks: Mapping[int, int] | None = None,
    late: Mapping[int, int] | None = None,
) -> Sources:
    """Return sources that say the same whenever they are asked."""
    return Sources(
        lambda top, since, until: covered or {}, lambda top, now: checks or {},
        lambda top, now: late or {},
    )  # fmt: skip


def row(window: Window, unit: object) -> WindowUnit:
    return WindowUnit.objects.get(window=window, unit=unit)


def test_cells_say_in_order_not_in_order_and_not_asked() -> None:
    facts = Facts(END, {1: END, 2: END - timedelta(minutes=1)}, {1: 0, 2: 3}, {2: 4},
                  frozenset({1}), {1: 0, 2: 1})  # fmt: skip
    assert cells(ALL, facts, 1, tested=True, exercised=True) == (0, 0, 0, 0, 0, 0, 0)
    assert cells(ALL, facts, 2, tested=False, exercised=False) == (1, 1, 1, 1, 1, 1, 4)
    assert cells(ALL, facts, 3, tested=True, exercised=False) == (1, 1, 0, 1, None, None, 0)
    nothing = cells(Settings(), facts, 2, tested=False, exercised=False)
    assert nothing == (None, 1, None, None, 1, None, 4)


def test_a_roster_that_covers_the_whole_window_meets_what_the_unit_owed(desks: Desks) -> None:
    window, works = make(desks.cast.group_head, desks.now), desks.cast.works
    covered = {works.pk: END, desks.cast.canteen.pk: END - timedelta(hours=1)}
    readiness.count(desks.now, known(covered))
    assert (row(window, works).roster, row(window, desks.cast.canteen).roster) == (0, 1)
    owed = Deadline.objects.filter(subject=window.ref, kind="window.roster", state="met")
    assert list(owed.values_list("of", flat=True)) == [str(works.pk)]


def test_a_leader_is_named_while_somebody_holds_the_post(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now)
    readiness.count(desks.now, known())
    assert (row(window, desks.cast.works).leader, row(window, desks.cast.canteen).leader) == (0, 1)
    release(Tenure.objects.get(post=desks.cast.works_head.post), now=desks.now + timedelta(hours=1))
    readiness.count(desks.now + timedelta(hours=2), known())
    assert row(window, desks.cast.works).leader == 1


def test_the_daily_report_is_missing_only_after_its_time_and_until_it_came(desks: Desks) -> None:
    windows.make_window(
        desks.cast.group_head, "特护期", date(2026, 3, 3), LAST, Settings(daily_by=15 * 60),
        now=desks.now,
    )  # fmt: skip
    window, canteen = Window.objects.get(), desks.cast.canteen
    daily.open_day(desks.now)
    readiness.count(desks.now, known())
    assert row(window, canteen).daily is None
    cut_off = datetime.fromisoformat("2026-03-03T07:00:00+00:00")
    readiness.count(cut_off, known())
    assert (row(window, canteen).daily, row(window, desks.cast.group).daily) == (1, None)
    desks.daily(desks.canteen_leader, cut_off + timedelta(minutes=1))
    readiness.count(cut_off + timedelta(minutes=10), known())
    assert row(window, canteen).daily == 0


def test_late_letters_are_counted_for_the_unit_that_owes_and_never_for_one_complained_of(
    cast: Cast, now: datetime
) -> None:
    make(cast.group_head, now)
    plain = cast.file(now).case
    forwarding.forward(cast.clerk, plain.locator, cast.works, now=now)
    cast.file(now, complained_unit=cast.works)
    later = now + timedelta(days=40)
    Window.objects.update(closed_at=None)
    readiness.count(later, READINESS)
    window = Window.objects.get()
    assert row(window, cast.works).late == 1
    assert row(window, cast.group).late == 0
    late = Deadline.objects.filter(kind__startswith="case.", due_at__lte=later, state="open")
    assert late.exclude(avoid_unit=None).exists(), "the one that complains is late, and not counted"


def test_a_window_is_counted_again_only_after_some_minutes_and_never_after_it_closed(
    desks: Desks,
) -> None:
    window, works = make(desks.cast.group_head, desks.now), desks.cast.works
    readiness.count(desks.now, known(late={works.pk: 1}))
    soon = desks.now + timedelta(minutes=4)
    assert readiness.count(soon, known(late={works.pk: 2})) == 0
    assert row(window, works).late == 1
    later = desks.now + timedelta(minutes=5)
    assert readiness.count(later, known(late={works.pk: 2})) == 2, "its own, and the sum above"
    windows.close_window(desks.cast.group_head, window.number, now=later)
    readiness.count(later + timedelta(hours=1), known(late={works.pk: 3}))
    assert row(window, works).late == 2


def test_units_are_told_some_at_once_and_the_others_in_the_next_rounds(
    desks: Desks,
) -> None:
    window = make(desks.cast.group_head, desks.now, Settings(line_test=True))
    assert queries.untold(window) == 0
    WindowUnit.objects.update(told=0)
    Deadline.objects.filter(subject=window.ref, kind="window.line").delete()
    assert window_units.owe(window, desks.now, most=3) == 3
    assert queries.untold(window) == 1
    assert window_units.owe_more(desks.now) == 1
    assert window_units.owe_more(desks.now) == 0
    owed = Deadline.objects.filter(subject=window.ref, kind="window.line", state="open")
    assert owed.count() == 4, "each once"


def test_a_unit_that_is_added_later_gets_its_row_and_owes_the_same(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now)
    shop = add_unit("HX-W-S", "车间", parent=desks.cast.works, now=desks.now)
    add_post(shop, Role.HANDLER, "车间承办岗", now=desks.now)
    readiness.count(desks.now, known())
    assert row(window, shop).line == 1
    assert window_units.owe_more(desks.now) == 1
    assert Deadline.objects.filter(subject=window.ref, of=str(shop.pk)).count() == 3


def test_sums_go_over_the_whole_subtree_and_the_number_of_queries_does_not_grow(
    desks: Desks,
) -> None:
    window = make(desks.cast.group_head, desks.now)
    window_units.confirm(desks.cast.cook, window.number, "line", date(2026, 3, 3), now=desks.now)
    readiness.count(desks.now, known(late={desks.cast.canteen.pk: 2}))
    with CaptureQueriesContext(
        connection,
    ) as few:
        grid = queries.grid(desks.cast.group_head, window)
    assert [(line.unit.code, line.units, line.alone) for line in grid.lines] == [
        ("HX", 1, True), ("HX-T", 1, False), ("HX-W", 2, False),
    ]  # fmt: skip
    works = {cell.column: cell for cell in grid.lines[2].cells}
    assert (works["line"].wrong, works["line"].asked, works["line"].state) == (1, 2, "bad")
    assert (works["late"].wrong, works["late"].asked) == (2, None)
    assert (works["daily"].asked, works["daily"].state) == (0, "none")
    assert grid.whole.units == 4
    for number in range(60):
        add_unit(f"HX-{number:03}", "单位", parent=desks.cast.group, now=desks.now)
    readiness.count(desks.now + timedelta(hours=1), known())
    with CaptureQueriesContext(connection) as many:
        first = queries.grid(desks.cast.group_head, window)
    assert len(many) <= len(few) <= 10
    second = queries.grid(desks.cast.group_head, window, page=2)
    assert (first.pages, len(first.lines), len(second.lines)) == (2, 51, 12)
    names = [line.unit.code for line in (*first.lines, *second.lines)]
    assert len(names) == len(set(names)) == 63


def test_a_post_sees_its_own_unit_and_from_a_desk_what_lies_below(desks: Desks) -> None:
    window, cast = make(desks.cast.group_head, desks.now), desks.cast
    assert queries.grid(cast.works_head, window).unit == cast.works
    assert queries.grid(cast.works_head, window, cast.canteen.pk).unit == cast.canteen
    own = queries.grid(cast.cook, window)
    assert (own.unit, len(own.lines)) == (cast.canteen, 1)
    for acting, unit in (
        (cast.works_head, cast.group), (cast.works_head, cast.transport), (cast.cook, cast.works),
        (cast.owner, cast.canteen), (cast.group_head, cast.board),
    ):  # fmt: skip
        with pytest.raises(ReportNotFound):
            queries.grid(acting, window, unit.pk)
    with pytest.raises(ReportNotFound):
        queries.access_window(cast.auditor, window.number)


def test_units_not_in_order_are_listed_for_each_column(desks: Desks) -> None:
    window = make(desks.cast.group_head, desks.now)
    readiness.count(desks.now, known())
    _unit, rows, more = queries.wrong(desks.cast.group_head, window, "leader", None)
    assert ([one.unit.code for one in rows], more) == (["HX-W-C"], False)
    _unit, rows, _more = queries.wrong(desks.cast.transport_head, window, "line", None)
    assert [one.unit.code for one in rows] == ["HX-T"]


def test_the_evidence_of_a_late_letter_names_the_duty_and_its_time_and_leads_to_no_letter(
    cast: Cast, now: datetime
) -> None:
    window = make(cast.group_head, now)
    forwarding.forward(cast.clerk, cast.file(now).case.locator, cast.works, now=now)
    later = now + timedelta(days=40)
    found = queries.evidence(cast.group_head, window, cast.works.pk, later, ("duty.check",))
    assert [kind for kind, _due in found.late] == ["case.accept"]
    clock.start_until(
        "duty.check", subject="point:X", post=cast.works_head.post, due_at=now, now=now,
        because=("检查", "a check"),
    )  # fmt: skip
    again = queries.evidence(cast.group_head, window, cast.works.pk, later, ("duty.check",))
    assert [kind for kind, _due in again.checks] == ["duty.check"]
