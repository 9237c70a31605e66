"""How long staff waits for a word: a rare and a common one, of two characters each.

One browser asks again and again; the ratio is the peer's median time to ours, the worse of both
words.
"""

from __future__ import annotations

from functools import partial

import ourside
import peerside
from client import Browser, Load, repeat
from common import Bench, main, say
from texts import COMMON, RARE

WORDS = {"rare": RARE, "common": COMMON}


def _ask(ask: object, word: str, browser: Browser, _number: int) -> None:
    ask(word, browser)  # type: ignore[operator]


def _measure(port: int, ask: object, times: int, session: object, who: str) -> dict[str, Load]:
    loads = {}
    for label, word in WORDS.items():
        job = partial(_ask, ask, word)
        loads[label] = repeat(port, job, times=times, warm=2, cookies={"sessionid": str(session)})
        say(f"{who}, {label}: {loads[label].milliseconds(0.5):.1f} ms")
    return loads


def measure(bench: Bench) -> dict[str, object]:
    """The peer's search, then ours, for a member of staff who sees everything."""
    with bench.peer() as (peer, made), peer.serve() as server:
        times = 5 if bench.quick else 15
        theirs = _measure(server.port, peerside.search, times, made["session"], "peer")
        their_mb = server.megabytes()
    with bench.ours() as (side, made), side.serve() as server:
        times = 40 if bench.quick else 200
        ours = _measure(server.port, ourside.search, times, made["session"], "ours")
        our_mb = server.megabytes()
    ratios = {
        label: theirs[label].milliseconds(0.5) / ours[label].milliseconds(0.5) for label in WORDS
    }
    worse = min(ratios, key=lambda label: ratios[label])
    return {
        "ours": round(ours[worse].milliseconds(0.5), 2),
        "peer": round(theirs[worse].milliseconds(0.5), 2),
        "ratio": round(ratios[worse], 1),
        "goal": "at least 10",
        "unit": f"milliseconds to find the {worse} word, median",
        "ratios": {label: round(ratio, 1) for label, ratio in ratios.items()},
        "ours_detail": _shape(ours, our_mb),
        "peer_detail": _shape(theirs, their_mb),
    }


def _shape(loads: dict[str, Load], megabytes: float) -> dict[str, object]:
    shape: dict[str, object] = {"server_mb": round(megabytes)}
    for label, load in loads.items():
        shape[f"{label}_p50_ms"] = round(load.milliseconds(0.5), 1)
        shape[f"{label}_p95_ms"] = round(load.milliseconds(0.95), 1)
    return shape


if __name__ == "__main__":
    main("search", __doc__ or "", measure)
