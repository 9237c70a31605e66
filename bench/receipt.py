"""What it costs to check one entry of a receipt against a log of 10,000,000 entries.

The log is a true tree of that size: all leaves but the receipt's own are one and the same, so that
the hash of a subtree without any of those depends on its level alone. Prints JSON: milliseconds of
the whole check with one entry (signature, proof, words of the verdict), median of many; bytes of
the proof in the file.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from functools import cache
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huiyin.kernel.ledger import tree
from huiyin.kernel.ledger.notes import Checkpoint, Note, Verifier, sign
from huiyin.kernel.ledger.paper import MILLIMETRES, paper, picture
from huiyin.kernel.ledger.receipt_file import Held, Receipt
from huiyin.kernel.ledger.receipts import verify

SIZE, TIMES = 10_000_000, 200
ORIGIN, SUBJECT = "bench.example/huiyin", "case:AAAABBBB"
SALT = bytes(32)


def _leaf(kind: str, day: int, commitment: str) -> bytes:
    said = {
        "v": 1,
        "kind": kind,
        "time": f"2026-03-{day:02}T01:14:00.000Z",
        "post": None,
        "subject": SUBJECT,
        "nonce": f"{day:032x}",
        "facts": {},
        "commit": {"text": commitment},
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def entry_of_a_letter() -> bytes:
    """Return the first entry of a letter with all that such an entry tells."""
    said = json.loads(_leaf("case.filed", 3, sha256(SALT + b"words").hexdigest()))
    said["nonce"] = sha256(b"nonce").hexdigest()[:32]
    said["facts"] = {
        "began": "2026-03-03T01:14:00+00:00",
        "channel": "portal",
        "due": "2026-03-18T16:00:00+00:00",
        "unit": "HX-WORKS",
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def build(size: int, places: dict[int, bytes]) -> tuple[Receipt, Verifier]:
    """Return a receipt of the leaves at these places in a log of `size`, and the log's key."""
    chain = [tree.leaf_hash(b"another entry")]
    for _level in range(size.bit_length()):
        chain.append(tree.node_hash(chain[-1], chain[-1]))

    @cache
    def subtree(level: int, index: int) -> bytes:
        if not any(place >> level == index for place in places):
            return chain[level]
        if level == 0:
            return tree.leaf_hash(places[index])
        return tree.node_hash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1))

    key = Ed25519PrivateKey.generate()
    verifier = Verifier(ORIGIN, key.public_key().public_bytes_raw())
    text = Checkpoint(ORIGIN, size, tree.span(0, size, subtree)).text()
    note = str(Note(text, (sign(text, ORIGIN, key),)))
    digest = sha256(SALT + b"words").hexdigest()
    entries = tuple(
        Held(
            leaf, place, tuple(tree.inclusion_proof(place, size, subtree)), {"text": (SALT, digest)}
        )
        for place, leaf in sorted(places.items())
    )
    return Receipt(ORIGIN, str(verifier), SUBJECT, note, entries), verifier


def measure(places: dict[int, bytes]) -> tuple[float, dict[str, object], int]:
    """Return the median milliseconds of a check, the receipt, the largest proof in bytes."""
    receipt, verifier = build(SIZE, places)
    given = receipt.dump()
    took = []
    for _time in range(TIMES):
        begin = time.perf_counter()
        verdict = verify(given, key=verifier, checkpoint=receipt.checkpoint, text=b"words")
        took.append((time.perf_counter() - begin) * 1000)
        assert verdict.proven, verdict
    proofs = [len(json.dumps(entry["proof"])) for entry in given["entries"]]
    return statistics.median(took), given, max(proofs)


def _on_paper() -> dict[str, object]:
    """Return what the QR code of one entry takes: characters, version, millimetres a module."""
    receipt, _verifier = build(SIZE, {8_000_001: entry_of_a_letter()})
    text = paper(receipt.dump(), 8_000_001)
    code = picture(text)
    side = code.symbol_size(border=4)[0]
    return {
        "paper_characters": len(text),
        "paper_version": f"{code.version}-{code.error}",
        "paper_module_mm": round(MILLIMETRES / side, 2),
    }


def main() -> None:
    """Measure one entry, then a letter's whole life of eight, and print."""
    digest = sha256(SALT + b"words").hexdigest()
    kinds = (
        "filed",
        "forwarded",
        "accepted",
        "extended",
        "message_in",
        "answered",
        "rated",
        "closed",
    )
    life = {
        8_000_001 + 250_003 * n: _leaf(f"case.{kind}", n + 1, digest)
        for n, kind in enumerate(kinds)
    }
    first = dict([next(iter(life.items()))])
    one_ms, _one, proof = measure(first)
    life_ms, given, most = measure(life)
    result = {
        "size": SIZE,
        "verify_one_entry_ms": round(one_ms, 3),
        "verify_goal_ms": 50,
        "proof_bytes": max(proof, most),
        "proof_goal_bytes": 3072,
        "verify_eight_entries_ms": round(life_ms, 3),
        "receipt_of_eight_bytes": len(json.dumps(given)),
        **_on_paper(),
    }
    result["met"] = one_ms < 50 and life_ms < 50 and max(proof, most) < 3072
    print(json.dumps(result))


if __name__ == "__main__":
    main()
