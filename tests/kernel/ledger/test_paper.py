"""The QR code of a receipt, printed 7 cm wide and scanned at 150 dots an inch, is read by a real reader."""

import json
import random

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageFilter

from bench.receipt import build, entry_of_a_letter
from huiyin.kernel.ledger.notes import COSIGNATURE, Note, Verifier, cosign, sign
from huiyin.kernel.ledger.paper import HOLDS, MILLIMETRES, paper, picture
from huiyin.kernel.ledger.receipt_file import ReceiptError
from huiyin.kernel.ledger.receipt_text import unpack
from huiyin.kernel.ledger.receipts import verify

SIZE, PLACE = 10_000_000, 8_000_001
DOTS = round(MILLIMETRES / 25.4 * 150)
KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(1, 9)]
RECEIPT, VERIFIER = build(SIZE, {PLACE: entry_of_a_letter()})
GIVEN = RECEIPT.dump()


def signed_by(*, witnesses: int = 0, before: int = 0) -> dict[str, object]:
    """Return the receipt with cosignatures, and with signatures of keys that the log had before."""
    note = Note.parse(RECEIPT.checkpoint)
    more = [sign(note.text, RECEIPT.origin, key) for key in KEYS[:before]]
    more += [
        cosign(note.text, f"union{n}.example.org/witness", key, 1_777_593_600)
        for n, key in enumerate(KEYS[:witnesses])
    ]
    return {**GIVEN, "checkpoint": str(Note(note.text, (*note.signatures, *more)))}


def scanned(text: str, *, degrees: float = 0.0, blur: float = 0.0, noise: int = 0) -> Image.Image:
    """Return what a scanner sees of the print: grey, at 150 dots an inch, on a larger sheet."""
    code = picture(text)
    side = code.symbol_size(border=4)[0]
    rows = bytes(0 if dark else 255 for row in code.matrix_iter(border=4) for dark in row)
    fine = Image.frombytes("L", (side, side), rows).resize((DOTS * 4, DOTS * 4), Image.Resampling.NEAREST)  # fmt: skip
    sheet = Image.new("L", (DOTS * 5, DOTS * 5), 255)
    sheet.paste(fine, (DOTS // 2, DOTS // 2))
    turned = sheet.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    seen = turned.resize((DOTS * 5 // 4, DOTS * 5 // 4), Image.Resampling.BOX)
    seen = seen.filter(ImageFilter.GaussianBlur(blur))
    chance = random.Random(20260303)
    return seen.point(lambda grey: grey) if not noise else Image.frombytes(
        "L", seen.size,
        bytes(min(255, max(0, grey * 3 // 4 + 30 + chance.randint(-noise, noise))) for grey in seen.tobytes()),
    )  # fmt: skip


def read(image: Image.Image) -> list[str]:
    return [one.text for one in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("witnesses", [0, 1, 2, 4])
def test_in_a_log_of_ten_million_entries_it_fits_and_is_read_off_paper(witnesses: int) -> None:
    given = signed_by(witnesses=witnesses)
    text = paper(given, PLACE)
    code = picture(text)
    assert int(code.version) <= 30
    assert MILLIMETRES / code.symbol_size(border=4)[0] >= 0.35
    assert code.mode == "alphanumeric"
    for seen in (
        scanned(text),
        scanned(text, degrees=2, blur=0.6),
        scanned(text, degrees=-7, noise=25),
    ):
        assert read(seen) == [text]
    found = unpack(text)
    keys = [Verifier(f"union{n}.example.org/witness", key.public_key().public_bytes_raw(), COSIGNATURE) for n, key in enumerate(KEYS[:witnesses])]  # fmt: skip
    verdict = verify(found, key=VERIFIER, witnesses=keys, checkpoint=GIVEN["checkpoint"], text=b"words")  # fmt: skip
    assert verdict.proven
    assert sum(one.code == "cosigned" for one in verdict.findings) == witnesses


def test_what_does_not_fit_stays_out_the_log_s_own_signature_never() -> None:
    text = paper(signed_by(witnesses=4, before=2), PLACE)
    assert len(text) <= HOLDS["l"]
    names = [one.name for one in Note.parse(unpack(text)["checkpoint"]).signatures]
    assert [name for name in names if "union" in name] == [f"union{n}.example.org/witness" for n in range(4)]  # fmt: skip
    assert names.count(RECEIPT.origin) < 3
    many = paper(signed_by(witnesses=8), PLACE)
    assert len(many) <= HOLDS["l"]
    verdict = verify(unpack(many), key=VERIFIER)
    assert not verdict.failed
    names = [one.name for one in Note.parse(unpack(many)["checkpoint"]).signatures]
    assert names[0] == RECEIPT.origin
    assert 4 <= len(names) < 9


def test_the_better_correction_is_taken_where_it_fits() -> None:
    assert picture(paper(GIVEN, PLACE)).error == "M"
    assert picture(paper(signed_by(witnesses=4), PLACE)).error == "L"
    assert int(picture("A" * HOLDS["m"]).version) == int(picture("A" * HOLDS["l"]).version) == 30


def test_an_entry_as_long_as_the_log_takes_is_refused() -> None:
    said = json.loads(entry_of_a_letter())
    long = json.dumps({**said, "facts": {"unit": "部门" * 600}}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))  # fmt: skip
    receipt, _key = build(1000, {7: long.encode()})
    with pytest.raises(ReceiptError, match="too long"):
        paper(receipt.dump(), 7)
