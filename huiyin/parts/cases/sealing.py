"""The letter's text key: what a person wrote is readable only with it and the organisation's key."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from huiyin.kernel.vault import envelope
from huiyin.kernel.vault.keys import ring
from huiyin.parts.cases.models import Case, Step

log = logging.getLogger("huiyin.sealing")
UNREADABLE = "〔无法读取〕"
ERASED = "〔已销毁〕"


class Erased(ValueError):
    """The letter's key is destroyed; nothing of its text can be read any more."""


def new_text_key(case: Case) -> bytes:
    """Give the unsaved letter a text key; return it."""
    key = envelope.new_key()
    keys = ring()
    case.key_version = keys.text_version
    case.text_key = envelope.wrap(keys.text_keys[case.key_version], key, case.ref.encode())
    return key


def text_key(case: Case) -> bytes:
    """Return the letter's text key; raise Erased after its destruction."""
    if case.text_key is None:
        raise Erased(case.locator)
    return envelope.unwrap(
        ring().text_keys[case.key_version], bytes(case.text_key), case.ref.encode()
    )


def seal_title(case: Case, title: str, key: bytes) -> bytes:
    """Return the sealed subject line."""
    return envelope.seal(key, title.encode(), f"{case.ref}/title".encode())


def title(case: Case, key: bytes | None = None) -> str:
    """Return the subject line; `key` is the letter's text key, where it is open already."""
    if case.text_key is None:
        return ERASED
    return envelope.unseal(
        key or text_key(case), bytes(case.title), f"{case.ref}/title".encode()
    ).decode()


def listed_title(case: Case) -> str:
    """Return the subject line for a list; of a letter that can't be read, a mark that says so."""
    try:
        return title(case)
    except (envelope.SealBroken, KeyError, UnicodeDecodeError):
        log.exception("the title of letter %s can't be read", case.locator)
        return UNREADABLE


def pack(body: Mapping[str, Any]) -> bytes:
    """Return the bytes of a step's body: what is sealed, and what the ledger commits to."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def seal(case: Case, name: str, packed: bytes, key: bytes | None = None) -> bytes:
    """Seal bytes for the letter under the context `name`."""
    return envelope.seal(key or text_key(case), packed, f"{case.ref}/{name}".encode())


def unseal(case: Case, name: str, sealed: bytes | memoryview, key: bytes | None = None) -> bytes:
    """Open what `seal` returned."""
    return envelope.unseal(key or text_key(case), bytes(sealed), f"{case.ref}/{name}".encode())


def body(case: Case, step: Step, key: bytes | None = None) -> dict[str, Any]:
    """Return what a step says; after erasure only that it was erased."""
    if step.body is None:
        return {}
    if case.text_key is None:
        return {"text": ERASED}
    found: dict[str, Any] = json.loads(unseal(case, str(step.number), bytes(step.body), key))
    return found
