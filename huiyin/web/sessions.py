"""Sessions in the database, of no use to whoever reads the database (Django's SESSION_ENGINE).

A row is found by a hash of the cookie's key, keyed with `SECRET_KEY`, and its data are sealed under a key
derived from that: neither the cookie nor what the session holds can be had from a copy of the table.
"""

import base64
import binascii
import hmac
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core import signing
from django.utils import timezone

from huiyin.kernel.vault import envelope

_CONTEXT = b"huiyin session"
_LONGEST = 40  # characters of Django's column: 160 bits of the hash


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return envelope.derive(secret.encode(), b"huiyin sessions")


def stored_key(session_key: str) -> str:
    """Return what stands in the database for a cookie's key."""
    key = _key(settings.SECRET_KEY)
    return hmac.digest(key, session_key.encode(), "sha256").hex()[:_LONGEST]


class SessionStore(db.SessionStore):
    """Django's store with a hashed key and sealed data; used by threads, never by asyncio."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        key = self.session_key
        if key is None:
            return None
        row = self.model.objects.filter(
            session_key=stored_key(key), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        """Return whether the key is taken."""
        return super().exists(stored_key(session_key))

    def create_model_instance(self, data: Any) -> AbstractBaseSession:
        """Return the row of the session as it is now."""
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session, this one if none is named."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(stored_key(key))

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the session's data, sealed."""
        data = signing.JSONSerializer().dumps(session_dict)
        return base64.b64encode(envelope.seal(_key(settings.SECRET_KEY), data, _CONTEXT)).decode()

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Return what was encoded; nothing where it was changed or its secret is another now."""
        try:
            sealed = base64.b64decode(session_data, validate=True)
            data = envelope.unseal(_key(settings.SECRET_KEY), sealed, _CONTEXT)
        except (binascii.Error, envelope.SealBroken):
            return {}  # signed out, as with Django's own store
        found: dict[str, Any] = signing.JSONSerializer().loads(data)
        return found
