"""A receipt against the log of today: what it is compared with, and what was done to the log. Pure.

`read` gives a file of the log by its path (tiles, bundles); OSError says that it is not there.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from huiyin.kernel.ledger import tiles, tree
from huiyin.kernel.ledger.findings import Finding, State, say
from huiyin.kernel.ledger.notes import Checkpoint, Verifier, chosen
from huiyin.kernel.ledger.receipt_file import Held, Receipt, ReceiptError
from huiyin.kernel.ledger.receipts import CHINA, opened, shown
from huiyin.kernel.ledger.tiles import HEIGHT, WIDTH, Read, TileError, path


@dataclass(frozen=True)
class Today:
    """What the log of today shows: the proof that it continues the receipt's, and what is found.

    `consistency` is None where there is no such proof; then `findings` says why.
    """

    consistency: tuple[bytes, ...] | None
    findings: tuple[Finding, ...]


class _Damaged(Exception):
    """A file of the log is missing, or not what the checkpoint commits to."""


class _Log:
    """The log of today under one checkpoint; remembers which tiles it used."""

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self.tiles = tiles.Tiles(size, self._read)
        self._from = read
        self._used: dict[str, bytes] = {}
        self._bundles: dict[int, list[bytes]] = {}

    def _read(self, name: str) -> bytes:
        try:
            self._used[name] = self._from(name)
        except OSError as error:
            raise _Damaged(name) from error
        return self._used[name]

    def subtree(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree; raise _Damaged."""
        try:
            return self.tiles.subtree(level, index)
        except TileError as error:
            raise _Damaged(next(reversed(self._used), "tile")) from error

    def leaf(self, index: int) -> bytes:
        """Return the entry at a place; raise _Damaged when its bundle and tile differ anywhere."""
        n = index // WIDTH
        if n not in self._bundles:
            width = min(WIDTH, self.size - n * WIDTH)
            name = path("entries", n, width)
            try:
                found = tiles.unbundle(self._read(name))
            except TileError as error:
                raise _Damaged(name) from error
            row = [self.subtree(0, at) for at in range(n * WIDTH, n * WIDTH + width)]
            if [tree.leaf_hash(one) for one in found] != row:
                raise _Damaged(name)
            self._bundles[n] = found
        return self._bundles[n][index % WIDTH]

    def check(self, index: int, root: bytes) -> None:
        """Raise _Damaged, naming the tile, unless the tiles above a leaf lead to the root."""
        level, n = 0, index // WIDTH
        while (n + 1) * WIDTH <= self.size >> HEIGHT * level:
            name = path(level, n)
            row = self._read(name)
            if len(row) != 32 * WIDTH:
                raise _Damaged(name)
            hashes = [row[at : at + 32] for at in range(0, len(row), 32)]
            if tree.root(hashes) != self.subtree(HEIGHT * (level + 1), n):
                raise _Damaged(f"{name} / {self._above(level, n)}")
            level, n = level + 1, n // WIDTH
        if tree.span(0, self.size, self.subtree) != root:
            edge = [path(*last) for last in tiles.widths(self.size) if last[2] < WIDTH]
            raise _Damaged(" / ".join(edge))

    def _above(self, level: int, n: int) -> str:
        count = self.size >> HEIGHT * (level + 1)
        return path(level + 1, n // WIDTH, min(WIDTH, count - n // WIDTH * WIDTH))


def against(
    receipt: Mapping[str, Any],
    note: str,
    key: Verifier,
    read: Read,
    *,
    then_key: Verifier | None = None,
    zone: tzinfo = CHINA,
) -> Today:
    """Compare a receipt with the log that shows the checkpoint `note`, signed by `key`.

    `then_key`: the one that signed the receipt's checkpoint, where it is another.

    Whatever was done to an entry of the receipt is named. What can't be read, or is signed by
    somebody else, is for `receipts.verify` to name.
    """
    try:
        held = Receipt.load(receipt)
    except ReceiptError:
        return Today(None, ())
    now, _failed = opened(note, key)
    then, _failed = opened(held.checkpoint, then_key or key)
    if now is None or then is None:
        return Today(None, ())
    log = _Log(now.size, read)
    try:
        for index in {min(one.index, now.size - 1) for one in held.entries} if now.size else ():
            log.check(index, now.root)
        proof: tuple[bytes, ...] | None = None
        if 0 < then.size <= now.size:
            proof = tuple(tree.consistency_proof(then.size, now.size, log.subtree))
        if now.size < then.size:
            return Today(None, _shorter(held, then, now, read))
        return Today(proof, tuple(_compared(held.entries, log, zone)))
    except _Damaged as damage:
        return Today(None, (say("tile", State.FAILED, path=str(damage)),))


def kept_note(
    receipt: Mapping[str, Any],
    note: str,
    live: str,
    keys: Sequence[Verifier],
    read: Read,
) -> Today:
    """Compare a receipt with a checkpoint that somebody kept, by the files of the log that is `live`.

    It may be older or newer than the receipt: the proof is between the two, and the log shows the
    widths of its present size alone. What the log holds of the entries, `against` says.
    """
    try:
        held = Receipt.load(receipt)
    except ReceiptError:
        return Today(None, ())
    sizes = []
    for text in (held.checkpoint, note, live):
        key = chosen(keys, text)
        signed = opened(text, key)[0] if key else None
        if signed is None or signed.size == 0:
            return Today(None, ())
        sizes.append(signed.size)
    then, now, whole = sizes
    if max(then, now) > whole:
        return Today(None, ())  # the log was cut, or the note is of another one
    try:
        log = _Log(whole, read)
        return Today(tuple(tree.consistency_proof(min(then, now), max(then, now), log.subtree)), ())
    except _Damaged as damage:
        return Today(None, (say("tile", State.FAILED, path=str(damage)),))


def _shorter(held: Receipt, then: Checkpoint, now: Checkpoint, read: Read) -> tuple[Finding, ...]:
    """Tell a log that was cut from an old checkpoint before the whole log."""
    whole = _Log(then.size, read)
    try:
        for one in held.entries:
            whole.check(one.index, then.root)
    except _Damaged:
        return (say("truncated", State.FAILED, size=now.size, had=then.size),)
    return ()  # all is there: the checkpoint is an old one, as `verify` says


def _compared(entries: Sequence[Held], log: _Log, zone: tzinfo) -> list[Finding]:
    """Say of each entry of the receipt whether it stands, and what became of it if not."""
    found = []
    for one in entries:
        if one.index >= log.size:
            continue
        there = log.leaf(one.index)
        if there == one.published:
            found.append(say("stands", State.NOTE, index=one.index))
            continue
        found.append(_became(one, there, entries, log, zone))
    return found


def _became(one: Held, there: bytes, entries: Sequence[Held], log: _Log, zone: tzinfo) -> Finding:
    mine, theirs = _fields(one.published), _fields(there)
    if _same(mine, theirs):
        changed = sorted(name for name in mine if mine[name] != theirs.get(name))
        if changed == ["time"]:
            return _time_moved(one, there, zone)
        return say("edited", State.FAILED, index=one.index, what=", ".join(changed))
    first = max(0, (one.index // WIDTH - 1) * WIDTH)
    places = {held.index for held in entries if held.index < log.size}
    places |= set(range(first, min(log.size, first + 3 * WIDTH)))
    for place in sorted(places):
        if place != one.index and log.leaf(place) == one.published:
            if any(held.index == place and held.published == there for held in entries):
                return say("swapped", State.FAILED, index=one.index, other=place)
            return say("moved", State.FAILED, index=one.index, other=place)
    return say("deleted", State.FAILED, index=one.index)


def _time_moved(one: Held, there: bytes, zone: tzinfo) -> Finding:
    try:
        zh, en = shown(one.at, zone)
        now_zh, now_en = shown(Held(there).at, zone)
    except ReceiptError:
        return say("edited", State.FAILED, index=one.index, what="time")
    return say("time_moved", State.FAILED, {"at": en, "now": now_en}, index=one.index, at=zh, now=now_zh)  # fmt: skip


def _same(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether both stand for one entry, told by its random number or, where sealed, its hash."""
    return any(name in mine and mine[name] == theirs.get(name) for name in ("nonce", "entry"))


def _fields(leaf: bytes) -> dict[str, Any]:
    try:
        found = json.loads(leaf)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
