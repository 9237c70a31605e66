"""The demonstration has something on every page, tells its own story, and quotes nobody."""

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from huiyin import demo
from huiyin.demo.letters import LETTERS
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.units.models import Organisation
from huiyin.kernel.vault.models import IdentityOpening
from huiyin.parts.cases.models import Case, Category, Extension, Hearing, Remedy
from huiyin.parts.cases.queries import case_of_code

NOW = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)
REAL = Path(__file__).parents[2].parent / "shared/data/letters"


def test_the_demonstration_shows_every_stage_and_both_kinds_of_lateness(db: None) -> None:
    info = demo.load(NOW)
    assert set(Case.objects.values_list("stage", flat=True)) == set(Case.Stage.values)
    open_ones = Deadline.objects.filter(state="open", post__isnull=False)
    assert open_ones.filter(kind="case.conclude", due_at__lte=NOW).exists()
    assert open_ones.filter(kind="case.remedy", due_at__lte=NOW).exists()
    assert open_ones.filter(kind="case.accept", due_at__lte=NOW).exists()
    assert Hearing.objects.filter(held_at__isnull=True).exists()
    assert Extension.objects.filter(decided_at__isnull=True).exists()
    assert set(Remedy.objects.values_list("state", flat=True)) == set(Remedy.State.values)
    assert IdentityOpening.objects.exists()
    times = list(Entry.objects.order_by("id").values_list("at", flat=True))
    assert times == sorted(times)
    assert times[-1] <= NOW
    for _title, code in info.codes:
        assert case_of_code(code).locator == code.replace("-", "")[:8]
    assert info.password in demo.sign_ins()
    with pytest.raises(ValueError, match="exists already"):
        demo.load(NOW)
    assert not [c.name for c in Category.objects.all() if not c.name_en]


def test_a_demonstration_that_was_broken_off_leaves_nothing_behind(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*_events: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(demo, "play", broken_off)
        with pytest.raises(KeyboardInterrupt):
            demo.load(NOW)
    assert not Organisation.objects.exists()
    assert not Entry.objects.exists()


def test_no_letter_of_the_demonstration_is_somebody_elses() -> None:
    if not REAL.exists():
        pytest.skip("the real letters are not beside the project: ../shared/data/letters")
    known = set()
    for name in ("letters.xlsx", "answered.xlsx"):
        sheet = openpyxl.load_workbook(REAL / name, read_only=True).active
        for row in sheet.iter_rows(min_row=2, max_col=4, values_only=True):
            known |= {str(row[1]).strip(), str(row[3]).strip()}
    whole = "\n".join(known)
    for letter in LETTERS:
        assert letter.title not in known
        assert letter.text[:20] not in whole
