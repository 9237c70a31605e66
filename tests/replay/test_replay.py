"""A replay counts what the clock would have done, in a database of its own."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from huiyin.importing.city import LEVELS
from huiyin.replay.picture import by_year, draw, table
from huiyin.replay.report import Month, Report

COLUMNS = ("留言编号", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
TIMES = (  # received, answered: in time, in time after warnings, late by every reading but the last
    ("2019-01-02 09:00:00", "2019-01-20 10:00:00"),
    ("2019-01-02 10:00:00", "2019-03-01 10:00:00"),
    ("2019-02-01 09:00:00", "2019-04-20 10:00:00"),
    ("2019-02-01 09:00:00", ""),
)


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for line in (
        LEVELS,
        ("城乡建设", "安全生产", "安全隐患"),
        ("交通运输", "公共交通", "公交站点"),
    ):
        book.active.append(line)
    book.save(tmp_path / "taxonomy.xlsx")
    path = tmp_path / "answered.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [
            (number, f"第{number}封信", came, "楼道里有安全隐患，请来看看。", "已经处理完毕，谢谢来信。", went)
            for number, (came, went) in enumerate(TIMES)
        ]  # fmt: skip
        csv.writer(file).writerows([COLUMNS, *rows])
    return path


def replay(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "huiyin.cli", "replay", *arguments],
        env={k: v for k, v in os.environ.items() if k != "HUIYIN_DATABASE_URL"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_late_answers_warnings_and_escalations_are_counted(letters: Path, tmp_path: Path) -> None:
    home, picture = tmp_path / "home", tmp_path / "a.svg"
    out, err = replay(str(letters), "--keep", str(home), "--svg", str(picture)).communicate()
    figures = json.loads(out.splitlines()[-1])
    assert (figures["letters"], figures["answers"], figures["left_out"]) == (3, 3, 1), err
    assert figures["late"] == 1
    assert figures["late_by_reading"] == {
        "from_receipt": 1,
        "accepted_on_last_day": 1,
        "forwarded_and_accepted_on_last_day": 0,
    }
    assert figures["warnings"] == 2 + 3  # 15 and 5 days before; and 1 day before too
    # at the end of 2 April to owner and deputy, on the 6th to the head, on the 13th and the 20th
    # to the unit above
    assert figures["escalations_by_rung"] == {"owner": 1, "deputy": 1, "head": 1, "parent": 2}
    assert (home / "huiyin.sqlite3").exists()
    assert "<script" not in picture.read_text(encoding="utf-8")
    status = replay(str(letters), "--keep", str(home)).wait()
    assert status == 2


def test_a_replay_stops_when_it_is_asked_to(letters: Path) -> None:
    with letters.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            (
                n,
                f"第{n}封信",
                TIMES[0][0],
                "楼道里有安全隐患，请来看看。",
                "已经处理。",
                TIMES[0][1],
            )
            for n in range(100, 2100)
        )
    process = replay(str(letters))
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("events"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert "Stopped" in err


def test_the_table_has_a_line_for_each_month_and_a_sum(tmp_path: Path) -> None:
    months = {"2019-01": Month(3, 2, 1, 4, 1, 1, 1, 5), "2019-02": Month(1, 2, 0, 0, 0, 0, 0, 0)}
    lines = table(months).splitlines()
    assert lines[1].split()[:9] == ["2019-01", "3", "2", "1", "4", "1", "1", "1", "5"]
    assert lines[3].split() == ["all", "4", "4", "1", "4", "1", "1", "1", "5"]
    report = Report(months=months)
    assert by_year(report)["2019"] == Month(4, 4, 1, 4, 1, 1, 1, 5)
    assert months["2019-01"].letters == 3
    draw(report, tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").count("<rect") == 1 + 5 + 5
