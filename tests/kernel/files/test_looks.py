"""What is shown looks as what was sent: both as pictures of their pages."""

import io

import docx
import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.drawing.image import Image as SheetPicture
from openpyxl.styles import Font, PatternFill

from huiyin.kernel.files.inspect import inspect
from tests.support.files import CASES
from tests.support.planted_files import jpeg
from tests.support.rendering import converted, differ, is_blank, need_programs

pytestmark = pytest.mark.rendering


def report():
    """A Word file with what reports hold: headings, lists, a table, a picture, a header."""
    document = docx.Document()
    document.core_properties.author = "Zhang"
    document.sections[0].header.paragraphs[0].text = "情况说明"
    document.add_heading("加班情况", 1)
    document.add_paragraph("三月份的工资没有发。", style="List Number")
    document.add_paragraph("已经问过两次。", style="List Bullet")
    table = document.add_table(2, 2, style="Light Grid Accent 1")
    table.cell(0, 0).text, table.cell(1, 1).text = "日期", "46小时"
    document.add_picture(io.BytesIO(jpeg(exif="Zhang", size=(200, 100))))
    document.add_page_break()
    run = document.add_paragraph("第二页").add_run("重点")
    run.bold = True
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def hours():
    """A workbook with colours, merged cells, a chart, a picture."""
    book = openpyxl.Workbook()
    rows = book.active
    rows.append(["日期", "小时"])
    for day in range(1, 9):
        rows.append([f"3月{day}日", day * 1.5])
    rows["A1"].font, rows["B1"].fill = Font(bold=True), PatternFill("solid", fgColor="FFCC00")
    rows.merge_cells("A12:B13")
    rows["A12"] = "合计"
    chart = BarChart()
    chart.add_data(Reference(rows, min_col=2, min_row=1, max_row=9), titles_from_data=True)
    rows.add_chart(chart, "D2")
    rows.add_image(SheetPicture(io.BytesIO(jpeg(exif="Zhang", size=(80, 40)))), "D20")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """Name -> a document as sent, some written by LibreOffice itself."""
    need_programs()
    folder = tmp_path_factory.mktemp("documents")
    plain = {"report.docx": report(), "hours.xlsx": hours(),
             "wps.docx": (CASES / "f12c_docx_by_wps.docx").read_bytes()}  # fmt: skip
    text = converted({"report.docx": plain["report.docx"]}, "odt", folder / "odt")
    again = converted({"again.odt": text["report.odt"]}, "docx", folder / "docx")
    return {**plain, **text, **again}


@pytest.fixture(scope="module")
def looks(documents, tmp_path_factory):
    """Name -> the document as PDF before and after."""
    folder = tmp_path_factory.mktemp("looks")
    stems = {name: name.replace(".", "-") for name in documents}
    both = {}
    for name, data in documents.items():
        ending = name.rpartition(".")[2]
        both[f"{stems[name]}-sent.{ending}"] = data
        both[f"{stems[name]}-shown.{ending}"] = inspect(data, name).clean
    made = converted(both, "pdf", folder)
    return {
        name: (made[f"{stem}-sent.pdf"], made[f"{stem}-shown.pdf"]) for name, stem in stems.items()
    }


@pytest.mark.parametrize(
    "name", ["report.docx", "hours.xlsx", "wps.docx", "report.odt", "again.docx"]
)
def test_an_office_file_looks_as_it_was_sent(looks, name):
    sent, shown = looks[name]
    assert not is_blank(sent)
    assert differ(sent, shown) < 0.001


@pytest.mark.parametrize("name", ["report.docx", "hours.xlsx"])
def test_a_pdf_looks_as_it_was_sent(looks, name):
    sent = looks[name][0]
    assert differ(sent, inspect(sent, "a.pdf").clean) < 0.001


@pytest.mark.parametrize(
    "name",
    ["f01_pdf_owner_password.pdf", "f03_pdf_form_filled_in.pdf", "f03b_pdf_form_needs_appearances.pdf"],
)  # fmt: skip
def test_a_pdf_of_the_cases_looks_as_it_was_sent(name):
    need_programs()
    sent = (CASES / name).read_bytes()
    assert differ(sent, inspect(sent, name).clean) < 0.001


@pytest.mark.parametrize(
    "name", ["f03_pdf_form_filled_in.pdf", "f03b_pdf_form_needs_appearances.pdf"]
)
def test_what_was_filled_into_a_form_is_seen(name):
    need_programs()
    assert not is_blank(inspect((CASES / name).read_bytes(), name).clean)
