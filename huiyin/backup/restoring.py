"""Bringing a backup into an empty service: checked whole before anything is put in its place."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from huiyin.backup import archive, database
from huiyin.backup.archive import BadArchive, Stopped
from huiyin.kernel.durable import sync_directory
from huiyin.kernel.ledger import publishing
from huiyin.kernel.ledger.models import Log
from huiyin.kernel.ledger.notes import Checkpoint, Note
from huiyin.kernel.vault import belonging, keyring

Tick = Callable[[int], None]


class NotEmpty(RuntimeError):
    """There is something here that a restore would overwrite; the message says what."""


@dataclass
class Restored:
    """What came back. `keys_fit` is None when there are no keys or no letters to try them on."""

    manifest: dict[str, Any]
    files: int = 0
    keys: bool = False
    keys_fit: bool | None = None


def restore(path: Path, *, keys: Path | None, tick: Tick, stop: Callable[[], bool]) -> Restored:
    """Check the backup (and that of the keys, if given), then put all in its place.

    The database comes last and at once: a restore that is interrupted can be begun again. Raise
    NotEmpty, BadArchive, Stopped, database.NoTool or OSError with the database still empty.
    """

    def asked(size: int) -> None:
        if stop():
            raise Stopped
        tick(size)

    if not database.is_empty():
        raise NotEmpty(f"{connection.settings_dict['NAME']} is not empty: restore goes elsewhere")
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=database.home()) as draft:
        data, ring = Path(draft) / "data", Path(draft) / "ring"
        manifest = archive.unpack(path, data, asked)
        if manifest["what"] == "keys":
            raise BadArchive(f"{path} holds keys only; give it with --keys, beside a backup")
        if manifest["database"] != database.member():
            raise BadArchive(
                f"{path} is of another kind of database ({manifest['database']}): restore it on "
                "that one"
            )
        if keys is not None and archive.unpack(keys, ring, asked)["what"] == "data":
            raise BadArchive(f"{keys} holds no keys")
        with_keys = next((one for one in (ring, data) if (one / "keys").is_dir()), None)
        if with_keys is not None:
            _check_ring(with_keys / "keys")
        _check_fits(manifest, with_keys / "keys" if with_keys else Path(settings.HUIYIN_KEYS))
        restored = Restored(manifest)
        restored.files = _put_files(data / "files")
        if with_keys is not None:
            _put_keys(with_keys / "keys")
            restored.keys = True
        _put_log(data / "log")
        database.put_back(data / manifest["database"], stop)
    restored.keys_fit = _fits()
    return restored


def _check_ring(source: Path) -> None:
    here = Path(settings.HUIYIN_KEYS) / "ring" / "ring.json"
    given = source / "ring" / "ring.json"
    if here.exists() and given.exists() and here.read_bytes() != given.read_bytes():
        raise NotEmpty(f"other keys are in {here.parent}: move them to a safe place first")


def _check_fits(manifest: dict[str, Any], keys: Path) -> None:
    """Raise BadArchive for keys that are not those that the backup was written with."""
    if not keyring.exists(keys):
        return
    expected = {(name, version): mark for name, version, mark in manifest.get("ring", [])}
    try:
        belonging.compare(expected, keyring.load(keys), keys)
    except keyring.KeyringError as error:
        raise BadArchive(str(error)) from error


def _put_files(source: Path) -> int:
    root = Path(settings.HUIYIN_FILES)
    count = 0
    for path in sorted(source.rglob("*")):
        if path.is_file():
            target = root / path.relative_to(source)
            _move(path, target)
            count += 1
    return count


def publish_again() -> None:
    """Let the sequencer publish what was signed after the copy of the checkpoint: byte for byte the
    same. Call once the database is of the installed version.
    """
    note = (publishing.current() or b"").decode()
    size = Checkpoint.parse(Note.parse(note).text).size if note else 0
    Log.objects.filter(published__gt=size).update(published=size)


def _put_log(source: Path) -> None:
    """Put the public log in place, its checkpoint last."""
    note = source / publishing.CHECKPOINT
    if not note.exists():
        return
    root = Path(settings.HUIYIN_LOG)
    if (root / publishing.CHECKPOINT).exists():
        raise NotEmpty(f"another log is in {root}: move it to a safe place first")
    for path in sorted((source / "tile").rglob("*")):
        if path.is_file():
            _move(path, root / path.relative_to(source))
    _move(note, root / publishing.CHECKPOINT)


def _put_keys(source: Path) -> None:
    root = Path(settings.HUIYIN_KEYS)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted(source.rglob("*")):
        if path.is_file():
            _move(path, root / path.relative_to(source))
    for folder in (root, *(one for one in root.rglob("*") if one.is_dir())):
        folder.chmod(0o700)
        sync_directory(folder)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        source.replace(target)
    except OSError:  # another file system
        draft = target.with_name(target.name + ".part")
        shutil.copy2(source, draft)
        draft.replace(target)
    sync_directory(target.parent)


def _fits() -> bool | None:
    """Return whether the keys here open the newest letter of the restored database."""
    from huiyin.kernel.vault import envelope, keyring, keys
    from huiyin.parts.cases import sealing
    from huiyin.parts.cases.models import Case

    if not keyring.exists(settings.HUIYIN_KEYS):
        return None
    case = Case.objects.filter(text_key__isnull=False).order_by("-id").first()
    if case is None:
        return None
    try:
        keys.ring()
        sealing.title(case)
    except (keyring.KeyringError, envelope.SealBroken, KeyError):
        return False
    return True
