"""What monitors ask, what a silent worker shows, and what a round does when one task fails."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from huiyin import worker
from huiyin.kernel.clock import rounds
from huiyin.parts.cases.models import Case
from tests.cast import Cast
from tests.web.staff.conftest import SignIn, clock, sign_in  # noqa: F401 - fixtures here too


def ask(path: str, now: datetime) -> tuple[int, str]:
    with time_machine.travel(now, tick=False):
        answer = Client(headers={"host": "10.0.0.1:8000"}).get(path)
    return answer.status_code, answer.content.decode()


def test_a_process_that_answers_is_healthy_whatever_the_database_does(now: datetime) -> None:
    assert ask("/healthz", now) == (200, "process: ok\n")


@pytest.mark.django_db
def test_the_service_is_ready_while_a_worker_works(now: datetime) -> None:
    assert ask("/readyz", now)[0] == 503
    assert "never" in ask("/readyz", now)[1]
    rounds.finish(now)
    status, text = ask("/readyz", now + timedelta(seconds=30))
    assert status == 200
    assert text == "database: ok\nworker: last round 30 s ago\nlog: 0 s behind\nclock: ok\n"
    assert ask("/readyz", now + timedelta(seconds=121))[0] == 503


@pytest.mark.django_db
def test_a_task_that_fails_and_a_log_that_lags_are_told(cast: Cast, now: datetime) -> None:
    rounds.finish(now, ["the notices"])
    assert "failing: the notices" in ask("/readyz", now)[1]
    cast.file(now)
    later = now + timedelta(minutes=6)
    rounds.finish(later)
    status, text = ask("/readyz", later)
    assert status == 503
    assert "log: 360 s behind" in text


def test_a_database_that_is_away_is_told(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Any:
        raise OperationalError("connection refused at db.internal")

    monkeypatch.setattr(rounds, "last_round", away)
    assert ask("/readyz", now) == (503, "database: does not answer\n")


def test_the_first_page_says_that_the_worker_is_silent(
    cast: Cast,
    now: datetime,
    sign_in: SignIn,  # noqa: F811
) -> None:
    client = sign_in(cast.owner.user)
    rounds.finish(now - timedelta(seconds=110))
    assert "not being looked after" not in client.get("/staff/").content.decode()
    rounds.finish(now - timedelta(minutes=3))
    cache.clear()  # a quarter of a minute later
    assert "not being looked after" in client.get("/staff/").content.decode()


def test_one_task_that_fails_keeps_no_other_from_its_time(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: object, **_more: object) -> int:
        raise NotADirectoryError("ab")

    cast.file(now - timedelta(days=60))
    for name in ("sequencer.round_now", "_counting.round", "search.keep_up"):
        monkeypatch.setattr(f"huiyin.worker.{name}", broken)
    monkeypatch.setattr(worker, "EVERY_ROUND", (broken,))
    tasks = worker.Tasks()
    done = worker.round_now(now=now, tasks=tasks)
    assert tasks.failed == ["the public log", "the public figures", "broken", "the search index"]
    assert "escalated 0" not in done
    assert not tasks.away
    assert caplog.text.count("failed; trying again next round") == 4


def test_a_broken_sweep_of_orphans_keeps_the_house_otherwise(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise NotADirectoryError("ab")

    taken = []
    monkeypatch.setattr("huiyin.worker.files.sweep_orphans", broken)
    monkeypatch.setattr(worker, "EVERY_HOUR", (lambda at: taken.append(at) or 0,))
    tasks = worker.Tasks()
    worker.keep_house(now, tasks)
    assert tasks.failed == ["sweep_orphans"]
    assert taken == [now]


@pytest.mark.django_db
def test_a_round_is_noted_once_in_a_while_and_at_once_when_something_fails(now: datetime) -> None:
    rounds.finish(now)
    rounds.finish(now + timedelta(seconds=1))
    assert rounds.last_round().at == now  # type: ignore[union-attr]
    rounds.finish(now + timedelta(seconds=2), ["the search index"])
    assert rounds.last_round().failed == "the search index"  # type: ignore[union-attr]
    rounds.finish(now + timedelta(seconds=30))
    assert rounds.last_round().at == now + timedelta(seconds=30)  # type: ignore[union-attr]
    assert connection.connection is not None
    assert not Case.objects.exists()
