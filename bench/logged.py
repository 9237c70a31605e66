"""What being logged costs a public submission: the same form with and without its entry.

Two servers on one database take turns (with, without, without, with, …) under the same clients. The
one is the service with a sequencer beside it, which each second gives places, writes tiles and
signs; the other is `bench/unlogged.py`, whose letters have no entry. Each turn ends when the
sequencer has caught up, and what it used counts to the turn. `cost_percent` is by the rate,
`cpu_cost_percent` by the processor time of web servers, database and sequencer together, which
wavers less: both are medians over rounds of one turn each.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

import ourside
from client import load as put_load
from common import Bench, Side, main, say
from servers import Server, cpu_of


@dataclass(frozen=True)
class Sequencer:
    """The process that places entries and signs; it rests until it is told to go."""

    process: subprocess.Popen[str]

    def tell(self, word: str) -> dict[str, float]:
        """Say "go" or "settle"; the answer comes when it has been done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        answer: dict[str, float] = json.loads(self.process.stdout.readline())
        return answer


@contextlib.contextmanager
def _sequencer(side: Side) -> Iterator[Sequencer]:
    process = subprocess.Popen(
        [side.python, side.program, "sequence"], cwd=side.folder,
        env=os.environ | side.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Sequencer(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)


@dataclass(frozen=True)
class Turn:
    """One stretch on one server; milliseconds of processor time are for each submission."""

    rate: float
    web: float
    database: float
    sequencer: float
    longest: float  # seconds of the sequencer's longest round

    @property
    def cpu(self) -> float:
        """All of it."""
        return self.web + self.database + self.sequencer


def _turn(bench: Bench, server: Server, log: Sequencer | None) -> Turn:
    database = bench.cluster.pid if bench.cluster else 0
    before = log.tell("go")["cpu"] if log else 0.0
    web, engine = server.cpu_seconds(), cpu_of(database)
    load = put_load(server.port, ourside.submit, clients=bench.clients, seconds=bench.seconds)
    settled = log.tell("settle") if log else {"cpu": 0.0, "longest": 0.0}
    done = load.done + bench.clients  # each client's first is not timed
    if log and settled["published"] < done:
        raise RuntimeError(f"{done} letters, {settled['published']:.0f} entries published")
    each = 1000 / done
    return Turn(
        load.rate,
        (server.cpu_seconds() - web) * each,
        (cpu_of(database) - engine) * each,
        (settled["cpu"] - before) * each,
        settled["longest"],
    )


def measure(bench: Bench) -> dict[str, object]:
    """Turns on both servers; one round is a turn of each, in alternating order."""
    rounds: list[tuple[Turn, Turn]] = []
    if bench.quick:
        bench = replace(bench, seconds=min(bench.seconds, 2.0))
    with contextlib.ExitStack() as stack:
        side, _ = stack.enter_context(bench.ours(scratch=True))
        log = stack.enter_context(_sequencer(side))
        bare = replace(
            side,
            name="without the log",
            application="bench.unlogged:application",
            environment=side.environment | {"BENCH_LOG": side.environment["BENCH_LOG"] + ".bare"},
        )
        servers = stack.enter_context(side.serve()), stack.enter_context(bare.serve())
        log.tell("settle")  # what was there before
        for _ in range(2):
            for server in servers:
                put_load(server.port, ourside.submit, clients=bench.clients, seconds=1.5)
        log.tell("settle")
        for number in range(4 if bench.quick else 10):
            both: dict[bool, Turn] = {}
            for logged in (True, False) if number % 2 else (False, True):
                both[logged] = _turn(bench, servers[not logged], log if logged else None)
            rounds.append((both[True], both[False]))
            say(
                f"with {both[True].rate:.1f} a second, {both[True].cpu:.2f} ms; "
                f"without {both[False].rate:.1f}, {both[False].cpu:.2f} ms"
            )
        memory = {
            "server_mb": round(servers[0].megabytes()),
            "without_mb": round(servers[1].megabytes()),
        }
    rate, bare_rate = (median(one[n].rate for one in rounds) for n in (0, 1))
    return {
        "ours": round(rate, 1),
        "without": round(bare_rate, 1),
        "ratio": round(median(a.rate / b.rate for a, b in rounds), 3),
        "cost_percent": round(100 * (1 - median(a.rate / b.rate for a, b in rounds)), 1),
        "cpu_cost_percent": round(100 * (median(a.cpu / b.cpu for a, b in rounds) - 1), 1),
        "goal": "under 10 percent",
        "unit": "submissions a second",
        "cpu_ms_each": _parts([a for a, _ in rounds]),
        "cpu_ms_each_without": _parts([b for _, b in rounds]),
        "longest_sequencer_round_s": round(max(a.longest for a, _ in rounds), 3),
        "rounds": len(rounds),
        **memory,
    }


def _parts(turns: list[Turn]) -> dict[str, float]:
    return {
        name: round(median(getattr(one, name) for one in turns), 3)
        for name in ("web", "database", "sequencer", "cpu")
    }


if __name__ == "__main__":
    main("logged", __doc__ or "", measure, cases=20_000, quick_cases=2_000)
