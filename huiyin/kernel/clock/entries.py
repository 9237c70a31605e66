"""What the ledger is told of deadlines: opened, moved, paused, ended; never of what they are about."""

import hashlib
import json
from datetime import datetime

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.ledger import actions as ledger


def plan(deadline: Deadline) -> str:
    """Return the SHA-256 of how a deadline's time came about and of when what is warned.

    It names nobody: rules, days, and how long each rung waits.
    """
    whole = {
        "rule": deadline.rule,
        "calendar": deadline.calendar,
        "explanation": deadline.explanation,
        "warn_at": deadline.warn_at,
        "pace": deadline.pace,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _draft(kind: str, deadline: Deadline, now: datetime, **facts: ledger.Fact) -> ledger.Draft:
    post = deadline.post.code if deadline.post else None
    facts = {"deadline": deadline.kind, "of": deadline.of, **facts}
    return ledger.Draft(kind, deadline.subject, now, post, facts)


def _append(kind: str, deadline: Deadline, now: datetime, **facts: ledger.Fact) -> None:
    ledger.append_many([_draft(kind, deadline, now, **facts)])


def _unit(deadline: Deadline) -> str | None:
    return deadline.post.unit.code if deadline.post else None


def owed(*deadlines: Deadline, now: datetime) -> None:
    """Enter that they are owed, from when each counts, by when, by which unit (None: by nobody)."""
    ledger.append_many(
        _draft(
            "clock.owed",
            one,
            now,
            began=one.started_at.isoformat(),
            due=one.due_at.isoformat(),
            unit=_unit(one),
            plan=plan(one),
        )
        for one in deadlines
    )


def moved(*deadlines: Deadline, now: datetime) -> None:
    """Enter their times and who owes them, after either changed, and whether a count stands still."""
    ledger.append_many(
        _draft(
            "clock.moved",
            one,
            now,
            due=one.due_at.isoformat(),
            unit=_unit(one),
            plan=plan(one),
            **({"paused": True} if one.paused_at is not None else {}),
        )
        for one in deadlines
    )


def paused(deadline: Deadline, *, now: datetime) -> None:
    """Enter that its count stands still; `moved` follows when it goes on."""
    _append("clock.paused", deadline, now)


def ended(*deadlines: Deadline, state: str, now: datetime) -> None:
    """Enter that they ended, and whether each did so at or after its time."""
    ledger.append_many(
        _draft(
            "clock.ended",
            one,
            now,
            due=one.due_at.isoformat(),
            state=str(state),
            late=bool(one.post_id and one.paused_at is None and now >= one.due_at),
        )
        for one in deadlines
    )
