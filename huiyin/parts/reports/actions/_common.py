"""What every action on reports does: refuse bad input by name, and keep private things out."""

from collections.abc import Mapping
from typing import Any

import rfc8785

from huiyin.kernel.given import BadInput, clean
from huiyin.parts.reports.private import Found, caught


class Private(BadInput):
    """Something in the text stands for a person; `found` says what and where.

    Numbers have to go; names may stay once the sender has said that they are of nobody who complains.
    """

    def __init__(self, found: list[Found]) -> None:
        super().__init__(found[0].field, found[0].kind)
        self.found = found


def keep_private(fields: Mapping[str, Any], *, sure: bool) -> None:
    """Raise Private for a number that stands for a person, and for a name unless `sure`."""
    found = caught(fields)
    if bad := [one for one in found if one.refused or not sure]:
        raise Private(sorted(bad, key=lambda one: not one.refused))


def need(field: str, text: str, *, most: int = 4_000) -> str:
    """Return the text without control characters; raise BadInput when empty or too long."""
    found = clean(text)
    if not found:
        raise BadInput(field, "missing")
    if len(found) > most:
        raise BadInput(field, "too_long")
    return found


def packed(value: Mapping[str, Any]) -> bytes:
    """Return the bytes that the ledger commits to: canonical JSON (RFC 8785)."""
    return bytes(rfc8785.dumps(dict(value)))
