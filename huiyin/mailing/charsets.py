"""Bytes into text: what a message says of its character set is a claim, the bytes decide. Pure."""

import re

from charset_normalizer import from_bytes

# Programs name the first set of a family and write all of it.
WIDER = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "csgb2312": "gb18030", "euc-cn": "gb18030",
    "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "ms936": "gb18030",
    "big5": "cp950", "x-x-big5": "cp950", "shift_jis": "cp932", "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949", "iso-8859-1": "cp1252", "iso-8859-9": "cp1254", "hz-gb-2312": "hz",
    "unicode-1-1-utf-7": "utf-7",
}  # fmt: skip
NO_SETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
ENOUGH = 3  # characters: by chance hardly any text of another set is so long and right UTF-8
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
SAMPLE = 64 * 1024  # bytes that the detector looks at


def _strict(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except (LookupError, UnicodeError, ValueError):
        return None


def decode(raw: bytes, label: str = "") -> tuple[str, bool]:
    """Return the text in `raw`, and whether all of it could be read.

    In this order: a byte order mark; UTF-8 where it is right and long enough to be no accident; the
    set of the label, or the wider one of its family; UTF-8; GB18030; what charset-normalizer finds.
    """
    for mark, name in MARKS:
        if raw.startswith(mark):
            return raw.decode(name, "replace"), _strict(raw, name) is not None
    name = label.strip().strip("'\"").lower()[:40]
    claimed = "" if name.replace("_", "-") in NO_SETS else WIDER.get(name, name)
    eight = _strict(raw, "utf-8")
    seven = not re.search(rb"[\x80-\xff]", raw)
    if eight is not None and not seven and sum(char >= "\x80" for char in eight) >= ENOUGH:
        return eight, True
    if claimed and (text := _strict(raw, claimed)) is not None:
        return text, True
    if eight is not None:
        return eight, not claimed.startswith(("utf-16", "utf-32"))
    if (text := _strict(raw, "gb18030")) is not None:
        return text, True
    best = from_bytes(raw[:SAMPLE]).best()
    if claimed not in {"utf-8", "utf8"} and not WIDER.get(name) and best is not None:
        text = _strict(raw, best.encoding)
        if text is not None:
            return text, True
    family = claimed if claimed and _strict(b" ", claimed) is not None else "utf-8"
    return raw.decode(family, "replace"), False
