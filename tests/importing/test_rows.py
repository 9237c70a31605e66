"""Rows, columns and mappings: what is taken and what is told, without a database."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from huiyin.importing import sheets
from huiyin.importing.mapping import SHIPPED, BadMapping, load, parse
from huiyin.importing.rows import Letter, Reader

NOW = datetime(2026, 3, 3, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MAPPING = """
[columns]
number = "编号"
received_at = "时间"
title = "标题"
text = "内容"
category = "类别"
name = "姓名"
telephone = "电话"
answer = "答复"
answered_at = "答复时间"
"""
GOOD = {
    "编号": "17",
    "时间": "2026-01-05 09:30:00",
    "标题": "三个月没有发工资",
    "内容": "机械厂从去年十二月起没有发工资。",
}


def reader() -> Reader:
    return Reader(parse(MAPPING), SHANGHAI, NOW, {"wages"}, {"HX-W"})


def codes(**changes: object) -> list[tuple[str, str]]:
    read = reader().read(2, GOOD | changes)
    assert isinstance(read, list)
    return [(one.column, one.code) for one in read]


def test_a_good_row_is_a_letter_with_its_local_time() -> None:
    read = reader().read(2, GOOD)
    assert isinstance(read, Letter)
    assert read.received_at == datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
    assert (read.number, read.answered_at, read.identity) == ("17", None, {})


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("编号", "", "missing"),
        ("时间", "yesterday", "no_time"),
        ("时间", None, "missing"),
        ("时间", "2026-03-04 00:00:00", "in_future"),
        ("时间", "1848-03-04 00:00:00", "too_early"),
        ("标题", "x" * 121, "too_long"),
        ("标题", "", "missing"),
        ("内容", "短", "too_short"),
        ("内容", "长" * 20_001, "too_long"),
        ("类别", "no such", "unknown_category"),
    ],
)
def test_what_is_wrong_is_told_by_column(column: str, value: object, code: str) -> None:
    assert codes(**{column: value}) == [(column, code)]


def test_everything_that_is_wrong_in_a_row_is_told_at_once() -> None:
    assert codes(标题="", 时间="", 类别="?", 电话="1380") == [
        ("标题", "missing"),
        ("类别", "unknown_category"),
        ("时间", "missing"),
        ("姓名", "missing"),
    ]


def test_an_answer_needs_its_time_and_a_time_its_answer() -> None:
    assert codes(答复="已经补发。") == [("答复时间", "missing")]
    assert codes(答复时间="2026-02-01 00:00:00") == [("答复", "missing")]
    early = codes(答复="已经补发。", 答复时间="2026-01-01 00:00:00")
    assert early == [("答复时间", "before_receipt")]


def test_a_number_that_stands_twice_names_the_first_row() -> None:
    one = reader()
    one.read(2, GOOD)
    (problem,) = one.read(9, GOOD)
    assert (problem.row, problem.code, problem.detail) == (9, "twice", "2")


def test_a_number_cell_of_a_workbook_is_the_number_that_it_shows() -> None:
    read = reader().read(2, GOOD | {"编号": 17.0, "时间": datetime(2026, 1, 5, 9, 30)})
    assert isinstance(read, Letter)
    assert read.number == "17"
    assert read.received_at == datetime(2026, 1, 5, 1, 30, tzinfo=UTC)


def test_control_characters_are_left_out() -> None:
    read = reader().read(2, GOOD | {"标题": "工资\x00\x1b[31m未发"})
    assert isinstance(read, Letter)
    assert read.title == "工资[31m未发"


def test_every_shipped_mapping_can_be_loaded_by_its_name() -> None:
    names = [path.stem for path in SHIPPED.glob("*.toml")]
    assert sorted(names) == ["answered", "letters", "service_requests"]
    for name in names:
        assert load(name).columns["number"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[columns]\nnumber = 1 1", "not TOML"),
        ("[columns]\ntitle = 'a'", "no column is named for 'number'"),
        ("[colums]\n", "is none of"),
        (MAPPING + "answerd = 'x'\n", "does not know"),
        (MAPPING.replace('answered_at = "答复时间"', ""), "come together"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(content: str, said: str) -> None:
    with pytest.raises(BadMapping, match=said):
        parse(content)


def test_a_template_without_an_answering_time_is_no_answer() -> None:
    mapping = load("service_requests")
    cells = {
        "ServiceRequestNum": "1",
        "SRType": "Dirty Alley",
        "MethodReceived": "Phone",
        "CreatedDate": "04/12/2018 11:11:26 AM",
        "DueDate": "",
        "CloseDate": "",
        "SRStatus": "Open",
        "Agency": "Solid Waste",
    }
    one = Reader(mapping, ZoneInfo("America/New_York"), NOW, set(), set())
    read = one.read(2, cells)
    assert isinstance(read, Letter)
    assert (read.answer, read.answered_at) == ("", None)
    assert "Agency: Solid Waste" in read.text


def test_a_file_that_is_no_spreadsheet_or_lacks_a_column_is_told(tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"not a workbook")
    with pytest.raises(sheets.BadSheet) as told:
        list(sheets.rows(bad, ["编号"]))
    assert told.value.code == "unreadable"
    text = tmp_path / "a.csv"
    text.write_text("编号,标题\n1,a\n", encoding="utf-8")
    with pytest.raises(sheets.BadSheet) as told:
        list(sheets.rows(text, ["编号", "内容"]))
    assert (told.value.code, told.value.detail) == ("no_column", "内容")
    with pytest.raises(sheets.BadSheet) as told:
        list(sheets.rows(text, ["编号"], encoding="utf-16"))
    assert told.value.code == "not_text"
    with pytest.raises(sheets.BadSheet) as told:
        list(sheets.rows(tmp_path / "none.csv", ["编号"]))
    assert told.value.code == "no_file"


def test_rows_have_the_numbers_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (("编号",), ("1",), (None,), ("3",)):
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    assert [number for number, _ in sheets.rows(tmp_path / "a.xlsx", ["编号"])] == [2, 4]
    (tmp_path / "a.csv").write_text('编号,内容\n1,"a\nb"\n2,c\n', encoding="gb18030")
    found = list(sheets.rows(tmp_path / "a.csv", ["编号"], encoding="gb18030"))
    assert [cells["编号"] for _, cells in found] == ["1", "2"]
