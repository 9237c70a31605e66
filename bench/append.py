"""How many entries a second are appended and integrated, durable, on one core, on either database.

Writers, sequencer and PostgreSQL share one core. An append is durable when its transaction returns:
on SQLite the journal has then been synced, on PostgreSQL the server has synced its own. The sequencer
takes its rounds meanwhile (places, tiles synced, signed checkpoint); the clock runs until all is
published. Three cases, since the disk's syncs a second (`syncs_a_second`, measured beside) and not
the log bound the first:

- `single`: one writer, one entry a transaction: each waits for a sync of its own;
- `concurrent`: `--writers` of them at once, one entry a transaction, as many actions at once are.
  PostgreSQL syncs several transactions together; SQLite has one writer at a time and a sync for each;
- `batched`: one writer, 64 entries a transaction, as a sweep or an import makes them.

`rate_by_processor` is entries for each second of processor time that all of them used: what one core
does that shares neither itself nor its disk with other work.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from servers import cpu_of

if TYPE_CHECKING:
    from huiyin.kernel.ledger.actions import Draft

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]
PAUSE = 1.0  # seconds between rounds, as the worker's


def drafts(number: int, many: int) -> list[Draft]:
    """Return as many entries as one action of a letter makes."""
    from huiyin.kernel.ledger.actions import Draft

    now = datetime.now(UTC)
    return [
        Draft(
            "case.answered",
            f"case:{number:08X}",
            now,
            "HX-W.handler",
            {"level": 0, "remedies": place},
            {"text": b"answer"},
            bytes(32),
        )
        for place in range(many)
    ]


def write(first: int, transactions: int, batch: int) -> None:
    """Append in durable transactions of `batch` entries each."""
    from django.db import transaction

    from huiyin.kernel import rows
    from huiyin.kernel.ledger import actions

    for number in range(first, first + transactions):
        made = drafts(number, batch)
        with transaction.atomic():
            if batch == 1:
                rows.add(actions.compose(made[0]))
            else:
                actions.append_many(made)


class Rounds:
    """The sequencer, with what it took, and the processor time of all, `server` (its id) included."""

    def __init__(self, server: int) -> None:
        from huiyin.kernel.ledger.models import Log

        self.log, self.wall, self.cpu, self.rounds = Log.objects, 0.0, 0.0, 0
        self.server, self.before, self.used = server, self.published(), 0.0
        self.used = self.all_cpu()

    def all_cpu(self) -> float:
        """Return the processor seconds of writers, sequencer and database since the beginning."""
        return cpu_of(os.getpid()) + cpu_of(self.server) - self.used

    def published(self) -> int:
        """Return how many entries are under the checkpoint."""
        return self.log.get(pk=1).published

    def take(self) -> None:
        """One round."""
        from huiyin.kernel.ledger import sequencer

        began, cpu = time.perf_counter(), time.process_time()
        sequencer.round_now(datetime.now(UTC))
        self.wall += time.perf_counter() - began
        self.cpu += time.process_time() - cpu
        self.rounds += 1

    def result(self, count: int, took: float) -> dict[str, float]:
        """Return the figures; stop if an entry was not published."""
        done = self.published() - self.before
        if done != count:
            raise SystemExit(f"{done} entries of {count} were published")
        return {
            "rate": round(done / took, 1),
            "entries": done,
            "seconds": round(took, 3),
            "rounds": self.rounds,
            "integrating_seconds": round(self.wall, 3),
            "rate_by_processor": round(done / self.all_cpu(), 1),
            "integrating_us_each": round(1e6 * self.cpu / done, 1),
        }


def alone(count: int, batch: int, server: int) -> dict[str, float]:
    """One writer, and a round of the sequencer after each second."""
    rounds, began = Rounds(server), time.perf_counter()
    last = began
    for number in range(count // batch):
        write(number, 1, batch)
        if time.perf_counter() - last >= PAUSE:
            rounds.take()
            last = time.perf_counter()
    rounds.take()
    return rounds.result(count // batch * batch, time.perf_counter() - began)


def together(count: int, writers: int, server: int) -> dict[str, float]:
    """Several writers at once, each a process with a connection of its own, as web servers are."""
    from django.db import connections

    rounds, each = Rounds(server), count // writers
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    ready = fork.Barrier(writers + 1)

    def run(mine: int) -> None:
        drafts(0, 1)
        ready.wait()
        write(mine * each, each, 1)

    processes = [fork.Process(target=run, args=(mine,)) for mine in range(writers)]
    for process in processes:
        process.start()
    ready.wait()
    began = last = time.perf_counter()
    while any(process.is_alive() for process in processes):
        processes[0].join(0.05)
        if time.perf_counter() - last >= PAUSE:
            rounds.take()
            last = time.perf_counter()
        time.sleep(0.05)
    rounds.take()
    took = time.perf_counter() - began
    if any(process.exitcode for process in processes):
        raise SystemExit("a writer failed")
    return rounds.result(each * writers, took)


def syncs(home: Path) -> float:
    """Return how often a second the disk syncs a page that was appended to a file."""
    with (home / "syncs").open("wb", buffering=0) as stream:
        began, done = time.perf_counter(), 0
        while time.perf_counter() - began < 1:
            stream.write(bytes(4096))
            os.fdatasync(stream.fileno())
            done += 1
        return done / (time.perf_counter() - began)


def child(count: int, writers: int, server: int) -> None:
    """Set up an empty service and measure on it."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from huiyin.kernel.ledger import signing

    call_command("migrate", interactive=False, verbosity=0)
    signing.ensure()
    alone(640, 64, server)
    found: dict[str, object] = {"syncs_a_second": round(syncs(settings.VAR))}
    found["single"] = alone(count, 1, server)
    found["concurrent"] = together(count * 2, writers, server)
    found["batched"] = alone(count * 4, 64, server)
    found["memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(found))


def main() -> int:
    """Measure; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--writers", type=int, default=16, help="of the concurrent case")
    parser.add_argument("--keep", action="store_true", help="write bench/results/….json")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--server", type=int, default=0, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child, args.writers, args.server)
        return 0
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    count = 2_000 if args.quick else 10_000
    with ExitStack() as stack:
        # Beside the project, not in memory: what is durable must be on a disk.
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix=".append-", dir=ROOT))
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
        own = {
            "HUIYIN_VAR": home,
            "DJANGO_SETTINGS_MODULE": "huiyin.settings",
            "PYTHONPATH": str(ROOT),
        }
        server = 0
        if args.database == "postgresql":
            from private_postgres import private_postgres

            cluster = stack.enter_context(private_postgres(durable=True))
            own["HUIYIN_DATABASE_URL"], server = cluster.url(), cluster.pid
        command = [sys.executable, __file__, "--child", str(count)]
        command += ["--writers", str(args.writers), "--server", str(server)]
        done = subprocess.run(
            command, env=kept | own, check=True, stdout=subprocess.PIPE, text=True
        )
    found = json.loads(done.stdout.splitlines()[-1])
    whole = {
        "what": "append",
        "database": args.database,
        "goal": "over 2000",
        "cores_used": 1,
        "writers": args.writers,
        **found,
    }
    if args.keep:
        target = ROOT / "bench" / "results" / f"append-{args.database}.json"
        target.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(whole))
    return 0


if __name__ == "__main__":
    sys.exit(main())
