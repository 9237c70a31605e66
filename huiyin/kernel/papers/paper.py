"""What any official paper consists of: words in their order, no layout. The same for Word and PDF."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

Lang = Literal["zh-hans", "en"]
_NUMERALS = "〇一二三四五六七八九"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a section, numbered already; the level decides its typeface."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `fine` ones, long lists of names, are set smaller."""

    text: str
    fine: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; whole numbers stand to the right. `widths` are shares of the line."""

    head: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG, over the whole line; `says` is read out to whoever can't see it."""

    svg: str
    says: str


Block = Heading | Text | Table | Picture


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: `issuer` is the red head, `recipient` and `note` may be empty."""

    lang: Lang
    issuer: str
    number: str
    title: str
    recipient: str
    blocks: tuple[Block, ...]
    signature: tuple[str, ...]
    issued: str
    issued_on: date
    note: str


def day(value: date, lang: Lang) -> str:
    """A date in full: 2026年3月2日, 2 March 2026 (GB/T 9704-2012, 7.3.5.4: no leading zeros)."""
    if lang == "zh-hans":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def lines(text: str) -> list[str]:
    """The paragraphs of `text`: one a line, tidied, empty ones left out."""
    return [t for t in (tidy(line) for line in text.splitlines()) if t]


def tidy(text: str) -> str:
    """`text` on one line without control, direction and unassigned characters."""
    spaced = " ".join(text.split())
    return "".join(
        c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )


def numbered(number: int, heading: str, lang: Lang) -> Heading:
    """The head of section `number`: 一、… or 1. …"""
    head = f"{chinese(number)}、" if lang == "zh-hans" else f"{number}. "
    return Heading(head + heading)


def numbered_below(section: int, number: int, heading: str, lang: Lang) -> Heading:
    """The head of part `number` of a section: （一）… or 2.1 …"""
    head = f"（{chinese(number)}）" if lang == "zh-hans" else f"{section}.{number} "
    return Heading(head + heading, 2)


def chinese(number: int) -> str:
    """1 to 99 in Chinese numerals: 一, 十, 十二, 二十, 二十三; others as digits."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    head = "" if tens == 0 else ("十" if tens == 1 else _NUMERALS[tens] + "十")
    return head + (_NUMERALS[ones] if ones else "")
