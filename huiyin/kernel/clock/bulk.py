"""Many deadlines that end at the same kind of instant, written in few statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import QuerySet

from huiyin.kernel import rows
from huiyin.kernel.clock import entries, limits
from huiyin.kernel.clock.actions import end, ending, to_end_at, until
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.models import Post

TOGETHER = 500


@dataclass(frozen=True)
class Owed:
    """One of many: what it is about, by which post it is owed (with its unit read), until when."""

    subject: str
    of: str
    post: Post
    due_at: datetime


def start_many(
    kind: str,
    owed: Iterable[Owed],
    *,
    because: tuple[str, str],
    now: datetime,
    pace: Sequence[int] = (),
) -> int:
    """Start what `actions.start_until` would one by one, and enter each; return how many.

    Nothing is warned beforehand, so the first step is taken at the end. The caller holds a lock that
    keeps a second one from starting the same.
    """
    in_force = policy()
    limit = cache(lambda due_at: limits.exact(now, due_at, because, (), in_force.calendar))
    made = [
        until(
            kind, limit(one.due_at), in_force, now,
            subject=one.subject, of=one.of, post=one.post, pace=list(pace),
        )
        for one in owed
    ]  # fmt: skip
    rows.insert(made)
    entries.owed(*made, now=now)
    return len(made)


def bring_forward(
    deadlines: Sequence[Deadline], due_at: datetime, *, because: tuple[str, str], now: datetime
) -> int:
    """Let open deadlines end at an earlier instant, and enter it; return how many do so now.

    The caller has locked them, with their posts and units read. None ends later than before.
    """
    limit = limits.exact(now, due_at, because, (), policy().calendar)
    sooner = [one for one in deadlines if due_at < one.due_at]
    alike: dict[tuple[int, datetime | None], list[Deadline]] = defaultdict(list)
    for one in sooner:
        to_end_at(one, limit, now)
        alike[one.step, one.next_at].append(one)
    for (step, next_at), some in alike.items():
        for start in range(0, len(some), TOGETHER):
            pks = [one.pk for one in some[start : start + TOGETHER]]
            Deadline.objects.filter(pk__in=pks).update(
                due_at=due_at, warn_at=some[0].warn_at, explanation=some[0].explanation,
                step=step, next_at=next_at,
            )  # fmt: skip
    entries.moved(*sooner, now=now)
    return len(sooner)


@Statement
def _open(subjects: tuple[str, ...], kind: str, of: str) -> QuerySet[Deadline]:
    return ending().filter(subject__in=subjects, kind=kind, of=of)


def meet_many(kind: str, subjects: Sequence[str], *, of: str, now: datetime) -> int:
    """Meet what `actions.meet` would one by one on each subject; return how many were open."""
    met = 0
    for start in range(0, len(subjects), TOGETHER):
        some = subjects[start : start + TOGETHER]
        owed = _open(tuple(some), kind, of)
        end(owed, Deadline.State.MET, now=now)
        met += len(owed)
    return met
