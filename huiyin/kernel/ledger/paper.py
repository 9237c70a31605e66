"""The receipt of one entry as a QR code that fits on paper: what goes in, and how it is drawn. Pure.

Version 30 (137 modules a side) is the largest that a telephone reads well from paper: 7 cm wide
with its border of 4 modules it has modules of 0.48 mm. ISO/IEC 18004, table 7, gives what it holds.
"""

from collections.abc import Mapping
from typing import Any

import segno

from huiyin.kernel.ledger.notes import Note, NoteError, Verifier
from huiyin.kernel.ledger.receipt_file import Receipt, ReceiptError
from huiyin.kernel.ledger.receipt_text import pack

HOLDS = {"m": 1994, "l": 2520}  # characters in version 30, by level of error correction
MILLIMETRES = 70  # side on paper, border and all


def paper(receipt: Mapping[str, Any], index: int) -> str:
    """Return the entry at place `index` as a text that fits; raise ReceiptError.

    All signatures go in if they fit. If not, those of the log's other keys stay out first, then the
    last cosignatures; the signature of the key that the receipt names is always in.
    """
    read = Receipt.load(receipt)
    try:
        own = Verifier.parse(read.key)
        signed = Note.parse(read.checkpoint).signatures
    except NoteError as error:
        raise ReceiptError(str(error)) from error
    more = [one.key_id for one in signed if one.name != own.name]
    more += [one.key_id for one in signed if one.name == own.name and one.key_id != own.key_id]
    for count in range(len(more), -1, -1):
        text = pack(receipt, index, signers=frozenset([own.key_id, *more[:count]]))
        if len(text) <= HOLDS["l"]:
            return text
    raise ReceiptError("too long for a QR code on paper")


def picture(text: str) -> segno.QRCode:
    """Return the QR code of such a text, as small as it gets, with the better correction if it fits."""
    level = "m" if len(text) <= HOLDS["m"] else "l"
    return segno.make(text, mode="alphanumeric", error=level, boost_error=False, micro=False)
