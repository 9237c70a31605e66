"""The log's signing keys: files beside the other keys. All sign, so that a change breaks nothing.

log.key is the one in use, log-1.key, log-2.key … those before it. A checkpoint is signed by each
that is there; whoever holds the public half of any of them can check it. To end a key, take its
file away; `replace` ends all of them, and leaves them as log-N.key.ended.
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from huiyin.kernel.durable import sync_directory
from huiyin.kernel.ledger.notes import Signature, Verifier, sign


class LogKeyError(RuntimeError):
    """The log's key is missing or can't be read; the message names the file."""


def key_path() -> Path:
    """Return where the private key lies: one line of 64 hexadecimal digits."""
    found: Path = settings.HUIYIN_KEYS / "log.key"
    return found


def ensure() -> None:
    """Make the key at first set-up; two processes that start at once agree on one."""
    if key_path().exists():
        return
    settings.HUIYIN_KEYS.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _drafted()
    try:
        os.link(draft, key_path())
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def rotate() -> None:
    """Sign with a new key from now on, and with those before it; raise LogKeyError.

    Killed in the middle it leaves the key in use as it was.
    """
    private()
    last = max((_number(path) for path in [*_before(), *_ended()]), default=0)
    os.link(key_path(), key_path().with_name(f"log-{last + 1}.key"))
    _drafted().replace(key_path())
    sync_directory(settings.HUIYIN_KEYS)


def replace() -> None:
    """Sign with a new key alone from now on: after a loss or a theft of those before it.

    They are set aside, not destroyed: log-N.key.ended. Killed in the middle it leaves a key that was
    in use, or none, and can be called again.
    """
    last = max((_number(path) for path in [*_before(), *_ended()]), default=0)
    for path in _before():
        path.rename(path.with_name(f"{path.name}.ended"))
    if key_path().exists():
        os.link(key_path(), key_path().with_name(f"log-{last + 1}.key.ended"))
    _drafted().replace(key_path())
    sync_directory(settings.HUIYIN_KEYS)


def _ended() -> list[Path]:
    return list(settings.HUIYIN_KEYS.glob("log-*.key.ended"))


def _number(path: Path) -> int:
    digits = path.name.removeprefix("log-").partition(".")[0]
    return int(digits) if digits.isdecimal() else 0


def _drafted() -> Path:
    draft = key_path().with_name(f"log.key.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return draft


def _before() -> list[Path]:
    found = [path for path in settings.HUIYIN_KEYS.glob("log-*.key") if path.stem[4:].isdecimal()]
    return sorted(found, key=lambda path: int(path.stem[4:]), reverse=True)


@lru_cache(maxsize=16)
def _read(path: Path, changed: int) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip()))
    except ValueError as error:
        raise LogKeyError(f"{path} is damaged: restore it from the backup of the keys") from error


def private() -> Ed25519PrivateKey:
    """Return the private key; raise LogKeyError."""
    path = key_path()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise LogKeyError(
            f"{path} is missing: restore it from the backup of the keys; docs/keys.md says what to "
            "do where there is none"
        ) from error


def origin() -> str:
    """Return the log's name, as its checkpoints begin."""
    return str(settings.HUIYIN_LOG_ORIGIN)


def verifier() -> Verifier:
    """Return the public key by which everybody checks the log's checkpoints."""
    return Verifier(origin(), private().public_key().public_bytes_raw())


def _every() -> dict[Verifier, Ed25519PrivateKey]:
    """Return the keys that sign, the one in use first; raise LogKeyError."""
    keys = [private(), *(_read(path, path.stat().st_mtime_ns) for path in _before())]
    return {Verifier(origin(), key.public_key().public_bytes_raw()): key for key in keys}


def verifiers() -> list[Verifier]:
    """Return the public keys of the log, the one in use first; raise LogKeyError."""
    return list(_every())


def signatures(text: str) -> tuple[Signature, ...]:
    """Sign a checkpoint's text with every key; raise LogKeyError."""
    return tuple(sign(text, origin(), key) for key in _every().values())
