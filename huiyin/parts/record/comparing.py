"""One subject at a time: what a part keeps of it against what the log says of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise, zip_longest
from typing import TYPE_CHECKING, Any

from huiyin.kernel.clock.entries import plan
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.ledger.kinds import WHO, who
from huiyin.kernel.ledger.leaves import OPENS
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.ledger.said import binds
from huiyin.kernel.ledger.testimony import BESIDE, Part, Testimony, Told, Value
from huiyin.kernel.vault import envelope
from huiyin.kernel.vault.models import IdentityOpening, SealedIdentity
from huiyin.kernel.vault.queries import identity_bound, reason_key
from huiyin.parts.record.promises import BadEntry, Owed, Promises, moment, parse

if TYPE_CHECKING:
    from huiyin.parts.record.audit import Audit

GRACE = timedelta(days=1)  # a worker that stood still is not yet a mark that was withheld
BATCH = 200


@dataclass(frozen=True)
class Logged:
    """An entry as the log has it: its number (None while it waits for one) and its row's id."""

    number: int | None
    row: int | None
    said: dict[str, Any]

    @property
    def at(self) -> datetime:
        """When it says it was written down, to the millisecond."""
        return moment(self.said["time"])


def same(one: datetime | None, other: datetime | None) -> bool:
    """Whether two times are the same to the millisecond, which is all that entries keep."""
    if one is None or other is None:
        return one is other
    return one.isoformat(timespec="milliseconds") == other.astimezone(one.tzinfo).isoformat(
        timespec="milliseconds"
    )


class Comparison:
    """Compares all subjects of one part; findings go to the audit."""

    def __init__(self, audit: Audit, part: Part) -> None:
        self.audit, self.part = audit, part
        self.counts: Counter[str] = Counter()
        self._binds_beside = False  # whether the subject's entries say who acted

    def subjects(self) -> Iterator[str]:
        """Compare subject after subject, yielding each."""
        testimonies = self.part.testify(self.audit.now)
        while said := list(islice(testimonies, BATCH)):
            names = [one.subject for one in said]
            entries, deadlines, openings = self._entries(names), _deadlines(names), _openings(names)
            identities = SealedIdentity.objects.in_bulk(names, field_name="subject")
            for one in said:
                name = one.subject
                identity = identities.get(name)
                self._one(one, entries[name], deadlines[name], openings[name], identity)
                yield name

    def _entries(self, names: Sequence[str]) -> dict[str, list[Logged]]:
        found: dict[str, list[Logged]] = defaultdict(list)
        for row in Entry.objects.filter(subject__in=names).order_by("id"):
            if row.pk in self.audit.wrong:
                continue
            if row.seq is not None and row.seq < self.audit.size:
                found[row.subject].append(Logged(row.seq, row.pk, parse(bytes(row.leaf))))
            else:
                found[row.subject].append(Logged(None, row.pk, parse(bytes(row.leaf))))
        for name in names:
            for number, leaf in self.audit.lost.get(name, {}).items():
                found[name].append(Logged(number, None, parse(leaf)))
            found[name].sort(key=_place)
        return found

    def _one(
        self,
        said: Testimony,
        entries: list[Logged],
        deadlines: list[Deadline],
        openings: list[IdentityOpening],
        identity: SealedIdentity | None,
    ) -> None:
        by_row = {one.row: one for one in entries if one.row is not None}
        self._binds_beside = any("code" in one.said["commit"] for one in entries)
        told = [*said.told, *(_as_told(row, said) for row in openings)]
        standing = [self._told(said, one, by_row) for one in told]
        stood = set(standing)
        order = [by_row[row] for row in standing[: len(said.told)] if row is not None]
        for row, times in Counter(standing).items():
            if row is not None and times > 1:
                detail = f"{times} rows stand for it"
                self._report(said, "unlogged", by_row[row], detail)
        for before, after in pairwise(order):
            if _place(after) < _place(before):
                self._report(said, "order", after, f"{after.said['kind']} stands later than it was")
        for one in entries:
            kind = one.said["kind"]
            if (self.part.rows(kind) or kind == "vault.opened") and (
                one.row is None or one.row not in stood
            ):
                self._report(said, "missing", one, f"nothing is kept of {kind}")
        for problem in said.problems:
            bound = by_row.get(problem.entry) if problem.entry is not None else None
            self._report(said, problem.what, bound, problem.detail)
        self.counts.update(said.counts)
        moments = {one.at for one in entries}
        for what, at in said.moments:
            if at.replace(microsecond=at.microsecond // 1000 * 1000) not in moments:
                self._report(said, "altered", None, f"no entry bears out {what} {at}")
        self._values(said, entries)
        self._identity(said, entries, identity)
        self._deadlines(said, entries, deadlines)

    def _report(self, said: Testimony, what: str, one: Logged | None, detail: str) -> None:
        self.audit.report(what, one.number if one else None, detail, said.subject)

    def _values(self, said: Testimony, entries: list[Logged]) -> None:
        """Hold each column that follows from the entries against what follows from them."""
        derived = self.part.derive([(one.number, one.said) for one in entries])
        for name in {**derived, **said.kept}:
            want = derived.get(name)
            if want is None:
                detail = f"of {name} ({said.kept[name]}) the log says nothing"
                self.audit.report("unlogged", None, detail, said.subject)
            elif not want.known:
                self.counts["columns_unknown"] += 1
            elif name not in said.kept:
                self.audit.report("missing", want.entry, f"{name}: {want.value}", said.subject)
            elif not _equal(said.kept[name], want.value):
                detail = f"{name} is {said.kept[name]}, in the log {want.value}"
                self.audit.report("altered", want.entry, detail, said.subject)

    def _identity(
        self, said: Testimony, entries: list[Logged], identity: SealedIdentity | None
    ) -> None:
        if said.named is not None and said.named != (identity is not None):
            what = "missing" if said.named else "unlogged"
            self._report(said, what, None, "the sealed identity")
        ends = [one for one in entries if one.said["kind"] == "vault.erased"]
        if identity is not None and identity.erased_at is None:
            self._seal(said, entries, identity)
        if identity is None or (not ends and identity.erased_at is None):
            return
        if not ends:
            self._report(said, "unlogged", None, "the identity was destroyed without an entry")
        elif not same(identity.erased_at, ends[-1].at):
            detail = f"the identity was destroyed at {identity.erased_at}, in the log {ends[-1].at}"
            self._report(said, "altered", ends[-1], detail)

    def _seal(self, said: Testimony, entries: list[Logged], identity: SealedIdentity) -> None:
        """Hold the sealed identity against the last entry that binds one."""
        binding = [one for one in entries if "identity" in one.said["commit"]]
        if said.salt_key is None:
            return
        if not binding:
            if self._binds_beside:
                self._report(said, "unlogged", None, "no entry binds the sealed identity")
            return
        last = binding[-1]
        times = sum(one.said["kind"] == "vault.replaced" for one in entries)
        value = identity_bound(identity, times)
        if not binds(last.said, "identity", value, said.salt_key):
            self._report(said, "commitment", last, "the sealed identity is another")
        else:
            self.counts["commitments_checked"] += 1

    def _told(self, said: Testimony, one: Told, by_row: dict[int, Logged]) -> int | None:
        """Check one thing that is kept; return the row id of the entry that it stands for."""
        entry = by_row.get(one.entry) if one.entry is not None else None
        if one.problem:
            self._report(said, "altered", entry, f"{one.what}: {one.problem}")
        if not one.kind:
            return None
        if entry is None:
            if one.entry not in self.audit.wrong or one.entry is None:
                self._report(said, "unlogged", None, f"{one.what} has no entry of this letter")
            return None
        facts, logged = one.facts, entry.said
        if logged["kind"] != one.kind:
            self._report(said, "altered", entry, f"{one.what} stands for {logged['kind']}")
        if logged["post"] != one.post:
            self._report(
                said, "altered", entry, f"{one.what} is by {one.post}, not {logged['post']}"
            )
        if not same(entry.at, one.at):
            what = "backdated" if one.at < entry.at else "altered"
            self._report(said, what, entry, f"{one.what} says {one.at}, the log {entry.at}")
        for name, value in logged["facts"].items():
            if name in facts and facts[name] != value:
                self._report(said, "altered", entry, f"{one.what}: {name} is {facts[name]!r}")
            elif name not in facts and logged["kind"] != self.part.opens:
                self._report(said, "altered", entry, f"{one.what}: {name} is gone")
        known = logged["facts"].keys() | ({"began"} if _is_old([entry]) else set())
        for name in facts.keys() - known:
            self._report(said, "unlogged", entry, f"{one.what}: {name} is not in its entry")
        self._commitment(said, one, entry)
        self._beside(said, one, entry)
        return entry.row

    def _commitment(self, said: Testimony, one: Told, entry: Logged) -> None:
        held = {name: value for name, value in entry.said["commit"].items() if name not in BESIDE}
        if bool(held) != one.sealed:
            self._report(said, "commitment", entry, f"{one.what}: what was written is gone")
        elif held and said.salt_key is None:
            self.counts["commitments_erased"] += 1
        elif held and one.opened is not None and said.salt_key is not None:
            self.counts["commitments_checked"] += 1
            for name in held:
                if not binds(entry.said, name, one.opened, said.salt_key):
                    self._report(said, "commitment", entry, f"{one.what}: other words")

    def _beside(self, said: Testimony, one: Told, entry: Logged) -> None:
        """Hold what an entry binds besides words: who acted, a code, a category."""
        if said.salt_key is None:
            return
        bound = {name: entry.said["commit"].get(name) for name in BESIDE}
        if bound[WHO] and WHO not in one.beside:
            self._report(said, "commitment", entry, f"{one.what}: who acted is gone")
        for name, value in one.beside.items():
            if bound[name] is None and not self._binds_beside:
                self.counts["commitments_of_an_earlier_form"] += 1
            elif bound[name] is None:
                self._report(said, "unlogged", entry, f"{one.what}: its entry binds no {name}")
            elif not binds(entry.said, name, value, said.salt_key):
                self._report(said, "commitment", entry, f"{one.what}: another {name}")
            else:
                self.counts["commitments_checked"] += 1

    def _deadlines(self, said: Testimony, entries: list[Logged], deadlines: list[Deadline]) -> None:
        replay, old = Promises(keep=True), _is_old(entries)
        for one in entries:
            try:
                replay.apply(-1 if one.number is None else one.number, one.said)
            except BadEntry as error:
                if not old:
                    what = "unmarked" if "not marked late" in str(error) else "sequence"
                    self._report(said, what, one, str(error))
        logged = {key: list(ended) for key, ended in replay.done.items()}
        for key, owed in replay.open.items():
            logged.setdefault(key, []).append(owed)
        kept: dict[tuple[str, str, str], list[Deadline]] = defaultdict(list)
        for deadline in deadlines:
            kept[deadline.subject, deadline.kind, deadline.of].append(deadline)
        for key in {**logged, **kept}:
            rows = kept[key]
            if old:  # those before the log told of deadlines come first
                self.counts["deadlines_unlogged"] += len(rows) - len(logged.get(key, []))
                rows = rows[len(rows) - len(logged.get(key, [])) :]
            for owed, row in zip_longest(logged.get(key, []), rows):
                self._deadline(said, key[1], owed, row)
        running = [one.due_at for one in deadlines if _runs(one)]
        if said.keeps_next and said.owed_next != min(running, default=None):
            self._report(said, "altered", None, f"what is owed next is {said.owed_next}")

    def _deadline(
        self, said: Testimony, name: str, owed: Owed | None, row: Deadline | None
    ) -> None:
        self.counts["deadlines"] += 1
        number = owed.entry if owed and owed.entry >= 0 else None
        if row is None or owed is None:
            what = "missing" if row is None else "unlogged"
            self.audit.report(what, number, f"the deadline {name}", said.subject)
            return
        post, made = row.post.code if row.post else None, plan(row)
        pairs: dict[str, tuple[object, object, bool]] = {
            "due date": (row.due_at, owed.due, row.due_at == owed.due),
            "start": (row.started_at, owed.began, same(row.started_at, owed.began)),
            "end": (row.ended_at, owed.ended, same(row.ended_at, owed.ended)),
            "state": (row.state, owed.state, row.state == owed.state),
            "pause": (row.paused_at, owed.paused, same(row.paused_at, owed.paused)),
            "pauses": (row.pauses, owed.pauses, _spans(row) == owed.pauses),
            "post": (post, owed.post, owed.post in {post, None}),
            "plan": (made, owed.plan, owed.plan in {made, None}),
            "unit": (post, owed.unit, (row.post.unit.code if row.post else None) == owed.unit),
        }
        avoid: object = (
            row.avoid_unit.code if row.avoid_unit else None,
            row.avoid_post.code if row.avoid_post else None,
            row.avoid_since,
        )
        wanted = said.avoid if row.post is not None else (None, None, None)
        pairs["whom it must not reach"] = (avoid, wanted, avoid == wanted)
        for what, (mine, logged, right) in pairs.items():
            if not right:
                detail = f"{name}: its {what} is {mine}, in the log {logged}"
                self.audit.report("altered", number, detail, said.subject)
        marks = {
            step.planned_at: step.taken_at
            for step in row.steps.all()
            if step.kind == "escalate" and step.rung == "owner"
        }
        for due in owed.marked.keys() | marks.keys():
            when, marked = marks.get(due), owed.marked.get(due)
            if when is None:
                detail = f"{name}: its mark of being late on {due} is gone"
                self.audit.report("unmarked", number, detail, said.subject)
            elif marked is None:
                detail = f"{name}: it is marked late on {due}"
                self.audit.report("unlogged", number, detail, said.subject)
            elif not same(when, marked):
                detail = f"{name}: its mark of being late is of {when}, in the log {marked}"
                self.audit.report("altered", number, detail, said.subject)
        over = owed.unit is not None and owed.paused is None and owed.due + GRACE <= self.audit.now
        if owed.state == "open" and over and owed.due not in owed.marked:
            detail = f"{name}: owed by {owed.due}, still open"
            self.audit.report("unmarked", number, detail, said.subject)


def _deadlines(names: Sequence[str]) -> dict[str, list[Deadline]]:
    found: dict[str, list[Deadline]] = defaultdict(list)
    rows = Deadline.objects.filter(subject__in=names).select_related(
        "post__unit", "avoid_unit", "avoid_post"
    )
    for row in rows.prefetch_related("steps").order_by("id"):
        found[row.subject].append(row)
    return found


def _openings(names: Sequence[str]) -> dict[str, list[IdentityOpening]]:
    found: dict[str, list[IdentityOpening]] = defaultdict(list)
    rows = IdentityOpening.objects.filter(identity__subject__in=names)
    for row in rows.select_related("post", "identity").order_by("id"):
        found[row.identity.subject].append(row)
    return found


def _as_told(row: IdentityOpening, said: Testimony) -> Told:
    reason, problem = None, ""
    if said.salt_key is not None:
        try:
            key = reason_key(said.salt_key)
            reason = envelope.unseal(key, bytes(row.reason), said.subject.encode())
        except envelope.SealBroken:
            problem = "the reason was altered: its seal is broken"
    return Told(
        "an opening of the identity",
        "vault.opened",
        row.opened_at,
        row.post.code,
        row.entry_id,
        sealed=bool(row.reason),
        opened=reason,
        problem=problem,
        beside={WHO: who(row.user_id)},
    )


def _is_old(entries: Sequence[Logged]) -> bool:
    """Whether the first entry is from before deadlines were entered."""
    return any(one.said["kind"] in OPENS and "due" not in one.said["facts"] for one in entries[:1])


def _place(one: Logged) -> tuple[bool, int, int]:
    return one.number is None, one.number or 0, one.row or 0


def _runs(row: Deadline) -> bool:
    return row.state == Deadline.State.OPEN and row.post_id is not None and row.paused_at is None


def _spans(row: Deadline) -> list[tuple[str, str]]:
    """Return the pauses of a deadline to the millisecond, as entries keep them."""
    return [(_short(begin), _short(end)) for begin, end in row.pauses]


def _short(text: str) -> str:
    return moment(text).isoformat(timespec="milliseconds")


def _equal(one: Value, other: Value) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return same(one, other)
    return one == other
