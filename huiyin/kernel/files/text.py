"""Plain text: in which encoding it was written, found out from its bytes."""

from typing import NamedTuple

from huiyin.kernel.files.verdict import FileRefused

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_COMMON_GB = range(0xB0, 0xD8)
"""First bytes of GB 2312's 3,755 common characters."""
_COMMON_BIG5 = range(0xA4, 0xC7)
"""First bytes of Big5's 5,401 common characters."""
_NEEDED = 0.7
"""Share of common characters among all in two bytes, from which an encoding is believed."""
_FEWEST = 0.4
"""The same in GBK, where traditional characters are none of GB 2312's common ones."""
_SURE = 0.9


def decode_text(data: bytes) -> str:
    """`data` as text in UTF-8, UTF-16 (also without its mark), GB18030 or Big5.

    A character that no version of Unicode known here has is kept. Raises FileRefused:
    unknown_encoding (looks like text, is in none of these), type_disagrees (no text at all).
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _decode(data, encoding) or _no_text()
    gb, big5 = _chinese(data, "gb18030"), _chinese(data, "big5hkscs")
    text = _decode(data, "utf-8")
    if text is not None and (_of_one_script(text) or gb.share < _SURE):
        return text
    likely = [guess for guess in (gb, big5) if guess.text is not None and guess.share >= _NEEDED]
    text = _utf16(data)
    if text is not None and (b"\x00" in data or not likely):
        return text
    best = max((gb, big5), key=lambda guess: guess.share if guess.text is not None else -1.0)
    if best.text is not None and best.share >= (_NEEDED if best is big5 else _FEWEST):
        return best.text
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in data):
        return _no_text()
    raise FileRefused("unknown_encoding", {"found": "text"})


class _Guess(NamedTuple):
    text: str | None
    share: float


def _chinese(data: bytes, encoding: str) -> _Guess:
    common, second = (_COMMON_GB, 0xA1) if encoding == "gb18030" else (_COMMON_BIG5, 0x40)
    return _Guess(_decode(data, encoding), _share(data, common, second))


def _of_one_script(text: str) -> bool:
    """Whether UTF-8 that decodes was meant: two Chinese characters in GBK may read as two letters,
    of two scripts."""
    others = {character for character in text if ord(character) >= 0x80}
    return (
        not others
        or any(all(low <= ord(character) < high for character in others) for low, high in _SCRIPTS)
        or any(ord(character) >= 0x800 for character in others)
    )


_SCRIPTS = ((0x80, 0x180), (0x370, 0x400), (0x400, 0x460), (0x590, 0x800))


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if all(_belongs(character) for character in set(text)) else None


def _belongs(character: str) -> bool:
    """Whether it may stand in a text: no control sign, no half of a pair, no noncharacter.

    By code point, not by the tables of this Python: emoji are newer than those.
    """
    code = ord(character)
    if code < 0x20:
        return character in "\t\n\r\f"
    return not (
        0x7F <= code < 0xA0
        or 0xD800 <= code < 0xE000
        or 0xFDD0 <= code < 0xFDF0
        or code & 0xFFFE == 0xFFFE
    )


def _utf16(data: bytes) -> str | None:
    """Text in UTF-16 without a mark: Chinese characters and ASCII alone fill either byte's half."""
    if len(data) % 2:
        return None
    best, share = None, 0.0
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _decode(data, encoding)
        if text:
            usual = sum(_usual(character) for character in text) / len(text)
            if usual > share:
                best, share = text, usual
    return best if share > 0.97 else None


def _usual(character: str) -> bool:
    code = ord(character)
    return code < 0x80 or 0x3000 <= code < 0x3100 or 0x4E00 <= code < 0xA000 or code >= 0xFF00


def _share(data: bytes, common: range, second_from: int) -> float:
    """The share of characters in two bytes whose first byte is of a common one."""
    at = pairs = hits = 0
    while at < len(data):
        if data[at] < 0x81 or at + 1 == len(data):
            at += 1
            continue
        if 0x30 <= data[at + 1] <= 0x39:  # GB18030 in four bytes
            at += 4
            continue
        pairs += 1
        marks = 0xA1 <= data[at] <= 0xA3
        hits += (data[at] in common or marks) and data[at + 1] >= second_from
        at += 2
    return hits / pairs if pairs else 1.0


def _no_text() -> str:
    raise FileRefused("type_disagrees", {"found": "unknown"})
