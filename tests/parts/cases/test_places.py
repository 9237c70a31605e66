"""What comes back as `after` of a list: a place, or nothing at all."""

from datetime import UTC, datetime

import pytest

from huiyin.parts.cases import places, queries
from tests.cast import Cast

GARBAGE = [
    "x",
    "_",
    "_1",
    "2026_1",
    "2026-03-02T09:00:00_1",
    "2026-03-02T09:00:00+00:00_",
    "2026-03-02T09:00:00+00:00_-1",
    "9999-12-31T23:59:59-23:59_1",
    "0001-01-01T00:00:00+23:59_1",
    "2026-03-02T09:00:00+00:00_" + "9" * 40,
    "9" * 40,
    "-1",
    "٣",
    "\x00",
]


def test_a_place_is_read_in_the_order_that_it_belongs_to() -> None:
    assert places.newest("57") == 57
    assert places.due("2026-03-02T17:00:00+08:00_57") == (datetime(2026, 3, 2, 9, tzinfo=UTC), 57)


@pytest.mark.parametrize("text", GARBAGE)
def test_anything_else_is_no_place(text: str) -> None:
    assert places.newest(text) is None
    assert places.due(text) is None


@pytest.mark.parametrize("text", [*GARBAGE, "5", "2026-03-02T09:00:00+00:00_1x"])
def test_a_list_begins_at_its_beginning_where_there_is_no_place(
    text: str, cast: Cast, now: datetime
) -> None:
    case = cast.file(now).case
    owed = queries.owed(cast.clerk, now, text)
    assert [row.case for row in owed.rows] == [case]
    listed = queries.worklist(cast.clerk, queries.Filter(after=text), now)
    assert [row.case for row in listed.rows] == [case]
