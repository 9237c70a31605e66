"""What counts as the same text for a search, and the marks by which letters are found. Pure.

Text is brought to one form sign by sign (NFKC, no capitals, simplified for traditional signs, 2 for
二, no blanks), so that whatever stands in a text stands in its form. A mark is a sign or a pair of
neighbouring signs as a number of 32 bits; two pairs may share one, so what is found by marks is read.
"""

import re
import unicodedata
from functools import cache
from itertools import pairwise

_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_RANGES = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))  # where Unicode keeps Han signs
_DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
BREAK = "\0"  # between the parts of a letter: nothing is found across it
_MIX = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: neighbours fall far apart (Knuth 6.4)
_WIDE = (1 << 64) - 1
ENOUGH = 4  # marks that leave few letters to be read


@cache
def _simpler() -> dict[int, str]:
    """Return the simplified sign for each traditional one (OpenCC's table of signs)."""
    from opencc import OpenCC  # some milliseconds to load, which few commands have a use for

    signs = [chr(code) for first, last in _RANGES for code in range(first, last + 1)]
    simple = OpenCC("t2s").convert("\n".join(signs)).split("\n")
    table = {ord(a): b for a, b in zip(signs, simple, strict=True) if a != b}
    return table | {ord(sign): digit for sign, digit in _DIGITS.items()}


def plain(text: str) -> str:
    """Return the one form of a text in which it is looked for."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_simpler())
    return _BLANK.sub("", folded)


def marks(form: str) -> set[int]:
    """Return the marks of all signs and neighbouring pairs of a form, each in 0 to 2**32 - 1."""
    codes = [ord(sign) for sign in form]
    pairs = {first << 21 | second for first, second in pairwise(codes)}
    pairs.update(codes)
    return {(pair * _MIX & _WIDE) >> 32 for pair in pairs}


def marks_wanted(form: str) -> set[int]:
    """Return marks that a letter must have to hold the form: its only sign's, or up to ENOUGH of pairs
    that stand side by side and not across one another."""
    if len(form) < 2:
        return marks(form)
    places = sorted({*range(0, len(form) - 1, 2), len(form) - 2})
    if len(places) > ENOUGH:
        step = (len(places) - 1) / (ENOUGH - 1)
        places = [places[round(step * number)] for number in range(ENOUGH)]
    pairs = (ord(form[place]) << 21 | ord(form[place + 1]) for place in places)
    return {(pair * _MIX & _WIDE) >> 32 for pair in pairs}


def needles(query: str) -> list[str]:
    """Return the forms of the words of a query, which blanks part; no word twice."""
    forms = (plain(word) for word in query.split())
    return list(dict.fromkeys(form for form in forms if form))
