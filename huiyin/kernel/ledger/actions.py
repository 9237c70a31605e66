"""The only writer of the ledger. Call inside the transaction of the thing that happened."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from huiyin.kernel import rows
from huiyin.kernel.ledger import leaves, subjects
from huiyin.kernel.ledger.kinds import KINDS, WHO
from huiyin.kernel.ledger.leaves import canonical
from huiyin.kernel.ledger.models import Entry

Fact = str | int | bool | None
LONGEST = 0xFFFF  # bytes of a leaf: its length has two bytes in an entry bundle
LARGEST = 2**53 - 1  # beyond it RFC 8785 has no one way to write a whole number


@dataclass(frozen=True)
class Draft:
    """What an entry will say. `post` is the acting post's code, None for the writer or the clock.

    `name` is the subject's public name, as `subjects.names_of` would give it; None: it is asked for.
    """

    kind: str
    subject: str
    at: datetime
    post: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    commit: Mapping[str, bytes] = field(default_factory=dict)
    salt_key: bytes = b""
    name: str | None = None


def new_salt_key() -> bytes:
    """Return a fresh key for the salts of one row's commitments; it dies with the row."""
    return secrets.token_bytes(32)


def salt(salt_key: bytes, nonce: str, name: str) -> bytes:
    """Return the 32-byte salt of one commitment; it dies with `salt_key`."""
    return hmac.digest(salt_key, f"huiyin commitment {nonce} {name}".encode(), "sha256")


def commitment(salt_value: bytes, value: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of salt and value."""
    return hashlib.sha256(salt_value + value).hexdigest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the RFC 6962 leaf hash: SHA-256 of 0x00 and the leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def compose(draft: Draft) -> Entry:
    """Return the unsaved entry, published under the public name in the draft: `leaves.published`.

    Raise ValueError for a name that the kind does not allow, and for an entry too long to be
    published, which would hold up every later one.
    """
    kind = KINDS[draft.kind]
    if unknown := (set(draft.facts) - kind.facts) | (set(draft.commit) - kind.commits - {WHO}):
        raise ValueError(f"{draft.kind} does not hold {sorted(unknown)}")
    if draft.commit and not draft.salt_key:
        raise ValueError("a commitment needs a salt key")
    for fact in draft.facts.values():
        if not isinstance(fact, str | int | None) or (
            isinstance(fact, int) and abs(fact) > LARGEST
        ):
            raise ValueError(f"{draft.kind} holds a fact that has no canonical form")
    nonce = secrets.token_hex(16)
    at = draft.at.astimezone(UTC)
    leaf = canonical(
        {
            "v": 1,
            "kind": draft.kind,
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "post": draft.post,
            "subject": draft.subject,
            "nonce": nonce,
            "facts": dict(draft.facts),
            "commit": {
                name: commitment(salt(draft.salt_key, nonce, name), value)
                for name, value in draft.commit.items()
            },
        }
    )
    if len(leaf) > LONGEST:
        raise ValueError(f"{draft.kind} is longer than an entry bundle can hold")
    shown = leaves.published(leaf, draft.name)
    return Entry(
        kind=draft.kind, subject=draft.subject, at=at, leaf=leaf, digest=leaf_hash(shown),
        shown=None if draft.name is None else shown,
    )  # fmt: skip


def _composed(drafts: Sequence[Draft]) -> list[Entry]:
    names = subjects.names_of({one.subject for one in drafts if one.name is None})
    return [
        compose(one if one.name is not None else replace(one, name=names[one.subject]))
        for one in drafts
    ]


def append(
    kind: str,
    *,
    subject: str,
    now: datetime,
    post: str | None = None,
    commit: Mapping[str, bytes] | None = None,
    facts: Mapping[str, Fact] | None = None,
    salt_key: bytes = b"",
    name: str | None = None,
) -> Entry:
    """Append one entry and return it saved; for `name` see `Draft`."""
    draft = Draft(kind, subject, now, post, facts or {}, commit or {}, salt_key, name)
    return rows.add(_composed([draft])[0])


def append_many(drafts: Iterable[Draft]) -> None:
    """Append many entries in their order, in few statements."""
    rows.insert(_composed(list(drafts)))
