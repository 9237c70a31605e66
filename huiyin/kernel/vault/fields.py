"""Text that a person wrote, in a column that only the organisation's keys open.

What is stored: the version of the text key (2 bytes), then the text sealed under a key that is derived from
it for this one column; the column's name is authenticated, so that a text moved to another column no
longer opens. Nothing can be looked up by it but whether it is there: an empty text is stored as no
bytes. Lengths show, up to PAD bytes.
"""

import json
import logging
from functools import lru_cache
from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression

from huiyin.kernel.rows import Prepared
from huiyin.kernel.vault import envelope
from huiyin.kernel.vault.keys import ring

PAD = 32  # bytes: short texts are of one length
UNREADABLE = "〔无法打开〕"
_VERSION_BYTES = 2
log = logging.getLogger(__name__)


@lru_cache(maxsize=512)
def _key(text_key: bytes, purpose: str) -> bytes:
    return envelope.derive(text_key, f"huiyin column {purpose}".encode())


def seal_bytes(data: bytes, purpose: str) -> bytes:
    """Return the bytes sealed under the newest text key for a purpose, such as a column's name."""
    keys = ring()
    version = keys.text_version
    padded = data + b"\x80" + bytes(-(len(data) + 1) % PAD)  # ISO/IEC 7816-4: a mark, then zeros
    sealed = envelope.seal(_key(keys.text_keys[version], purpose), padded, purpose.encode())
    return version.to_bytes(_VERSION_BYTES, "big") + sealed


def unseal_bytes(stored: bytes | memoryview, purpose: str) -> bytes:
    """Return what `seal_bytes` was given; raise SealBroken."""
    if not isinstance(stored, bytes | memoryview):
        raise envelope.SealBroken("not a sealed value")
    data = bytes(stored)
    version = int.from_bytes(data[:_VERSION_BYTES], "big")
    text_key = ring().text_keys.get(version)
    if text_key is None:
        raise envelope.SealBroken(
            f"sealed under version {version} of the text key, which is not here"
        )
    padded = envelope.unseal(_key(text_key, purpose), data[_VERSION_BYTES:], purpose.encode())
    return padded[: padded.rindex(b"\x80")]


def seal_text(text: str, purpose: str) -> bytes:
    """Return a text sealed; see `seal_bytes`."""
    return seal_bytes(text.encode("utf-8", "surrogatepass"), purpose)


def unseal_text(stored: bytes | memoryview, purpose: str) -> str:
    """Return what `seal_text` was given; raise SealBroken."""
    return unseal_bytes(stored, purpose).decode("utf-8", "surrogatepass")


class Unreadable(str):
    """What is read where a sealed text was changed, or its key is lost: it is never written back, and an
    audit finds that it is not what was committed to."""

    __slots__ = ()


class UnreadableMapping(dict[str, Any]):
    """The same for a mapping: nothing of it can be read."""


class UnreadableBytes(bytes):
    """The same for bytes."""


class Sealed(Prepared, models.Field):  # type: ignore[type-arg]
    """A field whose value is sealed on its way into the database and opened on its way out."""

    def get_internal_type(self) -> str:
        return "BinaryField"

    @property
    def purpose(self) -> str:
        """What the field's key is for."""
        return f"{self.model._meta.db_table}.{self.column}"

    def _write(self, value: Any) -> bytes:
        raise NotImplementedError

    def _read(self, data: bytes) -> Any:
        raise NotImplementedError

    def _unreadable(self) -> Any:
        return Unreadable(UNREADABLE)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        """Seal a value; what is empty is written as no bytes."""
        if value is None or isinstance(value, Expression):
            return value
        if isinstance(value, Unreadable | UnreadableMapping | UnreadableBytes):
            raise envelope.SealBroken(f"{self.purpose} can't be read, so it is not written again")
        data = self._write(value) if value else b""
        if data:
            data = seal_bytes(data, self.purpose)
        return connection.Database.Binary(data)  # type: ignore[attr-defined]

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return self.get_db_prep_value(value, connection)

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> Any:
        if value is None:
            return None
        try:
            return self._read(unseal_bytes(value, self.purpose) if value else b"")
        except envelope.SealBroken:
            log.exception("%s holds what its key does not open", self.purpose)
            return self._unreadable()

    def get_lookup(self, lookup_name: str) -> Any:
        """Return the lookup of emptiness alone: sealed text can't be compared."""
        if lookup_name not in {"isnull", "exact"}:
            raise TypeError(f"{self.purpose} is sealed: there is no {lookup_name} of it")
        return super().get_lookup(lookup_name)

    def get_prep_value(self, value: Any) -> Any:
        return value

    def lookup_value(self, value: Any) -> bytes:
        """Return what stands in the column for an empty value, the only one it is compared with."""
        if value not in ("", None, {}, b""):
            raise TypeError(f"{self.purpose} is sealed: it can only be compared with nothing")
        return b""


@Sealed.register_lookup
class _Empty(models.lookups.Exact):
    def get_prep_lookup(self) -> Any:
        return self.lhs.output_field.lookup_value(self.rhs)


class SealedTextField(Sealed, models.TextField):  # type: ignore[type-arg]
    """Text, sealed. `max_length` is held by forms and `full_clean`, in characters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def _write(self, value: Any) -> bytes:
        return str(value).encode("utf-8", "surrogatepass")

    def _read(self, data: bytes) -> str:
        return data.decode("utf-8", "surrogatepass")


class SealedJSONField(Sealed):
    """A mapping or list, sealed as JSON."""

    empty_strings_allowed = False

    def _write(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def _read(self, data: bytes) -> Any:
        return json.loads(data) if data else {}

    def _unreadable(self) -> Any:
        return UnreadableMapping()


class SealedBytesField(Sealed):
    """Bytes, a key say: with the key of a commitment's salt a short text could be guessed from the log."""

    empty_strings_allowed = False

    def _write(self, value: Any) -> bytes:
        return bytes(value)

    def _read(self, data: bytes) -> bytes:
        return data

    def _unreadable(self) -> Any:
        return UnreadableBytes()
