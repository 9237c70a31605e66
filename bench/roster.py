"""Solve an instance of Curtois and Qu: `roster.py INSTANCE.txt --seconds N [--out FILE]`.

Progress goes to standard error; the last line of standard output is JSON with `cost` and `feasible`
(both by bench/roster_checker.py), `bound` (no roster costs less), `seconds` and `peak_mb`. Where the
rules can't all hold, `broken` says which are not, and `feasible` is false. With `--out` the roster is written as JSON, staff id to a list of shift ids by day, "" for a day off.
"""

import argparse
import json
import math
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

STARTED = time.monotonic()


def main() -> None:
    """Parse, solve, check, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()

    from curtois_qu import read
    from roster_checker import check

    from huiyin.parts.duty.solving.problem import Progress
    from huiyin.parts.duty.solving.search import Search

    problem = read(given.instance)
    last = [0.0, math.inf]

    def said(progress: Progress) -> None:
        cost = progress.cost if progress.cost is not None else math.inf
        if cost < last[1] or progress.seconds > last[0] + 5:
            last[:] = [progress.seconds, cost]
            bound = "" if progress.bound is None else f"{progress.bound:.2f}"
            print(
                f"{progress.seconds:7.1f} s  {progress.stage:24} cost {cost:.0f}  bound {bound}",
                file=sys.stderr, flush=True,
            )  # fmt: skip

    outcome = Search(
        problem, given.seconds - (time.monotonic() - STARTED),
        workers=given.workers, seed=given.seed, said=said,
    ).run()  # fmt: skip
    roster = {} if outcome.roster is None else outcome.roster.days
    days = {name: [shift or "" for shift in row] for name, row in roster.items()}
    verdict = check(given.instance.read_text(encoding="utf-8"), days)
    if given.out:
        given.out.write_text(json.dumps(days, ensure_ascii=False), encoding="utf-8")
    bound = outcome.bounds.get("cover")
    if outcome.exceptions:
        print("no roster holds every rule; as few as can be are broken", file=sys.stderr)
    print(
        json.dumps(
            {
                "instance": given.instance.stem,
                "cost": verdict.cost if days else None,
                "bound": None if bound is None else math.ceil(bound - 1e-6),
                "feasible": verdict.feasible,
                "broken": verdict.broken[:20],
                "seconds": round(time.monotonic() - STARTED, 1),
                "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            }
        )
    )


if __name__ == "__main__":
    main()
