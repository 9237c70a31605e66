"""Encrypted blobs on disk, named by the SHA-256 of what lies there.

A digest that was returned is on disk: the file is written aside, synced, renamed, and the
directory synced. A crash leaves at most a file in `.incoming`, which nothing refers to.
"""

import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from huiyin.kernel.durable import sync_directory
from huiyin.kernel.vault import envelope

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DIGEST = re.compile(r"[0-9a-f]{64}")


class StorageFull(OSError):
    """The disk that holds the attachments has no room. Nothing was kept."""


class BlobDamaged(Exception):
    """The bytes on disk are not those that were written, or not under this key and context."""


class BlobMissing(Exception):
    """No such blob: never written, or removed."""


def put(data: bytes, key: bytes, context: bytes) -> str:
    """Seal `data` under the 32-byte `key`, bound to `context`; return the blob's digest (hex).

    Raises StorageFull.
    """
    return write(envelope.seal(key, data, context))


def get(digest: str, key: bytes, context: bytes) -> bytes:
    """The data that `put` sealed. Raises BlobMissing, BlobDamaged."""
    try:
        return envelope.unseal(key, load(digest), context)
    except envelope.SealBroken as error:
        raise BlobDamaged(digest) from error


def write(ciphertext: bytes) -> str:
    """Make `ciphertext` durable under its digest; writing it twice is the same as once."""
    digest = hashlib.sha256(ciphertext).hexdigest()
    path = _path(digest)
    if path.exists():
        return digest
    incoming = _root() / ".incoming"
    draft = incoming / secrets.token_hex(16)
    try:
        incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.parent.exists():
            path.parent.mkdir(exist_ok=True, mode=0o700)
            sync_directory(path.parent.parent)
        _write_synced(draft, ciphertext)
        draft.rename(path)
        sync_directory(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno in _FULL:
            raise StorageFull(error.errno, "no room left for attachments", str(_root())) from error
        raise
    return digest


def load(digest: str) -> bytes:
    """The ciphertext named `digest`, checked against its name. Raises BlobMissing, BlobDamaged."""
    try:
        ciphertext = _path(digest).read_bytes()
    except FileNotFoundError as error:
        raise BlobMissing(digest) from error
    if hashlib.sha256(ciphertext).hexdigest() != digest:
        raise BlobDamaged(digest)
    return ciphertext


def remove(digest: str) -> None:
    """Delete the blob; deleting what is not there is no error."""
    path = _path(digest)
    path.unlink(missing_ok=True)
    if path.parent.exists():
        sync_directory(path.parent)


def digests(*, older_than: float, clock: float | None = None) -> Iterator[str]:
    """Digests of blobs written more than `older_than` seconds ago, by the file system's clock."""
    limit = (time.time() if clock is None else clock) - older_than
    for folder in _root().glob("[0-9a-f][0-9a-f]"):
        if not folder.is_dir():
            continue
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # another worker was first
                if path.stat().st_mtime < limit and _DIGEST.fullmatch(folder.name + path.name):
                    yield folder.name + path.name


def _root() -> Path:
    return Path(settings.HUIYIN_FILES)


def _path(digest: str) -> Path:
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a digest")
    return _root() / digest[:2] / digest[2:]


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
