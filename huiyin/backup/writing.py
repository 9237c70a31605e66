"""Writing a backup while the service goes on."""

import importlib.metadata
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from huiyin.backup import database
from huiyin.backup.archive import Stopped, Writer, new_file
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.ledger import publishing
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.ledger.notes import Checkpoint, Note
from huiyin.kernel.ledger.tiles import WIDTH
from huiyin.kernel.ledger.tiles import path as tile_path
from huiyin.kernel.vault import belonging

Tick = Callable[[int], None]


@dataclass
class Written:
    """What a backup holds. `missing` counts attachments that the database names and the disk
    lacks: damage that was there before."""

    entries: int = 0
    files: int = 0
    size: int = 0
    missing: int = 0


def _blob(digest: str) -> Path:
    return Path(settings.HUIYIN_FILES) / digest[:2] / digest[2:]


def _named() -> list[str]:
    pairs = StoredFile.objects.filter(removed_at=None).values_list(
        "clean_digest", "original_digest"
    )
    return [digest for pair in pairs.iterator(chunk_size=2000) for digest in pair if digest]


def whole_size() -> int:
    """Return about how many bytes `write` will go through, for showing progress."""
    files = sum(_blob(one).stat().st_size for one in _named() if _blob(one).exists())
    return database.size() + files


def write(path: Path, *, with_keys: bool, tick: Tick, stop: Callable[[], bool]) -> Written:
    """Write everything to a new file; it appears whole or not at all.

    Raise FileExistsError, Stopped, database.NoTool, OSError (a full disk) with nothing kept.

    The database is copied first, then the attachments that it names: each was on disk before its
    row was. One that is erased between the two is not in the backup, as it should be.
    """
    written = Written()

    def asked(size: int) -> None:
        if stop():
            raise Stopped
        tick(size)

    with (
        new_file(path) as stream,
        tempfile.TemporaryDirectory(prefix=".backup-", dir=path.resolve().parent) as draft,
    ):
        copy, note = Path(draft) / "database", Path(draft) / "checkpoint"
        note.write_bytes(publishing.current() or b"")  # first: the database is never behind it
        database.copy_to(copy, stop)
        archive = Writer(stream, asked)
        archive.add(database.member(), copy)
        copy.unlink()
        written.entries = Entry.objects.count()
        for digest in dict.fromkeys(_named()):
            try:
                archive.add(f"files/{digest[:2]}/{digest[2:]}", _blob(digest))
                written.files += 1
            except FileNotFoundError:
                written.missing += _is_named(digest)
        _add_log(archive, note)
        if with_keys:
            add_keys(archive)
        archive.close(about("everything" if with_keys else "data"))
        written.size = stream.tell()
    return written


def _add_log(archive: Writer, note: Path) -> None:
    """Add the checkpoint and every tile of a tree of its size."""
    if not note.stat().st_size:
        return
    size = Checkpoint.parse(Note.parse(note.read_text("utf-8")).text).size
    archive.add(f"log/{publishing.CHECKPOINT}", note)
    levels: list[tuple[int | str, int]] = [("entries", size)]
    level, count = 0, size
    while count:
        levels.append((level, count))
        level, count = level + 1, count // WIDTH
    for kind, count in levels:
        for n in range(-(-count // WIDTH)):
            name = tile_path(kind, n, min(WIDTH, count - n * WIDTH))
            archive.add(f"log/{name}", Path(settings.HUIYIN_LOG) / name)


def _is_named(digest: str) -> bool:
    return StoredFile.objects.filter(
        Q(clean_digest=digest) | Q(original_digest=digest), removed_at=None
    ).exists()


def about(what: str) -> dict[str, object]:
    """Return what a manifest says besides the digests."""
    return {
        "what": what,
        "database": database.member(),
        "made_at": database.now_stamp(),
        "ring": [[*key, mark] for key, mark in sorted(belonging.known().items())],
        "version": importlib.metadata.version("huiyin"),
    }


def add_keys(archive: Writer) -> int:
    """Add every file of the keys; return how many. Raise ValueError for a name it doesn't know."""
    root = Path(settings.HUIYIN_KEYS)
    found = sorted(path for path in root.rglob("*") if path.is_file())
    for path in found:
        archive.add(f"keys/{path.relative_to(root).as_posix()}", path)
    return len(found)


def write_keys(path: Path) -> int:
    """Write the keys alone to a new file; return how many files they are."""
    with new_file(path) as stream:
        archive = Writer(stream, lambda size: None)
        count = add_keys(archive)
        archive.close(about("keys"))
    return count
