"""A letter's life replayed from its entries alone: what its tables must hold if nothing was touched.

Pure. The result is a flat mapping of names to values, each with the number of the entry that set it;
`testimony.py` says the same of the tables, under the same names.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from huiyin.kernel.ledger.testimony import Derived, Value
from huiyin.parts.cases.rules import Stage

OWNER, HELPER, ARBITER, REVIEWER = "owner", "helper", "arbiter", "reviewer"
REVIEWS = {"case.review": 1, "case.final_review": 2}
SETS: Mapping[str, str] = {
    "case.filed": Stage.RECEIVED,
    "case.forwarded": Stage.FORWARDED,
    "case.settled": Stage.FORWARDED,
    "case.objected": Stage.DISPUTED,
    "case.accepted": Stage.ACCEPTED,
    "case.reopened": Stage.ACCEPTED,
    "case.declined": Stage.DECLINED,
    "case.answered": Stage.ANSWERED,
    "case.closed": Stage.CLOSED,
    "case.withdrawn": Stage.WITHDRAWN,
}
# Whoever did one of these is remembered as having touched the letter.
TOUCHES = frozenset(
    [
        "case.accepted",
        "case.declined",
        "case.message_out",
        "case.noted",
        "case.transferred",
        "case.extended",
        "case.extension_refused",
        "case.answered",
        "case.forwarded",
    ]
)


class Life:
    """One letter while its entries are applied in their order."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {"level": 0, "closed_why": "", "steps": 0}
        self.set_by: dict[str, int | None] = {}
        self.open: list[tuple[str, str, int]] = []  # who may touch it now: capacity, post, level
        self.given: list[tuple[str, str, int]] = []  # whoever could at some time
        self.must: set[str] = set()  # posts that handled it
        self.sure = True  # False where an entry from before `to` leaves open who owns the letter
        self._number: int | None = None
        self._seen: dict[str, int] = {}  # how many hearings, extensions, rounds of review

    def result(self) -> dict[str, Derived]:
        """Return everything that follows from the entries so far."""
        found = {name: Derived(value, self.set_by.get(name)) for name, value in self.values.items()}
        found["handling now"] = Derived(handling(self.open))
        found["given"] = Derived(handling(self.given))
        found["handled"] = Derived("; ".join(sorted(self.must)))
        if not self.sure:
            for name in ("owner", "unit", "handling now", "given", "handled"):
                found[name] = Derived(None, known=False)
        if "received_at" not in self.values:
            found["received_at"] = Derived(None, known=False)
        return found

    def apply(self, number: int | None, entry: Mapping[str, Any]) -> None:
        """Apply one entry, its number None while it waits for one."""
        self._number = number
        kind, facts, post = entry["kind"], entry["facts"], entry["post"]
        at = datetime.fromisoformat(entry["time"])
        if kind.startswith("case."):
            self.values["steps"] = int(str(self.values["steps"])) + 1
            if post is not None and kind in TOUCHES:
                self.must.add(post)
            self._stage(kind, facts)
            if act := getattr(self, kind.replace("case.", "_"), None):
                act(at, post, facts)
        elif kind == "clock.owed":
            self._owed(facts["deadline"], facts["of"], post)
        elif kind == "clock.ended":
            self._ended(facts["deadline"], facts["of"], at, facts)

    def _set(self, **values: Value) -> None:
        for name, value in values.items():
            self._name(name, value)

    def _name(self, name: str, value: Value) -> None:
        self.values[name] = value
        self.set_by[name] = self._number

    def _next(self, what: str) -> str:
        self._seen[what] = self._seen.get(what, 0) + 1
        return f"{what} {self._seen[what]}"

    def _running(self, what: str, end: str) -> str | None:
        """Return the name of the latest of its kind while its `end` is not there."""
        name = f"{what} {self._seen.get(what, 0)}"
        return name if self.values.get(f"{name}: {end}", 0) is None else None

    def _stage(self, kind: str, facts: Mapping[str, Any]) -> None:
        before = str(self.values.get("stage", ""))
        after = stage_after(before, kind, facts)
        if after != before:
            self._set(stage=after)

    def _opens(self, capacity: str, post: str, level: int = 0) -> None:
        self.open.append((capacity, post, level))
        self.given.append((capacity, post, level))
        self.must.add(post)

    def _closes(self, capacity: str) -> None:
        self.open = [one for one in self.open if one[0] != capacity]

    def _hand_to(self, facts: Mapping[str, Any], *, involve: bool = True) -> None:
        self._set(unit=facts.get("unit"))
        if "to" not in facts:
            self.sure = False
            return
        self._set(owner=facts["to"])
        if involve:
            self._closes(OWNER)
            self._opens(OWNER, facts["to"])

    def _filed(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._set(channel=facts.get("channel"), erased_at=None, closed_at=None)
        self._set(accepted_at=None, answered_at=None)
        if "began" in facts:
            self._set(received_at=datetime.fromisoformat(facts["began"]))
        self._hand_to(facts, involve=False)

    def _forwarded(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._hand_to(facts)

    _transferred = _forwarded

    def _settled(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._closes(ARBITER)
        self._hand_to(facts)

    def _joined(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        if "to" in facts:
            self._opens(HELPER, facts["to"])
        else:
            self.sure = False

    def _accepted(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._set(accepted_at=at)

    def _declined(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._set(answered_at=at)

    def _answered(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._set(answered_at=at, level=0)
        self._extension_refused(at, post, facts)

    def _hearing_set(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        name = self._next("hearing")
        self._name(f"{name}: form", facts["form"])
        self._name(f"{name}: at", datetime.fromisoformat(facts["on"]))
        self._name(f"{name}: held_at", None)

    def _hearing_held(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        if name := self._running("hearing", "held_at"):
            self._name(f"{name}: held_at", at)

    def _extension_asked(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        name = self._next("extension")
        self._name(f"{name}: days", facts["days"])
        self._name(f"{name}: asked_at", at)
        self._name(f"{name}: asked_by", post)
        self._name(f"{name}: decided_at", None)
        self._name(f"{name}: granted", None)

    def _extended(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        if name := self._running("extension", "decided_at"):
            self._name(f"{name}: decided_at", at)
            self._name(f"{name}: granted", True)

    def _extension_refused(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        if name := self._running("extension", "decided_at"):
            self._name(f"{name}: decided_at", at)
            self._name(f"{name}: granted", False)

    def _remedy_done(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._name(f"remedy {facts['number']}: state", "done")
        self._name(f"remedy {facts['number']}: done_at", at)

    def _remedy_confirmed(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._name(f"remedy {facts['number']}: state", "confirmed")

    def _remedy_disputed(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._name(f"remedy {facts['number']}: state", "disputed")

    def _rated(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        name = f"rating {self.values['level']}"
        self._name(f"{name}: handling", facts["handling"])
        self._name(f"{name}: outcome", facts["outcome"])
        self._name(f"{name}: at", at)

    def _review_asked(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        name = self._next(f"review {facts['level']}, round")
        self._name(f"{name}: asked_at", at)
        self._name(f"{name}: post", None)
        self._name(f"{name}: decided_at", None)
        self._name(f"{name}: outcome", "")
        self._set(closed_at=None, closed_why="")

    def _review_decided(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        if name := self._running(f"review {facts['level']}, round", "decided_at"):
            self._name(f"{name}: decided_at", at)
            self._name(f"{name}: outcome", facts["outcome"])
        self._closes(REVIEWER)
        self._set(level=facts["level"])
        if facts["outcome"] != "returned":
            self._set(answered_at=at)

    def _content(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._set(closed_why="content")

    def _closed(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._set(closed_at=at, closed_why=facts["why"])

    def _withdrawn(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._set(closed_at=at, closed_why="withdrawn")

    def _reopened(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._set(closed_at=None, closed_why="")

    def _erased(self, at: datetime, post: str | None, facts: Mapping[str, Any]) -> None:
        self._set(erased_at=at)

    def _owed(self, deadline: str, of: str, post: str | None) -> None:
        if deadline == "case.dispute" and post and not any(c == ARBITER for c, _, _ in self.open):
            self._opens(ARBITER, post)
        elif level := REVIEWS.get(deadline):
            name = self._running(f"review {level}, round", "decided_at")
            if name and post and self.values[f"{name}: post"] is None:
                self._name(f"{name}: post", post)
                self._opens(REVIEWER, post, level)
        elif deadline == "case.remedy" and f"remedy {of}: state" not in self.values:
            self._name(f"remedy {of}: state", "promised")
            self._name(f"remedy {of}: post", post)
            self._name(f"remedy {of}: done_at", None)
            handles = post == self.values.get("owner") or any(at == post for _, at, _ in self.open)
            if post and not handles:
                self._opens(HELPER, post)

    def _ended(self, deadline: str, of: str, at: datetime, facts: Mapping[str, Any]) -> None:
        """Silence: a time that was the writer's is over, which is no entry of its own."""
        over = facts["state"] == "void" and datetime.fromisoformat(facts["due"]) <= at
        if not over or self.values.get("stage") in {"closed", "withdrawn"}:
            return
        if deadline == "case.close_question":
            self._set(closed_why="no_reply")
        elif deadline == "case.remedy_check" and self.values.get(f"remedy {of}: state") == "done":
            self._name(f"remedy {of}: state", "confirmed")


def handling(touching: Iterable[tuple[str, str, int]]) -> str:
    """Return in words who may touch a letter now."""
    return "; ".join(sorted(f"{capacity} {post} {level}" for capacity, post, level in touching))


def stage_after(stage: str, kind: str, facts: Mapping[str, Any]) -> str:
    """Return the stage of a letter after an entry; the one before where it changes nothing."""
    level = facts.get("level")
    if kind == "case.review_asked":
        return "reviewing" if level == 1 else "final_reviewing"
    if kind == "case.review_decided":
        if facts.get("outcome") == "returned":
            return "accepted"
        return "reviewed" if level == 1 else "final_reviewed"
    if kind == "case.asked":
        return "asked" if stage in {"answered", "reviewed"} else stage
    return str(SETS.get(kind, stage))


def derive(entries: Sequence[tuple[int | None, Mapping[str, Any]]]) -> dict[str, Derived]:
    """Return what a letter's tables must hold after these entries."""
    life = Life()
    for number, entry in entries:
        life.apply(number, entry)
    return life.result()
