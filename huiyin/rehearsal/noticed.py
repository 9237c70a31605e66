"""What the service noticed by itself, read from its database: marks, and deadlines that escalated."""

from collections import defaultdict
from datetime import datetime

from huiyin.kernel.clock.models import Step
from huiyin.kernel.notices.models import Notice
from huiyin.parts.reports.models import Mark
from huiyin.rehearsal.faults import Key, Noticed, mark_key, owed_key


def gather() -> dict[Key, Noticed]:
    """Return every mark, and every deadline of which somebody was told that its time is over.

    A warning before the end of a limit is no such thing. A step that reached no post tells nobody.
    """
    return _marks() | _escalations()


def _marks() -> dict[Key, Noticed]:
    told: dict[tuple[str, str, int], list[tuple[str, datetime, str]]] = defaultdict(list)
    sent = Notice.objects.filter(kind="report.mark").values_list(
        "subject", "facts", "post__unit_id", "post__code", "created_at"
    )
    for subject, facts, unit, post, at in sent:
        told[subject, facts["what"], unit].append((post, at, "owner"))
    found = {}
    for mark in Mark.objects.select_related("unit"):
        came = mark.evidence.get("came")
        found[mark_key(mark.kind, mark.unit_id, mark.subject, mark.day)] = Noticed(
            mark.made_at,
            tuple(told[mark.subject, mark.kind, mark.unit_id]),
            mark.unit.code,
            datetime.fromisoformat(came) if came else None,
        )
    return found


def _escalations() -> dict[Key, Noticed]:
    steps = (
        Step.objects.filter(kind="escalate")
        .order_by("taken_at", "number")
        .values_list(
            "deadline__kind", "deadline__subject", "deadline__of", "deadline__post__unit__code",
            "taken_at", "post__code", "rung",
        )
    )  # fmt: skip
    first: dict[Key, tuple[datetime, str]] = {}
    told: dict[Key, list[tuple[str, datetime, str]]] = defaultdict(list)
    for kind, subject, of, unit, at, post, rung in steps:
        key = owed_key(kind, subject, of)
        first.setdefault(key, (at, unit))
        if post is not None:
            told[key].append((post, at, rung))
    return {key: Noticed(at, tuple(told[key]), unit) for key, (at, unit) in first.items()}
