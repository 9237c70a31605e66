"""How numbers went: the right sums, for those who may see them, drawn so that ink alone reads."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from huiyin.parts.reports.access import NotYours, ReportNotFound
from huiyin.parts.reports.documents.chart import HIGH, Panel, draw, scale
from huiyin.parts.reports.models import DayCount
from huiyin.parts.reports.trends import SHOWN, trend
from tests.parts.reports.conftest import Desks

TODAY = date(2026, 3, 3)  # a Tuesday
SVG = "{http://www.w3.org/2000/svg}"


def count(unit: object, back: int, what: str, number: int) -> None:
    DayCount.objects.create(unit=unit, day=TODAY - timedelta(days=back), what=what, count=number)


def test_days_are_summed_over_the_subtree_or_the_unit_alone(desks: Desks) -> None:
    count(desks.cast.works, 0, "filed", 3)
    count(desks.cast.canteen, 0, "filed", 2)
    count(desks.cast.canteen, 30, "late", 1)
    count(desks.cast.canteen, 31, "late", 9)  # a day too old
    count(desks.cast.transport, 0, "filed", 5)  # not below the works
    found = trend(desks.works_leader, desks.cast.works, TODAY, weeks=False, below=True)
    assert len(found.starts) == 31
    assert found.counts["filed"] == [0] * 30 + [5]
    assert found.counts["late"] == [1] + [0] * 30
    alone = trend(desks.works_leader, desks.cast.works, TODAY, weeks=False, below=False)
    assert alone.counts["filed"][-1] == 3
    assert sum(alone.counts["late"]) == 0


def test_weeks_begin_on_monday_and_go_back_a_year(desks: Desks) -> None:
    for back in (0, 1, 2, 363, 364, 366):
        count(desks.cast.works, back, "answered", 1)
    found = trend(desks.works_leader, desks.cast.works, TODAY, weeks=True, below=True)
    assert len(found.starts) == 52
    assert found.starts[-1] == date(2026, 3, 2)
    assert found.counts["answered"][-2:] == [1, 2]
    assert sum(found.counts["answered"]) == 3


def test_what_is_no_trend_of_the_organisations_work_is_not_in_it() -> None:
    assert set(SHOWN) == {"filed", "answered", "late", "remedies", "failed"}


def test_one_query_sums_any_tree(desks: Desks) -> None:
    count(desks.cast.canteen, 1, "filed", 1)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        trend(desks.group_leader, desks.cast.group, TODAY, weeks=True, below=True)
    assert sum("reports_daycount" in one["sql"] for one in asked) == 1


def test_who_is_elsewhere_or_at_no_desk_sees_no_sums(desks: Desks) -> None:
    with pytest.raises(ReportNotFound):
        trend(desks.cast.driver, desks.cast.canteen, TODAY, weeks=False, below=False)
    with pytest.raises(ReportNotFound):
        trend(desks.canteen_leader, desks.cast.works, TODAY, weeks=False, below=False)
    with pytest.raises(NotYours):
        trend(desks.cast.owner, desks.cast.works, TODAY, weeks=False, below=True)
    own = trend(desks.cast.owner, desks.cast.works, TODAY, weeks=False, below=False)
    assert own.unit == desks.cast.works


def test_the_page_shows_two_pictures_and_the_same_as_a_table(desks: Desks) -> None:
    client = Client()
    client.force_login(desks.works_leader.user)
    for query, rows in (("", 31), ("?by=week&of=unit", 52)):
        page = client.get(f"/staff/reports/units/{desks.cast.works.pk}/trend/{query}")
        text = page.content.decode()
        assert text.count('<figure class="trend">') == text.count('role="img"') == 2
        assert len(re.findall(r'<th scope="row">', text)) == rows
        assert "style=" not in text  # the content security policy refuses it


@given(st.integers(0, 10_000_000))
def test_the_axis_begins_at_zero_and_reaches_the_most(most: int) -> None:
    middle = scale(most)
    assert 2 * middle >= most
    assert most <= 2 or 2 * middle <= 5 * most
    assert str(middle).rstrip("0") in {"1", "2", "5"}


@given(st.lists(st.lists(st.integers(0, 99_999), min_size=7, max_size=7), min_size=1, max_size=3))
def test_bars_are_as_high_as_their_numbers(values: list[list[int]]) -> None:
    panels = [Panel(f"甲<{number}>&", one) for number, one in enumerate(values)]
    drawn = ElementTree.fromstring(draw(panels, list("1234567"), says='"<', every=2))
    bars = [float(one.attrib["height"]) for one in drawn.iter(f"{SVG}rect")]
    top = 2 * scale(max(max(one) for one in values))
    expected = [HIGH * value / top for one in values for value in one if value]
    assert bars == pytest.approx(expected, abs=0.06)
    names = [one.text for one in drawn.iter(f"{SVG}text") if one.text and "甲" in one.text]
    assert names == [one.name for one in panels]  # each panel's name stands at it


def test_nothing_in_a_picture_needs_a_colour(desks: Desks) -> None:
    drawn = draw([Panel("甲", [1, 2]), Panel("乙", [2, 1])], ["1", "2"], says="x", every=1)
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn)) <= {"currentColor", "none"}
    assert "<style" not in drawn
    assert "<script" not in drawn


def test_a_day_that_still_runs_is_hollow() -> None:
    drawn = draw([Panel("甲", [1, 2])], ["1", "2"], says="x", every=1, over=False)
    first, last = ElementTree.fromstring(drawn).iter(f"{SVG}rect")
    assert "fill" not in first.attrib
    assert last.attrib["fill"] == "none"
