"""What was owed, by which unit, and whether it was kept: replayed from entries alone. Pure.

Either from whole entries, or from what the public log shows of promises (`ledger.leaves`): days instead
of times. What ended on the day on which it was owed then counts as the log says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from huiyin.kernel.ledger.leaves import OPENS, SEALED

SLACK = timedelta(minutes=5)  # by how much an honest time may lie before its place; see timing.py
Key = tuple[str, str, str]  # subject, kind of deadline, which of them
OPENING, MOVED, PAUSED, ENDED, LATE = (
    "clock.owed",
    "clock.moved",
    "clock.paused",
    "clock.ended",
    "clock.late",
)


class BadEntry(ValueError):
    """An entry is not what the format says; the message says where."""


@dataclass
class Owed:
    """One deadline as the log tells it. `unit` None: the time is the writer's, nobody owes."""

    unit: str | None
    post: str | None
    began: datetime
    due: datetime
    entry: int
    paused: datetime | None = None
    pauses: list[tuple[str, str]] = field(default_factory=list)
    marked: dict[datetime, datetime] = field(default_factory=dict)  # due -> when it was marked
    state: str = "open"
    ended: datetime | None = None
    plan: str | None = None  # None: of before entries said it, or not shown


@dataclass(frozen=True)
class Outcome:
    """A promise that was just decided: `unit` kept it, or did not."""

    unit: str
    kept: bool


DAY = len("2026-12-01")  # what a promise shows instead of a time
WHOLE = {"v", "kind", "time", "post", "subject", "nonce", "facts", "commit"}
SHOWN = ({"v", "kind", "day", "entry"}, {"v", "kind", "day", "entry", "subject", "facts"})


def parse(leaf: bytes) -> dict[str, Any]:
    """Return the entry of a leaf; raise BadEntry.

    Of a sealed one what is shown, in the fields of a whole one: `time` is a day then.
    """
    try:
        found = json.loads(leaf)
        if found["v"] == 2:
            return _shown(found)
        shaped = (
            found["v"] == 1
            and isinstance(found["kind"], str)
            and isinstance(found["subject"], str)
            and isinstance(found["facts"], dict)
            and isinstance(found["commit"], dict)
            and set(found) == WHOLE
        )
        datetime.fromisoformat(found["time"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadEntry(f"it can't be read: {error!r}") from error
    if not shaped:
        raise BadEntry("it has other fields than the format says")
    return dict(found)


def _shown(leaf: Mapping[str, Any]) -> dict[str, Any]:
    facts = leaf.get("facts", {})
    sealed = (leaf["kind"] == SEALED) == (set(leaf) == SHOWN[0])
    if (
        set(leaf) not in SHOWN
        or not sealed
        or len(leaf["day"]) != DAY
        or not isinstance(facts, dict)
    ):
        raise ValueError("a leaf of no known form")
    bytes.fromhex(leaf["entry"])
    moment(leaf["day"])
    return {
        "v": 2,
        "kind": leaf["kind"],
        "time": leaf["day"],
        "post": None,
        "subject": leaf.get("subject", ""),
        "facts": facts,
        "commit": {"entry": leaf["entry"]},
    }


def moment(text: str) -> datetime:
    """Return the time of an entry or fact; of a day its beginning, in UTC."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if len(text) == DAY else found


def last_moment(text: str) -> datetime:
    """Return the latest time that a time or day may stand for."""
    return moment(text) + timedelta(days=1 if len(text) == DAY else 0)


def _short(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


class Promises:
    """All open deadlines while entries are applied in their order; ended ones are let go.

    With `keep` the ended are kept too, by key, in `done`.
    """

    def __init__(self, *, keep: bool = False) -> None:
        self.open: dict[Key, Owed] = {}
        self.done: dict[Key, list[Owed]] = {}
        self._keep = keep

    def apply(self, number: int, entry: Mapping[str, Any]) -> Outcome | None:
        """Apply one entry; return the promise that it decided. Raise BadEntry where it can't be so."""
        kind, facts = entry["kind"], entry["facts"]
        if kind in OPENS and "due" in facts:
            self._open((entry["subject"], *OPENS[kind]), number, entry)
            return None
        if not kind.startswith("clock.") or "of" not in facts:
            return None
        key = (entry["subject"], str(facts["deadline"]), str(facts["of"]))
        if kind == OPENING:
            self._open(key, number, entry)
            return None
        owed = self.open.get(key)
        if owed is None:
            raise BadEntry(f"{kind} of {key[1]}, which is not owed")
        at = moment(entry["time"])
        if kind == MOVED:
            owed.due, owed.unit, owed.post = last_moment(facts["due"]), facts["unit"], entry["post"]
            owed.plan = facts.get("plan")
            if owed.paused is not None and not facts.get("paused"):
                owed.pauses.append((_short(owed.paused), _short(at)))
                owed.paused = None
        elif kind == PAUSED:
            owed.paused = at
        elif kind == LATE:
            return self._late(owed, last_moment(facts["due"]), at)
        elif kind == ENDED:
            return self._end(key, owed, entry, facts)
        return None

    def _open(self, key: Key, number: int, entry: Mapping[str, Any]) -> None:
        if key in self.open:
            raise BadEntry(f"{key[1]} is opened though it is owed already")
        facts = entry["facts"]
        post = entry["post"] if entry["kind"] == OPENING else facts.get("to")
        began, due = moment(facts["began"]), last_moment(facts["due"])
        self.open[key] = Owed(facts["unit"], post, began, due, number, plan=facts.get("plan"))

    def _late(self, owed: Owed, due: datetime, at: datetime) -> Outcome | None:
        if due != owed.due:
            raise BadEntry(f"late for {due}, but owed by {owed.due}")
        fresh = not owed.marked
        owed.marked.setdefault(due, at)
        return Outcome(owed.unit, kept=False) if fresh and owed.unit else None

    def _end(
        self, key: Key, owed: Owed, entry: Mapping[str, Any], facts: Mapping[str, Any]
    ) -> Outcome | None:
        at, shown = moment(entry["time"]), len(entry["time"]) == DAY
        del self.open[key]
        owed.state, owed.ended = str(facts["state"]), at
        if self._keep:
            self.done.setdefault(key, []).append(owed)
        ended_late = at >= owed.due or (shown and facts["late"] is True)
        over = owed.unit is not None and owed.paused is None and ended_late
        if over and facts["late"] is not True:
            raise BadEntry(f"{key[1]} ended late and is not marked late")
        if last_moment(facts["due"]) != owed.due:
            raise BadEntry(f"{key[1]} ended with another time than it had")
        if owed.unit is None or owed.marked or owed.state != "met":
            return (
                Outcome(owed.unit, kept=False) if over and owed.unit and not owed.marked else None
            )
        return Outcome(owed.unit, kept=not over)
