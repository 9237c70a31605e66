"""Papers as PDF."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huiyin.kernel.papers import page
from huiyin.kernel.papers.paper import Block, Heading, Paper, Picture, Table
from huiyin.kernel.papers.typesetting import typeset

_TEMPLATE = Path(__file__).with_name("paper.typ")


def paper_pdf(paper: Paper, fonts: Sequence[Path] = ()) -> bytes:
    """One paper after GB/T 9704-2012. `fonts` are folders searched beside the system's.

    Raises DocumentFontMissing.
    """
    chinese = paper.lang == "zh-hans"
    data = {
        "lang": "zh" if chinese else "en",
        "region": "CN" if chinese else "GB",
        "issuer": paper.issuer,
        "number": paper.number,
        "title": paper.title,
        "recipient": paper.recipient,
        "blocks": [_block(one) for one in paper.blocks],
        "signature": list(paper.signature),
        "issued": paper.issued,
        "note": paper.note,
        "page": {
            "top": page.TOP, "left": page.LEFT, "right": page.RIGHT, "bottom": page.BOTTOM,
            "head_drop": page.HEAD_DROP, "head": page.head_size(paper.issuer),
            "body": page.BODY if chinese else page.ENGLISH_BODY,
            "title": page.TITLE if chinese else page.ENGLISH_TITLE,
            "foot": page.FOOT if chinese else page.ENGLISH_FOOT,
            "pitch": page.LINE_PITCH if chinese else page.ENGLISH_PITCH,
            "tracking": page.CHARACTER_PITCH - page.BODY if chinese else 0,
            "fine": page.FINE if chinese else page.ENGLISH_FINE,
            "fine_pitch": page.FINE_PITCH if chinese else page.ENGLISH_FINE_PITCH,
        },
    }  # fmt: skip
    return typeset(_TEMPLATE, data, paper.issued_on, tuple(fonts), latin_first=not chinese)


def _block(one: Block) -> dict[str, Any]:
    if isinstance(one, Heading):
        return {"role": "heading", "text": one.text, "level": one.level}
    if isinstance(one, Table):
        return {
            "role": "table",
            "head": list(one.head),
            "rows": [[str(cell) for cell in row] for row in one.rows],
            "numbers": page.numeric(one.rows, len(one.head)),
            "widths": list(one.widths),
            "together": len(one.rows) <= page.TOGETHER,
        }
    if isinstance(one, Picture):
        return {"role": "picture", "svg": one.svg, "says": one.says}
    return {"role": "fine" if one.fine else "text", "text": one.text}
