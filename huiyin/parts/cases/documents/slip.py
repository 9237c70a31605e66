"""The receipt slip as PDF."""

import io
from collections.abc import Sequence
from pathlib import Path

import segno

from huiyin.kernel.ledger.paper import MILLIMETRES, picture
from huiyin.kernel.papers.paper import Lang, day, tidy
from huiyin.kernel.papers.typesetting import typeset
from huiyin.parts.cases.documents.letter import Slip

_TEMPLATE = Path(__file__).with_name("slip.typ")
_DRAWN = frozenset({"qr", "proof"})


def slip_pdf(slip: Slip, lang: Lang, fonts: Sequence[Path] = ()) -> bytes:
    """The receipt slip, one A5 page, with a QR code; a second page with the proof, if it has one.

    Raises DocumentFontMissing.
    """
    chinese = lang == "zh-hans"
    data = {
        "lang": "zh" if chinese else "en",
        "region": "CN" if chinese else "GB",
        "organisation": tidy(slip.organisation),
        "locator": tidy(slip.locator),
        "groups": [g for g in tidy(slip.code).replace(" ", "-").split("-") if g],
        "address": tidy(slip.address),
        "filed": day(slip.filed_on, lang),
        "owed": day(slip.owed_by, lang) if slip.owed_by else "",
        "contact": tidy(slip.contact),
        "qr": _svg(segno.make(slip.qr_text, error="m", micro=False)),
        "proof": _svg(picture(slip.proof), border=4) if slip.proof else "",
        "entry": f"{slip.proof_entry:,}",
        "verify": tidy(slip.proof_address),
        "side": MILLIMETRES,
    }
    return typeset(
        _TEMPLATE, data, slip.filed_on, tuple(fonts), latin_first=not chinese, drawn=_DRAWN
    )


def _svg(code: segno.QRCode, border: int = 0) -> str:
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=border, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
