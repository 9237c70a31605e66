"""A rehearsal: every fault put in is noticed, nothing is invented, and where it is not, it says so."""

import json
import os
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction

from huiyin import wiring
from huiyin.cli import main
from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.parts.cases.models import Case
from huiyin.parts.reports.actions.reporting import LOOK
from huiyin.parts.reports.models import Report
from huiyin.rehearsal import organisation, picture, running
from huiyin.rehearsal.__main__ import arguments
from huiyin.rehearsal.__main__ import main as rehearse
from huiyin.rehearsal.faults import KINDS, Outcome
from huiyin.rehearsal.running import Rehearsed
from tests.cast import Cast

FIRST = date(2026, 12, 1)
BUILT = datetime(2026, 10, 31, 16, tzinfo=UTC)


def small(stop: Callable[[], bool] = lambda: False, *, days: int = 4, seed: int = 3) -> Rehearsed:
    """Rehearse with eight units and one fault of each kind."""
    organisation.make(8, BUILT)
    script = running.prepare(FIRST, days, seed, 1, BUILT)
    return running.run(script, days_done=lambda done: None, stop=stop)


def kinds(outcome: Outcome) -> set[str]:
    return {one.fault.kind for one in outcome.missing}


def test_each_kind_of_fault_is_noticed_and_nothing_is_invented(db: None) -> None:
    rehearsed = small()
    outcome = rehearsed.outcome
    assert (outcome.missing, dict(outcome.invented), outcome.status) == ([], {}, 0)
    assert {one.fault.kind for one in outcome.lines} == set(KINDS)
    after = {one.fault.kind: one.after for one in outcome.lines}
    assert after["silent"] == timedelta(0)
    assert after["unacknowledged"] == timedelta(minutes=15)
    assert after["unstood"] == timedelta(minutes=10)
    assert after["unsigned"] == timedelta(minutes=30)
    assert timedelta(hours=2) <= (after["danger"] or timedelta(0)) <= timedelta(hours=3)
    climbed = {one.fault.kind: [rung for _post, _at, rung in one.told] for one in outcome.lines}
    assert {"owner", "deputy", "head"} <= set(climbed["unacknowledged"])
    page = picture.page(rehearsed)
    assert "<script" not in page
    assert "误报 0 处" in page
    # life went on meanwhile: all other reports came, letters were answered
    assert Report.objects.filter(kind="daily").count() == 7 * 4 - 1
    assert Case.objects.filter(answered_at__isnull=False).exists()


def test_a_service_that_looks_for_no_silence_is_found_out(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looks_away(deadline: Deadline, now: datetime) -> None:
        clock.meet(deadline.subject, deadline.kind, of=deadline.of, now=now)

    blind = tuple(one for one in wiring.EVERY_HOUR if one is not wiring.look_for_silence)
    monkeypatch.setattr(wiring, "EVERY_HOUR", blind)
    monkeypatch.setitem(wiring.DEADLINE_HANDLERS, LOOK, looks_away)
    outcome = small().outcome
    assert kinds(outcome) == {"silent", "late", "next_missing", "danger"}
    assert outcome.status == 1
    # that a report came late is then seen only when it comes
    assert {key[0] for key in outcome.invented} == {"mark daily_late"}


def test_the_command_names_what_was_not_noticed_and_fails(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    blind = tuple(task for task in wiring.EVERY_HOUR if task is not wiring.look_for_silence)
    monkeypatch.setattr(wiring, "EVERY_HOUR", blind)
    page = tmp_path / "page.html"
    given = ["--units", "8", "--days", "3", "--seed", "5", "--first", str(FIRST), "--faults", "1"]
    assert rehearse(arguments([*given, "--began", "0", "--html", str(page)])) == 1
    shown = capsys.readouterr().out
    assert "NOT NOTICED: a letter with danger to life, no urgent report" in shown
    figures = json.loads(shown.splitlines()[-1])
    assert (figures["injected"] - figures["noticed"], figures["invented"]) == (1, 0)
    assert "not noticed" in page.read_text(encoding="utf-8")


def test_a_rehearsal_that_is_stopped_tells_what_was_done(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stops(now: datetime) -> int:
        if now.date() > FIRST:
            os.kill(os.getpid(), signal.SIGINT)
        return 0

    monkeypatch.setattr(wiring, "EVERY_ROUND", (*wiring.EVERY_ROUND, stops))
    given = ["--units", "8", "--days", "4", "--seed", "3", "--first", str(FIRST), "--faults", "1"]
    assert rehearse(arguments([*given, "--began", "0"])) == 130
    shown = capsys.readouterr().out
    figures = json.loads(shown.splitlines()[-1])
    assert figures["stopped"] is True
    assert 0 < figures["injected"] == figures["noticed"] < len(KINDS)
    assert figures["invented"] == 0
    assert "Stopped at 2026-12-02" in shown


def test_the_same_seed_puts_in_the_same_faults(db: None) -> None:
    def planned(seed: int) -> list[tuple[str, str, datetime]]:
        with transaction.atomic():
            organisation.make(8, BUILT)
            script = running.prepare(FIRST, 4, seed, 1, BUILT)
            units = script.world.units
            found = [(one.kind, units[one.unit].code, one.at) for one in script.faults]
            transaction.set_rollback(True)
        return found

    assert planned(1) == planned(1)
    assert planned(1) != planned(2)


def test_a_copy_holds_no_letter_no_account_and_no_name(cast: Cast, now: datetime) -> None:
    cast.file(now)
    copy = organisation.copied(now)
    assert json.loads(copy)["units"][0][:2] == ["HX", None]
    for name in ("username", "first_name", "三个月没有发工资", cast.owner.user.username):
        assert f'"{name}"' not in copy


def test_the_served_organisation_is_rehearsed_and_left_untouched(
    cast: Cast, now: datetime, capfd: pytest.CaptureFixture[str]
) -> None:
    cast.file(now)
    before = {model: list(model._default_manager.values()) for model in apps.get_models()}
    assert main(["rehearse", "--days", "3", "--seed", "2", "--first", str(FIRST)]) == 0
    assert before == {model: list(model._default_manager.values()) for model in apps.get_models()}
    figures = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert figures["injected"] == figures["noticed"] > 0
    assert figures["invented"] == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--units", "1"], "--units is a number from 4 to 2000, not 1"),
        (["--units", "9000"], "--units is a number from 4 to 2000, not 9000"),
        (["--units", "8", "--days", "2"], "--days is a number from 3 to 60, not 2"),
        (["--units", "8", "--faults", "0"], "--faults is a number from 1 to 100, not 0"),
        (["--units", "8", "--first", "soon"], "--first is a day such as 2026-10-01, not soon"),
        (["--units", "8", "--html", "/nowhere/a.html"], "there is no such directory: /nowhere"),
        ([], "no organisation is set up here to copy; say --units N"),
    ],
)
def test_what_can_not_be_done_is_refused_in_words(
    given: list[str], words: str, db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", *given]) == 2
    assert words in capsys.readouterr().err
