"""The log's files: tiles and checkpoint, each written whole, on disk before it is named.

They are made from the database, so what is missing or torn after a kill is made again, the same.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.ledger.notes import Note, Signature
from huiyin.kernel.ledger.tiles import HEIGHT, WIDTH, bundle, path
from huiyin.kernel.ledger.tree import node_hash

CHECKPOINT = "checkpoint"


def read(name: str) -> bytes:
    """Return a file of the log; raise FileNotFoundError."""
    with open(f"{settings.HUIYIN_LOG}/{name}", "rb", buffering=0) as stream:
        return stream.read()


def write(name: str, content: bytes) -> None:
    """Put a file in place in one step; whoever reads sees the old one or the new one."""
    target: Path = settings.HUIYIN_LOG / name
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(target)


def current() -> bytes | None:
    """Return the checkpoint that is out, None before the first."""
    try:
        return read(CHECKPOINT)
    except FileNotFoundError:
        return None


@contextmanager
def _held() -> Iterator[None]:
    """Hold the checkpoint's file: an older one with cosignatures never replaces a newer one."""
    settings.HUIYIN_LOG.mkdir(parents=True, exist_ok=True)
    with (settings.HUIYIN_LOG / ".checkpoint.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def announce(note: Note) -> None:
    """Put out a new checkpoint."""
    with _held():
        write(CHECKPOINT, str(note).encode())


def countersign(text: str, line: Signature) -> bool:
    """Put a cosignature under the checkpoint of this text; False when a newer one is out."""
    with _held():
        note = Note.parse((current() or b"").decode())
        if note.text != text:
            return False
        whose = (line.name, line.key_id)
        others = [one for one in note.signatures if (one.name, one.key_id) != whose]
        write(CHECKPOINT, str(Note(text, (*others, line))).encode())
    return True


def extend(published: int, size: int) -> None:
    """Write the tiles and bundles that a tree of `size` has beyond one of `published`."""
    fresh = _level_0(published, size)
    level, old, new = 0, published, size
    while new:
        begin = old // WIDTH
        hashes = fresh  # of this level, from index begin * WIDTH on
        for n in range(begin, -(-new // WIDTH)):
            row = hashes[(n - begin) * WIDTH : (n - begin + 1) * WIDTH]
            write(path(level, n, len(row)), b"".join(row))
        full = new // WIDTH
        fresh = _roots(level, begin, full, hashes)
        level, old, new = level + 1, old >> HEIGHT, full


def _roots(level: int, begin: int, full: int, hashes: list[bytes]) -> list[bytes]:
    """Return the roots of the full tiles of a level, from the start of the tile above on.

    Those before tile `begin` are in the unfinished tile above; `hashes` are of this level, from the
    start of tile `begin` on.
    """
    found = _kept(level, begin)
    for n in range(full - begin):
        found.append(_over(hashes[n * WIDTH : (n + 1) * WIDTH]))
    return found


def _kept(level: int, begin: int) -> list[bytes]:
    """Return what the unfinished tile above holds of the tiles before `begin`."""
    width = begin % WIDTH
    if not width:
        return []
    try:
        row = _split(read(path(level + 1, begin // WIDTH, width)))
    except FileNotFoundError:
        row = []
    if len(row) == width:
        return row
    return [_over(_split(read(path(level, n)))) for n in range(begin - width, begin)]


def _split(content: bytes) -> list[bytes]:
    return [content[at : at + 32] for at in range(0, len(content), 32)]


def _over(row: list[bytes]) -> bytes:
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _level_0(published: int, size: int) -> list[bytes]:
    """Write the entry bundles; return the leaf hashes from the last unfinished tile on."""
    first = published // WIDTH * WIDTH
    entries = Entry.objects.filter(seq__gte=first, seq__lt=size).order_by("seq")
    hashes: list[bytes] = []
    leaves: list[bytes] = []
    for leaf, digest in entries.values_list("leaf", "digest").iterator(chunk_size=4096):
        hashes.append(bytes(digest))
        leaves.append(bytes(leaf))
        if len(leaves) == WIDTH:
            write(path("entries", (first + len(hashes)) // WIDTH - 1), bundle(leaves))
            leaves = []
    if leaves:
        write(path("entries", size // WIDTH, len(leaves)), bundle(leaves))
    return hashes
