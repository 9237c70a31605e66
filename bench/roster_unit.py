"""A month's roster of a unit as users have it: how soon it is there, how near to the best.

    python bench/roster_unit.py --seconds 60                    # one unit, our solver
    python bench/roster_unit.py --seeds 1 2 3 --peer --keep     # beside Timefold, result kept

The unit is made by `unit/case.py`, every answer is judged by `unit/checker.py`. The peer is
Timefold, in an environment of its own (`bench/.timefold`, made at the first run; needs a JDK). Each
side has the machine to itself for the same number of seconds; ours counts from the call, the peer's
from the beginning of its solving, so that its start is not held against it. Progress goes to
standard error; the last line of standard output is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from unit import case as unit_case  # noqa: E402
from unit import checker, ours  # noqa: E402

from huiyin.parts.duty.solving.problem import Progress  # noqa: E402
from huiyin.parts.duty.solving.solve import solve  # noqa: E402

PEER_HOME = HERE / ".timefold"
PEER_PACKAGE = "timefold==1.24.0b0"
RESULT = HERE / "results" / "roster_unit.json"
Figures = dict[str, Any]


def say(text: str) -> None:
    """Tell whoever watches."""
    print(text, file=sys.stderr, flush=True)


def our_side(case: Figures, seconds: float, workers: int, seed: int) -> tuple[Figures, Figures]:
    """Our solver on the unit: its figures, and the roster as JSON."""
    told: list[Progress] = []

    def progress(now: Progress) -> None:
        told.append(now)
        if len(told) % 4 == 0:
            say(f"{now.seconds:6.1f} s  {now.stage:10} cost {now.cost}  bound {now.bound}")

    problem = ours.problem(case)
    begun, used = time.monotonic(), time.process_time()
    outcome = solve(
        problem, seconds=seconds, workers=workers, seed=seed, stop=lambda: False, progress=progress
    )
    took, used = time.monotonic() - begun, time.process_time() - used
    assert outcome.roster is not None
    answer = ours.plain(outcome.roster)
    judged = checker.check(case, answer)
    fair, bound = outcome.costs["fairness"], outcome.bounds.get("fairness", 0.0)
    near = [
        p
        for p in told
        if p.stage == "wishes" or (p.stage == "fairness" and (p.cost or 0) <= 1.05 * fair)
    ]
    figures = {
        "first_seconds": round(next(p.seconds for p in told if p.roster is not None), 1),
        "near_seconds": round(near[0].seconds, 1),
        "seconds": round(took, 1),
        "processor_seconds": round(used, 1),
        "proven": outcome.proven,
        "costs": dict(outcome.costs),
        "bounds": dict(outcome.bounds),
        "gap": round((fair - bound) / fair, 4),
        "feasible": judged["feasible"],
        "broken": judged["broken"][:5],
        "checked": {"fairness": judged["fairness"], "wishes": judged["wishes"]},
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    return figures, answer


def install_peer() -> None:
    """Make the peer's own environment once."""
    stamp = PEER_HOME / ".installed"
    if stamp.exists() and stamp.read_text() == PEER_PACKAGE:
        return
    say("installing the peer")
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "venv", "-q", "--clear", "-p", sys.executable, PEER_HOME], check=True)
    python = PEER_HOME / "bin" / "python"
    subprocess.run([uv, "pip", "install", "-q", "-p", python, PEER_PACKAGE], check=True)
    stamp.write_text(PEER_PACKAGE)


def peer_side(case: Figures, seconds: float, seed: int) -> Figures:
    """Timefold on the unit, in a process of its own."""
    table = checker.tables(case)
    people = [person | {"costs": table[person["id"]]} for person in case["people"]]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(case | {"people": people}, file)
        file.flush()
        done = subprocess.run(
            [PEER_HOME / "bin" / "python", HERE / "unit" / "timefold_side.py", file.name,
             str(int(seconds)), str(seed)],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    judged = checker.check(case, answer)
    return {
        "seconds": round(time.monotonic() - begun, 1),
        "processor_seconds": round(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1
        ),
        "score": answer["score"],
        "feasible": judged["feasible"],
        "broken": len(judged["broken"]),
        "fairness": judged["fairness"],
        "wishes": judged["wishes"],
        "peak_mb": round(after.ru_maxrss / 1024),
    }


def better(run: Figures) -> bool:
    """Whether ours is better: holds the rules, and is fairer, or as fair with more wishes met."""
    us, peer = run["ours"], run["peer"]
    mine = (not us["feasible"], us["checked"]["fairness"], us["checked"]["wishes"])
    return mine < (not peer["feasible"], peer["fairness"], peer["wishes"])


def main() -> None:
    """Parse, run, print the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="one unit for each")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peer", action="store_true", help="run Timefold on the same units")
    parser.add_argument("--out", type=Path, help="write the (last) roster as JSON")
    parser.add_argument("--keep", action="store_true", help=f"write {RESULT.name}")
    given = parser.parse_args()
    if given.peer:
        install_peer()
    runs = []
    for seed in given.seeds:
        case = unit_case.make(seed)
        say(f"unit {seed}")
        run: Figures = {"unit": seed}
        run["ours"], answer = our_side(case, given.seconds, given.workers, seed)
        if given.peer:
            run["peer"] = peer_side(case, given.seconds, seed)
            run["better"] = better(run)
            say(f"peer: {run['peer']}")
        runs.append(run)
    if given.out:
        given.out.write_text(json.dumps(answer, ensure_ascii=False) + "\n", encoding="utf-8")
    whole: Figures = {
        "measurement": "roster_unit",
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "load": [round(load, 1) for load in os.getloadavg()],
        "seconds_given": given.seconds,
        **runs[0]["ours"],
        "runs": runs,
    }
    if given.peer:
        whole["better_in"] = f"{sum(run['better'] for run in runs)} of {len(runs)}"
    if given.keep:
        text = json.dumps(whole, ensure_ascii=False, indent=2)
        RESULT.write_text(text + "\n", encoding="utf-8")
    print(json.dumps(whole, ensure_ascii=False))


if __name__ == "__main__":
    main()
