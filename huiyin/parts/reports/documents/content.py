"""What the papers of reports say: plain data, in the reader's language already. No layout.

No field of it takes a person: posts and units stand for whoever acted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from huiyin.kernel.papers.paper import Lang


@dataclass(frozen=True, slots=True)
class Number:
    """One counted thing: what the report says, None where it was left open; what the ledger has."""

    name: str
    said: int | None
    counted: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction changed in one field."""

    version: int
    at: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit above: when it acknowledged (empty: not yet), and what it does."""

    unit: str
    acknowledged: str
    action: str


@dataclass(frozen=True, slots=True)
class ReportContent:
    """One report as its newest version has it.

    `event` names the kind of event of an urgent one; `short` and `long` are (name, value) of its
    fields; `about` the day of a daily report.
    """

    lang: Lang
    kind: str
    kind_name: str
    number: str
    unit: str
    post: str
    sent_on: date
    sent_at: str
    version: int
    about: date | None = None
    event: str = ""
    follows: str = ""
    numbers: Sequence[Number] = ()
    short: Sequence[tuple[str, str]] = ()
    long: Sequence[tuple[str, str]] = ()
    open: Sequence[tuple[str, str]] = ()
    changes: Sequence[Change] = ()
    desks: Sequence[Desk] = ()
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A unit right below with all below it."""

    code: str
    unit: str
    owed: int
    sent: int
    missing: int
    counted: Sequence[int]


@dataclass(frozen=True, slots=True)
class Named:
    """A unit that is missing or late, and the unit right below under which it stands."""

    code: str
    unit: str
    branch: str


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers over time; without `over` the last day or week still runs."""

    weeks: bool
    over: bool
    starts: Sequence[date]
    counts: dict[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class WholeContent:
    """A day over a subtree."""

    lang: Lang
    unit: str
    code: str
    post: str
    day: date
    made_at: str
    made_on: date
    owed: int
    sent: int
    numbers: Sequence[Number] = ()
    names: Sequence[str] = ()
    branches: Sequence[Row] = ()
    missing: Sequence[Named] = ()
    late: Sequence[Named] = ()
    needs: Sequence[tuple[str, str, str]] = ()
    trend: Series | None = field(default=None)
