"""Names of attachments, made safe to store, to show in a line of text and to offer as a download."""

import re
import unicodedata

MAX_NAME = 120
"""Characters, extension included; 120 Chinese characters are 360 bytes of a header."""

_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])$", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*/\\]')


def extension_of(name: str) -> str:
    """The last extension of `name`, lower case, no dot; empty if it has none."""
    base = _printable(name).replace("\\", "/").rsplit("/", 1)[-1].strip(" .")
    stem, dot, extension = base.rpartition(".")
    return extension.lower() if dot and stem and len(extension) <= 12 else ""


def safe_name(declared: str, extension: str) -> str:
    """`declared` without path, control and direction characters, ending in `.extension`.

    The extension is the one that the content has, never the one that was claimed. A name of
    which nothing is left becomes "file".
    """
    base = _printable(declared).replace("\\", "/").rsplit("/", 1)[-1].strip(" .")
    if extension_of(base):
        base = base.rpartition(".")[0]
    stem = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", base)).strip(" .")
    stem = stem[: MAX_NAME - len(extension) - 1].strip(" .")
    if not stem or _RESERVED.match(stem):
        stem = "file"
    return f"{stem}.{extension}"


def _printable(name: str) -> str:
    # Cc control, Cf format (bidirectional overrides, zero width), Cs surrogates, Co private use,
    # Cn unassigned, Zl/Zp line and paragraph separators: none belongs in a name.
    return "".join(
        c
        for c in unicodedata.normalize("NFC", name)
        if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
