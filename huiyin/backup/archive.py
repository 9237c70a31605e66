"""The format of a backup: a tar whose last member, manifest.json, has the SHA-256 of all others.

    database.sqlite3 or database.dump   the database (the latter of pg_dump, custom format)
    files/<2 hex>/<62 hex>              each attachment, sealed, named by its digest
    log/checkpoint, log/tile/…          the public log: what was signed when the copy was made
    keys/…                              only where asked for
    manifest.json                       format, what it is, when, the digests

An archive without its last member was interrupted. Pure: no Django.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from huiyin.kernel.durable import sync_directory

MANIFEST = "manifest.json"
FORMAT = 1
BLOCK = 1 << 20
ALLOWED = re.compile(
    r"database\.(sqlite3|dump)|files/[0-9a-f]{2}/[0-9a-f]{62}|"
    r"log/checkpoint|log/tile/(entries|[0-9]{1,2})/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?|"
    r"keys(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+"
)
Tick = Callable[[int], None]


class BadArchive(ValueError):
    """The file is no whole, undamaged backup; the message says what is wrong with it."""


class Stopped(Exception):
    """Somebody asked to stop; nothing of what was begun is kept."""


@dataclass
class Counted:
    """A stream that hashes what is read of it and says how much that was."""

    stream: IO[bytes]
    tick: Tick
    digest: Any = field(default_factory=hashlib.sha256)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self.stream.read(size)
        self.digest.update(data)
        self.tick(len(data))
        return data


class Writer:
    """An archive under construction; `add` and `close` in this order."""

    def __init__(self, stream: IO[bytes], tick: Tick) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._tick = tick
        self.members: dict[str, dict[str, object]] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file under a name that ALLOWED knows; raise FileNotFoundError if it has gone."""
        if not ALLOWED.fullmatch(name):
            raise ValueError(name)
        with path.open("rb") as file:
            info = tarfile.TarInfo(name)
            info.size = os.fstat(file.fileno()).st_size
            info.mode = 0o600
            counted = Counted(file, self._tick)
            self._tar.addfile(info, counted)
        self.members[name] = {"size": info.size, "sha256": counted.digest.hexdigest()}

    def close(self, about: dict[str, object]) -> None:
        """Add the manifest: from here on the archive is whole."""
        content = {"format": FORMAT, **about, "members": self.members}
        data = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(data), 0o600
        self._tar.addfile(info, io.BytesIO(data))
        self._tar.close()


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a stream that becomes `path`, readable by its owner only, when all went well.

    The file appears whole and synced, or not at all. Raise FileExistsError when it is there.
    """
    if path.exists():
        raise FileExistsError(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_directory(path.parent)


def unpack(path: Path, into: Path, tick: Tick) -> dict[str, Any]:
    """Write all members below the empty directory `into` and return the manifest.

    Every digest is checked, and that nothing is missing or over; raise BadArchive.
    """
    found: dict[str, dict[str, object]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path, mode="r|") as tar:
            for member in tar:
                if manifest is not None:
                    raise BadArchive(f"{path}: something follows the manifest")
                stream = tar.extractfile(member)
                if stream is None:
                    raise BadArchive(f"{path}: {member.name!r} is no file")
                if member.name == MANIFEST:
                    manifest = json.loads(stream.read())
                    continue
                if not ALLOWED.fullmatch(member.name) or ".." in member.name:
                    raise BadArchive(f"{path}: {member.name!r} does not belong here")
                found[member.name] = _extract(stream, into / member.name, tick)
    except (tarfile.TarError, EOFError, ValueError) as error:
        if isinstance(error, BadArchive):
            raise
        raise BadArchive(f"{path} is damaged or no backup: {error}") from error
    if manifest is None:
        raise BadArchive(f"{path} is not whole: its manifest is missing (was it interrupted?)")
    _compare(path, manifest, found)
    return manifest


def _extract(stream: IO[bytes], target: Path, tick: Tick) -> dict[str, object]:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    counted = Counted(stream, tick)
    size = 0
    with os.fdopen(descriptor, "wb") as file:
        while data := counted.read(BLOCK):
            file.write(data)
            size += len(data)
        file.flush()
        os.fsync(file.fileno())
    return {"size": size, "sha256": counted.digest.hexdigest()}


def _compare(path: Path, manifest: dict[str, Any], found: dict[str, dict[str, object]]) -> None:
    if manifest.get("format") != FORMAT:
        raise BadArchive(f"{path} has the format {manifest.get('format')!r}; this reads {FORMAT}")
    listed = manifest.get("members")
    if not isinstance(listed, dict) or set(listed) != set(found):
        raise BadArchive(f"{path}: members and manifest differ")
    for name, given in found.items():
        if listed[name] != given:
            raise BadArchive(f"{path}: {name} is damaged")
        if name.startswith("files/") and name[6:].replace("/", "") != given["sha256"]:
            raise BadArchive(f"{path}: {name} does not have the digest that it is named by")
