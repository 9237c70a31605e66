"""Ready-made checklists to start from (checklists.toml), in both languages."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("checklists.toml")
KINDS = ("look", "count", "expiry")


@dataclass(frozen=True)
class Line:
    """One thing to look at, to count (`least` is needed) or to read a date from."""

    kind: str
    zh: str
    en: str = ""
    least: int | None = None


@dataclass(frozen=True)
class Ready:
    """A list with its usual period: shift, day, week or month."""

    key: str
    zh: str
    en: str
    every: str
    items: tuple[Line, ...]


@cache
def ready() -> tuple[Ready, ...]:
    """Return the ready-made lists in their order; ValueError for a file that is not as it should be."""
    found = []
    for key, one in tomllib.loads(FILE.read_text("utf-8")).items():
        items = tuple(Line(**item) for item in one["items"])
        if not items or any(item.kind not in KINDS for item in items):
            raise ValueError(f"{FILE.name}: {key} has no items, or one of an unknown kind")
        found.append(Ready(key, one["zh"], one["en"], one["every"], items))
    return tuple(found)


COUNTED = re.compile(r"^(?P<text>.+?)\s*(?:≥|>=)\s*(?P<least>\d{1,6})$")
DATED = re.compile(r"^(?P<text>.+?)\s*(?:有效期|失效日期|\buntil|\bexpiry)$", re.IGNORECASE)


def typed(text: str) -> Line:
    """Return the item that a typed line means: counted with “≥ 200”, dated with “until”, looked at."""
    text = text.strip()
    if found := COUNTED.match(text):
        return Line("count", found["text"], least=int(found["least"]))
    return Line("expiry" if DATED.match(text) else "look", text)
