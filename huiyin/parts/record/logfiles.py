"""Reads a log from its public files alone and recomputes everything that they claim: pure.

The checkpoint must be signed by the log's key; the entry bundles must hash to the tiles, the tiles
to each other, and all of it to the root that was signed.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from huiyin.kernel.ledger.notes import Checkpoint, NoteError, Verifier, open_checkpoint
from huiyin.kernel.ledger.tiles import HEIGHT, WIDTH, Read, TileError, path, unbundle
from huiyin.kernel.ledger.tree import EMPTY, Frontier

# Leaves and nodes as in tree.py, from a copy of a hash that has had its first byte: a tenth faster
# than a new hash over the byte and a copy of the leaf.
LEAF, NODE = hashlib.sha256(b"\x00").copy, hashlib.sha256(b"\x01").copy
Report = Callable[[str, int | None, str], None]  # what, entry, detail


@dataclass
class Walk:
    """A log being read; `roots` are those at the sizes asked for, once `bundles` is exhausted."""

    read: Read
    checkpoint: Checkpoint
    report: Report
    sizes: Sequence[int] = ()
    roots: dict[int, bytes] = field(default_factory=dict)

    def bundles(self) -> Iterator[tuple[int, list[bytes]]]:
        """Yield (number of the first entry, entries) of each bundle, then check tiles and root.

        A bundle that is missing or can't be read is reported and its entries are left out.
        """
        size, whole = self.checkpoint.size, True
        rows: list[list[bytes]] = [[]]  # hashes of the unfinished tile of each tile level
        asked = sorted(set(self.sizes))
        if 0 in asked:
            self.roots[0] = EMPTY
        for first in range(0, size, WIDTH):
            width = min(WIDTH, size - first)
            name = path("entries", first // WIDTH, width)
            entries = self._bundle(name, first, width)
            if entries is None:
                whole = False
                entries = []
            hashes = _leaves(entries)
            if whole:
                for at in asked:
                    if first < at <= first + width:
                        self.roots[at] = _root(at, [hashes[: at - first], *rows[1:]])
                rows[0] = hashes
                if width == WIDTH:
                    self._fill(0, first // WIDTH, rows)
            else:
                self._tile(0, first // WIDTH, hashes)
            yield first, entries
        if not whole:
            return
        for level, row in enumerate(rows):
            self._tile(level, (size >> HEIGHT * level) // WIDTH, row)
        if _root(size, rows) != self.checkpoint.root:
            self.report("root", None, "the entries do not lead to the root that was signed")

    def _fill(self, level: int, n: int, rows: list[list[bytes]]) -> None:
        """Check a full tile, and add its root to the tile above, which may then be full too."""
        self._tile(level, n, rows[level])
        if level + 1 == len(rows):
            rows.append([])
        rows[level + 1].append(_over(rows[level]))
        rows[level] = []
        if len(rows[level + 1]) == WIDTH:
            self._fill(level + 1, n // WIDTH, rows)

    def _bundle(self, name: str, first: int, width: int) -> list[bytes] | None:
        try:
            entries = unbundle(self.read(name))
        except (OSError, TileError) as error:
            self.report("bundle", first, f"{name}: {error}")
            return None
        if len(entries) != width:
            self.report("bundle", first, f"{name} holds {len(entries)} entries, not {width}")
            return None
        return entries

    def _tile(self, level: int, n: int, row: list[bytes]) -> None:
        name, first = path(level, n, len(row)), n * WIDTH << HEIGHT * level
        if not row:
            return
        try:
            held = self.read(name)
        except OSError as error:
            self.report("tile", first, f"{name}: {error}")
            return
        if held == b"".join(row):
            return
        if len(held) != 32 * len(row):
            self.report("tile", first, f"{name} holds {len(held)} bytes, not {32 * len(row)}")
            return
        for at, one in enumerate(row):
            if held[32 * at : 32 * at + 32] != one:
                self.report("tile", first + (at << HEIGHT * level), f"{name} differs at {at}")


def _leaves(entries: list[bytes]) -> list[bytes]:
    """Return the hash of each leaf."""
    hashes = []
    for one in entries:
        begun = LEAF()
        begun.update(one)
        hashes.append(begun.digest())
    return hashes


def _over(row: list[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(row) > 1:
        pairs, row = iter(row), []
        for one, two in zip(pairs, pairs, strict=True):
            begun = NODE()
            begun.update(one + two)
            row.append(begun.digest())
    return row[0]


def _root(size: int, rows: Sequence[list[bytes]]) -> bytes:
    """Return the root of a tree out of the unfinished tile of each of its levels."""
    edge: list[bytes] = []
    for row in reversed(rows):
        part = Frontier()
        for one in row:
            part.append(one)
        edge += part.hashes
    return Frontier(size, edge).root()


def signed(note: bytes, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint of a note; raise NoteError for any that the log's key did not sign."""
    try:
        return open_checkpoint(note.decode(), verifier)
    except UnicodeDecodeError as error:
        raise NoteError("a checkpoint is text in UTF-8") from error
