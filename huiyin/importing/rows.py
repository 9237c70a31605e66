"""One row of a spreadsheet becomes a letter, or a list of what is wrong in which column. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from huiyin.importing.mapping import Mapping
from huiyin.importing.sheets import Cells, Unreadable
from huiyin.importing.times import local_time
from huiyin.kernel.given import plain

TOTAL = re.compile(
    r"(合\s*计|总\s*计|小\s*计|共\s*计|汇\s*总|(grand |sub)?totals?)\s*[:：]?", re.IGNORECASE
)
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)  # 1.38E+10: its digits are gone
IDENTITY = ("name", "telephone", "email", "address")
EARLIEST = datetime(1949, 1, 1)  # noqa: DTZ001 - a local day; before it a date is a slip
TITLE_LONGEST, TEXT_SHORTEST, LONGEST = 120, 5, 20_000
TAKEN_FROM_TEXT = 30  # characters


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell: `code` is explained in messages.py."""

    row: int
    column: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Letter:
    """A letter as a row gives it; times are aware."""

    row: int
    number: str
    received_at: datetime
    title: str
    text: str
    category: str = ""
    unit: str = ""
    place: str = ""
    identity: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    answered_at: datetime | None = None


class Reader:
    """Reads the rows of one file; remembers the numbers that it has met."""

    def __init__(
        self,
        mapping: Mapping,
        zone: ZoneInfo,
        now: datetime,
        categories: Collection[str],
        units: Collection[str],
    ) -> None:
        self.mapping, self.zone, self.now = mapping, zone, now
        self.categories, self.units = set(categories), set(units)
        self.since_1904 = False
        self._met: dict[str, int] = {}

    def read(self, row: int, cells: Cells) -> Letter | list[Problem]:
        """Return the letter in a row, or everything that is wrong with it."""
        problems: list[Problem] = []

        def wrong(wanted: str, code: str, detail: str = "") -> None:
            problems.append(Problem(row, self.mapping.column_of(wanted), code, detail))

        if unusable := self._unusable(row, cells):
            return unusable
        given = {name: self._text(name, cells) for name in (*IDENTITY, "number", "title", "text")}
        given |= {name: self._text(name, cells) for name in ("category", "unit", "place", "answer")}
        number, text = given["number"], given["text"]
        if SCIENTIFIC.fullmatch(given["telephone"]):
            wrong("telephone", "scientific", given["telephone"])
        title = given["title"]
        if len(title) < 2 and self.mapping.title_from_text:
            title = " ".join(text.split())[:TAKEN_FROM_TEXT]
        self._number(row, number, wrong)
        self._words(title, text, wrong)
        for wanted, known in (("category", self.categories), ("unit", self.units)):
            if given[wanted] and given[wanted] not in known:
                wrong(wanted, f"unknown_{wanted}", given[wanted])
        received = self._time("received_at", cells, wrong)
        answer, answered = self._answer(cells, given["answer"], received, wrong)
        identity = {name: given[name] for name in IDENTITY if given[name]}
        if identity and "name" not in identity:
            wrong("name", "missing")
        if problems or received is None:
            return problems
        return Letter(
            row,
            number,
            received,
            title,
            text,
            given["category"] or self.mapping.category,
            given["unit"] or self.mapping.unit,
            given["place"],
            identity,
            answer,
            answered,
        )

    def _unusable(self, row: int, cells: Cells) -> list[Problem]:
        """Return what makes a row unusable before its words are looked at."""
        marked = [(column, cells.get(column)) for column in self.mapping.needed()]
        problems = [
            Problem(row, column, cell.code, cell.detail)
            for column, cell in marked
            if isinstance(cell, Unreadable)
        ]
        number = "" if problems else self._text("number", cells)
        if TOTAL.fullmatch(number):
            problems.append(Problem(row, self.mapping.column_of("number"), "total_row", number))
        return problems

    def _number(self, row: int, number: str, wrong: Any) -> None:
        if not number:
            wrong("number", "missing")
        elif SCIENTIFIC.fullmatch(number):
            wrong("number", "scientific", number)
        elif number in self._met:
            wrong("number", "twice", str(self._met[number]))
        else:
            self._met[number] = row

    def _words(self, title: str, text: str, wrong: Any) -> None:
        for wanted, words, least, most in (
            ("title", title, 2, TITLE_LONGEST),
            ("text", text, TEXT_SHORTEST, LONGEST),
        ):
            if len(words) < least:
                wrong(wanted, "too_short" if words else "missing")
            if len(words) > most:
                wrong(wanted, "too_long", str(most))

    def _answer(
        self, cells: Cells, answer: str, received: datetime | None, wrong: Any
    ) -> tuple[str, datetime | None]:
        if "answered_at" not in self.mapping.columns:
            return "", None
        has_time = bool(self._text("answered_at", cells))
        if "answer" in self.mapping.templates and not has_time:
            return "", None  # a made-up sentence is no answer where nobody answered
        if not answer and not has_time:
            return "", None
        answered = self._time("answered_at", cells, wrong)
        if len(answer) < 2:
            wrong("answer", "too_short" if answer else "missing")
        if len(answer) > LONGEST - 100:
            wrong("answer", "too_long", str(LONGEST - 100))
        if answered and received and answered < received:
            wrong("answered_at", "before_receipt")
        return answer, answered

    def _text(self, wanted: str, cells: Cells) -> str:
        template = self.mapping.templates.get(wanted)
        if template is not None:
            shown = {name: _plain(cell) for name, cell in cells.items()}
            return template.format_map(shown).strip()
        column = self.mapping.columns.get(wanted)
        return _plain(cells.get(column)) if column else ""

    def _time(self, wanted: str, cells: Cells, wrong: Any) -> datetime | None:
        value = cells.get(self.mapping.columns[wanted])
        local = local_time(value, self.mapping.formats, since_1904=self.since_1904)
        if local is None:
            wrong(wanted, "no_time" if _plain(value) else "missing", _plain(value))
            return None
        if local.tzinfo is not None:
            local = local.astimezone(self.zone).replace(tzinfo=None)
        if local < EARLIEST:
            wrong(wanted, "too_early", _plain(value))
            return None
        moment = local.replace(tzinfo=self.zone)
        if moment > self.now:
            wrong(wanted, "in_future", _plain(value))
            return None
        return moment


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a number column of a workbook
    return plain(str(value))
