"""The keys of the organisation, as files outside the database. See docs/keys.md.

KEYS/ring/ring.json       what a serving process holds: text keys, pepper, public identity keys
KEYS/ring/identity-1.key  the private identity key, version 1; `load` never reads it
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from huiyin.kernel.durable import sync_directory
from huiyin.kernel.vault.envelope import KEY_BYTES, new_key

_SINGLE = ("pepper", "search_key", "files_key")
_VERSIONED = ("text_keys", "identity_public")


class KeyringError(RuntimeError):
    """The keys are missing, damaged, or readable by others; the message says which file."""


@dataclass(frozen=True)
class Keyring:
    """The keys that a serving process holds. Each mapping goes from version (from 1) to key.

    `text_keys` wrap the data keys of letters; `identity_public` seals identities, and can't open
    them; `pepper` keys the hashes of receipt secrets; `search_key` keys what is derived for search;
    `files_key` keys what is derived for attachments. All are 32 bytes.
    """

    text_keys: Mapping[int, bytes] = field(repr=False)
    identity_public: Mapping[int, X25519PublicKey]
    pepper: bytes = field(repr=False)
    search_key: bytes = field(repr=False)
    files_key: bytes = field(repr=False)

    @property
    def text_version(self) -> int:
        """The newest text key, the one that new letters use."""
        return max(self.text_keys)

    @property
    def identity_version(self) -> int:
        """The newest identity key, the one that new identities are sealed to."""
        return max(self.identity_public)


def exists(directory: Path) -> bool:
    """Return whether the ring is there (whole or damaged)."""
    return _ring(directory).exists()


def changed_at(directory: Path) -> int:
    """Return when the ring last changed, in nanoseconds; 0 where there is none."""
    try:
        return _ring(directory).joinpath("ring.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def create(directory: Path) -> None:
    """Make all keys unless they exist. Atomic: after a crash there is a whole ring or none.

    Call it only for a database that holds nothing yet. Raise KeyringError for a damaged ring.
    """
    if exists(directory):
        load(directory)
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=directory))  # mkdtemp gives 0700
    try:
        private = X25519PrivateKey.generate()
        _write(draft / "identity-1.key", private.private_bytes_raw().hex() + "\n")
        content: dict[str, Any] = {name: new_key().hex() for name in _SINGLE}
        content["text_keys"] = {"1": new_key().hex()}
        content["identity_public"] = {"1": private.public_key().public_bytes_raw().hex()}
        _write(draft / "ring.json", _dump(content))
        sync_directory(draft)
        try:
            draft.rename(_ring(directory))
        except OSError as error:
            if not exists(directory):
                raise KeyringError(f"cannot create {_ring(directory)}: {error.strerror}") from error
            load(directory)  # another process was first; its ring counts
        sync_directory(directory)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load(directory: Path) -> Keyring:
    """Return the keys of a serving process; raise KeyringError. Reads no private identity key."""
    content = _content(directory)
    return Keyring(
        text_keys={int(v): bytes.fromhex(k) for v, k in content["text_keys"].items()},
        identity_public={
            int(v): X25519PublicKey.from_public_bytes(bytes.fromhex(k))
            for v, k in content["identity_public"].items()
        },
        **{name: bytes.fromhex(content[name]) for name in _SINGLE},
    )


def rotate(directory: Path) -> None:
    """Add a new version of the text key and of the identity key; older ones stay for reading."""
    with _locked(directory):
        content = _content(directory)
        ring = _ring(directory)
        taken = [int(version) for version in content["identity_public"]]
        taken += [int(path.stem.removeprefix("identity-")) for path in ring.glob("identity-*.key")]
        version = max(taken) + 1
        private = X25519PrivateKey.generate()
        _write(identity_path(directory, version), private.private_bytes_raw().hex() + "\n")
        content["identity_public"][str(version)] = private.public_key().public_bytes_raw().hex()
        content["text_keys"][str(max(map(int, content["text_keys"])) + 1)] = new_key().hex()
        draft = ring / f"ring.json.{secrets.token_hex(4)}"
        _write(draft, _dump(content))
        draft.replace(ring / "ring.json")
        sync_directory(ring)


def identity_path(directory: Path, version: int) -> Path:
    """Return where the private identity key of this version lies."""
    return _ring(directory) / f"identity-{version}.key"


def identity_private(directory: Path, version: int) -> X25519PrivateKey:
    """Return the private identity key; raise KeyringError. Only the opener's process calls this."""
    return read_private(identity_path(directory, version))


def read_private(path: Path) -> X25519PrivateKey:
    """Return the private identity key in this file; raise KeyringError."""
    text = _read(path).strip()
    try:
        return X25519PrivateKey.from_private_bytes(bytes.fromhex(text))
    except ValueError as error:
        raise KeyringError(f"{path} is damaged: restore it from the backup of the keys") from error


def _ring(directory: Path) -> Path:
    return directory / "ring"


def _check_sum(content: Mapping[str, Any]) -> str:
    body = {name: content[name] for name in (*_SINGLE, *_VERSIONED)}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _dump(content: Mapping[str, Any]) -> str:
    whole = {"format": 1, **content, "check": _check_sum(content)}
    return json.dumps(whole, indent=1, sort_keys=True) + "\n"


def _content(directory: Path) -> dict[str, Any]:
    path = _ring(directory) / "ring.json"
    try:
        content: dict[str, Any] = json.loads(_read(path))
        whole = content["format"] == 1 and content["check"] == _check_sum(content)
        keys = [content[name] for name in _SINGLE]
        for name in _VERSIONED:
            keys += [content[name][str(version)] for version in map(int, content[name])]
            whole = whole and bool(content[name])
        whole = whole and all(len(bytes.fromhex(key)) == KEY_BYTES for key in keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyringError(f"{path} is damaged: restore it from the backup of the keys") from error
    if not whole:
        raise KeyringError(f"{path} is damaged: restore it from the backup of the keys")
    return content


def _read(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if mode & 0o077:
            raise KeyringError(f"{path} is open to others (mode {mode & 0o777:04o}): chmod 600")
        return path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise KeyringError(f"{path} is missing: restore it from the backup of the keys") from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyringError(f"{path} cannot be read: {error}") from error


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    try:
        descriptor = os.open(_ring(directory), os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise KeyringError(f"{_ring(directory)} is missing: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
