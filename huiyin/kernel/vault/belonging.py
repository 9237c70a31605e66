"""Whether the keys and the folder here belong to this database: asked at start and in each round."""

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from huiyin.kernel.durable import sync_directory
from huiyin.kernel.vault import keyring
from huiyin.kernel.vault.models import Home, RingKey

Fingerprints = Mapping[tuple[str, int], str]


class WrongHome(RuntimeError):
    """The folder is not, or no longer, the one of this database; the message names it."""


def fingerprints(ring: keyring.Keyring) -> Fingerprints:
    """Return a one-way mark of each key, by name and version."""

    def each() -> Iterator[tuple[str, int, bytes]]:
        for name in ("pepper", "search_key", "files_key"):
            yield name, 0, getattr(ring, name)
        for version, key in ring.text_keys.items():
            yield "text", version, key
        for version, public in ring.identity_public.items():
            yield "identity", version, public.public_bytes_raw()

    return {
        (name, version): hmac.digest(key, f"huiyin key {name}".encode(), hashlib.sha256).hex()[:32]
        for name, version, key in each()
    }


def known() -> Fingerprints:
    """Return the marks of the keys that this database was written with."""
    rows = RingKey.objects.values_list("name", "version", "fingerprint")
    return {(name, version): fingerprint for name, version, fingerprint in rows}


def compare(expected: Fingerprints, ring: keyring.Keyring, where: Path) -> None:
    """Raise KeyringError unless the ring holds every key that is expected."""
    here = fingerprints(ring)
    for (name, version), fingerprint in sorted(expected.items()):
        if here.get((name, version)) == fingerprint:
            continue
        which = f"{name} {version}" if version else name
        what = "is missing in" if (name, version) not in here else "is another one in"
        raise keyring.KeyringError(
            f"{where} holds the keys of another database, or an older copy: the key {which} {what}"
            " it. Restore the right ring from the backup of the keys; with this one no letter"
            " could be opened"
        )


@transaction.atomic
def check_ring() -> None:
    """Raise KeyringError for a ring that is not this database's; remember keys that are new in it."""
    ring = keyring.load(settings.HUIYIN_KEYS)
    expected = known()
    compare(expected, ring, settings.HUIYIN_KEYS)
    for (name, version), fingerprint in fingerprints(ring).items():
        if (name, version) not in expected:
            RingKey.objects.get_or_create(
                name=name, version=version, defaults={"fingerprint": fingerprint}
            )


def _file() -> Path:
    path: Path = settings.VAR / "service-id"
    return path


def ensure_home(*, adopt: bool = False) -> None:
    """Mark the folder as this database's; `adopt` one that was marked for another.

    Raise WrongHome where the folder bears another mark.
    """
    row = Home.objects.first() or Home.objects.create(mark=str(uuid4()))
    if _file().exists() and not adopt:
        check_home()
        return
    draft = _file().with_name(f".service-id.{os.getpid()}")
    with draft.open("w", encoding="ascii") as stream:
        stream.write(row.mark + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.chmod(0o600)
    draft.replace(_file())
    sync_directory(settings.VAR)


def check_home() -> None:
    """Raise WrongHome unless the folder bears this database's mark."""
    row = Home.objects.first()
    if row is None:
        raise WrongHome("this database is not marked yet: run huiyin update")
    try:
        mark = _file().read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise WrongHome(
            f"{_file()} is missing: {settings.VAR} is not, or no longer, the folder of this service."
            " Put it back or set HUIYIN_VAR; a further machine's folder is made by huiyin update"
        ) from error
    if mark != row.mark:
        raise WrongHome(f"{settings.VAR} is the folder of another service: set HUIYIN_VAR")
