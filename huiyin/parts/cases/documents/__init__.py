"""Official letters (公文) and receipt slips as files. Pure: data in, bytes out."""

from collections.abc import Sequence
from pathlib import Path

from huiyin.kernel.papers.paper import Lang
from huiyin.kernel.papers.typesetting import DocumentFontMissing
from huiyin.kernel.papers.write_docx import paper_docx
from huiyin.kernel.papers.write_pdf import paper_pdf
from huiyin.parts.cases.documents.letter import LetterKind, OfficialLetter, Promise, Slip
from huiyin.parts.cases.documents.slip import slip_pdf
from huiyin.parts.cases.documents.wording import compose

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
    return paper_docx(compose(letter, lang))


def to_pdf(letter: OfficialLetter, lang: Lang, *, fonts: Sequence[Path] = ()) -> bytes:
    """`letter` as a tagged PDF (PDF/UA-1) after GB/T 9704-2012.

    `fonts` are folders with typefaces beside the system's. Raises DocumentFontMissing.
    """
    return paper_pdf(compose(letter, lang), fonts)


def slip_to_pdf(slip: Slip, lang: Lang, *, fonts: Sequence[Path] = ()) -> bytes:
    """The receipt slip on one A5 page. Raises DocumentFontMissing."""
    return slip_pdf(slip, lang, fonts)
