"""What each kind of report asks for (templates.toml), and how long each step may take."""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("templates.toml")
TYPES = ("text", "lines", "number", "moment", "choice", "yes")
QUESTIONS = ("vague", "short", "place", "time", "whom")
NUMBER_MOST = 1_000_000_000


@dataclass(frozen=True)
class Field:
    """One question of a template, in both languages; `counted` are those the ledger counts."""

    name: str
    type: str
    zh: str
    en: str
    required: bool = False
    counted: bool = False
    ask: tuple[str, ...] = ()
    choices: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Template:
    """One kind of report: its fields, in the order of the page."""

    kind: str
    zh: str
    en: str
    lead_zh: str
    lead_en: str
    fields: tuple[Field, ...]

    def __getitem__(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(one.name for one in self.fields)


@dataclass(frozen=True)
class Times:
    """Minutes (a review: days) that each step may take, by kind of report; whose rule they are."""

    source_zh: str
    source_en: str
    urgent_late_minutes: int
    danger_minutes: int
    review_days: int
    acknowledge_minutes: dict[str, int] = field(default_factory=dict)
    act_minutes: dict[str, int] = field(default_factory=dict)


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def _field(raw: dict[str, Any], whole: dict[str, Any]) -> Field:
    if "same" in raw:
        kind, _, name = raw["same"].partition(".")
        raw = next(one for one in whole[kind]["fields"] if one.get("name") == name)
    made = Field(
        **{**raw, "ask": tuple(raw.get("ask", ())), "choices": tuple(map(tuple, raw.get("choices", ())))}
    )  # fmt: skip
    if made.type not in TYPES or not set(made.ask) <= set(QUESTIONS):
        raise ValueError(f"{FILE.name}: the field {made.name} is of an unknown type or question")
    return made


@cache
def templates() -> dict[str, Template]:
    """Return every template by kind; ValueError for a file that is not as it should be."""
    whole = _read()
    found = {}
    for kind, one in whole.items():
        if kind == "times":
            continue
        fields = tuple(_field(raw, whole) for raw in one["fields"])
        head = {name: one[name] for name in ("zh", "en", "lead_zh", "lead_en")}
        found[kind] = Template(kind, **head, fields=fields)
        if len(set(found[kind].names)) != len(fields):
            raise ValueError(f"{FILE.name}: {kind} has a field twice")
    return found


@cache
def times() -> Times:
    """Return how long each step may take."""
    return Times(**_read()["times"])


class WrongValue(ValueError):
    """A field holds what its type can't: `field` says where, `code` what (messages.py)."""

    def __init__(self, name: str, code: str) -> None:
        super().__init__(f"{name}: {code}")
        self.field, self.code = name, code


def _value(one: Field, given: Any) -> str | int | bool | None:
    if one.type == "yes":
        return bool(given)
    if one.type == "number":
        if given is None or given == "":
            return None
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= NUMBER_MOST:
            raise WrongValue(one.name, "number")
        return given
    if one.type == "moment":
        if given is None or given == "":
            return ""
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
        if moment.tzinfo is None:
            raise WrongValue(one.name, "moment")
        return moment.isoformat()
    text = str(given or "").strip()
    if one.type == "choice" and text and text not in {key for key, _zh, _en in one.choices}:
        raise WrongValue(one.name, "unknown")
    if len(text) > (200 if one.type == "text" else 4_000):
        raise WrongValue(one.name, "too_long")
    return text


def clean(kind: str, given: dict[str, Any]) -> dict[str, str | int | bool | None]:
    """Return what was written as it is kept: each field of the template, nothing else.

    Numbers are whole or None where unknown, moments are ISO 8601 with a zone. Raises WrongValue for
    what a field can't hold, and for a name that the template does not have.
    """
    template = templates()[kind]
    if unknown := set(given) - set(template.names):
        raise WrongValue(sorted(unknown)[0], "unknown")
    return {one.name: _value(one, given.get(one.name)) for one in template.fields}
