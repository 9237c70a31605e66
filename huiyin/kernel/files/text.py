"""Plain text: in which encoding it was written, found out from its bytes."""

from huiyin.kernel.files.verdict import FileRefused

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_COMMON_GB = range(0xB0, 0xD8)
"""First bytes of GB 2312's 3,755 common characters."""
_COMMON_BIG5 = range(0xA4, 0xC7)
"""First bytes of Big5's 5,401 common characters."""
_NEEDED = 0.7
"""Share of common characters among all in two bytes, from which an encoding is believed."""


def decode_text(data: bytes) -> str:
    """`data` as text in UTF-8, UTF-16 (also without its mark), GB18030 or Big5.

    A character that no version of Unicode known here has is kept. Raises FileRefused:
    unknown_encoding (looks like text, is in none of these), type_disagrees (no text at all).
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _decode(data, encoding) or _no_text()
    if (text := _decode(data, "utf-8")) is not None:
        return text
    if (text := _utf16(data)) is not None:
        return text
    chinese = [
        (_share(data, _COMMON_GB, 0xA1), _decode(data, "gb18030")),
        (_share(data, _COMMON_BIG5, 0x40), _decode(data, "big5hkscs")),
    ]
    share, text = max(chinese, key=lambda guess: (guess[1] is not None, guess[0]))
    if text is not None and share >= _NEEDED:
        return text
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in data):
        return _no_text()
    raise FileRefused("unknown_encoding", {"found": "text"})


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
    # GBK read so hits the same blocks by chance, but never with each character
    return best if share > 0.97 and (b"\x00" in data or not _chinese_bytes(data)) else None


def _usual(character: str) -> bool:
    code = ord(character)
    return code < 0x80 or 0x3000 <= code < 0x3100 or 0x4E00 <= code < 0xA000 or code >= 0xFF00


def _chinese_bytes(data: bytes) -> bool:
    return _share(data, _COMMON_GB, 0xA1) >= _NEEDED or _share(data, _COMMON_BIG5, 0x40) >= _NEEDED


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
