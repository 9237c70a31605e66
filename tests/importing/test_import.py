"""A spreadsheet comes in whole or not at all, once, sealed, with its own times."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from huiyin.commands import Refused, importing
from huiyin.importing import load
from huiyin.importing.mapping import parse
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.vault.models import SealedIdentity
from huiyin.parts.cases import sealing
from huiyin.parts.cases.models import Case, Category, ImportedNumber
from huiyin.parts.cases.queries import case_of_code
from tests.cast import Cast
from tests.support.sheets import arguments

REAL = Path(__file__).parents[2].parent / "shared/data/letters"
MAPPING = parse("""
[columns]
number = "no"
received_at = "time"
title = "title"
text = "text"
unit = "unit"
name = "name"
answer = "answer"
answered_at = "answered"
""")
COLUMNS = ("no", "time", "title", "text", "unit", "name", "answer", "answered")
ROWS = [
    ("A-1", "2026-01-05 09:30:00", "工资没有发", "机械厂三个月没有发工资。", "", "", "", ""),
    ("A-2", "2026-01-06 08:00:00", "食堂太贵", "午饭涨了三元。", "", "王五", "", ""),
    (
        "A-3", "2026-01-07 08:00:00", "班车晚点", "早班车每天晚十分钟。", "HX-T", "",
        "已调整发车时间。", "2026-01-20 10:00:00",
    ),
]  # fmt: skip


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "letters.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *ROWS])
    return path


def bring(sheet: Path, cast: Cast, **given: object) -> list[tuple[str, str]]:
    now = timezone.now()
    found = load.check(sheet, MAPPING, now)
    assert not found.problems
    return load.commit(found.letters, MAPPING, user=cast.clerk.user, now=now, **given)  # type: ignore[arg-type]


def test_each_row_is_a_sealed_letter_owed_by_a_post(cast: Cast, sheet: Path) -> None:
    receipts = dict(bring(sheet, cast))
    first = case_of_code(receipts["A-1"])
    assert sealing.title(first) == "工资没有发"
    assert first.received_at.isoformat() == "2026-01-05T01:30:00+00:00"
    assert (first.channel, first.stage, first.owner) == ("import", "received", cast.clerk.post)
    due = Deadline.objects.get(subject=first.ref, state="open")
    assert (due.kind, due.started_at) == ("case.forward", first.received_at)
    assert SealedIdentity.objects.get().subject == case_of_code(receipts["A-2"]).ref
    assert Entry.objects.filter(kind="import.done").count() == 1


def test_an_answered_row_lives_its_life_at_its_own_times(cast: Cast, sheet: Path) -> None:
    case = case_of_code(dict(bring(sheet, cast))["A-3"])
    assert (case.stage, case.unit) == ("answered", cast.transport)
    assert case.answered_at is not None
    assert case.answered_at.isoformat() == "2026-01-20T02:00:00+00:00"
    kinds = list(case.steps.order_by("number").values_list("kind", flat=True))
    assert kinds == ["filed", "forwarded", "accepted", "answered"]
    assert not Deadline.objects.filter(subject=case.ref, state="open", post__isnull=False).exists()


def test_rows_that_came_before_are_known_by_a_keyed_hash_alone(cast: Cast, sheet: Path) -> None:
    bring(sheet, cast)
    again = load.check(sheet, MAPPING, timezone.now())
    assert (len(again.letters), len(again.known)) == (0, 3)
    kept = b"".join(bytes(one) for one in ImportedNumber.objects.values_list("digest", flat=True))
    assert len(kept) == 3 * 32
    assert b"A-1" not in kept


def test_a_stopped_import_leaves_nothing(cast: Cast, sheet: Path) -> None:
    before = Entry.objects.count()
    asked = iter([False, False, True])
    with pytest.raises(load.Stopped):
        bring(sheet, cast, stop=lambda: next(asked))
    assert not Case.objects.exists()
    assert not ImportedNumber.objects.exists()
    assert Entry.objects.count() == before


def test_a_failure_in_the_last_row_leaves_nothing(
    cast: Cast, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(load.answering, "answer", fails)
    with pytest.raises(OSError, match="no space"):
        bring(sheet, cast)
    assert not Case.objects.exists()


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "map.toml"
    path.write_text(
        '[columns]\nnumber="no"\nreceived_at="time"\ntitle="title"\ntext="text"\n', encoding="utf-8"
    )
    return path


def test_the_command_looks_first_and_tells_row_and_column(
    cast: Cast, sheet: Path, mapping: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert importing.run(arguments(sheet, mapping)) == 0
    assert not Case.objects.exists()
    assert "dry run" in capsys.readouterr().out
    text = sheet.read_text(encoding="utf-8").replace("2026-01-06 08:00:00", "soon")
    sheet.write_text(text, encoding="utf-8")
    assert importing.run(arguments(sheet, mapping, "--commit")) == 1
    assert "row 3, column “time”" in capsys.readouterr().out
    assert not Case.objects.exists()
    assert importing.run(arguments(sheet, mapping, "--commit", "--leave-out")) == 0
    assert Case.objects.count() == 2


def test_receipt_codes_go_to_a_new_file_that_others_cannot_read(
    cast: Cast, sheet: Path, mapping: Path, tmp_path: Path
) -> None:
    codes = tmp_path / "codes.csv"
    given = arguments(sheet, mapping, "--commit", "--receipts", str(codes))
    assert importing.run(given) == 0
    assert codes.stat().st_mode & 0o777 == 0o600
    with codes.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert case_of_code(lines[1][1]).imported
    ImportedNumber.objects.all().delete()
    with pytest.raises(Refused):
        importing.run(given)


@pytest.mark.skipif(not REAL.exists(), reason="the real letters are not at ../shared/data/letters")
@pytest.mark.parametrize(("name", "rows", "wrong"), [("letters", 3879, 0), ("answered", 2372, 1)])
def test_the_real_files_are_read_whole(db: None, name: str, rows: int, wrong: int) -> None:
    from huiyin.importing import city
    from huiyin.importing.mapping import load as load_mapping

    now = timezone.now()
    built = city.build(REAL / "taxonomy.xlsx", password="!", now=now - timedelta(days=1))
    assert built.units == 135
    assert Category.objects.filter(parent__isnull=True).count() == 15
    mapping = load_mapping(name)
    found = load.check(REAL / f"{name}.xlsx", mapping, now)
    assert (len(found.letters), len(found.problems)) == (rows, wrong)
    from django.contrib.auth.models import User

    clerk = User.objects.get(username="CITY.clerk")
    few = found.letters[:25]
    assert len(load.commit(few, mapping, user=clerk, now=now)) == 25
    expected = {"letters": "received", "answered": "answered"}[name]
    assert set(Case.objects.values_list("stage", flat=True)) == {expected}
