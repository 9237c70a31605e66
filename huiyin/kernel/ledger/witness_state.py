"""What a witness remembers, in one directory: its key, and a file for each log.

    witness.key     its name and its private key (64 hexadecimal digits), mode 0600
    logs/HASH.json  a log's keys and the newest checkpoint that was cosigned
    .lock           held while a process uses the directory

A file is on disk before its content is acted on. No Django, no database.
"""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huiyin.kernel.durable import sync_directory
from huiyin.kernel.ledger.notes import (
    COSIGNATURE,
    Checkpoint,
    Signature,
    Verifier,
    cosign,
)


class StateError(RuntimeError):
    """The directory is in use, or something in it is missing or damaged; the message names it."""


@dataclass(frozen=True)
class Known:
    """A log: its keys (several while it changes them), and what was last cosigned."""

    keys: tuple[Verifier, ...] = ()
    seen: Checkpoint | None = None


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Hold the directory; raise StateError when another process does."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (directory / ".lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StateError(f"another process uses {directory}") from error
        yield


def make_key(directory: Path, name: str) -> Verifier:
    """Make the witness's key; raise StateError when there is one, NoteError for a bad name."""
    path, private = directory / "witness.key", Ed25519PrivateKey.generate()
    made = Verifier(name, private.public_key().public_bytes_raw(), COSIGNATURE)
    if path.exists():
        raise StateError(f"{path} exists: a witness keeps its key")
    _write(path, f"{name}\n{private.private_bytes_raw().hex()}\n")
    return made


def verifier(directory: Path) -> Verifier:
    """Return the key by which others check this witness's cosignatures; raise StateError."""
    name, private = _key(directory)
    return Verifier(name, private.public_key().public_bytes_raw(), COSIGNATURE)


def sign(directory: Path, found: Checkpoint, seconds: int) -> Signature:
    """Cosign a checkpoint that has been kept; raise StateError."""
    name, private = _key(directory)
    return cosign(found.text(), name, private, seconds)


def known(directory: Path, origin: str) -> Known:
    """Return what is known of a log: no keys for a strange one; raise StateError."""
    path = _path(directory, origin)
    try:
        given = json.loads(path.read_text("utf-8"))
        keys = tuple(Verifier.parse(line) for line in given["keys"])
        seen = Checkpoint.parse(given["seen"]) if given["seen"] else None
    except FileNotFoundError:
        return Known()
    except (ValueError, KeyError, TypeError) as error:
        raise StateError(f"{path} is damaged: never begin anew under the same key") from error
    if any(key.name != origin for key in keys) or (seen and seen.origin != origin):
        raise StateError(f"{path} is of another log")
    return Known(keys, seen)


def keep(directory: Path, origin: str, what: Known) -> None:
    """Put what is known of a log on disk, all of it or nothing."""
    said = {
        "origin": origin,
        "keys": [str(key) for key in what.keys],
        "seen": what.seen.text() if what.seen else None,
    }
    _write(_path(directory, origin), json.dumps(said, ensure_ascii=False, indent=1) + "\n")


def add_log(directory: Path, key: Verifier) -> None:
    """Know a log, or one more key of a known one; what was cosigned stays remembered."""
    found = known(directory, key.name)
    if key not in found.keys:
        keep(directory, key.name, Known((*found.keys, key), found.seen))


def drop_key(directory: Path, key: Verifier) -> None:
    """Know a log by its other keys; what was cosigned stays remembered.

    Raises StateError for a key that is not known, or the only one: with none it would be forgotten.
    """
    found = known(directory, key.name)
    kept = tuple(one for one in found.keys if one != key)
    if kept == found.keys:
        raise StateError(f"this key of {key.name} is not known")
    if not kept:
        raise StateError(f"this is the only key of {key.name}: add the new one first")
    keep(directory, key.name, Known(kept, found.seen))


def _key(directory: Path) -> tuple[str, Ed25519PrivateKey]:
    path = directory / "witness.key"
    try:
        name, digits = path.read_text("utf-8").split()
        return name, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(digits))
    except FileNotFoundError as error:
        raise StateError(f"{path} is missing: make it with huiyin witness key") from error
    except ValueError as error:
        raise StateError(f"{path} is damaged") from error


def _path(directory: Path, origin: str) -> Path:
    return directory / "logs" / f"{hashlib.sha256(origin.encode()).hexdigest()}.json"


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    for directory in (path.parent, path.parent.parent):
        sync_directory(directory)
