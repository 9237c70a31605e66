"""Promises kept and missed by each unit, counted from the log's files alone, entry after entry."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from huiyin.kernel.ledger import publishing
from huiyin.kernel.ledger.tiles import WIDTH, path, unbundle
from huiyin.parts.record.promises import (
    SLACK,
    BadEntry,
    Owed,
    Promises,
    last_moment,
    moment,
    parse,
)


class Tally:
    """How far the log was counted. Deadlines entered after their time (imports of earlier days)
    count for nobody: nobody could have checked them when they ran."""

    def __init__(self) -> None:
        self.size = 0
        self.kept: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self._promises = Promises()
        self._latest = datetime.min.replace(tzinfo=UTC)

    def advance(self, size: int, most: int = 50_000) -> None:
        """Count on up to `size` entries, at most so many now; raise OSError, TileError."""
        end = min(size, self.size + most)
        while self.size < end:
            first = self.size // WIDTH * WIDTH
            name = path("entries", first // WIDTH, min(WIDTH, size - first))
            for leaf in unbundle(publishing.read(name))[self.size - first : end - first]:
                self._entry(leaf)
                self.size += 1

    def _entry(self, leaf: bytes) -> None:
        try:
            entry = parse(leaf)
            outcome = self._promises.apply(self.size, entry)
        except BadEntry:
            return  # an audit names it; here it counts for nobody
        at = moment(entry["time"])
        if outcome is not None and last_moment(entry["time"]) + SLACK >= self._latest:
            (self.kept if outcome.kept else self.missed)[outcome.unit] += 1
        self._latest = max(at, self._latest)

    @property
    def units(self) -> list[str]:
        """The codes of units that owed anything, in their order."""
        return sorted(set(self.kept) | set(self.missed))

    def dump(self) -> bytes:
        """Return the count with all that is owed, to go on from after a restart."""
        running = [
            [*key, one.unit, one.post, *map(_text, (one.began, one.due, one.paused)), one.entry,
             [[_text(due), _text(at)] for due, at in one.marked.items()]]
            for key, one in self._promises.open.items()
        ]  # fmt: skip
        said = {
            "size": self.size,
            "kept": self.kept,
            "missed": self.missed,
            "latest": _text(self._latest),
            "open": running,
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def load(cls, content: bytes) -> "Tally":
        """Return what `dump` kept; raise ValueError, KeyError or TypeError for anything else."""
        said: dict[str, Any] = json.loads(content)
        found = cls()
        found.size = int(said["size"])
        found.kept, found.missed = Counter(said["kept"]), Counter(said["missed"])
        found._latest = moment(said["latest"])
        for subject, kind, of, unit, post, began, due, paused, entry, marks in said["open"]:
            marked = {moment(one): moment(at) for one, at in marks}
            found._promises.open[subject, kind, of] = Owed(
                unit,
                post,
                moment(began),
                moment(due),
                entry,
                paused=moment(paused) if paused else None,
                marked=marked,
            )
        return found


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
