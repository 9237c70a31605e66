"""What the four measurements share: arguments, databases, both sides, the last line.

A measurement is a function of a `Bench`; it returns the two figures and whatever else is worth
keeping. Progress goes to standard error, the result to the last line of standard output.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "tools"))

from private_postgres import Cluster, private_postgres, stop_on_term  # noqa: E402
from servers import PROCESSES, THREADS, Server, serve  # noqa: E402

RESULTS = HERE / "results"
OURS_PYTHON = Path(sys.executable)
PEER_HOME = HERE / ".peer"
PEER_PYTHON = PEER_HOME / "bin" / "python"
PEER_PACKAGES = ("django-helpdesk==2.6.1",)

#: For both sides alike; the rest is PostgreSQL's own default.
POSTGRES = {
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
}

STARTED = time.monotonic()


def say(text: str) -> None:
    """Tell whoever watches, with the seconds since the beginning."""
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", file=sys.stderr, flush=True)


def install_peer() -> None:
    """Make the peer's own environment once; its server is the version that ours is."""
    stamp = PEER_HOME / ".installed"
    server = subprocess.run(
        [OURS_PYTHON, "-c", "import importlib.metadata as m; print(m.version('granian'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    packages = [*PEER_PACKAGES, f"granian=={server}", "psycopg[binary]"]
    if stamp.exists() and stamp.read_text() == "\n".join(packages):
        return
    say("installing the peer")
    uv = OURS_PYTHON.parent / "uv"
    subprocess.run([uv, "venv", "-q", "--clear", "-p", OURS_PYTHON, PEER_HOME], check=True)
    subprocess.run([uv, "pip", "install", "-q", "-p", PEER_PYTHON, *packages], check=True)
    stamp.write_text("\n".join(packages))


@dataclass(frozen=True)
class Side:
    """One of the two: its Python, its environment, its application."""

    name: str
    python: Path
    program: Path
    application: str
    folder: Path
    environment: dict[str, str]

    def do(self, *arguments: str) -> dict[str, object]:
        """Run this side's own program; its last line is JSON."""
        done = subprocess.run(
            [self.python, self.program, *arguments],
            cwd=self.folder, env=os.environ | self.environment, stdout=subprocess.PIPE,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{self.name} {arguments[0]} failed: {done.stdout}")
        answer: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    @contextlib.contextmanager
    def serve(self) -> Iterator[Server]:
        """This side's application under the server."""
        log = Path(self.environment["BENCH_LOG"])
        with serve(
            self.python, self.application, self.environment, folder=self.folder, log=log
        ) as server:
            yield server
        if text := log.read_text().strip():
            say(f"{self.name} server said: {text[-1500:]}")


Prepared = tuple[Side, dict[str, object]]


@dataclass
class Bench:
    """One run: what was asked, where its data are, and the two sides.

    With ``--data`` a filled database is kept there and copied for the next measurement that needs
    one of the same size; without, it is made anew and thrown away.
    """

    database: str
    cases: int
    peer_cases: int
    quick: bool
    seconds: float
    clients: int
    folder: Path
    cluster: Cluster | None

    @contextlib.contextmanager
    def peer(self, *, scratch: bool = False) -> Iterator[Prepared]:
        """The peer with its tickets; ``scratch`` where the measurement changes them."""
        install_peer()
        with self._filled("peer", self.peer_cases, "--tickets", scratch) as (home, url, made):
            environment = {"PEER_VAR": str(home), "BENCH_LOG": str(home / "server.log")}
            if url:
                environment["PEER_DATABASE_URL"] = url
            yield self._peer(environment), made

    @contextlib.contextmanager
    def ours(self, cases: int | None = None, *, scratch: bool = False) -> Iterator[Prepared]:
        """Huiyin with its letters (``--cases`` if none are named)."""
        with self._filled("ours", cases or self.cases, "--cases", scratch) as (home, url, made):
            environment = {"HUIYIN_VAR": str(home), "BENCH_LOG": str(home / "server.log")}
            (home / "static").mkdir(exist_ok=True)
            if url:
                environment["HUIYIN_DATABASE_URL"] = url
            yield self._ours(environment), made

    def _peer(self, environment: dict[str, str]) -> Side:
        return Side(
            "peer", PEER_PYTHON, HERE / "peer" / "manage.py", "peer.wsgi:application", HERE,
            environment,
        )  # fmt: skip

    def _ours(self, environment: dict[str, str]) -> Side:
        return Side(
            "huiyin", OURS_PYTHON, HERE / "seed.py", "huiyin.rsgi:application", ROOT, environment
        )

    @contextlib.contextmanager
    def _filled(
        self, who: str, size: int, flag: str, scratch: bool
    ) -> Iterator[tuple[Path, str | None, dict[str, object]]]:
        home = self.folder / f"{self.database}-{who}-{size}"
        name = home.name.replace("-", "_")
        made_file = home / "made.json"
        if made_file.exists() and who == "ours":
            environment = {"HUIYIN_VAR": str(home), "BENCH_LOG": ""}
            if url := self._database(name):
                environment["HUIYIN_DATABASE_URL"] = url
            self._ours(environment).do("migrate")  # our tables may have changed since
        if not made_file.exists():
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            environment = {"PEER_VAR": str(home), "HUIYIN_VAR": str(home), "BENCH_LOG": ""}
            if url := self._database(name, fresh=True):
                environment |= {"PEER_DATABASE_URL": url, "HUIYIN_DATABASE_URL": url}
            side = self._peer(environment) if who == "peer" else self._ours(environment)
            made_file.write_text(json.dumps(side.do("prepare", flag, str(size))))
            say(f"{who}: {size:,} in {self.database}")
        made = json.loads(made_file.read_text())
        if not scratch:
            yield home, self._database(name), made
            return
        copy = self.folder / f"{home.name}-scratch"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(home, copy)
        try:
            yield copy, self._database(f"{name}_scratch", fresh=True, like=name), made
        finally:
            shutil.rmtree(copy, ignore_errors=True)
            self._drop(f"{name}_scratch")

    def _database(self, name: str, *, fresh: bool = False, like: str = "") -> str | None:
        if self.cluster is None:
            return None
        if fresh:
            self._drop(name)
            template = f' TEMPLATE "{like}"' if like else ""
            self._sql(f'CREATE DATABASE "{name}"{template}')
            self._sql("CHECKPOINT")
        return self.cluster.url(name)

    def _drop(self, name: str) -> None:
        if self.cluster is not None:
            self._sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _sql(self, statement: str) -> None:
        assert self.cluster is not None
        import psycopg

        with psycopg.connect(self.cluster.url(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


def _arguments(about: str, cases: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--cases", type=int, help=f"on our side (default {cases:,})")
    parser.add_argument("--peer-cases", type=int, help="on the peer's side (default 100,000)")
    parser.add_argument("--quick", action="store_true", help="smaller, under 50 s")
    parser.add_argument("--seconds", type=float, help="length of each measured stretch")
    parser.add_argument("--clients", type=int, default=8, help="how many at once")
    parser.add_argument("--data", type=Path, help="keep filled databases here between runs")
    parser.add_argument("--keep", action="store_true", help="write bench/results/….json")
    return parser.parse_args()


def main(
    name: str, about: str, measure: Callable[[Bench], dict[str, object]], *,
    cases: int = 1_000_000, peer_cases: int = 100_000,
    quick_cases: int = 8_000, quick_peer_cases: int = 3_000,
) -> None:  # fmt: skip
    """Parse, run ``measure`` on a database of its own, print the JSON line."""
    given = _arguments(about, cases)
    stop_on_term()
    quick = given.quick
    with contextlib.ExitStack() as stack:
        if given.data:
            folder = given.data.resolve()
            folder.mkdir(parents=True, exist_ok=True)
        else:
            temporary = tempfile.TemporaryDirectory(prefix="huiyin-bench-")
            folder = Path(stack.enter_context(temporary))
        cluster = None
        if given.database == "postgresql":
            keep = folder / "postgresql" if given.data else None
            cluster = stack.enter_context(
                private_postgres(durable=True, settings=POSTGRES, keep=keep)
            )
        bench = Bench(
            database=given.database,
            cases=given.cases or (quick_cases if quick else cases),
            peer_cases=given.peer_cases or (quick_peer_cases if quick else peer_cases),
            quick=quick,
            seconds=given.seconds or (3.0 if quick else 20.0),
            clients=given.clients,
            folder=folder,
            cluster=cluster,
        )
        result = measure(bench)
    whole = {
        "measurement": name,
        "database": given.database,
        "cases": bench.cases,
        "peer_cases": bench.peer_cases,
        "clients": bench.clients,
        "server": f"granian, {PROCESSES} processes of {THREADS} threads",
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "seconds": round(time.monotonic() - STARTED, 1),
        **result,
    }
    line = json.dumps(whole, ensure_ascii=False)
    if given.keep:
        RESULTS.mkdir(exist_ok=True)
        size = "quick" if quick else "full"
        path = RESULTS / f"{name}-{given.database}-{size}.json"
        path.write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(line)
