"""What the columns of a spreadsheet mean: a TOML file for each kind of export. Pure.

[file]       encoding and separator (of text; found out), sheet (of a workbook; the first visible one
             that has the heading), heading (its row; looked for in the first 20)
[columns]    number, received_at, title, text; if there: category, unit, place, answer,
             answered_at, name, telephone, email, address
[templates]  title, text, answer made from several columns: "{Type}, reported by {Channel}"
[times]      formats, after strptime, tried in order before the usual ways to write a time; times are
             the organisation's local ones
[defaults]   category, unit (codes or names), language
[rules]      title_from_text = true: a subject that is too short is taken from the text
"""

import string
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

FIELDS = (
    "number",
    "received_at",
    "title",
    "text",
    "category",
    "unit",
    "place",
    "answer",
    "answered_at",
    "name",
    "telephone",
    "email",
    "address",
)
MADE = ("title", "text", "answer")
SHIPPED = Path(__file__).resolve().parents[1] / "mappings"
TABLES = {
    "file": {"encoding", "separator", "sheet", "heading"},
    "columns": set(FIELDS),
    "templates": set(MADE),
    "times": {"formats"},
    "defaults": {"category", "unit", "language"},
    "rules": {"title_from_text"},
}


class BadMapping(ValueError):
    """The mapping file can't be used; the message says what is wrong in it."""


@dataclass(frozen=True)
class Mapping:
    """A mapping file, read and checked."""

    columns: dict[str, str]
    templates: dict[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
    encoding: str = "utf-8-sig"
    sheet: str = ""
    heading: int = 0
    separator: str = ""
    category: str = ""
    unit: str = ""
    language: str = "zh-hans"
    title_from_text: bool = False

    def needed(self) -> list[str]:
        """Return every column name that the file must have, in the mapping's order."""
        names = list(self.columns.values())
        for template in self.templates.values():
            names += [name for _, name, _, _ in string.Formatter().parse(template) if name]
        return list(dict.fromkeys(names))

    def column_of(self, wanted: str) -> str:
        """Return the name, in the file, of what holds a field: for telling where an error is."""
        if wanted in self.columns:
            return self.columns[wanted]
        made = self.templates.get(wanted, "")
        return next((n for _, n, _, _ in string.Formatter().parse(made) if n), wanted)


def parse(content: str) -> Mapping:
    """Return the mapping in the text of a TOML file; raise BadMapping."""
    try:
        raw = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(f"not TOML: {error}") from error
    for table, given in raw.items():
        if table not in TABLES:
            raise BadMapping(f"[{table}] is none of {sorted(TABLES)}")
        if unknown := set(given) - TABLES[table]:
            raise BadMapping(f"[{table}] does not know {sorted(unknown)}")
    columns, templates = raw.get("columns", {}), raw.get("templates", {})
    for wanted in ("number", "received_at", "title", "text"):
        if wanted not in columns and wanted not in templates:
            raise BadMapping(f"no column is named for {wanted!r}")
    answered = "answer" in columns or "answer" in templates
    if answered != ("answered_at" in columns):
        raise BadMapping("'answer' and 'answered_at' come together")
    formats = raw.get("times", {}).get("formats")
    file, defaults = raw.get("file", {}), raw.get("defaults", {})
    return Mapping(
        columns=columns,
        templates=templates,
        **({"formats": tuple(formats)} if formats else {}),
        encoding=file.get("encoding", "utf-8-sig"),
        sheet=file.get("sheet", ""),
        heading=_row(file.get("heading", 0)),
        separator=_sign(file.get("separator", "")),
        category=defaults.get("category", ""),
        unit=defaults.get("unit", ""),
        language=defaults.get("language", "zh-hans"),
        title_from_text=raw.get("rules", {}).get("title_from_text", False),
    )


def _row(given: object) -> int:
    if type(given) is not int or not 0 <= given <= 10_000:
        raise BadMapping(f"[file] heading is the number of a row, not {given!r}")
    return given


def _sign(given: object) -> str:
    if not isinstance(given, str) or len(given) > 1:
        raise BadMapping(f"[file] separator is one sign, not {given!r}")
    return given


def load(name: str) -> Mapping:
    """Return the mapping in a file, or one shipped with Huiyin by its bare name ("letters")."""
    path = Path(name)
    if not path.exists() and not path.suffix:
        path = SHIPPED / f"{name}.toml"
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        shipped = sorted(one.stem for one in SHIPPED.glob("*.toml"))
        raise BadMapping(f"{path} cannot be read; shipped are {shipped}") from error
