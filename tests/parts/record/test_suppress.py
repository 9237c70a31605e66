"""From what is published nobody can work out a small count, even who knows how it is done."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.parts.record.suppress import LEAST, Cell, Column, rolled

TREES: list[dict[str, str | None]] = [
    {"a": None},
    {"a": None, "b": None},
    {"a": None, "b": "a"},
    {"a": None, "b": "a", "c": "a"},
    {"a": None, "b": "a", "c": "b"},
    {"a": None, "b": "a", "c": None},
    {"a": None, "b": "a", "c": "a", "d": "a"},
    {"a": None, "b": "a", "c": "b", "d": "b"},
    {"a": None, "b": "a", "c": "b", "d": "c"},
    {"a": None, "b": "a", "c": "a", "d": "c"},
    {"a": None, "b": "a", "c": None, "d": "c"},
]


def pages(above: Mapping[str, str | None], least: int) -> Iterator[list[dict[str, int]]]:
    """Yield, for each page that can be published, all counts that would have led to that page."""
    found: dict[str, list[dict[str, int]]] = defaultdict(list)
    for numbers in product(range(3 * least), repeat=len(above)):
        counts = dict(zip(above, numbers, strict=True))
        found[repr(rolled(counts, above, least))].append(counts)
    yield from found.values()


@pytest.mark.parametrize("least", [2, 3])
@pytest.mark.parametrize(
    "above", TREES, ids=lambda tree: "-".join(f"{v or ''}{k}" for k, v in tree.items())
)
def test_every_count_that_is_not_shown_by_itself_keeps_all_small_numbers_possible(
    above: dict[str, str | None], least: int
) -> None:
    if len(above) == 4 and least == 3:
        above = {name: above[name] for name in list(above)[:3]}
    for worlds in pages(above, least):
        column = rolled(worlds[0], above, least)
        if any((one.shown or 0) >= 3 * least for one in column.cells.values()):
            continue  # it could come of numbers that were not tried
        for unit, cell in column.cells.items():
            possible = {one[unit] for one in worlds}
            if cell.shown is None:
                assert set(range(least)) <= possible
            elif cell.others:
                assert len(possible) >= least  # a sum with others gives none of them away
            else:
                assert possible == {cell.shown}
                assert cell.shown >= least


@st.composite
def organisations(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, str | None]]:
    """Return counts of up to thirty units, and the unit above each."""
    above: dict[str, str | None] = {}
    for n in range(draw(st.integers(1, 30))):
        before = list(above)
        above[f"u{n}"] = draw(st.sampled_from([None, *before])) if before else None
    return {unit: draw(st.integers(0, 9)) for unit in above}, above


@given(organisations(), st.data())
def test_any_small_number_could_stand_where_one_is_not_shown(
    given_: tuple[dict[str, int], dict[str, str | None]], data: st.DataObject
) -> None:
    counts, above = given_
    column = rolled(counts, above)
    hidden = [unit for unit, cell in column.cells.items() if cell.shown is None]
    if not hidden:
        return
    unit = data.draw(st.sampled_from(hidden))
    other = data.draw(st.integers(0, LEAST - 1))
    head = column.cells[unit].within
    if head is None:
        group = [one for one, cell in column.cells.items() if cell == Cell()]
        world = counts | dict.fromkeys(group, 0) | {unit: other}
    else:
        group = [one for one, cell in column.cells.items() if cell.within == head]
        shown = column.cells[head].shown or 0
        world = counts | dict.fromkeys(group, 0) | {unit: other, head: shown - other}
    assert rolled(world, above) == column


@given(organisations())
def test_groups_have_no_unit_in_common_and_every_count_is_in_one(
    given_: tuple[dict[str, int], dict[str, str | None]],
) -> None:
    counts, above = given_
    column = rolled(counts, above)
    groups: dict[str, int] = defaultdict(int)
    for unit, cell in column.cells.items():
        if cell != Cell():
            groups[cell.within or unit] += counts[unit]
    assert groups == {u: c.shown for u, c in column.cells.items() if c.shown is not None}
    assert all(one >= LEAST for one in groups.values())


def test_a_small_unit_is_counted_with_the_one_above_and_the_total_stays() -> None:
    column = rolled(
        {"works": 30, "canteen": 2, "transport": 40},
        {"works": None, "canteen": "works", "transport": None},
    )
    assert column == Column(
        {"works": Cell(32, None, 1), "canteen": Cell(None, "works"), "transport": Cell(40)}, 72
    )


def test_what_is_small_at_the_top_is_withheld_with_the_total() -> None:
    column = rolled({"works": 30, "board": 2}, {"works": None, "board": None})
    assert column.cells["board"] == Cell()
    assert column.total is None
