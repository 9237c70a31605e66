"""How long staff waits for its list: one page of ours, the page and the rows of the peer's.

One browser asks again and again; the ratio is the 95th percentile of the peer's time to ours.
"""

from __future__ import annotations

import ourside
import peerside
from client import Load, repeat
from common import Bench, main, say


def _shape(load: Load, megabytes: float, queries: object) -> dict[str, object]:
    return {
        "p50_ms": round(load.milliseconds(0.5), 1),
        "p95_ms": round(load.milliseconds(0.95), 1),
        "queries": queries,
        "server_mb": round(megabytes),
    }


def measure(bench: Bench) -> dict[str, object]:
    """The peer's list, then ours, for a member of staff who sees everything."""
    with bench.peer() as (peer, made):
        counted = peer.do("queries")["list"]
        with peer.serve() as server:
            cookies = {"sessionid": str(made["session"])}
            times = 8 if bench.quick else 25
            theirs = repeat(server.port, peerside.worklist, times=times, warm=3, cookies=cookies)
            their_mb = server.megabytes()
    say(f"peer: p95 {theirs.milliseconds(0.95):.0f} ms, {counted} queries")
    with bench.ours() as (side, made):
        found = side.do("queries", ourside.WORKLIST)
        with side.serve() as server:
            cookies = {"sessionid": str(made["session"])}
            times = 100 if bench.quick else 500
            ours = repeat(server.port, ourside.worklist, times=times, warm=10, cookies=cookies)
            our_mb = server.megabytes()
    say(f"ours: p95 {ours.milliseconds(0.95):.1f} ms, {found['queries']} queries")
    return {
        "ours": round(ours.milliseconds(0.95), 2),
        "peer": round(theirs.milliseconds(0.95), 2),
        "ratio": round(theirs.milliseconds(0.95) / ours.milliseconds(0.95), 1),
        "goal": "at least 50, at most 8 queries",
        "unit": "milliseconds to the list, 95th percentile",
        "ours_detail": _shape(ours, our_mb, found["queries"]),
        "peer_detail": _shape(theirs, their_mb, counted),
    }


if __name__ == "__main__":
    main("worklist", __doc__ or "", measure)
