"""The log's files: tiles and checkpoint, each written whole, on disk before it is named.

They are made from the database, so what is missing or torn after a kill is made again, the same.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db.models.functions import Coalesce

from huiyin.kernel.durable import sync_directory
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.ledger.notes import Checkpoint, Note, NoteError, Signature
from huiyin.kernel.ledger.tiles import (
    HEIGHT,
    WIDTH,
    TileError,
    bundle,
    parse,
    path,
    unbundle,
    widths,
)
from huiyin.kernel.ledger.tree import node_hash

CHECKPOINT = "checkpoint"
LEAF = Coalesce("shown", "leaf")
KEPT = 3600.0  # seconds for which partial tiles stay beside the full one


def read(name: str) -> bytes:
    """Return a file of the log; raise FileNotFoundError.

    A partial tile that was deleted once the full one was there is the beginning of that one.
    """
    try:
        return _read(name)
    except FileNotFoundError:
        try:
            level, n, width = parse(name)
        except TileError:
            level, n, width = 0, 0, WIDTH
        if width == WIDTH:
            raise
        full = _read(path(level, n))
        return bundle(unbundle(full)[:width]) if level == "entries" else full[: 32 * width]


def _read(name: str) -> bytes:
    with open(f"{settings.HUIYIN_LOG}/{name}", "rb", buffering=0) as stream:
        return stream.read()


def write(name: str, content: bytes) -> None:
    """Put a file in place in one step; whoever reads sees the old one or the new one."""
    target: Path = settings.HUIYIN_LOG / name
    _make(target.parent)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(target)
    sync_directory(target.parent)


def _make(directory: Path) -> None:
    """Make a directory and those above it, each on the disk before what is put into it."""
    if not directory.is_dir():
        _make(directory.parent)
        directory.mkdir(exist_ok=True)
        sync_directory(directory.parent)


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


def size_of(content: bytes) -> int:
    """Return the size in a checkpoint; raise NoteError for what is none."""
    try:
        return Checkpoint.parse(Note.parse(content.decode()).text).size
    except UnicodeDecodeError as error:
        raise NoteError("a checkpoint is text in UTF-8") from error


def announce(note: Note) -> bool:
    """Put out a new checkpoint; False when a larger one is out: a slow sequencer comes too late."""
    content = str(note).encode()
    with _held():
        if (before := current()) and size_of(before) > size_of(content):
            return False
        write(CHECKPOINT, content)
    return True


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
    return [_over(_full(level, n)) for n in range(begin - width, begin)]


def _full(level: int, n: int) -> list[bytes]:
    """Return the hashes of a full tile; one that is gone or torn is made again from the database."""
    try:
        row = _split(_read(path(level, n)))
    except FileNotFoundError:
        row = []
    if len(row) == WIDTH and len(row[-1]) == 32:
        return row
    if level:
        row = [_over(_full(level - 1, below)) for below in range(n * WIDTH, (n + 1) * WIDTH)]
    else:
        row, leaves = _entries(n * WIDTH, (n + 1) * WIDTH)
        write(path("entries", n), bundle(leaves))
    write(path(level, n), b"".join(row))
    return row


def _entries(first: int, end: int) -> tuple[list[bytes], list[bytes]]:
    entries = Entry.objects.filter(seq__gte=first, seq__lt=end).order_by("seq")
    rows = list(entries.values_list("digest", LEAF))
    return [bytes(digest) for digest, _ in rows], [bytes(leaf) for _, leaf in rows]


def mend(size: int) -> int:
    """Make missing or torn tiles and bundles of a published tree of `size` again; return how many.

    They come out of the database, byte for byte the same.
    """
    made = 0
    for n in range(size // WIDTH):
        if not _is_whole(path("entries", n)):
            write(path("entries", n), bundle(_entries(n * WIDTH, (n + 1) * WIDTH)[1]))
            made += 1
    level, count = 0, size
    while count:
        for n in range(count // WIDTH):
            if not _is_whole(path(level, n), 32 * WIDTH):
                _full(level, n)
                made += 1
        level, count = level + 1, count // WIDTH
    if not all(_is_whole(name) for name in _edge(size)):
        extend(size - size % WIDTH, size)
        made += 1
    return made


def _edge(size: int) -> list[str]:
    """Return the unfinished tiles, and the unfinished bundle, of a tree of `size`."""
    partial = [(level, n, width) for level, n, width in widths(size) if width < WIDTH]
    names = [path(*each) for each in partial]
    return names + [path("entries", n, width) for level, n, width in partial if level == 0]


def _is_whole(name: str, length: int | None = None) -> bool:
    try:
        held = (settings.HUIYIN_LOG / name).stat().st_size
    except FileNotFoundError:
        return False
    return held == length if length is not None else held > 0


def prune(older_than: float = KEPT) -> int:
    """Delete partial tiles whose full tile has been there for a while; return how many.

    C2SP tlog-tiles lets a log do so; `read` still gives them, as the beginning of the full tile.
    """
    limit, count = time.time() - older_than, 0
    for folder in list((settings.HUIYIN_LOG / "tile").rglob("*.p")):
        full = folder.with_name(folder.name.removesuffix(".p"))
        with suppress(FileNotFoundError):
            if full.stat().st_mtime > limit or not full.stat().st_size:
                continue
            for partial in list(folder.iterdir()):
                partial.unlink()
                count += 1
            folder.rmdir()
    return count


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
    for leaf, digest in entries.values_list(LEAF, "digest").iterator(chunk_size=4096):
        hashes.append(bytes(digest))
        leaves.append(bytes(leaf))
        if len(leaves) == WIDTH:
            write(path("entries", (first + len(hashes)) // WIDTH - 1), bundle(leaves))
            leaves = []
    if leaves:
        write(path("entries", size // WIDTH, len(leaves)), bundle(leaves))
    return hashes
