"""docs/ledger.md alone is enough: its worked example is checked by a verifier made from the page.

Nothing of the service is used below except where a test says that the service agrees.
"""

import base64
import hashlib
import hmac
import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from huiyin.kernel.ledger import actions, notes, tiles, tree
from huiyin.kernel.ledger.kinds import KINDS
from huiyin.kernel.ledger.leaves import PROMISES

PAGE = (Path(__file__).parents[3] / "docs" / "ledger.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.partition("## Worked example\n")[2].partition("\n## ")[0]
BLOCKS = dict(
    re.findall(r"^\*\*(.+?)\*\*.*?\n```\w+\n(.*?)\n```$", EXAMPLE, re.DOTALL | re.MULTILINE)
)
LEAVES = [BLOCKS[f"leaf {n}"].encode() for n in range(3)]
ENTRIES = [BLOCKS.get(f"entry {n}", BLOCKS[f"leaf {n}"]).encode() for n in range(3)]
PUBLIC_NAME = re.findall(r"public name `(promise:\w+)`", EXAMPLE)[0]
LOG_SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
WITNESS_SEED = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
SECONDS = 1_776_071_115


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def hashes(name: str) -> list[bytes]:
    return [bytes.fromhex(line) for line in BLOCKS[name].split("\n")]


def test_every_part_of_the_example_is_there() -> None:
    assert len(BLOCKS) == 16
    assert EXAMPLE.count("```") == 2 * len(BLOCKS)


def test_each_entry_is_canonical_json_of_the_fields_of_the_page() -> None:
    table = set(re.findall(r"^\| `(\w+)` \|", PAGE.partition("## Kinds")[0], re.MULTILINE))
    for leaf in ENTRIES:
        said = json.loads(leaf)
        plain = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert plain.encode() == leaf  # RFC 8785 for texts and whole numbers under ASCII names
        assert set(said) == table
        assert f"| `{said['kind']}` |" in PAGE
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said["time"])
        assert re.fullmatch(r"[0-9a-f]{32}", said["nonce"])


def test_a_sealed_leaf_shows_the_day_and_the_hash_of_the_entry() -> None:
    assert json.loads(LEAVES[0]) == {
        "v": 2, "kind": "sealed", "day": "2026-03-03", "entry": sha(ENTRIES[0]).hex()
    }  # fmt: skip


def test_a_leaf_of_a_promise_shows_its_unit_and_days_under_the_public_name() -> None:
    entry, leaf = (json.loads(one[1]) for one in (ENTRIES, LEAVES))
    facts = entry["facts"] | {"due": entry["facts"]["due"][:10]}
    assert leaf == {
        "v": 2, "kind": "clock.ended", "subject": PUBLIC_NAME, "day": entry["time"][:10],
        "facts": facts, "entry": sha(ENTRIES[1]).hex(),
    }  # fmt: skip


def test_the_page_names_the_facts_that_each_leaf_of_a_promise_shows() -> None:
    table = PAGE.partition("| leaf | facts |\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(clock\.\w+)` \| (.+?) \|$", table, re.MULTILINE)
    assert {kind: tuple(re.findall(r"\w+", facts)) for kind, facts in rows} == PROMISES


def test_the_commitment_opens_with_salt_and_value() -> None:
    said = json.loads(ENTRIES[0])
    [salt], value = hashes("salt of entry 0's text"), BLOCKS["value of entry 0's text"].encode()
    assert sha(salt, value).hex() == said["commit"]["text"]
    text = f"huiyin commitment {said['nonce']} text".encode()
    assert hmac.digest(bytes(range(32)), text, "sha256") == salt


def test_the_tree_of_the_example() -> None:
    first, second, third = hashes("leaf hashes")
    [node], [root] = hashes("node over leaves 0 and 1"), hashes("root")
    assert [first, second, third] == [sha(b"\x00", leaf) for leaf in LEAVES]
    assert node == sha(b"\x01", first, second)
    assert root == sha(b"\x01", node, third)
    low, high = hashes("inclusion proof of leaf 1 in 3")
    assert sha(b"\x01", sha(b"\x01", low, second), high) == root
    [grown] = hashes("consistency proof from 2 to 3")
    assert sha(b"\x01", node, grown) == root


def test_the_bundle_of_the_example_begins_with_a_length() -> None:
    start = len(LEAVES[0]).to_bytes(2, "big") + LEAVES[0][:4]
    assert BLOCKS["start of the bundle"] == start.hex()


@pytest.mark.parametrize(
    ("who", "type_", "seed"), [("log", 1, LOG_SEED), ("witness", 4, WITNESS_SEED)]
)
def test_the_key_lines_of_the_example(who: str, type_: int, seed: str) -> None:
    name, key_id, typed = BLOCKS[f"key line of the {who}"].split("+", 2)
    raw = base64.b64decode(typed)
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    assert raw == bytes([type_]) + private.public_key().public_bytes_raw()
    assert key_id == sha(name.encode(), b"\n", raw)[:4].hex()


def test_the_checkpoint_of_the_example_is_signed_and_cosigned() -> None:
    body, _, lines = BLOCKS["checkpoint"].rpartition("\n\n")
    text = f"{body}\n"
    origin, size, root = body.split("\n")
    assert (int(size), [base64.b64decode(root)]) == (3, hashes("root"))
    keys = {}
    for who in ("log", "witness"):
        name, key_id, typed = BLOCKS[f"key line of the {who}"].split("+", 2)
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(typed)[1:])
        keys[name, bytes.fromhex(key_id)] = public
    signatures = []
    for line in lines.split("\n"):
        dash, name, value = line.split(" ")
        assert dash == "—"
        raw = base64.b64decode(value)
        signatures.append((name, keys[name, raw[:4]], raw[4:]))
    (log, log_key, signature), (_, witness_key, stamped) = signatures
    assert log == origin
    log_key.verify(signature, text.encode())
    seconds = int.from_bytes(stamped[:8], "big")
    assert seconds == SECONDS
    witness_key.verify(stamped[8:], f"cosignature/v1\ntime {seconds}\n{text}".encode())


def test_the_service_makes_the_same_example(monkeypatch: pytest.MonkeyPatch) -> None:
    for whole, leaf in zip(ENTRIES, LEAVES, strict=True):
        said = json.loads(whole)
        monkeypatch.setattr(actions.secrets, "token_hex", lambda _, n=said["nonce"]: n)
        values = {"text": BLOCKS["value of entry 0's text"].encode()} if said["commit"] else {}
        entry = actions.compose(
            actions.Draft(
                said["kind"],
                said["subject"],
                datetime.fromisoformat(said["time"]),
                said["post"],
                said["facts"],
                values,
                bytes(range(32)),
                name=PUBLIC_NAME if said["subject"].startswith("case:") else None,
            )
        )
        assert (entry.leaf, entry.shown or entry.leaf) == (whole, leaf)
    row = [tree.leaf_hash(leaf) for leaf in LEAVES]
    found = notes.Checkpoint("log.example/huiyin", 3, tree.root(row))
    log, witness = (
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        for seed in (LOG_SEED, WITNESS_SEED)
    )
    text = found.text()
    signatures = (
        notes.sign(text, found.origin, log),
        notes.cosign(text, "union.example/witness", witness, SECONDS),
    )
    note = str(notes.Note(text, signatures))
    assert note == BLOCKS["checkpoint"] + "\n"
    assert notes.open_checkpoint(note, notes.Verifier.parse(BLOCKS["key line of the log"])) == found
    outside = notes.Verifier.parse(BLOCKS["key line of the witness"])
    assert notes.cosigned_by(note, [outside]) == {"union.example/witness": SECONDS}
    assert tiles.bundle(LEAVES).hex().startswith(BLOCKS["start of the bundle"])
    tree.verify_inclusion(row[1], 1, 3, hashes("inclusion proof of leaf 1 in 3"), found.root)
    before = hashes("node over leaves 0 and 1")[0]
    tree.verify_consistency(2, 3, hashes("consistency proof from 2 to 3"), before, found.root)


def test_every_kind_is_on_the_page_with_its_facts_and_commitments() -> None:
    table = PAGE.partition("## Kinds\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", table, re.MULTILINE)
    said = {
        name: (zh, en, *(frozenset(re.findall(r"\w+", names)) for names in (facts, commits)))
        for name, zh, en, facts, commits in rows
    }
    assert len(rows) == len(said)
    assert said == {k.name: (k.zh, k.en, k.facts, k.commits) for k in KINDS.values()}


def test_an_entry_too_long_for_a_bundle_is_never_saved(now: datetime) -> None:
    draft = actions.Draft("units.changed", "unit:1", now, facts={"what": "x" * 65_536})
    with pytest.raises(ValueError, match="longer than"):
        actions.compose(draft)


def test_the_tile_paths_that_the_page_names() -> None:
    files = PAGE.partition("## Files\n")[2].partition("\n## ")[0]
    named = re.findall(r"`(tile/\d/[^`]+)`", files)
    assert named == [tiles.path(level, n, width) for level, n, width in tiles.widths(70_000)]
    assert f"`{tiles.number(1_234_067)}`" in files
