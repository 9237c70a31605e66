"""Receipt codes that stand in a text are hidden before the text is kept: a code opens a letter. Pure.

A code is known by its shape (32 symbols in one word, or eight groups of four), however it is parted
and whatever its case and width; one that is parted otherwise, or lost its end, is known by its
number where the caller can say which numbers are those of letters.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from huiyin.kernel.vault import codes
from huiyin.kernel.vault.codes import LOCATOR_SYMBOLS, SYMBOLS, ReceiptCode

MASK = "〔回执码已隐去 receipt code hidden〕"  # shorter than a code, so no text becomes too long
SHORTEST = SYMBOLS - 8  # symbols of a code whose end is missing
APART = 40  # characters between two symbols of one code, at most
_SPOKEN = "杠横"  # how a dash is read aloud
_ALIKE = str.maketrans("АВСЕНКМОРТХУЅЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧ|", "ABCEHKMOPTXYSJABEZHIKMNOPTYXI")
_HEXADECIMAL = frozenset("0123456789ABCDEF")

Known = Callable[[Collection[str]], Collection[str]]
"""Takes possible numbers of letters, returns those that are."""


def _none(_locators: Collection[str]) -> Collection[str]:
    return ()


@dataclass
class _Run:
    """Symbols with nothing but separators between them; `at` is where each stands in the text, and
    `gaps` says before which of them something is seen that parts it from the one before."""

    symbols: list[str] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    gaps: list[bool] = field(default_factory=list)

    def apart(self, index: int) -> bool:
        """Whether something stands between a symbol and the one before it."""
        return index >= len(self.gaps) or self.gaps[index]

    def cut(self, start: int) -> str:
        """Return as many symbols as a code has, or what there is of them."""
        return "".join(self.symbols[start : start + SYMBOLS])


@lru_cache(maxsize=4096)
def _symbols(char: str) -> str | None:
    """Return the symbols of a character; "" for a separator, None for any other letter or digit."""
    plain = unicodedata.normalize("NFKC", char).upper().translate(_ALIKE)
    if plain and all(each in codes.VALUES for each in plain):
        return "".join(codes.ALPHABET[codes.VALUES[each]] for each in plain)
    return None if unicodedata.category(char)[0] in "LN" and char not in _SPOKEN else ""


def _runs(text: str) -> Iterator[_Run]:
    run, gap = _Run(), True
    for place, char in enumerate(text):
        found = _symbols(char)
        if found == "" and (not run.at or place - run.at[-1] <= APART):
            gap = gap or unicodedata.category(char) != "Cf"  # those are not seen
            continue
        if not found:
            if len(run.symbols) >= SHORTEST:
                yield run
            run, gap = _Run(), True
            continue
        run.symbols += found
        run.at += [place] * len(found)
        run.gaps += [gap, *([False] * (len(found) - 1))]
        gap = False
    if len(run.symbols) >= SHORTEST:
        yield run


def _telling(symbols: str) -> bool:
    """Whether symbols are too mixed for words (0 and 1 may be their letters), for a number and for
    a checksum in hexadecimal: one code in 10,000 is not."""
    return _digits(symbols) > 0 and not set(symbols) <= _HEXADECIMAL


def _digits(symbols: str) -> int:
    return sum(each in "23456789" for each in symbols)


def _shaped(run: _Run, start: int) -> bool:
    end = start + SYMBOLS
    if not (run.apart(start) and run.apart(end)) or not _telling(run.cut(start)):
        return False
    parted = [index - start for index in range(start + 1, end) if run.apart(index)]
    return not parted or parted == list(range(4, SYMBOLS, 4))


def _checked(symbols: str) -> bool:
    return len(symbols) == SYMBOLS and codes.checks(symbols)


def codes_in(text: str) -> list[ReceiptCode]:
    """Return what may be receipt codes in a text, in its order: 32 symbols whose check is right."""
    return [
        ReceiptCode(symbols[:LOCATOR_SYMBOLS], symbols[LOCATOR_SYMBOLS:-2])
        for run in _runs(text)
        for start in range(len(run.symbols) - SYMBOLS + 1)
        if _checked(symbols := run.cut(start))
    ]


def mask(text: str, known: Known = _none) -> str:
    """Return the text with each receipt code in it replaced by `MASK`."""
    runs = list(_runs(text))
    if not runs:
        return text
    possible: dict[str, list[tuple[_Run, int]]] = {}
    spans: list[tuple[int, int]] = []
    for run in runs:
        for start in range(len(run.symbols) - SHORTEST + 1):
            symbols = run.cut(start)
            if len(symbols) == SYMBOLS and _shaped(run, start):
                spans.append((run.at[start], run.at[start + SYMBOLS - 1] + 1))
            secret = symbols[LOCATOR_SYMBOLS:]
            if _checked(symbols) or _digits(secret) >= 2:
                possible.setdefault(symbols[:LOCATOR_SYMBOLS], []).append((run, start))
    for locator in known(possible) if possible else ():
        for run, start in possible[locator]:
            last = min(start + SYMBOLS, len(run.at)) - 1
            spans.append((run.at[start], run.at[last] + 1))
    return _without(text, sorted(spans))


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    parts, done = [], 0
    for start, end in spans:
        if start >= done:
            parts += [text[done:start], MASK]
        done = max(done, end)
    return "".join((*parts, text[done:]))
