"""The public record counts from the log alone, and picks nobody out."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.ledger import publishing, sequencer
from huiyin.kernel.ledger.models import Entry, Log
from huiyin.parts.cases.actions import forwarding, handling
from huiyin.parts.record import figures as module
from huiyin.parts.record.figures import Counting, figures
from huiyin.parts.record.tally import Tally
from huiyin.web.record.public import shown
from tests.cast import Cast
from tests.parts.cases.letters import accepted, filed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any, db: None) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"


def counted() -> Tally:
    found = Tally()
    found.advance(Log.objects.get().published)
    return found


def test_promises_are_counted_from_the_files_alone(cast: Cast, now: datetime) -> None:
    accepted(cast, now)  # the reception forwarded in time, the works accepted in time
    late = filed(cast, now)
    late.later(days=40)  # never forwarded: the reception missed it, once
    late.forward()
    sequencer.round_now(late.now)
    Deadline.objects.all().update(state="void", due_at=now)
    found = counted()
    assert (found.kept["HX"], found.missed["HX"]) == (1, 1)
    assert found.kept["HX-W"] == 1


def test_counting_on_gives_the_same_as_counting_anew(cast: Cast, now: datetime) -> None:
    found = Tally()
    for day in range(4):
        letter = accepted(cast, now + timedelta(days=day))
        sequencer.round_now(letter.now)
        found.advance(Log.objects.get().published, most=7)
    found.advance(Log.objects.get().published)
    anew = counted()
    assert (found.kept, found.missed, found.size) == (anew.kept, anew.missed, anew.size)
    assert found.kept["HX"] == 4


def test_the_page_shows_size_and_checkpoint_and_says_that_nobody_witnesses(
    cast: Cast, now: datetime
) -> None:
    for _ in range(6):
        accepted(cast, now)
    accepted(cast, now).later(days=100)
    sequencer.round_now(now + timedelta(days=100))
    page = Client().get("/record/", headers={"accept-language": "en"}).content.decode()
    assert f"{Entry.objects.count()}</dd>" in page
    assert "nobody outside this service" in page
    assert "in Huaxin Group" not in page  # the one that the works missed is withheld with the total
    assert "withheld" in page
    assert "<svg" in page
    assert "Machine Works" in page


def test_what_is_too_small_is_in_words_and_nothing_empty_is_drawn(
    cast: Cast, now: datetime
) -> None:
    accepted(cast, now)
    sequencer.round_now(now)
    page = Client().get("/record/", headers={"accept-language": "en"}).content.decode()
    assert "The figures of 2 units are withheld" in page
    assert 'class="bar' not in page
    assert "<table" not in page


def test_a_small_unit_is_counted_with_the_one_above_and_not_named(
    cast: Cast, now: datetime
) -> None:
    for _ in range(6):
        accepted(cast, now)
    letter = filed(cast, now)
    forwarding.forward(cast.clerk, letter.locator, cast.canteen, now=now)
    handling.accept(cast.cook, letter.locator, now=now)
    sequencer.round_now(now)
    with override("en"):
        found = shown(figures(Log.objects.get().published))
        assert [(row.name, row.others, row.kept.text) for row in found.rows] == [
            ("Huaxin Group", 0, "7"),
            ("Machine Works", 1, "7"),
        ]
    assert (found.within, found.withheld, found.kept) == (0, 1, "14")


def test_the_worker_counts_on_after_a_restart_and_anew_for_another_log(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 10)
    accepted(cast, now)
    sequencer.round_now(now)
    size = Log.objects.get().published
    assert figures(size).size == 0  # longer than is counted for one page
    module.count_all(now)
    assert figures(size).kept == counted().kept
    accepted(cast, now)
    sequencer.round_now(now)
    later = Counting()
    assert later.round(now) == 10
    again = Counting()
    while again.round(now):
        now += timedelta(minutes=11)
    whole = Log.objects.get().published
    assert (figures(whole).size, figures(whole).kept) == (whole, counted().kept)
    head, _, body = publishing.read(module.FIGURES).partition(b"\n")
    publishing.write(module.FIGURES, head[:-1] + b"x\n" + body)
    assert figures(whole).size == 0
    publishing.write(module.STATE, b"torn")
    assert Counting().round(now) == 10


def test_what_is_kept_for_a_restart_is_the_whole_count(cast: Cast, now: datetime) -> None:
    for days in (0, 100):
        letter = accepted(cast, now)
        letter.later(days=days)
    sequencer.round_now(now + timedelta(days=100))
    size = Log.objects.get().published
    half = Tally()
    half.advance(size, most=size // 2)
    half = Tally.load(half.dump())
    half.advance(size)
    anew = counted()
    assert (half.kept, half.missed, half.dump()) == (anew.kept, anew.missed, anew.dump())


def test_before_the_first_entry_and_with_damaged_files_the_page_says_so(
    cast: Cast, now: datetime
) -> None:
    assert (
        "Nothing has been entered"
        in Client().get("/record/", headers={"accept-language": "en"}).content.decode()
    )
    sequencer.round_now(now)
    publishing.write(publishing.CHECKPOINT, b"forged")
    page = Client().get("/record/", headers={"accept-language": "en"}).content.decode()
    assert "be read" in page
