"""Tables as a spreadsheet that can be reckoned with: one head row, frozen; numbers are numbers."""

import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

WIDEST = 60  # characters
Cell = str | int | date | None
Sheet = tuple[str, Sequence[str], Sequence[Sequence[Cell]]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return an .xlsx file of sheets, each a name, a head and rows as long as the head.

    Text stays text whatever it begins with: no cell is a formula.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, head, rows in sheets:
        page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", name)[:31])
        _fill(page, head, rows)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(page: Worksheet, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    for at, row in enumerate((head, *rows), 1):
        for column, value in enumerate(row, 1):
            cell = page.cell(at, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
                cell.alignment = Alignment(vertical="top", wrap_text=len(value) > WIDEST // 2)
            else:
                cell.value = value
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
            if at == 1:
                cell.font = Font(bold=True)
    for column in range(len(head)):
        widest = max(_width(row[column]) for row in (head, *rows))
        page.column_dimensions[get_column_letter(column + 1)].width = min(WIDEST, widest + 3)
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    page.print_title_rows = "1:1"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    if page.sheet_properties.pageSetUpPr is not None:
        page.sheet_properties.pageSetUpPr.fitToPage = True


def _width(value: Cell) -> int:
    wide = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in str(value))
    return 10 if isinstance(value, date) else wide
