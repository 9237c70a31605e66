"""What every action on reports does: refuse bad input by name, and keep private things out."""

from collections.abc import Mapping
from typing import Any

import rfc8785

from huiyin.kernel.given import BadInput, clean


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
