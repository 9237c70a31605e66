"""A worker begins solves in processes of their own, one at a time, and names those that broke."""

import argparse
import sys
from datetime import datetime
from typing import Any

import pytest

from huiyin import solves as module
from huiyin.commands import Refused
from huiyin.commands import solving as command
from huiyin.parts.duty.actions import solving
from huiyin.parts.duty.models import SolveRun
from huiyin.solves import Solves
from tests.cast import Cast
from tests.duty import set_up


class Process:
    """Stands for a process: how it ended, and whether it was told to."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.returncode: int | None = None
        self.told = False

    def poll(self) -> int | None:
        return self.returncode

    def terminate(self) -> None:
        self.told = True

    def wait(self, timeout: float) -> int:
        return 0


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    found: list[Process] = []

    def popen(command: list[str], **_: Any) -> Process:
        found.append(Process(command))
        return found[-1]

    monkeypatch.setattr(module.subprocess, "Popen", popen)
    return found


def test_one_solve_runs_at_a_time_and_one_that_breaks_is_named(
    cast: Cast, now: datetime, begun: list[Process]
) -> None:
    duty = set_up(cast, now)
    run = solving.ask_solve(duty.planner, duty.roster.pk, "fill", 20, now=now)
    solves = Solves()
    solves.round_now(now)
    solves.round_now(now)
    assert [one.command[-2:] for one in begun] == [["solve", str(run.pk)]]
    begun[0].returncode = 1
    solves.round_now(now)
    run.refresh_from_db()
    assert (run.state, run.result) == ("failed", {"failure": "broken"})
    solving.ask_solve(duty.planner, duty.roster.pk, "fill", 20, now=now)
    solves.round_now(now)
    assert len(begun) == 2
    solves.stop()
    assert begun[1].told


def test_without_room_for_a_process_the_solve_is_named_failed(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty = set_up(cast, now)
    run = solving.ask_solve(duty.planner, duty.roster.pk, "fill", 20, now=now)

    def none_left(*_: Any, **__: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(module.subprocess, "Popen", none_left)
    Solves().round_now(now)
    assert SolveRun.objects.get(pk=run.pk).state == "failed"


def test_a_run_that_a_worker_without_solver_began_says_what_to_install(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty = set_up(cast, now)
    run = solving.ask_solve(duty.planner, duty.roster.pk, "fill", 20, now=now)
    assert solving.claim(now) == run.pk
    monkeypatch.setitem(sys.modules, "ortools", None)  # as if Python found none
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(Refused, match="未安装自动排班组件"):
        command.run(argparse.Namespace(number=run.pk, workers=1))
    run.refresh_from_db()
    assert (run.state, run.result) == ("failed", {"failure": "no_solver"})
