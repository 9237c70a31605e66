"""The spreadsheet of a roster, read again: one title, one row a shift, one page wide."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from huiyin.parts.duty.sheet import Row, workbook

HEADINGS = ("日期", "星期", "班次", "带班领导", "值班人员", "联系电话")
ROWS = [
    Row(date(2026, 3, 16), "星期一", "白班", "林", "梅\n莫", "138\n139"),
    Row(date(2026, 3, 16), "星期一", "夜班", "罗", "马", "137"),
    Row(date(2026, 3, 21), "星期六", "白班", "李", "", "", rest=True),
]


@pytest.fixture
def page() -> Worksheet:
    found = load_workbook(io.BytesIO(workbook("机械厂值班表", HEADINGS, ROWS, "电话 010"))).active
    assert isinstance(found, Worksheet)
    return found


def test_title_headings_and_rows_stand_where_offices_have_them(page: Worksheet) -> None:
    assert page["A1"].value == "机械厂值班表"
    assert [cell.value for cell in page[2]] == list(HEADINGS)
    assert [cell.value for cell in page[3]][1:] == ["星期一", "白班", "林", "梅\n莫", "138\n139"]
    assert page["A3"].value.date() == date(2026, 3, 16)
    assert page["A3"].number_format == "m月d日"
    assert page["A6"].value == "电话 010"


def test_title_and_days_of_several_shifts_are_merged(page: Worksheet) -> None:
    merged = {str(one) for one in page.merged_cells.ranges}
    assert merged == {"A1:F1", "A3:A4", "B3:B4", "A6:F6"}


def test_it_prints_one_page_wide_on_a4_with_its_head_on_each_page(page: Worksheet) -> None:
    assert page.page_setup.paperSize == "9" or page.page_setup.paperSize == 9
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == "$1:$2"


def test_every_cell_of_the_table_has_its_borders_and_a_day_off_is_shaded(page: Worksheet) -> None:
    for row in page["A2:F5"]:
        for cell in row:
            assert {cell.border.left.style, cell.border.bottom.style} == {"thin"}, cell.coordinate
    assert page["D5"].fill.fgColor.rgb == "FFF2F2F2"
    assert page["D3"].fill.fill_type is None


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "@sum", "-2"])
def test_no_name_becomes_a_formula(name: str) -> None:
    row = Row(date(2026, 3, 16), name, name, name, name, name)
    found = load_workbook(io.BytesIO(workbook(name, HEADINGS, [row]))).active
    assert isinstance(found, Worksheet)
    cells = [found["A1"], *found[3][1:]]
    assert [(cell.value, cell.data_type) for cell in cells] == [(name, "s")] * 6


def test_a_roster_without_shifts_is_a_sheet_with_its_head() -> None:
    found = load_workbook(io.BytesIO(workbook("空", HEADINGS, []))).active
    assert isinstance(found, Worksheet)
    assert found.max_row == 2
