"""The receipt file: what stands in it. Pure.

Entries of the public log, where they stand, the proof of that, the salts of their commitments and
one signed checkpoint; no content and no name. docs/receipts.md gives each field.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from huiyin.kernel.ledger.leaves import canonical, published

VERSION = 1
FIELDS = {"v", "kind", "time", "post", "subject", "nonce", "facts", "commit"}


class ReceiptError(ValueError):
    """A receipt can't be read; the message says why."""


@dataclass(frozen=True)
class Held:
    """One entry of a receipt. `salts`: name of a commitment -> (salt, its lower-case hex digest).

    `name`: under which the log shows it, as of `leaves.published`; None where it shows all of it.

    `index` counts from 0 and is -1 while the entry waits for its place; then there is no proof.
    """

    leaf: bytes
    index: int = -1
    proof: tuple[bytes, ...] = ()
    salts: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)
    name: str | None = None

    @cached_property
    def published(self) -> bytes:
        """The leaf that should stand in the log; what is no entry stands there as it is."""
        try:
            return published(self.leaf, self.name)
        except ValueError:
            return self.leaf

    @property
    def said(self) -> dict[str, Any]:
        """What the entry says; raise ReceiptError when it is not a canonical entry."""
        try:
            found = json.loads(self.leaf)
            same = canonical(found) == self.leaf
        except (ValueError, RecursionError) as error:
            raise ReceiptError("no JSON") from error
        if not same:
            raise ReceiptError("not canonical")
        if not isinstance(found, dict) or set(found) != FIELDS or found["v"] != 1:
            raise ReceiptError("not of version 1")
        if not isinstance(found["commit"], dict) or not isinstance(found["kind"], str):
            raise ReceiptError("not of version 1")
        return found

    @property
    def at(self) -> datetime:
        """When it was written down; raise ReceiptError."""
        time = str(self.said["time"])
        try:
            found = datetime.strptime(time, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise ReceiptError("no time") from error
        if not 1970 <= found.year <= 9000:
            raise ReceiptError("no time")
        return found


@dataclass(frozen=True)
class Receipt:
    """A receipt as read: `key` is the log's verifier key, `checkpoint` the text of a signed note."""

    origin: str
    key: str
    subject: str
    checkpoint: str
    entries: tuple[Held, ...]
    waiting: tuple[Held, ...] = ()

    def dump(self) -> dict[str, Any]:
        """Return the receipt as JSON is made of."""
        return {
            "huiyin_receipt": VERSION,
            "origin": self.origin,
            "key": self.key,
            "subject": self.subject,
            "checkpoint": self.checkpoint,
            "entries": [
                {
                    "index": one.index,
                    "leaf": _base64(one.leaf),
                    **_name(one),
                    "proof": [_base64(hash_) for hash_ in one.proof],
                    "openings": {
                        name: {"salt": _base64(salt), "digest": digest}
                        for name, (salt, digest) in sorted(one.salts.items())
                    },
                }
                for one in self.entries
            ],
            "waiting": [{"leaf": _base64(one.leaf), **_name(one)} for one in self.waiting],
        }

    @classmethod
    def load(cls, given: Mapping[str, Any]) -> "Receipt":
        """Return the receipt of a parsed JSON object; raise ReceiptError."""
        try:
            if given["huiyin_receipt"] != VERSION:
                raise ReceiptError(f"version {given['huiyin_receipt']} is not known here")
            entries = tuple(_held(one) for one in _list(given["entries"]))
            waiting = tuple(
                Held(_bytes(one["leaf"]), name=_named(one)) for one in _list(given["waiting"])
            )
            words = [given[name] for name in ("origin", "key", "subject", "checkpoint")]
            origin, key, subject, checkpoint = words
        except (KeyError, TypeError, AttributeError) as error:
            raise ReceiptError("a field is missing or of another type") from error
        if not all(isinstance(word, str) for word in words):
            raise ReceiptError("a field is missing or of another type")
        return cls(origin, key, subject, checkpoint, entries, waiting)


def read_text(content: bytes) -> str:
    """Return the text of a file as editors save it: with a byte order mark, as UTF-16; UnicodeError.

    What is read is the same for every editor; the words themselves are not touched.
    """
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16")
    return content.decode("utf-8-sig")


def newer_version(given: Mapping[str, Any]) -> int | None:
    """Return the version of a receipt that is newer than this program, None for any other."""
    version = given.get("huiyin_receipt")
    return version if type(version) is int and version > VERSION else None


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ReceiptError("not base64") from error


def _list(given: object) -> list[Any]:
    if not isinstance(given, list):
        raise ReceiptError("a field is missing or of another type")
    return given


def _held(one: Mapping[str, Any]) -> Held:
    index = one["index"]
    if type(index) is not int or index < 0:
        raise ReceiptError("an index is not a number")
    salts = {
        str(name): (_bytes(opening["salt"]), str(opening["digest"]))
        for name, opening in one["openings"].items()
    }
    proof = tuple(_bytes(hash_) for hash_ in _list(one["proof"]))
    return Held(_bytes(one["leaf"]), index, proof, salts, _named(one))


def _name(one: Held) -> dict[str, str]:
    return {} if one.name is None else {"shown_as": one.name}


def _named(one: Mapping[str, Any]) -> str | None:
    name = one.get("shown_as")
    if name is not None and not isinstance(name, str):
        raise ReceiptError("a field is missing or of another type")
    return name
