"""The keys of this service: `settings.HUIYIN_KEYS`, read once for each change."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from huiyin.kernel.ledger import signing
from huiyin.kernel.ledger.models import Entry, Log
from huiyin.kernel.vault import keyring


@lru_cache(maxsize=2)
def _load(directory: Path, changed: int) -> keyring.Keyring:
    return keyring.load(directory)


def ring() -> keyring.Keyring:
    """Return the keys; raise KeyringError. A rotation reaches running processes at the next use."""
    return _load(settings.HUIYIN_KEYS, keyring.changed_at(settings.HUIYIN_KEYS))


def ensure() -> None:
    """Make the keys at first set-up; raise KeyringError where data exist but their keys don't."""
    if not keyring.exists(settings.HUIYIN_KEYS) and Entry.objects.exists():
        raise keyring.KeyringError(
            f"the database holds letters, but {settings.HUIYIN_KEYS} holds no keys: "
            "restore the keys from their backup; new ones would open nothing"
        )
    keyring.create(settings.HUIYIN_KEYS)
    if not Log.objects.filter(published__gt=0).exists():  # else it was lost, and that is to be seen
        signing.ensure()
