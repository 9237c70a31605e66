"""The C2SP tlog-tiles layout: pure. A tile holds up to 256 hashes of one level, eight levels apart.

Paths: tile/<L>/<N>[.p/<W>] for hashes, tile/entries/<N>[.p/<W>] for entries; N in groups of three
digits, all but the last with an x before them (1234067 is x001/x234/067).
"""

import re
from collections.abc import Callable, Iterator, Sequence

from huiyin.kernel.ledger.tree import node_hash

WIDTH, HEIGHT = 256, 8
DEPTH = 63  # the highest level that a path may name
Read = Callable[[str], bytes]  # path -> content
GRAMMAR = re.compile(
    r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?"
)


class TileError(ValueError):
    """A tile is missing, too short, or not what its path says."""


def number(n: int) -> str:
    """Return N in groups of three digits."""
    groups = [f"{n % 1000:03}"]
    while n >= 1000:
        n //= 1000
        groups.append(f"x{n % 1000:03}")
    return "/".join(reversed(groups))


def path(level: int | str, n: int, width: int = WIDTH) -> str:
    """Return the path of a tile; `level` is a number, or "entries"."""
    return f"tile/{level}/{number(n)}" + (f".p/{width}" if width < WIDTH else "")


def parse(given: str) -> tuple[int | str, int, int]:
    """Return (level or "entries", number, width) of a tile's path; raise TileError.

    There is one path for each tile: another spelling of it, a level above 63, or a width outside 1
    to 255 is refused.
    """
    if (found := GRAMMAR.fullmatch(given)) is None:
        raise TileError("not the path of a tile")
    level = found[1] if found[1] == "entries" else int(found[1])
    n, width = int(re.sub("[x/]", "", found[2])), int(found[3] or WIDTH)
    if path(level, n, width) != given or width < 1 or (level != "entries" and int(level) > DEPTH):
        raise TileError("not the path of a tile")
    return level, n, width


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield (level, tile, width) of the last tile of each level of a tree; width 0 is left out."""
    level, count = 0, size
    while count:
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH
        else:
            yield level, count // WIDTH - 1, WIDTH
        level, count = level + 1, count // WIDTH


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return an entry bundle: each entry behind its length in two bytes, big-endian."""
    if any(len(one) > 0xFFFF for one in entries):
        raise TileError("an entry is longer than 65,535 bytes")
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


def unbundle(given: bytes) -> list[bytes]:
    """Return the entries of a bundle; raise TileError."""
    found, at, size = [], 0, len(given)
    while at + 2 <= size:
        end = at + 2 + (given[at] << 8 | given[at + 1])
        found.append(given[at + 2 : end])
        at = end
    if at != size:
        raise TileError("an entry bundle ends in the middle of an entry")
    return found


class Tiles:
    """Reads hashes of subtrees out of tiles, for the proofs of a tree of `size` leaves."""

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self._read = read
        self._kept: dict[tuple[int, int], bytes] = {}

    def _tile(self, level: int, n: int) -> bytes:
        if (level, n) not in self._kept:
            count = self.size >> HEIGHT * level
            width = min(WIDTH, count - n * WIDTH)
            content = self._read(path(level, n, width))
            if len(content) != 32 * width:
                raise TileError(f"{path(level, n, width)} holds {len(content)} bytes")
            self._kept[level, n] = content
        return self._kept[level, n]

    def subtree(self, level: int, index: int) -> bytes:
        """Return the hash over the 2**level leaves from index * 2**level on; raise TileError."""
        if index < 0 or (index + 1) << level > self.size:
            raise TileError(f"no subtree {index} of level {level} in a tree of {self.size}")
        tile_level, above = divmod(level, HEIGHT)
        first = index << above
        content = self._tile(tile_level, first // WIDTH)
        at = first % WIDTH
        row = [content[32 * n : 32 * n + 32] for n in range(at, at + (1 << above))]
        while len(row) > 1:
            row = [node_hash(row[n], row[n + 1]) for n in range(0, len(row), 2)]
        return row[0]
