"""How fast a whole log is verified from its files, against bare hashlib over the same bytes.

A log of so many entries as letters make is written as tiles and bundles, signed, and then read back
as an audit reads it: signature, bundles, every tile of every level, root. "The same bytes" can be
read in two ways, and both are measured, on one core like ours:

- `ratio`: hashlib over the pieces that a tree must hash, 0x00 and each leaf, 0x01 and two hashes for
  each node: two calls an entry, which the log's format asks of every verifier. The pieces are cut
  out before the clock runs, and nothing is read, compared or kept;
- `ratio_one_stream`: one SHA-256 over all bundles as they lie, which verifies nothing: no calls to
  speak of, and the nodes left out.

All take turns every 16,384 entries, in alternating order, on files that are in the
system's cache, so that what else runs on the machine weighs on all. Ratios are of processor time;
`wall_…` are of time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huiyin.kernel.ledger.notes import Checkpoint, Note, Verifier, sign
from huiyin.kernel.ledger.tiles import WIDTH, Read, bundle, path, unbundle
from huiyin.kernel.ledger.tree import Frontier, leaf_hash
from huiyin.parts.record.logfiles import Walk, signed

ORIGIN = "example.org/measured"
TURN = 64  # bundles: 16,384 entries


def _leaf(number: int) -> bytes:
    return json.dumps(
        {
            "v": 1,
            "kind": "case.answered",
            "time": f"2026-03-{1 + number % 28:02}T01:14:00.000Z",
            "post": "HX-W.handler",
            "subject": f"case:{number // 8:08X}",
            "nonce": secrets.token_hex(16),
            "facts": {"level": 0, "remedies": number % 3},
            "commit": {"text": secrets.token_hex(32)},
        },
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def write(home: Path, count: int, key: Ed25519PrivateKey) -> bytes:
    """Write the files of a log; return its signed checkpoint."""
    edge = Frontier()
    rows: dict[int, list[bytes]] = {}
    leaves: list[bytes] = []

    def put(name: str, content: bytes) -> None:
        target = home / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    for number in range(count):
        leaves.append(_leaf(number))
        for level, index, node in edge.append(leaf_hash(leaves[-1])):
            if level % 8 == 0:
                row = rows.setdefault(level // 8, [])
                row.append(node)
                if len(row) == WIDTH:
                    put(path(level // 8, index // WIDTH), b"".join(row))
                    row.clear()
        if len(leaves) == WIDTH:
            put(path("entries", number // WIDTH), bundle(leaves))
            leaves = []
        if number % 100_000 == 0:
            print(f"written {number:,} / {count:,}", file=sys.stderr, flush=True)
    if leaves:
        put(path("entries", count // WIDTH, len(leaves)), bundle(leaves))
    for level, row in rows.items():
        if row:
            put(path(level, (count >> 8 * level) // WIDTH, len(row)), b"".join(row))
    text = Checkpoint(ORIGIN, edge.size, edge.root()).text()
    return str(Note(text, (sign(text, ORIGIN, key),))).encode()


@dataclass
class Clock:
    """Seconds that one of the three used: processor and wall."""

    cpu: float = 0.0
    wall: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time of a block."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall


def _pieces(read: Read, names: list[str]) -> list[bytes]:
    """Return what a tree hashes over these bundles: each leaf, and as many nodes."""
    given = [b"\x00" + leaf for name in names for leaf in unbundle(read(name))]
    return given + [b"\x01" + secrets.token_bytes(64) for _ in given]


def compared(read: Read, checkpoint: Checkpoint) -> dict[str, Clock]:
    """Verify the whole log once, and let bare hashlib take its turns; return what each used."""
    used = {"ours": Clock(), "pieces": Clock(), "stream": Clock()}
    wrong: list[object] = []
    bundles = Walk(read, checkpoint, lambda *what: wrong.append(what)).bundles()
    entries, stream = 0, sha256()
    starts = range(0, checkpoint.size, WIDTH)
    names = [path("entries", n // WIDTH, min(WIDTH, checkpoint.size - n)) for n in starts]

    def ours(_: list[str]) -> None:
        nonlocal entries
        with used["ours"].running():
            entries += sum(len(leaves) for _, leaves in islice(bundles, TURN))

    def pieces(some: list[str]) -> None:
        given = _pieces(read, some)
        with used["pieces"].running():
            for one in given:
                sha256(one).digest()

    def one_stream(some: list[str]) -> None:
        with used["stream"].running():
            for name in some:
                stream.update(read(name))

    for number, at in enumerate(range(0, len(names), TURN)):
        for take in (ours, pieces, one_stream) if number % 2 else (one_stream, pieces, ours):
            take(names[at : at + TURN])
    with used["ours"].running():
        entries += sum(len(leaves) for _, leaves in bundles)  # the last tiles and the root
    if wrong or entries != checkpoint.size:
        raise SystemExit(f"the log does not verify: {wrong[:3]}")
    return used


def main() -> int:
    """Measure; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 entries")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="write bench/results/….json")
    args = parser.parse_args()
    count = 100_000 if args.quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="huiyin-log-") as name:
        home, key = Path(name), Ed25519PrivateKey.generate()
        verifier = Verifier(ORIGIN, key.public_key().public_bytes_raw())
        note = write(home, count, key)
        files = [one for one in (home / "tile").rglob("*") if one.is_file()]
        size = sum(one.stat().st_size for one in files if "entries" in one.parts)

        def read(one: str) -> bytes:
            with open(f"{home}/{one}", "rb", buffering=0) as stream:  # as publishing.read does
                return stream.read()

        for one in files:
            one.read_bytes()  # every file is in the cache before any is timed
        rounds = []
        for _ in range(args.rounds):
            rounds.append(compared(read, signed(note, verifier)))
            told = ", ".join(f"{what} {one.cpu:.2f} s" for what, one in rounds[-1].items())
            print(told, file=sys.stderr, flush=True)

    def ratio(peer: str, what: str) -> float:
        each = [getattr(one[peer], what) / getattr(one["ours"], what) for one in rounds]
        return round(statistics.median(each), 3)

    mine = statistics.median(one["ours"].cpu for one in rounds)
    found = {
        "what": "verify_log",
        "entries": count,
        "bundle_bytes": size,
        "ratio": ratio("pieces", "cpu"),
        "ratio_one_stream": ratio("stream", "cpu"),
        "wall_ratio": ratio("pieces", "wall"),
        "wall_ratio_one_stream": ratio("stream", "wall"),
        "goal": "at least 0.5",
        "cpu_seconds": {
            what: round(statistics.median(one[what].cpu for one in rounds), 3) for what in rounds[0]
        },
        "entries_a_second": round(count / mine),
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "rounds": args.rounds,
        "cores": os.cpu_count(),
        "python": sys.version.split()[0],
        "openssl": ssl.OPENSSL_VERSION,
    }
    if args.keep:
        target = Path(__file__).parent / "results" / f"verify_log-{count}.json"
        target.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
