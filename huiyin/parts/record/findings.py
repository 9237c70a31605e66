"""What an audit can find, in one place: each kind of finding with its meaning. Pure."""

from dataclasses import dataclass

KINDS = {
    "signature": "the checkpoint is not signed by the log's key",
    "checkpoint": "there is no checkpoint",
    "shorter": "the log is shorter than it was",
    "forked": "the log is not the one of an earlier checkpoint",
    "root": "the entries do not lead to the root that was signed",
    "bundle": "an entry bundle is missing or damaged",
    "tile": "a tile is missing or damaged",
    "format": "an entry is not what the format says",
    "missing": "something that the log tells of is gone from the database",
    "altered": "something is not as the log tells it",
    "order": "an entry is not in the place of its time and number",
    "backdated": "an entry or a time says earlier than it was",
    "held": "entries say earlier than the log took them in: it stood still, or they are not true",
    "future": "an entry says later than it is",
    "unmarked": "something is late and not marked late",
    "unlogged": "something is in the database without an entry",
    "commitment": "what is kept is not what was committed to",
    "sequence": "entries contradict each other",
    "unstood": "a shift that somebody was to stand was not stood",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: `subject` ("case:…", "" for the log), entry number."""

    what: str
    subject: str
    entry: int | None
    detail: str

    def __str__(self) -> str:
        """Return one line in plain words."""
        where = self.subject or "log"
        number = f", entry {self.entry}" if self.entry is not None else ""
        return f"{self.what}: {where}{number}: {KINDS[self.what]}: {self.detail}"
