"""Rows of a workbook (xlsx) or of comma-separated text, each with its number. Pure."""

import csv
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

Cells = dict[str, Any]


class BadSheet(ValueError):
    """The file is no spreadsheet that can be read; `code` and `detail` say why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


def rows(
    path: Path, needed: Sequence[str], *, encoding: str = "utf-8-sig", sheet: str = ""
) -> Iterator[tuple[int, Cells]]:
    """Yield each row that is not empty, with its number in the file (the heading is row 1).

    Raise BadSheet when the file can't be read or a needed column is missing.
    """
    try:
        if path.suffix.lower() in {".xlsx", ".xlsm"}:
            yield from _workbook(path, needed, sheet)
        else:
            yield from _text(path, needed, encoding)
    except FileNotFoundError as error:
        raise BadSheet("no_file", str(path)) from error
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise BadSheet("unreadable", f"{path}: {error}") from error
    except (UnicodeError, LookupError, csv.Error) as error:
        raise BadSheet("not_text", f"{path}: {error}") from error


def _workbook(path: Path, needed: Sequence[str], sheet: str) -> Iterator[tuple[int, Cells]]:
    import openpyxl  # here: it takes a while, and most commands don't need it

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        if sheet and sheet not in book.sheetnames:
            raise BadSheet("no_sheet", sheet)
        lines = book[sheet or book.sheetnames[0]].iter_rows(values_only=True)
        yield from _named(enumerate(lines, 1), needed)
    finally:
        book.close()


def _text(path: Path, needed: Sequence[str], encoding: str) -> Iterator[tuple[int, Cells]]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, strict=True)
        yield from _named(((reader.line_num, line) for line in reader), needed)


def _named(
    lines: Iterator[tuple[int, Sequence[Any]]] | Any, needed: Sequence[str]
) -> Iterator[tuple[int, Cells]]:
    _, first = next(iter(lines), (1, ()))
    heading = [str(cell).strip() if cell is not None else "" for cell in first]
    if missing := [name for name in needed if name not in heading]:
        raise BadSheet("no_column", ", ".join(missing))
    for number, line in lines:
        cells = {name: cell for name, cell in zip(heading, line, strict=False) if name}
        if any(cell not in (None, "") for cell in cells.values()):
            yield number, cells
