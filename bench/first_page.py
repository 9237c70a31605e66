"""From a clone to the first page: each stage of `make run` on a machine that has never run it.

    python bench/first_page.py [--cold] [--runs 3] [--source .]

Prints JSON: for each stage the median of wall seconds and of processor seconds (user and system, the
last stage has those of the three that one process does), and the total until the first answer 200. `--cold` downloads everything anew;
else uv and pip take packages from their caches, as a second checkout on a machine does.
"""

import argparse
import json
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

PATIENCE = 600.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def environment(home: Path, *, cold: bool) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HUIYIN_", "VIRTUAL_ENV", "PYTHON", "MAKE"))
    }
    if cold:
        kept |= {"UV_CACHE_DIR": str(home / "uv-cache"), "PIP_NO_CACHE_DIR": "1"}
    return kept | {"PORT": str(free_port())}


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def measure(source: Path, *, cold: bool) -> dict[str, dict[str, float]]:
    """Return wall and processor seconds of each stage, in the order in which they come."""
    stages: dict[str, dict[str, float]] = {}

    def stage(name: str, work: Callable[[], object]) -> None:
        began, used = time.monotonic(), processor()
        work()
        stages[name] = {"wall": time.monotonic() - began, "cpu": processor() - used}

    with tempfile.TemporaryDirectory(prefix="first-page-") as temporary:
        home = Path(temporary)
        clone, given = home / "clone", environment(home, cold=cold)

        def make(target: str) -> None:
            subprocess.run(["make", "-s", target], cwd=clone, env=given, check=True)

        stage("clone", lambda: subprocess.run(
            ["git", "clone", "--quiet", str(source), str(clone)], check=True
        ))  # fmt: skip
        stage("uv", lambda: make(".venv/.stamps/uv"))
        stage("packages", lambda: make(".venv/.stamps/run"))
        stage("translations", lambda: make("messages"))
        began = processor()
        serve(clone, given, stage)
        # Known when its processes have ended; what they do beside the first page is in it.
        stages["first answer"]["cpu"] = processor() - began
    stages["total"] = {
        unit: sum(stage[unit] for stage in stages.values()) for unit in ("wall", "cpu")
    }
    return stages


def serve(
    clone: Path, given: dict[str, str], stage: Callable[[str, Callable[[], object]], None]
) -> None:
    """Run `make run` until the first page answers, then stop it."""
    address = f"http://127.0.0.1:{given['PORT']}/"
    process = subprocess.Popen(
        ["make", "-s", "run"], cwd=clone, env=given, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    lines = process.stdout

    def until(words: str) -> None:
        for line in lines:
            if words in line:
                return
        raise SystemExit(f"`make run` ended without {words!r}")

    def until_answer() -> None:
        end = time.monotonic() + PATIENCE
        while not answers(address):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit("`make run` serves no page")
            time.sleep(0.05)

    try:
        stage("tables", lambda: until("Setting up"))
        stage("demonstration", lambda: until(address))
        stage("first answer", until_answer)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="download every package anew")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--source", type=Path, default=Path(__file__).resolve().parents[1])
    args = parser.parse_args()
    runs = [measure(args.source, cold=args.cold) for _ in range(args.runs)]
    medians = {
        name: {unit: round(statistics.median(run[name][unit] for run in runs), 2)
               for unit in ("wall", "cpu")}
        for name in runs[0]
    }  # fmt: skip
    load = [round(value, 1) for value in os.getloadavg()]
    report = {
        "cache": "cold" if args.cold else "warm",
        "runs": args.runs,
        "load": load,
        "stages": medians,
    }
    json.dump(report, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
