"""The public figures, kept beside the log: the worker counts on, a page reads what was counted.

Two files in the log's directory that are not served: `.figures`, a few numbers, written when they
changed, and `.tally`, all that is owed besides, written now and then, so that a restart counts on from
there. Each names the size that it stands at and the root over so many entries; where the log has
another root it is of another log, and counted anew.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from huiyin.kernel.ledger import publishing
from huiyin.kernel.ledger.notes import Checkpoint, Note
from huiyin.kernel.ledger.tiles import TileError, Tiles
from huiyin.kernel.ledger.tree import span
from huiyin.parts.record.tally import Tally

FIGURES, STATE = ".figures", ".tally"
AT_ONCE = 5_000  # entries, after which the worker looks after other things again
OFTEN, SELDOM = timedelta(seconds=10), timedelta(minutes=10)
NEVER = datetime.min.replace(tzinfo=UTC)
log = logging.getLogger("huiyin.figures")


@dataclass(frozen=True)
class Figures:
    """Promises kept and missed by each unit in the first `size` entries."""

    size: int
    kept: Counter[str]
    missed: Counter[str]


def _root(size: int, whole: int) -> str:
    return span(0, size, Tiles(whole, publishing.read).subtree).hex() if size else ""


def _kept(name: str, whole: int) -> bytes | None:
    """Return what was kept of this log; None where there is nothing, or it is of another one."""
    try:
        head, _, body = publishing.read(name).partition(b"\n")
        size, root = head.decode().split()
        if int(size) <= whole and root == _root(int(size), whole):
            return body
    except FileNotFoundError:
        return None
    except (ValueError, TileError, OSError):
        log.warning("%s can't be used; counting anew", name)
    return None


def _keep(name: str, size: int, whole: int, body: bytes) -> None:
    publishing.write(name, f"{size} {_root(size, whole)}\n".encode() + body)


def published() -> int:
    """Return the size of the log that is out; raise NoteError."""
    note = publishing.current()
    return Checkpoint.parse(Note.parse(note.decode()).text).size if note else 0


def figures(whole: int) -> Figures:
    """Return what was counted of a log of so many entries; nothing of a long one before the worker ran.

    Raises OSError, TileError.
    """
    body = _kept(FIGURES, whole)
    if body is None:
        found = Tally()
        if whole <= AT_ONCE:  # a short log is counted at once
            found.advance(whole)
        return Figures(found.size, found.kept, found.missed)
    said = json.loads(body)
    return Figures(said["size"], Counter(said["kept"]), Counter(said["missed"]))


class Counting:
    """The worker's count of one log, from one round to the next."""

    def __init__(self) -> None:
        self._tally: Tally | None = None
        self._shown = -1
        self._wrote = (NEVER, NEVER)

    def round(self, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
        """Count on, and write what changed; return how many entries were counted.

        Raises OSError, TileError and NoteError for files that can't be read or written.
        """
        whole = published()
        found = self._tally
        if found is None or found.size > whole:
            found = self._tally = self._begin(whole)
        before = found.size
        if not stop():
            found.advance(whole, AT_ONCE)
        self._write(found, whole, now)
        return found.size - before

    def _begin(self, whole: int) -> Tally:
        body = _kept(STATE, whole) if whole else None
        try:
            return Tally() if body is None else Tally.load(body)
        except (ValueError, KeyError, TypeError):
            log.warning("%s can't be used; counting anew", STATE)
            return Tally()

    def _write(self, found: Tally, whole: int, now: datetime) -> None:
        often, seldom = self._wrote
        if found.size == self._shown or now - often < OFTEN:
            return
        said = {"size": found.size, "kept": found.kept, "missed": found.missed}
        _keep(FIGURES, found.size, whole, json.dumps(said, ensure_ascii=False).encode())
        self._shown, often = found.size, now
        if now - seldom >= SELDOM:
            _keep(STATE, found.size, whole, found.dump())
            seldom = now
        self._wrote = often, seldom


def count_all(now: datetime) -> None:
    """Count the whole log at once: for whoever has no worker running."""
    counting = Counting()
    while counting.round(now):
        now += OFTEN
