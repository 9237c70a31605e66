"""Letters and receipt slips as PDF, set by typst.

What people wrote reaches typst as JSON in `sys.inputs` and is set as plain strings: nothing in it
is read as markup or code, and the template's folder is all that typst may open.
"""

import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

from huiyin.kernel.ledger.paper import MILLIMETRES, picture
from huiyin.parts.cases.documents import page
from huiyin.parts.cases.documents.letter import Composed, Lang, Slip
from huiyin.parts.cases.documents.wording import day, tidy

_HERE = Path(__file__).parent
_LATIN = ("Libertinus Serif",)
_NO_GLYPH = re.compile(r"the text `?(?:\"((?:[^\"\\]|\\.)+)\")`? could not be displayed")
_ODD_CHARACTERS = 500
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


class DocumentFontMissing(RuntimeError):
    """No Chinese typeface on this machine; a page of empty boxes is never made instead."""

    def __init__(self) -> None:
        super().__init__(
            "no Chinese typeface found on this machine: install one "
            "(Debian: apt-get install fonts-noto-cjk)"
        )


def letter_pdf(composed: Composed, fonts: Sequence[Path] = ()) -> bytes:
    """One letter after GB/T 9704-2012. `fonts` are folders searched beside the system's.

    Raises DocumentFontMissing.
    """
    chinese = composed.lang == "zh-hans"
    data = {
        "lang": "zh" if chinese else "en",
        "region": "CN" if chinese else "GB",
        "issuer": composed.issuer,
        "number": composed.number,
        "title": composed.title,
        "recipient": composed.recipient,
        "blocks": [{"role": b.role, "text": b.text} for b in composed.blocks],
        "signature": list(composed.signature),
        "issued": composed.issued,
        "note": composed.note,
        "page": {
            "top": page.TOP, "left": page.LEFT, "right": page.RIGHT, "bottom": page.BOTTOM,
            "head_drop": page.HEAD_DROP, "head": page.head_size(composed.issuer),
            "body": page.BODY if chinese else page.ENGLISH_BODY,
            "title": page.TITLE if chinese else page.ENGLISH_TITLE,
            "foot": page.FOOT if chinese else page.ENGLISH_FOOT,
            "pitch": page.LINE_PITCH if chinese else page.ENGLISH_PITCH,
            "tracking": page.CHARACTER_PITCH - page.BODY if chinese else 0,
        },
    }  # fmt: skip
    return _set("letter.typ", data, composed.issued_on, tuple(fonts), latin_first=not chinese)


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
    return _set("slip.typ", data, slip.filed_on, tuple(fonts), latin_first=not chinese)


def _svg(code: segno.QRCode, border: int = 0) -> str:
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=border, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()


def _set(
    template: str, data: dict[str, Any], when: date, folders: tuple[Path, ...], *, latin_first: bool
) -> bytes:
    fonts, families = _typefaces(folders)
    faces = {
        "title": _chosen(page.TITLE_FONTS + page.SERIF_FALLBACK + page.SANS_FALLBACK, families),
        "body": _chosen(page.BODY_FONTS + page.SERIF_FALLBACK + page.SANS_FALLBACK, families),
        "heading": _chosen(page.HEADING_FONTS + page.SANS_FALLBACK + page.SERIF_FALLBACK, families),
        "foot": _chosen(page.FOOT_FONTS + page.SERIF_FALLBACK + page.SANS_FALLBACK, families),
    }
    chinese = not latin_first or any(
        c >= "\u2e80"
        for key, value in data.items()
        if key not in {"qr", "proof"}
        for c in str(value)
    )
    if chinese and not all(faces.values()):
        raise DocumentFontMissing
    if latin_first:
        faces = {role: [*_LATIN, *names] for role, names in faces.items()}
    data["fonts"] = faces
    return _compile(template, data, when, fonts)


def _compile(template: str, data: dict[str, Any], when: date, fonts: typst.Fonts) -> bytes:
    source = (_HERE / template).read_bytes()
    for _ in range(_ODD_CHARACTERS):
        try:
            made = typst.Compiler(
                source,
                root=str(_HERE),
                font_paths=fonts,
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            ).compile(
                format="pdf",
                # Tagged for screen readers; besides, the standard makes a character without a
                # glyph an error where typst would otherwise print an empty box.
                pdf_standards=["ua-1"],
                timestamp=int(datetime.combine(when, time(0), UTC).timestamp()),
            )
        except typst.TypstError as error:
            missing = _NO_GLYPH.search(str(error))
            if missing is None:
                raise
            data = _spell_out(data, _unescaped(missing[1]))
            continue
        if not isinstance(made, bytes):
            raise TypeError("typst gave no PDF")
        return made
    raise DocumentFontMissing


def _unescaped(quoted: str) -> str:
    """The characters of a string that Rust printed with escapes."""
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda m: chr(int(m[1], 16)), quoted)
    return text.replace('\\"', '"').replace("\\'", "'").replace("\\\\", "\\")


def _spell_out(data: Any, missing: str) -> Any:
    """`data` with each character of `missing` as its number, [U+1F600]: odd, but not lost."""
    if isinstance(data, str):
        for character in set(missing) - set(_PRINTABLE):
            data = data.replace(character, f"[U+{ord(character):04X}]")
        return data
    if isinstance(data, dict):
        return {key: _spell_out(value, missing) for key, value in data.items()}
    return [_spell_out(v, missing) for v in data] if isinstance(data, list) else data


@lru_cache(maxsize=4)
def _typefaces(folders: tuple[Path, ...]) -> tuple[typst.Fonts, frozenset[str]]:
    fonts = typst.Fonts(font_paths=[str(f) for f in folders])
    return fonts, frozenset(fonts.families())


def _chosen(wanted: tuple[str, ...], families: frozenset[str]) -> list[str]:
    return [name for name in wanted if name in families]
