"""How many people a second can hand in: the form opened, sent, and durable before the answer.

Ours seals an identity, enters the letter in the ledger, indexes its words and starts a deadline;
the peer keeps a ticket and writes its mails. Both answer only when it is on disk. Our rate is also
taken with few letters, to show whether it falls as they grow, and with every step of the form sent
by itself, as people do.
"""

from __future__ import annotations

import ourside
import peerside
from client import Job
from client import load as put_load
from common import Bench, Side, main, say

FEW = 1_000


def _load(bench: Bench, side: Side, job: Job, label: str) -> tuple[float, dict[str, float]]:
    with side.serve() as server:
        # Every process imports what it needs at its first request, so both must have had some:
        # new connections each time, since a process keeps those that it took.
        for _ in range(2 if bench.quick else 4):
            put_load(server.port, job, clients=bench.clients, seconds=1.5)
        before = server.cpu_seconds()
        load = put_load(server.port, job, clients=bench.clients, seconds=bench.seconds)
        cpu = (server.cpu_seconds() - before) / (load.done + bench.clients)
        megabytes = server.megabytes()
    say(f"{label}: {load.rate:.1f} a second, {1000 * cpu:.1f} ms of processor each")
    return load.rate, {
        "a_second": round(load.rate, 1),
        "p50_ms": round(load.milliseconds(0.5), 1),
        "p95_ms": round(load.milliseconds(0.95), 1),
        "cpu_ms_each": round(1000 * cpu, 2),
        "server_mb": round(megabytes),
    }


def measure(bench: Bench) -> dict[str, object]:
    """Peer, then ours with few letters, then ours with many."""
    with bench.peer(scratch=True) as (peer, _):
        theirs, their_detail = _load(bench, peer, peerside.submit, "peer")
    with bench.ours(FEW, scratch=True) as (ours, _):
        few, few_detail = _load(bench, ours, ourside.submit, f"ours with {FEW:,}")
    with bench.ours(scratch=True) as (ours, _):
        many, our_detail = _load(bench, ours, ourside.submit, f"ours with {bench.cases:,}")
        _rate, steps_detail = _load(bench, ours, ourside.submit_by_steps, "ours, step by step")
    return {
        "ours": round(many, 1),
        "peer": round(theirs, 1),
        "ratio": round(many / theirs, 2),
        "cpu_ratio": round(their_detail["cpu_ms_each"] / our_detail["cpu_ms_each"], 2),
        "goal": "at least 5",
        "unit": "submissions a second",
        "many_to_few": round(many / few, 3),
        "ours_detail": our_detail,
        "ours_with_few": few_detail,
        "ours_step_by_step": steps_detail,
        "peer_detail": their_detail,
    }


if __name__ == "__main__":
    main("submission", __doc__ or "", measure)
