"""Data and a template to PDF, set by typst.

What people wrote reaches typst as JSON in `sys.inputs` and is set as plain strings: nothing in it
is read as markup or code, and the template's folder is all that typst may open.
"""

import json
import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from huiyin.kernel.papers import page

_LATIN = ("Libertinus Serif",)
_NO_GLYPH = re.compile(r"the text `?(?:\"((?:[^\"\\]|\\.)+)\")`? could not be displayed")
_ODD_CHARACTERS = 500
_PICTURE = b"""#let data = json(bytes(sys.inputs.data))
#set page(width: data.width * 1mm, height: auto, margin: 0pt)
#image(bytes(data.svg), format: "svg", width: 100%)
"""
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


class DocumentFontMissing(RuntimeError):
    """No Chinese typeface on this machine; a page of empty boxes is never made instead."""

    def __init__(self) -> None:
        super().__init__(
            "no Chinese typeface found on this machine: install one "
            "(Debian: apt-get install fonts-noto-cjk)"
        )


def typeset(
    template: Path,
    data: dict[str, Any],
    when: date,
    folders: tuple[Path, ...] = (),
    *,
    latin_first: bool,
    drawn: frozenset[str] = frozenset(),
) -> bytes:
    """Set `data` with a template as a tagged PDF (PDF/UA-1), dated `when`.

    `folders` are searched for typefaces beside the system's; `drawn` names the data that is no
    text. Raises DocumentFontMissing.
    """
    fonts, families = typefaces(folders)
    chinese = not latin_first or has_chinese([v for k, v in data.items() if k not in drawn])
    whole = data | {"fonts": faces(families, latin_first=latin_first, chinese=chinese)}
    stamp = int(datetime.combine(when, time(0), UTC).timestamp())
    source = template.read_bytes()
    for _ in range(_ODD_CHARACTERS):
        try:
            # Tagged for screen readers; besides, the standard makes a character without a
            # glyph an error where typst would otherwise print an empty box.
            return _one(
                _compiler(source, template.parent, fonts, whole).compile(
                    format="pdf", pdf_standards=["ua-1"], timestamp=stamp
                )
            )
        except typst.TypstError as error:
            missing = _NO_GLYPH.search(str(error))
            if missing is None:
                raise
            whole = _spell_out(whole, _unescaped(missing[1]))
    raise DocumentFontMissing


def raster(svg: str, width: float, folders: tuple[Path, ...] = ()) -> bytes:
    """Return a drawing as PNG, `width` millimetres wide at 200 dots an inch, for what takes no SVG.

    Raises DocumentFontMissing.
    """
    fonts, families = typefaces(folders)
    faces(families, latin_first=False, chinese=has_chinese(svg))
    made = _compiler(_PICTURE, Path(__file__).parent, fonts, {"svg": svg, "width": width})
    return _one(made.compile(format="png", ppi=200))


def drawing_faces(folders: tuple[Path, ...] = ()) -> str:
    """Return the typefaces for the words in a drawing, as SVG lists them; may be empty."""
    _fonts, families = typefaces(folders)
    return ", ".join(_chosen(page.HEADING_FONTS + page.SANS_FALLBACK, families))


def faces(families: frozenset[str], *, latin_first: bool, chinese: bool) -> dict[str, list[str]]:
    """Return the typefaces of each role that are here; raise DocumentFontMissing if one has none."""
    serif = page.SERIF_FALLBACK + page.SANS_FALLBACK
    found = {
        "title": _chosen(page.TITLE_FONTS + serif, families),
        "body": _chosen(page.BODY_FONTS + serif, families),
        "heading": _chosen(page.HEADING_FONTS + page.SANS_FALLBACK + page.SERIF_FALLBACK, families),
        "second": _chosen(page.SECOND_FONTS + serif, families),
        "foot": _chosen(page.FOOT_FONTS + serif, families),
    }
    if chinese and not all(found.values()):
        raise DocumentFontMissing
    return {role: [*_LATIN, *names] for role, names in found.items()} if latin_first else found


def has_chinese(data: Any) -> bool:
    """Whether any text in the data needs a Chinese typeface."""
    if isinstance(data, dict):
        return has_chinese(list(data.values()))
    if isinstance(data, list | tuple):
        return any(map(has_chinese, data))
    return any(character >= "\u2e80" for character in str(data))


def _compiler(
    source: bytes, root: Path, fonts: typst.Fonts, data: dict[str, Any]
) -> typst.Compiler:
    return typst.Compiler(
        source,
        root=str(root),
        font_paths=fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def _one(made: object) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single file")
    return made


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
def typefaces(folders: tuple[Path, ...]) -> tuple[typst.Fonts, frozenset[str]]:
    """Return the typefaces of the folders and the system, and their families' names."""
    fonts = typst.Fonts(font_paths=[str(f) for f in folders])
    return fonts, frozenset(fonts.families())


def _chosen(wanted: tuple[str, ...], families: frozenset[str]) -> list[str]:
    return [name for name in wanted if name in families]
