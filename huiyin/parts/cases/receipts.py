"""What the writer of a letter can show of it to anyone: made from the published log."""

import json
from typing import Any

from django.db.models import Q

from huiyin.kernel.ledger import actions, cosigning, publishing, signing
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.ledger.notes import Checkpoint, Note
from huiyin.kernel.ledger.receipt_file import Held, Receipt
from huiyin.kernel.ledger.testimony import BESIDE
from huiyin.kernel.ledger.tiles import Tiles
from huiyin.kernel.ledger.tree import inclusion_proof
from huiyin.parts.cases import sealing
from huiyin.parts.cases.models import Case

# Of the letter's entries that no step stands for, those that its writer is shown.
BESIDE_STEPS = ("vault.opened", "vault.replaced", "vault.erased", "clock.late", "case.erased")


class NothingKept(LookupError):
    """The words of the letter are destroyed."""


def receipt(case: Case) -> dict[str, Any]:
    """Return the receipt file of a letter: see docs/receipts.md.

    It holds each entry that the writer is shown, in the order of the log; those that the published
    checkpoint does not cover yet stand in `waiting`. Its checkpoint is the one with the most
    cosignatures that covers all the others. No content and no name is in it.
    """
    mine = Q(pk__in=case.steps.filter(shown=True, entry__isnull=False).values("entry_id"))
    mine |= Q(subject=case.ref, kind__in=BESIDE_STEPS)
    rows = list(Entry.objects.filter(mine).order_by("id").values_list("seq", "leaf", "shown"))
    published = _size((publishing.current() or b"").decode())
    least = max((seq + 1 for seq, *_leaf in rows if seq is not None and seq < published), default=0)
    note = cosigning.for_receipts(least)
    size = _size(note)
    tiles = Tiles(size, publishing.read)
    key = sealing.text_key(case) if case.text_key is not None else None
    placed, waiting = [], []
    for seq, leaf, shown in rows:
        name = case.public_name if shown is not None else None
        if seq is None or seq >= size:
            waiting.append(Held(bytes(leaf), name=name))
            continue
        proof = tuple(inclusion_proof(seq, size, tiles.subtree))
        placed.append(Held(bytes(leaf), seq, proof, _salts(bytes(leaf), key), name))
    placed.sort(key=lambda one: one.index)
    return Receipt(
        origin=signing.origin(),
        key=str(signing.verifier()),
        subject=case.ref,
        checkpoint=note,
        entries=tuple(placed),
        waiting=tuple(waiting),
    ).dump()


def _size(note: str) -> int:
    return Checkpoint.parse(Note.parse(note).text).size if note else 0


def _salts(leaf: bytes, key: bytes | None) -> dict[str, tuple[bytes, str]]:
    """Return salt and digest of each commitment to words; none after the key's destruction.

    Whoever holds the salt of an account's number can guess the number.
    """
    if key is None:
        return {}
    said = json.loads(leaf)
    return {
        name: (actions.salt(key, said["nonce"], name), digest)
        for name, digest in said["commit"].items()
        if name not in BESIDE
    }


def words(case: Case) -> bytes:
    """Return the letter's words, byte for byte as its first entry is bound to them.

    Raises NothingKept after their destruction.
    """
    step = case.steps.get(number=1)
    if case.text_key is None or step.body is None:
        raise NothingKept(case.locator)
    return sealing.unseal(case, "1", step.body)
