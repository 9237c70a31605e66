"""Reports and whole days as files: they say what the page says, and look as the standard wants."""

import io
import re
from datetime import date, timedelta
from urllib.parse import unquote

import docx
import pytest
from django.test import Client
from django.utils.translation import override
from docx.shared import Mm
from openpyxl import load_workbook
from pypdf import PdfReader

from huiyin.kernel.papers import page, typesetting
from huiyin.kernel.units.actions import Acting, add_unit
from huiyin.kernel.units.models import Unit
from huiyin.parts.reports import papers, queries
from huiyin.parts.reports.access import NotYours, ReportNotFound
from huiyin.parts.reports.actions import arriving, daily, reporting
from huiyin.parts.reports.models import DayCount
from huiyin.parts.reports.templates import templates
from tests.parts.reports.conftest import DAILY, Desks

TODAY = date(2026, 3, 3)
EXTENSIONS = ("docx", "pdf", "xlsx")


def needs_font() -> None:
    families = typesetting.typefaces(())[1]
    if not families & set(page.SERIF_FALLBACK + page.SANS_FALLBACK):
        pytest.skip("no Chinese typeface on this machine (Debian: fonts-noto-cjk)")


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def text_of(data: bytes, extension: str) -> str:
    if extension == "pdf":
        return squeezed("".join(one.extract_text() for one in PdfReader(io.BytesIO(data)).pages))
    if extension == "docx":
        document = docx.Document(io.BytesIO(data))
        cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
        return squeezed("".join([*(p.text for p in document.paragraphs), *cells]))
    rows = [r for s in load_workbook(io.BytesIO(data)) for r in s.iter_rows(values_only=True)]
    return squeezed("".join(str(cell) for row in rows for cell in row if cell is not None))


def a_day(desks: Desks) -> None:
    """The group requires daily reports; the works sends one, the canteen and transport are silent."""
    daily.require(desks.cast.group_head, 17 * 60, every_day=True, now=desks.now)
    daily.open_day(desks.now)
    DayCount.objects.create(unit=desks.cast.works, day=TODAY, what="filed", count=3)
    DayCount.objects.create(unit=desks.cast.canteen, day=TODAY, what="failed", count=2)
    desks.daily(desks.works_leader, filed=4, why="一件为电话登记。", needed="请集团调配阀门两只。")


def whole(desks: Desks, extension: str, acting: Acting | None = None) -> bytes:
    who = acting or desks.group_leader
    made = papers.whole_file(who, who.post.unit, TODAY, extension, now=desks.now)
    assert made.mime == papers.TYPES[extension]
    return made.data


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_report_says_in_every_form_what_was_sent(desks: Desks, extension: str) -> None:
    needs_font()
    report = desks.urgent()
    made = papers.report_file(desks.works_leader, report.number, extension)
    text = text_of(made.data, extension)
    for part in (
        "二号库房配电箱起火，明火已于8:50扑灭。", "食堂二号库房东门", "14", "8:45报警",
        "请集团物资部今日调配备用配电箱一台。", "火灾", "机械厂", "华信集团", "尚未签收",
    ):  # fmt: skip
        assert part in text, part
    assert made.name == f"食堂-紧急报告-{report.number}.{extension}"


@pytest.mark.parametrize("extension", ["docx", "pdf"])
def test_a_paper_has_its_title_its_recipients_its_number_and_its_day(
    desks: Desks, extension: str
) -> None:
    needs_font()
    report = desks.urgent()
    text = text_of(papers.report_file(desks.works_leader, report.number, extension).data, extension)
    for part in (
        "关于火灾的紧急报告", "机械厂、华信集团：", report.number, "2026年3月3日", "特此报告。",
        "一、基本情况", "二、发生了什么", "本报告第1版",
    ):  # fmt: skip
        assert squeezed(part) in text, part
    assert "请写" not in text  # the hint of the form is no heading


def test_a_correction_and_what_is_open_stand_in_the_paper(desks: Desks) -> None:
    report = desks.urgent(what="现场情况基本稳定，人员正常。")
    given = queries.story(report)[0].version.fields | {"affected": 16}
    later = desks.now + timedelta(minutes=9)
    reporting.correct(desks.cast.cook, report.number, given, now=later)
    text = text_of(papers.report_file(desks.works_leader, report.number, "docx").data, "docx")
    assert "“基本稳定”" in text
    assert "更正情况" in text
    assert "1416" in text  # what stood there, what stands there
    assert "本报告第2版" in text


def test_a_desk_that_acknowledged_and_acted_is_in_the_paper(desks: Desks) -> None:
    report = desks.urgent()
    arriving.acknowledge(desks.works_leader, report.number, now=desks.now)
    arriving.act(desks.works_leader, report.number, "已调配电箱一台。", now=desks.now)
    text = text_of(papers.report_file(desks.cast.cook, report.number, "docx").data, "docx")
    assert "已调配电箱一台。" in text
    assert text.count("尚未签收") == 1  # the group


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_whole_day_names_every_missing_unit_and_what_is_needed(
    desks: Desks, extension: str
) -> None:
    needs_font()
    a_day(desks)
    text = text_of(whole(desks, extension), extension)
    for part in ("食堂", "运输公司", "请集团调配阀门两只"):
        assert part in text, part
    if extension != "xlsx":
        assert "应报3个单位，已报1个，未报2个，迟报0个" in text
        assert "未报单位（2个）" in text
        assert "机械厂（1个）：食堂。" in text


def test_the_numbers_of_the_files_are_those_of_the_page(desks: Desks) -> None:
    a_day(desks)
    found = queries.consolidated(desks.group_leader, desks.cast.group, TODAY)
    names = {one.name: one.zh for one in templates()["daily"].fields if one.counted}
    expected = [
        (zh, found.said.get(name, 0), found.counted.get(name, 0)) for name, zh in names.items()
    ]
    sheet = load_workbook(io.BytesIO(whole(desks, "xlsx")))["主要数字"]
    assert [row[:3] for row in sheet.iter_rows(min_row=2, values_only=True)] == expected
    tables = docx.Document(io.BytesIO(whole(desks, "docx"))).tables
    rows = [[cell.text for cell in row.cells] for row in tables[0].rows[1:]]
    assert [(n.rstrip("＊"), int(s), int(c)) for n, s, c in rows] == expected
    assert rows[0][0] == "收到来信（件）＊"  # the report says 4, the ledger 3
    client = Client()
    client.force_login(desks.group_leader.user)
    shown = client.get(f"/staff/reports/day/?day={TODAY}").content.decode()
    for _name, said, counted in expected:
        assert f">{said}</td>" in shown
        assert re.search(rf">{counted}(?:</td>| <span)", shown)


def test_a_spreadsheet_can_be_reckoned_with(desks: Desks) -> None:
    a_day(desks)
    desks.daily(desks.canteen_leader, needed='=HYPERLINK("http://x")请集团机关处理')
    book = load_workbook(io.BytesIO(whole(desks, "xlsx")))
    assert book.sheetnames == [
        "主要数字", "所属单位", "未报单位", "迟报单位", "需要解决的事项", "趋势"
    ]  # fmt: skip
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        head = [cell.value for cell in sheet[1]]
        assert all(isinstance(one, str) for one in head)
        assert not sheet.merged_cells.ranges
    assert all(isinstance(c.value, int) for c in book["主要数字"]["B"][1:])
    assert {c.data_type for c in book["需要解决的事项"]["C"]} == {"s"}  # no formula
    trend = book["趋势"]
    assert trend.max_row == 32
    assert trend.cell(32, 1).value.date() == TODAY
    assert [c.value for c in trend[32]][1:] == [3, 0, 0, 0, 2]


def test_the_word_file_has_the_page_and_the_typefaces_of_the_standard(desks: Desks) -> None:
    a_day(desks)
    document = docx.Document(io.BytesIO(whole(desks, "docx")))
    section, close = document.sections[0], Mm(0.1)
    assert abs(section.page_width - Mm(210)) < close
    for margin, wanted in (
        (section.top_margin, 37), (section.bottom_margin, 35), (section.left_margin, 28),
        (section.right_margin, 26),
    ):  # fmt: skip
        assert abs(margin - Mm(wanted)) < close
    lines = {one.text: one for one in document.paragraphs}
    title, first = lines["2026年3月3日情况汇总"], lines["一、报告情况"]
    second, body = lines["（一）未报单位（2个）"], lines["运输公司。"]
    assert title.runs[0].font.size.pt == 22
    for line, face in ((title, "方正小标宋简体"), (first, "黑体"), (second, "楷体_GB2312"),
                       (body, "仿宋_GB2312")):  # fmt: skip
        assert face in line._p.xml
    for line in (first, second, body):
        assert line.runs[0].font.size.pt == 16
    assert "PAGE" in section.footer._element.xml
    table = document.tables[-1]
    assert "w:tblHeader" in table.rows[0]._tr.xml


def test_the_pictures_stand_in_word_and_pdf_and_say_what_they_show(desks: Desks) -> None:
    needs_font()
    a_day(desks)
    document = docx.Document(io.BytesIO(whole(desks, "docx")))
    said = re.findall(r'descr="([^"]+)"', document.element.xml)
    assert said[0].startswith("收到来信共3件，最多3件（2026年3月3日）")
    assert said[1].endswith("检查不合格共2项，最多2项（2026年3月3日）")
    pdf = PdfReader(io.BytesIO(whole(desks, "pdf")))
    assert "收到来信3件" in text_of(whole(desks, "pdf"), "pdf")  # in the drawing itself
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_without_typefaces_word_is_made_with_its_tables_and_the_pdf_is_refused(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    import typst

    a_day(desks)
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(typesetting, "typefaces", lambda _: (bare, frozenset(bare.families())))
    document = docx.Document(io.BytesIO(whole(desks, "docx")))
    assert not document.inline_shapes
    assert document.tables[-1].rows[-1].cells[1].text == "3"
    client = Client()
    client.force_login(desks.group_leader.user)
    response = client.get(f"/staff/reports/day/file.pdf?day={TODAY}")
    assert response.status_code == 503
    assert "Word" in response.content.decode()


def test_in_english_the_paper_is_english(desks: Desks) -> None:
    needs_font()
    a_day(desks)
    with override("en"):
        made = papers.whole_file(desks.group_leader, desks.cast.group, TODAY, "pdf", now=desks.now)
    text = text_of(made.data, "pdf")
    for part in ("HuaxinGroup", "Thedayoverallunits:3March2026", "Missing(2)", "Lettersreceived"):
        assert part in text, part
    assert made.name == "Huaxin Group-Day over all units-2026-03-03.pdf"


def test_many_missing_units_are_all_named_and_set_smaller(desks: Desks) -> None:
    for number in range(60):
        add_unit(f"HX-T-{number}", f"车队{number:03}", parent=desks.cast.transport, now=desks.now)
    daily.require(desks.cast.group_head, 17 * 60, every_day=True, now=desks.now)
    _posts(desks, Unit.objects.filter(code__startswith="HX-T-"))
    daily.open_day(desks.now)
    document = docx.Document(io.BytesIO(whole(desks, "docx")))
    named = next(one for one in document.paragraphs if one.text.startswith("运输公司（61个）"))
    assert all(f"车队{number:03}" in named.text for number in range(60))
    assert named.runs[0].font.size.pt == 12


def _posts(desks: Desks, units: object) -> None:
    from huiyin.kernel.units.models import Post

    for unit in units:  # type: ignore[attr-defined]
        Post.objects.create(unit=unit, code=f"{unit.code}.d", role="duty_leader", title="值班")


def test_nobody_gets_a_file_of_what_they_may_not_see(desks: Desks) -> None:
    report = desks.urgent()
    for acting in (desks.cast.driver, desks.cast.transport_head, desks.cast.auditor):
        with pytest.raises(ReportNotFound):
            papers.report_file(acting, report.number, "docx")
        client = Client()
        client.force_login(acting.user)
        for extension in EXTENSIONS:
            address = f"/staff/reports/{report.number}/file.{extension}"
            assert client.get(address).status_code == 404
    with pytest.raises(NotYours):
        papers.whole_file(
            desks.cast.owner, desks.cast.works, TODAY, "docx", now=desks.now
        )  # sits at no desk
    with pytest.raises(ReportNotFound):
        papers.whole_file(desks.works_leader, desks.cast.group, TODAY, "docx", now=desks.now)


def test_an_unknown_form_or_number_is_absent(desks: Desks) -> None:
    report = desks.urgent()
    client = Client()
    client.force_login(desks.works_leader.user)
    assert client.get(f"/staff/reports/{report.number}/file.exe").status_code == 404
    assert client.get("/staff/reports/none/file.pdf").status_code == 404
    assert client.get("/staff/reports/day/file.txt").status_code == 404


def test_a_download_is_named_after_unit_kind_and_day(desks: Desks) -> None:
    report = desks.daily(desks.canteen_leader)
    client = Client()
    client.force_login(desks.works_leader.user)
    response = client.get(f"/staff/reports/{report.number}/file.xlsx")
    assert unquote(response["Content-Disposition"]) == (
        "attachment; filename*=UTF-8''食堂-每日报告-2026-03-03.xlsx"
    )
    assert response["X-Content-Type-Options"] == "nosniff"


def test_any_words_make_every_file(desks: Desks) -> None:
    needs_font()
    odd = '#import "x" *b* $x$ = \\u{41} <w:p> & \U00013000 \x07 ' + "长" * 900
    report = reporting.send(
        desks.cast.cook, "daily", DAILY | {"what": odd, "why": odd}, now=desks.now, sure=True
    )
    for extension in EXTENSIONS:
        made = papers.report_file(desks.works_leader, report.number, extension)
        assert '#import"x"*b*$x$=' in text_of(made.data, extension)
