"""A receipt of one entry as a short text, for paper: `HY1:`, base45 of CBOR, a full stop. Pure.

The CBOR (RFC 8949, deterministic as in 4.2) is an array: origin, the log's public key (32 bytes),
size, root (32), signatures, index, entry, proof (the hashes one after the other), salts (name -> 32
bytes), and, where the log shows it sealed, the name under which it does. A signature is an array: name (null for the origin), key id (4), value. The entry is an array
of its eight values in the order of their names, with hexadecimal digits as bytes; or it is its
bytes, where that would not give them back. All else in a receipt follows from these.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import cbor2

from huiyin.kernel.ledger.base45 import decode, encode
from huiyin.kernel.ledger.leaves import canonical
from huiyin.kernel.ledger.notes import Checkpoint, Note, NoteError, Signature, Verifier
from huiyin.kernel.ledger.receipt_file import FIELDS, Held, Receipt, ReceiptError

BEGINS, ENDS = "HY1:", "."
LONGEST = 4296  # characters: what the largest QR code holds
HEX = re.compile(r"(?:[0-9a-f]{2}){8,}")
NAMES = sorted(FIELDS)
MARGIN = " \t\ufeff"  # that a text may stand in
HUGE = 1 << 53  # of numbers: what every reader of JSON holds exactly


def is_text(given: str) -> bool:
    """Return whether this is a receipt as text, whole or not."""
    return given.lstrip(MARGIN + "\r\n").startswith(BEGINS)


def pack(receipt: Mapping[str, Any], index: int, *, signers: frozenset[bytes] | None = None) -> str:
    """Return the entry at place `index` of a receipt as text.

    `signers`: the key ids of the signatures that go in; None: all. Raises ReceiptError for a
    receipt that has no such entry or is not one that a log gives out.
    """
    read = Receipt.load(receipt)
    held = next((one for one in read.entries if one.index == index), None)
    if held is None:
        raise ReceiptError(f"entry {index} is not in this receipt")
    try:
        note, key = Note.parse(read.checkpoint), Verifier.parse(read.key)
        at = Checkpoint.parse(note.text)
    except NoteError as error:
        raise ReceiptError(str(error)) from error
    kept = tuple(one for one in note.signatures if signers is None or one.key_id in signers)
    signed = [[None if one.name == at.origin else one.name, one.key_id, one.value] for one in kept]
    salts = {name: salt for name, (salt, _digest) in held.salts.items()}
    row = [
        at.origin, key.public, at.size, at.root, signed,
        index, _short(held.leaf), b"".join(held.proof), salts,
        *([] if held.name is None else [held.name]),
    ]  # fmt: skip
    text = f"{BEGINS}{encode(cbor2.dumps(row, canonical=True))}{ENDS}"
    wanted = Receipt(read.origin, read.key, read.subject, str(Note(note.text, kept)), (held,))
    if unpack(text) != wanted.dump():
        raise ReceiptError("not a receipt of this log")
    return text


def unpack(text: str) -> dict[str, Any]:
    """Return the receipt of one entry, as its file holds it; raise ReceiptError.

    Line ends are passed over; everything else in the text counts. Nothing is verified here.
    """
    if len(text) > 2 * LONGEST:
        raise ReceiptError("longer than a QR code can hold")
    whole = text.replace("\r", "").replace("\n", "").strip(MARGIN)
    if not whole.startswith(BEGINS):
        raise ReceiptError(f"it does not begin with {BEGINS}")
    if not whole.endswith(ENDS) or len(whole) <= len(BEGINS):
        raise ReceiptError("its end is missing")
    try:
        raw = decode(whole[len(BEGINS) : -len(ENDS)])
        found = cbor2.loads(raw)
        again = cbor2.dumps(found, canonical=True)
    except (ValueError, TypeError, OverflowError, cbor2.CBORError) as error:
        raise ReceiptError("a character is missing or wrong") from error
    if again != raw:
        raise ReceiptError("a character is missing or wrong")
    return _receipt(found).dump()


def _receipt(row: Any) -> Receipt:
    if type(row) is not list or len(row) not in {9, 10}:
        raise _damaged()
    shape = [str, bytes, int, bytes, list, int, type(row[6]), bytes, dict, str]
    if [type(one) for one in row] != shape[: len(row)]:
        raise _damaged()
    origin, public, size, root, signed, index, short, proof, salts, *names = row
    leaf = _long(short)
    said, commit = _said(leaf)
    numbers = all(0 <= one < HUGE for one in (size, index))
    hashes = len(root) == 32 and len(proof) % 32 == 0
    texts = all(type(name) is str and type(salt) is bytes for name, salt in salts.items())
    if not (numbers and hashes and texts and set(salts) <= set(commit)):
        raise _damaged()
    try:
        key = Verifier(origin, public)
        note = Note(
            Checkpoint(origin, size, root).text(),
            tuple(_signature(one, origin) for one in signed),
        )
    except NoteError as error:
        raise _damaged() from error
    places = tuple(proof[at : at + 32] for at in range(0, len(proof), 32))
    opened = {name: (salt, commit[name]) for name, salt in salts.items()}
    held = Held(leaf, index, places, opened, *names)
    return Receipt(origin, str(key), said, str(note), (held,))


def _damaged() -> ReceiptError:
    return ReceiptError("a character is missing or wrong")


def _strange(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _signature(given: Any, origin: str) -> Signature:
    if type(given) is not list or len(given) != 3:
        raise _damaged()
    name, key_id, value = given
    name = origin if name is None else name
    if type(name) is not str or type(key_id) is not bytes or type(value) is not bytes:
        raise _damaged()
    if len(key_id) != 4 or not value:
        raise _damaged()
    return Signature(Verifier(name, bytes(32)).name, key_id, value)


def _said(leaf: bytes) -> tuple[str, dict[str, str]]:
    """Return whose entry it is and its commitments."""
    try:
        found = json.loads(leaf.decode(), parse_constant=_strange)
        subject, commit = found["subject"], found["commit"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise _damaged() from error
    texts = type(commit) is dict and all(type(one) is str for one in commit.values())
    if type(subject) is not str or not texts:
        raise _damaged()
    return subject, commit


def _short(leaf: bytes) -> Any:
    """Return the leaf's values, hexadecimal digits as bytes; its bytes when they would not do."""
    try:
        found = json.loads(leaf.decode(), parse_constant=_strange)
        row = [_folded(found[name]) for name in NAMES]
        if _long(row) == leaf:
            return row
    except (ValueError, RecursionError, KeyError, TypeError, ReceiptError):
        return leaf
    return leaf


def _long(short: Any) -> bytes:
    if type(short) is bytes:
        return short
    if type(short) is not list or len(short) != len(NAMES):
        raise _damaged()
    said = dict(zip(NAMES, map(_unfolded, short), strict=True))
    return canonical(said)


def _folded(value: Any) -> Any:
    if type(value) is dict:
        return {name: _folded(one) for name, one in value.items()}
    return bytes.fromhex(value) if type(value) is str and HEX.fullmatch(value) else value


def _unfolded(value: Any) -> Any:
    """Undo `_folded`: objects, texts, whole numbers, true, false and null alone are in an entry."""
    if type(value) is dict and all(type(name) is str for name in value):
        return {name: _unfolded(one) for name, one in value.items()}
    if type(value) is bytes:
        return value.hex()
    if value is None or type(value) in {str, bool} or (type(value) is int and abs(value) < HUGE):
        return value
    raise _damaged()
