"""The text of a receipt on paper: it says all that the file says, and a wrong character is found."""

import base64
import copy
import json
from hashlib import sha256
from typing import Any

import cbor2
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.kernel.ledger import base45
from huiyin.kernel.ledger.notes import COSIGNATURE, Note, Verifier, cosign
from huiyin.kernel.ledger.receipt_file import ReceiptError
from huiyin.kernel.ledger.receipt_text import is_text, pack, unpack
from huiyin.kernel.ledger.receipts import verify
from tests.kernel.ledger.public import (
    FILED,
    MINE,
    OTHER_KEY,
    WORDS,
    PublicLog,
    leaf,
    leaves,
    salt,
    verifier,
)

LOG = PublicLog(leaves())
RECEIPT = LOG.receipt()
TEXT = pack(RECEIPT, 70)
WITNESS = Verifier("union.example/w", OTHER_KEY.public_key().public_bytes_raw(), COSIGNATURE)


def one(receipt: dict[str, Any], index: int) -> dict[str, Any]:
    """Return the receipt with one of its entries alone."""
    entries = [entry for entry in receipt["entries"] if entry["index"] == index]
    return {**receipt, "entries": entries, "waiting": []}


def cosigned() -> dict[str, Any]:
    note = Note.parse(LOG.note)
    mark = cosign(note.text, WITNESS.name, OTHER_KEY, 1_777_593_600)
    return {**RECEIPT, "checkpoint": str(Note(note.text, (*note.signatures, mark)))}


def test_the_examples_of_rfc_9285_hold() -> None:
    for plain, text in ((b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581")):
        assert base45.encode(plain) == text
        assert base45.decode(text) == plain
    assert base45.decode("QED8WEX0") == b"ietf!"
    assert base45.encode(b"") == "" == base45.decode("").decode()
    for bad in ("A", "GGW", "::", "ab8", "BB8B", ":::", "0", "BB80"):
        with pytest.raises(ValueError, match="not base45"):
            base45.decode(bad)


@given(st.binary(max_size=300))
def test_base45_gives_back_any_bytes(given: bytes) -> None:
    assert base45.decode(base45.encode(given)) == given


@pytest.mark.parametrize("index", [70, 300, 610])
def test_the_text_opens_to_the_same_receipt_and_the_same_verdict(index: int) -> None:
    text = pack(RECEIPT, index)
    assert unpack(text) == one(RECEIPT, index)
    verdict = verify(unpack(text), key=verifier(), checkpoint=LOG.note)
    assert verdict.proven
    if index == 70:
        assert verify(unpack(text), key=verifier(), checkpoint=LOG.note, text=WORDS).proven
    assert text.startswith("HY1:")
    assert set(text) <= set(base45.ALPHABET)  # else no QR code packs it as tightly


def test_cosignatures_go_in_or_are_left_out() -> None:
    whole = cosigned()
    assert unpack(pack(whole, 70)) == one(whole, 70)
    verdict = verify(unpack(pack(whole, 70)), key=verifier(), witnesses=[WITNESS])
    assert "cosigned" in verdict.codes
    only = pack(whole, 70, signers=frozenset({verifier().key_id}))
    assert unpack(only) == one(RECEIPT, 70)


def test_line_ends_and_a_margin_do_no_harm_and_what_is_cut_is_said_so() -> None:
    wrapped = (
        "\ufeff \n" + "\r\n".join(TEXT[at : at + 60] for at in range(0, len(TEXT), 60)) + " \n"
    )
    assert is_text(wrapped)
    assert unpack(wrapped) == unpack(TEXT)
    for cut in (TEXT[:-1], TEXT[:200], "HY1:"):
        with pytest.raises(ReceiptError, match="its end is missing"):
            unpack(cut)
    with pytest.raises(ReceiptError, match="does not begin"):
        unpack(TEXT[1:])
    with pytest.raises(ReceiptError, match="longer than"):
        unpack("HY1:" + "A" * 9000 + ".")
    assert not is_text(json.dumps(RECEIPT))


def test_no_character_of_it_can_be_changed_unseen() -> None:
    for at in range(4, len(TEXT) - 1):
        other = "A" if TEXT[at] != "A" else "B"
        try:
            found = unpack(TEXT[:at] + other + TEXT[at + 1 :])
        except ReceiptError:
            continue
        verdict = verify(found, key=verifier(), checkpoint=LOG.note, text=WORDS)
        assert verdict.failed, at


def test_nothing_missing_or_twice_is_read() -> None:
    body = TEXT[4:-1]
    raw = base45.decode(body)
    for wrong in (body + "00", body[:-3], body[3:], base45.encode(raw + b"\0"), ""):
        with pytest.raises(ReceiptError):
            unpack(f"HY1:{wrong}.")
    row = cbor2.loads(raw)
    for at in range(len(row)):
        for junk in (None, -1, 1 << 60, True, "x", b"", [], {}, 1.5, [1], {1: 2}, ["a", b"", 1]):
            broken = copy.deepcopy(row)
            broken[at] = junk
            _refused_or_failed(broken)
    for place in (4, 6):  # inside a signature, inside the leaf
        for at in range(len(row[place])):
            for junk in (None, 1.5, "x", b"", [7], {"a": [1]}, cbor2.CBORTag(1, 0)):
                broken = copy.deepcopy(row)
                broken[place][at] = junk
                if broken != row:
                    _refused_or_failed(broken)


def _refused_or_failed(row: Any) -> None:
    try:
        found = unpack(f"HY1:{base45.encode(cbor2.dumps(row, canonical=True))}.")
    except ReceiptError:
        return
    verdict = verify(found, key=verifier(), checkpoint=LOG.note)
    assert verdict.failed or found["entries"][0]["openings"] == {}  # salts alone may be left out


@settings(max_examples=300)
@given(st.binary(max_size=80))
def test_no_bytes_make_it_fall_over(junk: bytes) -> None:
    with pytest.raises(ReceiptError):
        unpack(f"HY1:{base45.encode(junk)}.")


def test_an_entry_whose_bytes_are_not_canonical_is_kept_as_it_is() -> None:
    for odd in (
        leaf("case.filed", MINE, FILED, 70) + b" ",
        leaf("case.filed", MINE, FILED, 70).replace(b'"facts":{}', b'"facts":{"days":1.50}'),
        leaf("case.filed", MINE, FILED, 70).replace(b'"facts":{}', b'"facts":{"x":["ab"]}'),
    ):
        whole = leaves()
        whole[70] = odd
        receipt = PublicLog(whole).receipt(70)
        receipt["entries"][0]["openings"] = {}
        assert unpack(pack(receipt, 70)) == receipt


@given(
    st.dictionaries(
        st.text(max_size=8), st.integers(-(2**50), 2**50) | st.booleans() | st.text(max_size=40)
        | st.binary(max_size=20).map(bytes.hex), max_size=5,
    )
)  # fmt: skip
def test_whatever_an_entry_tells_comes_back_byte_for_byte(facts: dict[str, Any]) -> None:
    said = json.loads(leaf("case.filed", MINE, FILED, 70))
    small = PublicLog([rfc8785.dumps({**said, "facts": facts})])
    receipt = small.receipt(0)
    receipt["entries"][0]["openings"] = {}
    assert unpack(pack(receipt, 0)) == receipt


def test_what_no_log_gives_out_is_not_packed() -> None:
    with pytest.raises(ReceiptError, match="entry 71"):
        pack(RECEIPT, 71)
    for change in (
        {"subject": "case:another"},
        {"origin": "elsewhere.example"},
        {"key": "no key"},
        {"checkpoint": ""},
        {"key": str(verifier(origin="elsewhere.example"))},
    ):
        with pytest.raises(ReceiptError):
            pack({**RECEIPT, **change}, 70)
    forged = copy.deepcopy(RECEIPT)
    forged["entries"][0]["openings"]["text"]["digest"] = "0" * 64
    with pytest.raises(ReceiptError):
        pack(forged, 70)


def test_the_page_that_tells_the_form_is_enough_to_read_it() -> None:
    """Read the text as docs/receipts.md says it, with nothing of this program but the CBOR."""
    digits = [base45.ALPHABET.index(one) for one in TEXT[4:-1]]
    raw = b""
    for at in range(0, len(digits), 3):
        part = digits[at : at + 3]
        value = sum(digit * 45**n for n, digit in enumerate(part))
        raw += value.to_bytes(len(part) - 1, "big")
    origin, key, size, root, signatures, index, said, proof, salts = cbor2.loads(raw)
    assert (origin, size, root, index) == ("letters.example/huiyin", 700, LOG.root, 70)
    assert key == verifier().public
    assert signatures[0][0] is None
    assert len(signatures[0][2]) == 64
    assert salts == {"text": salt(70)}
    assert sha256(salts["text"] + WORDS).digest() == said[0]["text"]
    assert said[2:] == ["case.filed", bytes.fromhex(f"{70:032x}"), None, MINE, "2026-03-03T01:14:00.000Z", 1]  # fmt: skip
    hashes = [base64.b64encode(proof[at : at + 32]).decode() for at in range(0, len(proof), 32)]
    assert hashes == RECEIPT["entries"][0]["proof"]


def test_a_text_is_no_longer_than_the_largest_qr_code_with_its_line_ends() -> None:
    room = 2 * 4296  # as long again for line ends
    assert unpack(TEXT + "\n" * (room - len(TEXT))) == unpack(TEXT)
    with pytest.raises(ReceiptError, match="longer than"):
        unpack(TEXT + "\n" * (room + 1 - len(TEXT)))


@pytest.mark.parametrize(("at", "what"), [(2, "size"), (5, "index")])
def test_a_number_that_json_cannot_hold_exactly_is_refused(at: int, what: str) -> None:
    row = cbor2.loads(base45.decode(TEXT[4:-1]))
    row[at] = 2**53 - 1
    assert unpack(f"HY1:{base45.encode(cbor2.dumps(row, canonical=True))}."), what
    row[at] = 2**53
    with pytest.raises(ReceiptError, match="missing or wrong"):
        unpack(f"HY1:{base45.encode(cbor2.dumps(row, canonical=True))}.")


@pytest.mark.parametrize(("key_id", "value"), [(b"abc", b"x"), (b"abcde", b"x"), (b"abcd", b"")])
def test_a_signature_has_four_bytes_of_its_key_s_id_and_is_not_empty(
    key_id: bytes, value: bytes
) -> None:
    row = cbor2.loads(base45.decode(TEXT[4:-1]))
    row[4][0][1:] = [key_id, value]
    with pytest.raises(ReceiptError, match="missing or wrong"):
        unpack(f"HY1:{base45.encode(cbor2.dumps(row, canonical=True))}.")
