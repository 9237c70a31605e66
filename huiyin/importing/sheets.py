"""Rows of a workbook (xlsx) or of separated text, each with its row as a spreadsheet counts. Pure.

What a file is, its content says, not its name: a workbook, or text whose character set and
separator are found out where the mapping does not set them.
"""

import csv
import io
import re
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from huiyin.importing.workbooks import BadSheet, Grid, Unreadable, read_workbook

__all__ = ["BadSheet", "Cells", "Table", "Unreadable", "open_table", "rows"]

Cells = dict[str, Any]
AUTOMATIC = "utf-8-sig"  # the encoding of a mapping that sets none
HEADING_WITHIN = 20  # rows
SEPARATORS = ",;\t|，；"
LARGEST_CELL = 16 * 1024 * 1024
_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|meta|table|\?xml|style|body)", re.IGNORECASE)
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')


@dataclass
class Table:
    """A table of a file: `rows` with their numbers, the sheet's name ("" in text), and what the
    person should know of it: codes of messages.py with details."""

    rows: Iterator[tuple[int, Cells]]
    sheet: str = ""
    since_1904: bool = False
    notes: list[tuple[str, str]] = field(default_factory=list)


def rows(
    path: Path, needed: Sequence[str], *, encoding: str = AUTOMATIC, sheet: str = ""
) -> Iterator[tuple[int, Cells]]:
    """Yield each row that is not empty, with its number in the file.

    Raise BadSheet when the file can't be read or a needed column is missing.
    """
    yield from open_table(path, needed, encoding=encoding, sheet=sheet).rows


def open_table(
    path: Path,
    needed: Sequence[str],
    *,
    encoding: str = AUTOMATIC,
    sheet: str = "",
    heading: int = 0,
    separator: str = "",
) -> Table:
    """Return the table in a file; its heading stands in row `heading`, or is looked for.

    Raise BadSheet when the file can't be read, or a column is missing or stands twice.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise BadSheet("no_file", str(path)) from error
    except OSError as error:
        raise BadSheet("unreadable", f"{path}: {error}") from error
    return read_table(
        content,
        needed,
        name=str(path),
        encoding=encoding,
        sheet=sheet,
        heading=heading,
        separator=separator,
    )


def read_table(
    content: bytes,
    needed: Sequence[str],
    *,
    name: str = "",
    encoding: str = AUTOMATIC,
    sheet: str = "",
    heading: int = 0,
    separator: str = "",
) -> Table:
    """Return the table in the bytes of a file, as `open_table` does."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadSheet("old_workbook", name)
    if _PAGE.match(content[:2000].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")):
        raise BadSheet("page", name)
    if content.startswith(b"PK"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of a workbook that hold no cells
            grids = read_workbook(content, name, sheet)
        return _first_table(grids, needed, heading)
    if Path(name).suffix.lower() in {".xlsx", ".xlsm", ".xls"}:
        raise BadSheet("unreadable", name)
    try:
        text = _decoded(content, encoding)
        grid = Grid("", list(_lines(text, needed, separator)))
    except (UnicodeError, LookupError, csv.Error) as error:
        raise BadSheet("not_text", f"{name}: {error}") from error
    return _table(grid, needed, heading)


def _first_table(grids: list[Grid], needed: Sequence[str], heading: int) -> Table:
    """Return the table of the first sheet that has the heading."""
    for grid in grids:
        try:
            table = _table(grid, needed, heading)
        except BadSheet as error:
            if error.code not in {"no_column", "no_heading"} or grid is grids[-1]:
                raise
        else:
            return table
    raise BadSheet("no_sheet", "")


def _decoded(content: bytes, encoding: str) -> str:
    if encoding != AUTOMATIC:
        # As a stream: the codec for a whole string takes UTF-16 without its mark on trust.
        return (
            io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
            .read()
            .removeprefix("\ufeff")
        )
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16")
    if content[:200].count(b"\0") > len(content[:200]) // 8:
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _lines(text: str, needed: Sequence[str], separator: str) -> Iterator[tuple[int, list[Any]]]:
    """Yield records with their numbers: line breaks inside a cell begin no new row."""
    csv.field_size_limit(LARGEST_CELL)
    first = 1
    if told := re.match(r"sep=(.)\r?\n", text):
        separator, text, first = separator or told[1], text[told.end() :], 2
    separator = separator or _separator(text, needed)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for number, line in enumerate(reader, first):
        yield number, [_kept_as_text(cell) for cell in line]


def _kept_as_text(cell: str) -> str:
    match = _AS_TEXT.fullmatch(cell.strip())
    return match[1].replace('""', '"') if match else cell


def _separator(text: str, needed: Sequence[str]) -> str:
    """Return the separator under which the first rows hold most of the needed columns."""
    wanted = {_key(name) for name in needed}

    def hits(separator: str) -> int:
        reader = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=separator)
        try:
            lines = list(islice(reader, HEADING_WITHIN))
        except csv.Error:
            return 0
        return max((len(wanted & {_key(cell) for cell in line}) for line in lines), default=0)

    return max(SEPARATORS, key=hits)


def _key(heading: object) -> str:
    """Return a heading as it is compared: without spaces, line breaks and signs that nobody sees."""
    text = unicodedata.normalize("NFKC", "" if heading is None else str(heading))
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"})  # fmt: skip


def _table(grid: Grid, needed: Sequence[str], heading: int) -> Table:
    lines = iter(grid.rows)
    first = list(islice(lines, max(heading, HEADING_WITHIN)))
    place, names = _heading(grid, first, needed, heading)
    table = Table(_named(grid, names, chain(first[place + 1 :], lines)), grid.name, grid.since_1904)
    table.notes += grid.notes
    if not heading and place:
        table.notes.append(("heading_in", str(first[place][0])))
    return table


def _heading(
    grid: Grid, first: list[tuple[int, list[Any]]], needed: Sequence[str], heading: int
) -> tuple[int, list[str]]:
    """Return where in the first rows the heading stands, and the name of each of its columns."""
    wanted = {_key(name): name for name in needed}
    best: set[str] = set()
    for place, (number, line) in enumerate(first):
        keys = [_key(cell) for cell in line]
        here = {wanted[key] for key in keys if key in wanted}
        if heading and number != heading:
            continue
        if twice := [key for key in wanted if keys.count(key) > 1]:
            raise BadSheet("heading_twice", _places(grid, number, keys, wanted, twice))
        if len(here) == len(set(needed)):
            return place, [wanted.get(key, str(cell or "").strip()) for key, cell in zip(keys, line, strict=True)]  # fmt: skip
        best = here if len(here) > len(best) else best
    missing = ", ".join(name for name in needed if name not in best)
    raise BadSheet("no_column", missing)


def _places(grid: Grid, row: int, keys: list[str], wanted: dict[str, str], twice: list[str]) -> str:
    from openpyxl.utils import get_column_letter

    return ", ".join(
        f"{wanted[key]}: "
        + ", ".join(
            f"{get_column_letter(at)}{row}" for at, each in enumerate(keys, 1) if each == key
        )
        for key in twice
    )


def _named(
    grid: Grid, names: list[str], lines: Iterator[tuple[int, list[Any]]]
) -> Iterator[tuple[int, Cells]]:
    for number, line in lines:
        cells = {name: cell for name, cell in zip(names, line, strict=False) if name}
        if any(cell not in (None, "") for cell in cells.values()):
            yield number, cells
