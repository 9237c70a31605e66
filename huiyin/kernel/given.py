"""What people give to an action: cleaned, or refused by the name of the field."""

import re
from unicodedata import category

from huiyin.kernel.vault.masking import mask


class BadInput(ValueError):
    """What was given can't be taken; `field` names where, `code` says why (see messages.py)."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


# What ends a line in one system or another is one sign here.
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
# Signs that turn the order of what stands beside them, and so make a text read as another one. The
# marks of direction that Arabic, Uyghur and Hebrew need (U+200E, U+200F, U+061C) stay.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    """Return the text without control characters, broken signs and signs that turn its order.

    Every other character stays, those of a newer Unicode than Python's as well.
    """
    return "".join(
        char
        for char in _LINE_ENDS.sub("\n", text)
        if char in "\n\t" or (category(char) not in {"Cc", "Cs"} and char not in _TURNS)
    ).strip()


def clean(text: str) -> str:
    """Return the plain text as it may be kept: whoever reads it gets no receipt code out of it."""
    return mask(plain(text))
