"""The sheets of a workbook (xlsx), with what can't be taken as it looks. Pure."""

import io
from dataclasses import dataclass, field
from typing import Any

LONGEST_NUMBER = 10**15  # a spreadsheet keeps 15 digits of a number


class BadSheet(ValueError):
    """The file is no spreadsheet that can be read; `code` and `detail` say why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Unreadable:
    """Stands for a cell that can't be taken; `code` is one of messages.ROWS."""

    code: str
    detail: str = ""


@dataclass
class Grid:
    """A sheet: its rows with their numbers, and what the person should know of it."""

    name: str
    rows: list[tuple[int, list[Any]]]
    since_1904: bool = False
    notes: list[tuple[str, str]] = field(default_factory=list)


def read_workbook(content: bytes, name: str, sheet: str) -> list[Grid]:
    """Return the sheet of that name, or every worksheet that is not hidden; raise BadSheet."""
    import openpyxl  # here: it takes a while, and most commands don't need it
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    try:
        # Whole, not read_only: that one believes the sheet's declared size, and knows neither
        # merged cells nor hidden rows.
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(content))
    except Exception as error:
        raise BadSheet("unreadable", f"{name}: {error}") from error
    visible = [each.title for each in book.worksheets if each.sheet_state == "visible"]
    wanted = [sheet] if sheet else visible
    if not wanted or any(each not in {one.title for one in book.worksheets} for each in wanted):
        raise BadSheet("no_sheet", sheet)
    grids = []
    for title in wanted:
        grid = _grid(book[title], formulas[title])
        grid.since_1904 = book.epoch == CALENDAR_MAC_1904
        others = [each for each in book.sheetnames if each != title]
        if others:
            grid.notes.append(("other_sheets", ", ".join(others)))
        grids.append(grid)
    return grids


def _grid(values: Any, formulas: Any) -> Grid:
    covered = {
        (row, column): str(area)
        for area in values.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
        if (row, column) != (area.min_row, area.min_col)
    }
    found = []
    for line in values.iter_rows():
        cells = [_value(cell, formulas, covered) for cell in line]
        if any(cell not in (None, "") for cell in cells):
            found.append((line[0].row, cells))
    grid = Grid(values.title, found)
    rows = {number for number, _line in found}
    hidden = [str(row) for row, its in values.row_dimensions.items() if its.hidden and row in rows]
    if hidden:
        grid.notes.append(("hidden_rows", ", ".join(hidden[:20])))
    return grid


def _value(cell: Any, formulas: Any, covered: dict[tuple[int, int], str]) -> Any:
    from openpyxl.utils.escape import unescape

    place = (cell.row, cell.column)
    if place in covered:
        return Unreadable("merged", covered[place])
    value = cell.value
    if value is None:
        behind = formulas.cell(*place)
        return Unreadable("formula") if behind.data_type == "f" else None
    if cell.data_type == "e":
        return Unreadable("error_cell", str(value))
    if isinstance(value, str):
        return unescape(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= LONGEST_NUMBER:  # fmt: skip
        return Unreadable("long_number", f"{value:.0f}")
    return value
