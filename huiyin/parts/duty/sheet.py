"""A roster as a spreadsheet, in the form that offices use (值班表): pure, from plain rows.

One row a shift: day, weekday, shift, leader, members, telephones. The title is merged over the whole
width, days with several shifts are merged downwards, everything has borders, prints on A4 one page
wide, and the head is repeated on each page.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

WIDTHS = (13, 8, 12, 18, 34, 30)  # in characters
LINE = 16.0  # points
THIN = Side(style="thin", color="FF000000")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
REST = PatternFill("solid", fgColor="FFF2F2F2")


@dataclass(frozen=True)
class Row:
    """One shift in words; `rest` marks a day that is no working day. Lines are parted by \\n."""

    day: date
    weekday: str
    shift: str
    leader: str
    members: str
    telephones: str
    rest: bool = False


def workbook(title: str, headings: Sequence[str], rows: Sequence[Row], note: str = "") -> bytes:
    """Return the roster as an .xlsx file; `headings` are six, `note` stands below the table.

    Every cell is text or a date, never a formula, whatever a name begins with.
    """
    book = Workbook()
    page = book.active
    if not isinstance(page, Worksheet):
        raise TypeError("a new workbook has one worksheet")
    page.title = "值班表"
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    _text(page.cell(1, 1), title, Font(name="SimSun", size=16, bold=True))
    page.row_dimensions[1].height = 32
    for column, (heading, width) in enumerate(zip(headings, WIDTHS, strict=True), 1):
        _text(page.cell(2, column), heading, Font(name="SimSun", size=11, bold=True), BORDER)
        page.column_dimensions[get_column_letter(column)].width = width
    page.row_dimensions[2].height = 22
    _rows(page, rows)
    if note:
        last = 3 + len(rows)
        page.merge_cells(start_row=last, start_column=1, end_row=last, end_column=len(headings))
        _text(page.cell(last, 1), note, Font(name="SimSun", size=10))
        page.cell(last, 1).alignment = Alignment(vertical="top", wrap_text=True)
        page.row_dimensions[last].height = LINE * (1 + len(note) // 60 + note.count("\n"))
    _paper(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(cell: object, text: str, font: Font, border: Border | None = None) -> None:
    if not isinstance(cell, Cell):
        raise TypeError("the first cell of what is merged holds its text")
    cell.value = text
    cell.data_type = "s"
    cell.font, cell.alignment = font, CENTRE
    if border:
        cell.border = border


def _rows(page: Worksheet, rows: Sequence[Row]) -> None:
    font, at = Font(name="SimSun", size=11), 3
    for _, same in groupby(rows, key=lambda one: one.day):
        found = list(same)
        for row in found:
            day = page.cell(at, 1)
            day.value, day.number_format = row.day, "m月d日"
            texts = (row.weekday, row.shift, row.leader, row.members, row.telephones)
            for column, text in enumerate(texts, 2):
                _text(page.cell(at, column), text, font, BORDER)
            day.font, day.alignment, day.border = font, CENTRE, BORDER
            for column in range(1, 7):
                if row.rest:
                    page.cell(at, column).fill = REST
            lines = max(text.count("\n") + 1 for text in texts)
            page.row_dimensions[at].height = max(20.0, LINE * lines + 4)
            at += 1
        if len(found) > 1:
            for column in (1, 2):
                page.merge_cells(
                    start_row=at - len(found), start_column=column, end_row=at - 1,
                    end_column=column,
                )  # fmt: skip


def _paper(page: Worksheet) -> None:
    page.page_setup.paperSize = 9  # A4
    page.page_setup.orientation = "portrait"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:2"
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.5
    page.page_margins.top = page.page_margins.bottom = 0.6
    page.freeze_panes = "A3"
