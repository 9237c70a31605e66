"""What a page says when it is printed."""

import re
import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

A4 = (595, 842)  # points


def printed(page: Page, tmp_path: Path) -> str:
    """Print the page; return its text, without white space, from sheets that are all A4."""
    path = tmp_path / "printed.pdf"
    page.pdf(path=path, format="A4", prefer_css_page_size=True)
    sheets = PdfReader(path).pages
    for sheet in sheets:
        width, height = float(sheet.mediabox.width), float(sheet.mediabox.height)
        assert (round(width), round(height)) == pytest.approx(A4, abs=2)
    return plain("".join(sheet.extract_text() for sheet in sheets))


def plain(text: str) -> str:
    """Without white space, and with radicals (which fonts share with characters) as characters."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
