"""What a part says of one subject, for an auditor to hold against the log: pure.

The auditor knows the ledger alone; each part that has entries says here what its tables hold, so
that parts need not know each other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# Commitments that are no words: an audit alone opens them.
BESIDE = frozenset(["who", "code", "identity", "category"])
Value = str | int | bool | datetime | None


@dataclass(frozen=True)
class Told:
    """One thing that the part keeps as having happened, and the entry (its row id) it stands for.

    `facts` are those kept with it. `opened` are the bytes that the entry commits to under `name`,
    None where there are none or they can be read no more; `problem` says why what should be
    readable is not.
    `beside` are other values, by the names of the commitments that bind them: who acted, a code.
    """

    what: str
    kind: str
    at: datetime
    post: str | None
    entry: int | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    sealed: bool = False
    opened: bytes | None = None
    problem: str = ""
    beside: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Derived:
    """A value that follows from the entries, and the number of the entry that set it.

    Not `known` where entries of an earlier form leave it open.
    """

    value: Value
    entry: int | None = None
    known: bool = True


@dataclass(frozen=True)
class Problem:
    """Something that a part finds wrong by itself, by opening what is kept.

    `what` is one of the words of an audit's findings, `entry` the row id of the entry that binds it.
    """

    what: str
    detail: str
    entry: int | None = None


@dataclass(frozen=True)
class Testimony:
    """All that a part keeps of one subject.

    `kept` are the values of its columns under the names that the part's `derive` uses. `salt_key`
    opens commitments; None after erasure. `moments` are times at each of which some entry of the
    subject must have been written. `avoid` are the codes of the unit and the post that no
    deadline of it may reach, `owed_next` the earliest time by which a post owes something on it,
    for a part that keeps that (`keeps_next`).
    `named` tells whether a sealed identity belongs to it; None where there is no telling.
    """

    subject: str
    told: Sequence[Told] = ()
    kept: Mapping[str, Value] = field(default_factory=dict)
    salt_key: bytes | None = None
    problems: Sequence[Problem] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    moments: Sequence[tuple[str, datetime]] = ()
    avoid: tuple[str | None, str | None, datetime | None] = (None, None, None)
    owed_next: datetime | None = None
    named: bool | None = None
    keeps_next: bool = True


Entries = Sequence[tuple[int | None, Mapping[str, Any]]]  # number (None: it waits), entry


@dataclass(frozen=True)
class Part:
    """How an auditor hears a part: which entries open a subject and which stand behind its rows.

    `present` returns those of some subjects that the database holds; `testify` yields every subject
    once, as of a time; `derive` returns what its entries, in their order, say
    that its tables must hold.
    """

    prefix: str
    opens: str
    rows: Callable[[str], bool]
    count: Callable[[], int]
    present: Callable[[Sequence[str]], set[str]]
    testify: Callable[[datetime], Iterator[Testimony]]
    derive: Callable[[Entries], Mapping[str, Derived]]
