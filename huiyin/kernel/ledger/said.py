"""The entries of one subject against the rows that should stand behind them, for the auditor.

A part that keeps no link from a row to its entry finds the entry by its kind and time, or by its
hash; whatever is left over in the end stands for a row that is gone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huiyin.kernel.ledger.actions import commitment, salt
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.ledger.testimony import Problem

ANYBODY = "*"
Bound = tuple[str, bytes, bytes]  # the name of a commitment, the bytes that it binds, the salt key
Leaf = Mapping[str, Any]


@dataclass
class Said:
    """The entries of one subject that no row has been found for yet, and what was found wrong."""

    entries: list[tuple[int, bytes, Leaf]]
    problems: list[Problem] = field(default_factory=list)

    def take(
        self,
        kind: str,
        at: datetime,
        what: str,
        *,
        facts: Mapping[str, Any] | None = None,
        bound: Bound | None = None,
        post: str | None = ANYBODY,
    ) -> Leaf | None:
        """Find the entry of a row, by its kind and time; hold its facts and commitment against it.

        `bound` is the name of a commitment, the bytes that it binds, and the salt key; `post` the
        code of the post that the row names. Return the entry, None where there is none.
        """
        wanted = facts or {}
        found = [
            one for one in self.entries if one[2]["kind"] == kind and same_time(one[2]["time"], at)
        ]
        if not found:
            self.problems.append(Problem("unlogged", f"{what} of {at} has no entry"))
            return None
        fits = (one for one in found if wanted.items() <= one[2]["facts"].items())
        best = next(fits, found[0])
        self.entries.remove(best)
        self.hold(best[0], best[2], what, wanted, bound, post)
        return best[2]

    def take_by_hash(
        self,
        kind: str,
        digest: bytes,
        at: datetime,
        what: str,
        *,
        facts: Mapping[str, Any],
        bound: Bound | None,
        post: str | None,
    ) -> Leaf | None:
        """Find the entry whose hash the row keeps; one that says another time is named."""
        found = (one for one in self.entries if one[1] == digest and one[2]["kind"] == kind)
        return self._taken(next(found, None), at, what, facts, bound, post)

    def take_only(
        self,
        kind: str,
        at: datetime,
        what: str,
        *,
        about: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        bound: Bound | None = None,
        post: str | None = ANYBODY,
    ) -> Leaf | None:
        """Find the first entry of a kind that has the facts `about`, whenever it says that it was.

        For what happens once to a subject, or once to each of what `about` tells apart.
        """
        wanted = (about or {}).items()
        found = (
            one
            for one in self.entries
            if one[2]["kind"] == kind and wanted <= one[2]["facts"].items()
        )
        return self._taken(next(found, None), at, what, facts or {}, bound, post)

    def _taken(
        self,
        best: tuple[int, bytes, Leaf] | None,
        at: datetime,
        what: str,
        facts: Mapping[str, Any],
        bound: Bound | None,
        post: str | None,
    ) -> Leaf | None:
        if best is None:
            self.problems.append(Problem("unlogged", f"{what} of {at} has no entry"))
            return None
        self.entries.remove(best)
        pk, _, leaf = best
        if not same_time(leaf["time"], at):
            word = "backdated" if at < datetime.fromisoformat(leaf["time"]) else "altered"
            self.problems.append(Problem(word, f"{what} says {at}, the log {leaf['time']}", pk))
        self.hold(pk, leaf, what, facts, bound, post)
        return leaf

    def hold(
        self,
        pk: int,
        leaf: Leaf,
        what: str,
        facts: Mapping[str, Any],
        bound: Bound | None,
        post: str | None = ANYBODY,
    ) -> None:
        """Hold what a row says against its entry."""
        for name, value in facts.items():
            if leaf["facts"].get(name) != value:
                detail = f"{what}: {name} is {value}, in the log {leaf['facts'].get(name)}"
                self.problems.append(Problem("altered", detail, pk))
        if post not in {ANYBODY, leaf["post"]}:
            detail = f"{what} is by {post}, in the log {leaf['post']}"
            self.problems.append(Problem("altered", detail, pk))
        if bound is not None and not binds(leaf, *bound):
            self.problems.append(Problem("commitment", f"{what}: other words", pk))

    def missing(self, *kinds: str) -> None:
        """Report the entries of these kinds that no row was found for."""
        for pk, _, leaf in self.entries:
            if leaf["kind"] in kinds:
                self.problems.append(Problem("missing", f"nothing is kept of {leaf['kind']}", pk))

    def of(self, kind: str) -> list[Leaf]:
        """Return the entries of a kind that are left, in their order."""
        return [leaf for _, _, leaf in self.entries if leaf["kind"] == kind]

    def wrong(self, detail: str, what: str = "altered") -> None:
        """Report what no one entry contradicts."""
        self.problems.append(Problem(what, detail))


def binds(leaf: Leaf, name: str, value: bytes, key: bytes) -> bool:
    """Whether the entry commits to exactly these bytes under the name."""
    return bool(leaf["commit"].get(name) == commitment(salt(key, leaf["nonce"], name), value))


def same_time(text: str, at: datetime) -> bool:
    """Whether an entry's time is this one, to the millisecond that entries keep."""
    kept = at.replace(microsecond=at.microsecond // 1000 * 1000)
    return datetime.fromisoformat(text) == kept


def said_of(refs: Sequence[str], *beginnings: str) -> dict[str, Said]:
    """Return the entries of some subjects whose kind begins with one of these, in their order."""
    found: dict[str, Said] = {ref: Said([]) for ref in refs}
    for row in Entry.objects.filter(subject__in=refs).order_by("pk"):
        if row.kind.startswith(beginnings):
            found[row.subject].entries.append(
                (row.pk, bytes(row.digest), json.loads(bytes(row.leaf)))
            )
    return found
