"""The whole log against the database: first the public files, then every subject of every part."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.ledger import leaves, publishing
from huiyin.kernel.ledger.models import Entry, Log, Round
from huiyin.kernel.ledger.notes import (
    Checkpoint,
    Note,
    NoteError,
    Verifier,
    chosen,
    cosigned_by,
)
from huiyin.kernel.ledger.subjects import names_of
from huiyin.kernel.ledger.testimony import Part
from huiyin.kernel.ledger.tiles import WIDTH
from huiyin.kernel.ledger.tree import Frontier, leaf_hash
from huiyin.kernel.vault.models import SealedIdentity
from huiyin.parts.record.comparing import Comparison
from huiyin.parts.record.findings import Finding
from huiyin.parts.record.logfiles import Walk, signed
from huiyin.parts.record.promises import BadEntry, moment, parse
from huiyin.parts.record.timing import Seen, Span, Timing

RECENT = 10_000  # subjects whose origin is remembered
Ticker = Callable[[int], None]


@contextmanager
def snapshot() -> Iterator[None]:
    """Read the database as it is at one instant, while others go on writing."""
    if connection.in_atomic_block:
        yield
        return
    modes = {"postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "sqlite": "BEGIN"}
    with connection.cursor() as cursor:
        cursor.execute(modes[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _rounds() -> Iterator[Span]:
    """Yield what is kept of rounds, in the order of their entries."""
    last = -1
    while found := list(Round.objects.filter(first__gt=last).order_by("first")[:2000]):
        yield from found
        last = found[-1].first


def _quiet(what: str, whole: int) -> Ticker:
    return lambda done: None


class Audit:
    """One audit. `keys` are further keys of the log: those that it had before a change, or after.
    `earlier` are checkpoints (signed notes) that the log must contain.
    `witnesses` are the keys of those whose cosignatures on these, or on the newest, tell when they
    saw them. `run` reports each finding to `tell` as it is found and keeps its count; it ends early, with
    `stopped`, when `stop` says so. Memory grows with what is found alone.
    """

    def __init__(
        self,
        verifier: Verifier,
        parts: Sequence[Part],
        *,
        now: datetime,
        keys: Sequence[Verifier] = (),
        earlier: Sequence[bytes] = (),
        witnesses: Sequence[Verifier] = (),
        progress: Callable[[str, int], Ticker] = _quiet,
        stop: Callable[[], bool] = lambda: False,
        tell: Callable[[Finding], None] = lambda one: None,
    ) -> None:
        self.keys, self.parts, self.now = (verifier, *keys), parts, now
        self.witnesses = witnesses
        self.earlier, self._progress, self._stop, self._tell = earlier, progress, stop, tell
        self.found: list[Finding] = []
        self.stopped = False
        self.size = 0
        self.counts: Counter[str] = Counter()
        self.lost: dict[str, dict[int, bytes]] = {}  # subject -> entries whose row is not as logged
        self.wrong: set[int] = set()  # ids of rows that are not what the log says
        self._opened: dict[str, dict[str, int]] = {}  # by part, subjects that just came up
        self._recent: dict[str, bool] = {}

    def report(self, what: str, entry: int | None, detail: str, subject: str = "") -> None:
        """Keep a finding and tell of it at once."""
        one = Finding(what, subject, entry, detail)
        self.found.append(one)
        self._tell(one)

    def report_on(self, what: str, entry: int | None, detail: str, subject: str) -> None:
        """Report with every argument in its place."""
        self.report(what, entry, detail, subject)

    def _imported(self, subject: str) -> bool:
        """Whether a subject came by an import, which tells of earlier days and says so."""
        if subject == "import":
            return True
        if subject not in self._recent:
            if len(self._recent) > RECENT:
                self._recent.clear()
            first = Entry.objects.filter(subject=subject, kind__in=[p.opens for p in self.parts])
            leaf = first.order_by("id").values_list("leaf", flat=True).first()
            facts = json.loads(bytes(leaf))["facts"] if leaf is not None else {}
            self._recent[subject] = facts.get("channel") == "import"
        return self._recent[subject]

    def run(self) -> None:
        """Audit everything."""
        published = Log.objects.values_list("published", flat=True).first() or 0
        checkpoint = self._checkpoint(published)
        if checkpoint is None:
            return
        with snapshot():
            self.size = checkpoint.size
            self._read_log(checkpoint)
            if not self.stopped:
                self._log(checkpoint)
                self._unlogged(checkpoint, published)
            for part in self.parts:
                if not self.stopped:
                    self._hear(part)
            if not self.stopped:
                self._orphans()

    def summary(self) -> dict[str, object]:
        """Return what was looked at and found, for a last line in JSON."""
        return {
            "ok": not self.found and not self.stopped,
            "stopped": self.stopped,
            "entries": self.size,
            "found": len(self.found),
            "kinds": dict(Counter(one.what for one in self.found)),
            **self.counts,
        }

    def _checkpoint(self, published: int) -> Checkpoint | None:
        note = publishing.current()
        if note is None:
            if published or Entry.objects.filter(seq__isnull=False).exists():
                self.report("checkpoint", None, "entries have places, but nothing is signed")
            return None
        try:
            found = signed(note, chosen(self.keys, note.decode(errors="replace")))
        except NoteError as error:
            self.report("signature", None, str(error))
            return None
        if found.size < published:
            self.report(
                "shorter", found.size, f"{published} entries were published, {found.size} are left"
            )
        return found

    def _earlier(self, size: int) -> list[Checkpoint]:
        held = []
        for note in self.earlier:
            try:
                one = signed(note, chosen(self.keys, note.decode(errors="replace")))
            except NoteError as error:
                self.report("signature", None, f"an earlier checkpoint: {error}")
                continue
            if one.size > size:
                self.report("shorter", size, f"an earlier checkpoint has {one.size} entries")
            else:
                held.append(one)
        return held

    def _read_log(self, checkpoint: Checkpoint) -> None:
        held = self._earlier(checkpoint.size)
        walk = Walk(publishing.read, checkpoint, self.report, [one.size for one in held])
        tick = self._progress("entries", checkpoint.size)
        notes = [note for note in (*self.earlier, publishing.current()) if note is not None]
        self.timing = Timing(
            _rounds(), self._seen(notes), self.report_on, self._imported, now=self.now
        )
        last_id = 0
        for first, bundle in walk.bundles():
            if self._stop():
                self.stopped = True
                return
            rows = {
                row.seq: row for row in Entry.objects.filter(seq__gte=first, seq__lt=first + WIDTH)
            }
            names = names_of({row.subject for row in rows.values()})
            for number, leaf in enumerate(bundle, first):
                row = rows.get(number)
                self._entry(number, leaf, row, names[row.subject] if row else None)
                if row is not None:
                    if row.pk < last_id and connection.vendor == "sqlite":
                        self.report("order", number, f"row {row.pk} after {last_id}", row.subject)
                    last_id = max(last_id, row.pk)
            self._present()
            tick(min(first + WIDTH, checkpoint.size))
        self.timing.end(checkpoint.size)
        self.counts["imported_entries"] = self.timing.imported
        for one in held:
            if one.size in walk.roots and walk.roots[one.size] != one.root:
                self.report("forked", one.size, f"its first {one.size} entries are others")

    def _entry(self, number: int, leaf: bytes, row: Entry | None, name: str | None) -> None:
        """Hold an entry against its row; `name` is the public one of the row's subject."""
        try:
            entry = parse(leaf)
            if entry["v"] == 2:
                self._sealed(number, leaf, entry, row, name)
                return
        except BadEntry as error:
            self.report("format", number, str(error))
            return
        self._whole(number, leaf, leaf, entry, row)

    def _sealed(
        self, number: int, leaf: bytes, shown: dict[str, Any], row: Entry | None, name: str | None
    ) -> None:
        """Hold what is published of a sealed entry against the whole one, which its row keeps."""
        if row is None:
            detail = f"the row of {shown['kind']}: what it says is known to nobody"
            self.report("missing", number, detail, shown["subject"])
            return
        whole = bytes(row.leaf)
        if hashlib.sha256(whole).hexdigest() != shown["commit"]["entry"]:
            self.report("altered", number, "its row holds another entry", row.subject)
            self.wrong.add(row.pk)
            return
        if leaves.published(whole, name) != leaf or row.shown is None:
            detail = "its row, or its subject's public name, would show another leaf"
            self.report("altered", number, detail, row.subject)
        self._whole(number, leaf, whole, parse(whole), row)

    def _whole(
        self, number: int, leaf: bytes, whole: bytes, entry: dict[str, Any], row: Entry | None
    ) -> None:
        """Hold an entry against its row: `leaf` is what is published, `whole` all that it says."""
        subject, at = str(entry["subject"]), moment(entry["time"])
        self.timing.entry(number, subject, at)
        self._opens(number, subject, entry)
        if row is None:
            self.report("missing", number, f"the row of {entry['kind']}", subject)
            self.lost.setdefault(subject, {})[number] = whole
            return
        pairs = {
            "kind": (row.kind, entry["kind"]),
            "subject": (row.subject, subject),
            "time": (
                row.at.isoformat(timespec="milliseconds"),
                at.isoformat(timespec="milliseconds"),
            ),
            "leaf": (bytes(row.leaf if row.shown is None else row.shown), leaf),
            "hash": (bytes(row.digest), leaf_hash(leaf)),
        }
        if differ := [name for name, (mine, logged) in pairs.items() if mine != logged]:
            self.report("altered", number, f"its row has another {', '.join(differ)}", subject)
            self.lost.setdefault(subject, {})[number] = whole
            self.wrong.add(row.pk)

    def _opens(self, number: int, subject: str, entry: Mapping[str, Any]) -> None:
        for part in self.parts:
            if entry["kind"] == part.opens and subject.startswith(part.prefix):
                self._opened.setdefault(part.prefix, {}).setdefault(subject, number)

    def _present(self) -> None:
        """Report each subject that was opened just now and that the database does not hold."""
        for part in self.parts:
            opened = self._opened.pop(part.prefix, {})
            for subject in sorted(
                opened.keys() - part.present(list(opened)), key=opened.__getitem__
            ):
                detail = "the log tells of it, the database does not"
                self.report("missing", opened[subject], detail, subject)

    def _seen(self, held: Sequence[bytes]) -> list[Seen]:
        """Return who saw which of these checkpoints when."""
        found = []
        for note in held:
            size = Checkpoint.parse(Note.parse(note.decode()).text).size
            for name, seconds in cosigned_by(note.decode(), self.witnesses).items():
                found.append(Seen(size, datetime.fromtimestamp(seconds, UTC), name))
        return found

    def _log(self, checkpoint: Checkpoint) -> None:
        """Hold what the sequencer goes on from against the log."""
        log = Log.objects.first()
        if log is None or Log.objects.count() > 1:
            self.report("altered", None, "how far the log has come is kept in other than one row")
            return
        edge = [bytes(log.edge)[n : n + 32] for n in range(0, len(log.edge), 32)]
        last = Round.objects.order_by("-first").first()
        wrong = {
            "size": log.size != Entry.objects.filter(seq__isnull=False).count(),
            "edge or root": len(edge) != log.size.bit_count()
            or Frontier(log.size, edge).root() != bytes(log.root)
            or (log.size == checkpoint.size and bytes(log.root) != checkpoint.root),
            "time": log.integrated_at != (last.until if last else None),
        }
        for what in (name for name, is_wrong in wrong.items() if is_wrong):
            self.report("altered", None, f"how far the log has come: its {what}")

    def _unlogged(self, checkpoint: Checkpoint, published: int) -> None:
        """Report rows that claim a published place beyond the log; count those that wait."""
        beyond = Entry.objects.filter(seq__gte=checkpoint.size)
        for row in beyond.filter(seq__lt=published).order_by("seq").iterator(chunk_size=1000):
            self.report("unlogged", row.seq, f"{row.kind} is not in the log", row.subject)
        beyond_count = beyond.filter(seq__gte=published).count()
        self.counts["waiting"] = beyond_count + Entry.objects.filter(seq__isnull=True).count()

    def _orphans(self) -> None:
        """Report deadlines, identities and attachments of letters that are not there."""
        for model in (Deadline, SealedIdentity, StoredFile):
            rows = model._default_manager.filter(subject__contains=":")
            last = ""
            while found := list(
                rows.filter(subject__gt=last)
                .order_by("subject")
                .values_list("subject", flat=True)
                .distinct()[:WIDTH]
            ):
                last = found[-1]
                for part in self.parts:
                    mine = [one for one in found if part.opens and one.startswith(part.prefix)]
                    for subject in sorted(set(mine) - part.present(mine)):
                        detail = f"{model._meta.db_table} has a row, the rest has none"
                        self.report("unlogged", None, detail, subject)

    def _hear(self, part: Part) -> None:
        tick = self._progress(part.prefix.rstrip(":"), part.count())
        comparison = Comparison(self, part)
        for done, _ in enumerate(comparison.subjects(), 1):
            if self._stop():
                self.stopped = True
                return
            tick(done)
            if part.opens:
                self.counts[part.prefix.replace(":", "s")] += 1
        self.counts += comparison.counts
