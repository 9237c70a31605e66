"""Official letters (公文) and receipt slips as files. Pure: data in, bytes out."""

from collections.abc import Sequence
from pathlib import Path

from huiyin.parts.cases.documents.letter import (
    Lang,
    LetterKind,
    OfficialLetter,
    Promise,
    Slip,
)
from huiyin.parts.cases.documents.wording import compose
from huiyin.parts.cases.documents.write_docx import letter_docx
from huiyin.parts.cases.documents.write_pdf import DocumentFontMissing, letter_pdf, slip_pdf

__all__ = [
    "DocumentFontMissing",
    "Lang",
    "LetterKind",
    "OfficialLetter",
    "Promise",
    "Slip",
    "slip_to_pdf",
    "to_docx",
    "to_pdf",
]


def to_docx(letter: OfficialLetter, lang: Lang) -> bytes:
    """`letter` as a Word file after GB/T 9704-2012."""
    return letter_docx(compose(letter, lang))


def to_pdf(letter: OfficialLetter, lang: Lang, *, fonts: Sequence[Path] = ()) -> bytes:
    """`letter` as a tagged PDF (PDF/UA-1) after GB/T 9704-2012.

    `fonts` are folders with typefaces beside the system's. Raises DocumentFontMissing.
    """
    return letter_pdf(compose(letter, lang), fonts)


def slip_to_pdf(slip: Slip, lang: Lang, *, fonts: Sequence[Path] = ()) -> bytes:
    """The receipt slip on one A5 page. Raises DocumentFontMissing."""
    return slip_pdf(slip, lang, fonts)
