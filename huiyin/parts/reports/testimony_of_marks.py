"""What the tables of marks and of rules of daily reports say, for the auditor."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Substr

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.ledger.said import Said, binds, said_of
from huiyin.kernel.ledger.subjects import present
from huiyin.kernel.ledger.testimony import Derived, Entries, Part, Testimony, Value
from huiyin.kernel.units.models import Post
from huiyin.parts.reports.actions._common import packed
from huiyin.parts.reports.models import DailyRule, Mark, Report

BATCH = 200
BEGINNINGS = ("report.", "mark.", "clock.owed")
One = TypeVar("One")


def batches(rows: Iterable[One]) -> Iterator[list[One]]:
    """Yield the rows, some at a time."""
    left = iter(rows)
    while some := list(islice(left, BATCH)):
        yield some


def code(post: Post | None) -> str | None:
    """Return a post's code; None for none."""
    return post.code if post is not None else None


def testimony(subject: str, said: Said) -> Testimony:
    """Return what was found wrong with a subject."""
    return Testimony(subject, problems=tuple(said.problems), keeps_next=False)


def marks_on(subjects: Sequence[str]) -> dict[str, list[Mark]]:
    """Return the marks of some subjects."""
    found: dict[str, list[Mark]] = defaultdict(list)
    rows = Mark.objects.filter(subject__in=subjects).select_related(
        "unit", "replied_by", "withdrawn_by", "report"
    )
    for one in rows.order_by("pk"):
        found[one.subject].append(one)
    return found


def _marks() -> Iterator[Testimony]:
    """Yield what is marked but reports that are there: days, corrections, dangers."""
    itself = {"subject__startswith": "report:"}
    made = Entry.objects.filter(kind="mark.made").values_list("subject", flat=True)
    kept = Mark.objects.values_list("subject", flat=True)
    days = Deadline.objects.filter(subject__startswith="daily:").values_list("subject", flat=True)
    corrections = {"subject__startswith": "report:", "subject__contains": "/"}
    every: list[QuerySet[Any, str]] = [made, kept, days]
    named = [rows.exclude(**itself).order_by() for rows in every]
    named += [rows.filter(**corrections).order_by() for rows in every[:2]]
    there = Report.objects.filter(number=Substr(OuterRef("subject"), len("report:") + 1))
    of_none = Mark.objects.exclude(Exists(there.exclude(sent_at=None))).filter(**itself)
    named.append(of_none.values_list("subject", flat=True).order_by())
    for some in batches(named[0].union(*named[1:]).order_by("subject").iterator()):
        said, marks = said_of(some, *BEGINNINGS), marks_on(some)
        daily = _daily_of([one for of in marks.values() for one in of])
        for subject in some:
            marked(said[subject], marks[subject], daily)
            yield testimony(subject, said[subject])


def _daily_of(marks: Sequence[Mark]) -> dict[tuple[int, str], int]:
    """Return the daily reports of the units and days of some marks."""
    rows = Report.objects.filter(
        kind=Report.Kind.DAILY,
        unit__in={one.unit_id for one in marks},
        day__in={one.day for one in marks if one.day},
    )
    return {(unit, f"daily:{day}"): pk for unit, day, pk in rows.values_list("unit", "day", "pk")}


def marked(
    said: Said, marks: Sequence[Mark], daily: Mapping[tuple[int, str], int] | None = None
) -> None:
    """Hold the marks of one subject, with their evidence, their replies and withdrawals."""
    for one in marks:
        unit, key = one.unit.code, bytes(one.salt_key)
        on = one.day.isoformat() if one.day else None
        evidence = {name: value for name, value in one.evidence.items() if name != "came"}
        facts = {"what": one.kind, "unit": unit, "on": on}
        leaf = said.take("mark.made", one.made_at, f"a mark ({one.kind})", facts=facts)
        if leaf and leaf["commit"] and not binds(leaf, "evidence", packed(evidence), key):
            said.wrong(f"a mark ({one.kind}): other evidence", "commitment")
        _about(said, one, daily or {})
        for kind, name, at, post, text in (
            ("mark.replied", "text", one.replied_at, one.replied_by, one.reply),
            ("mark.withdrawn", "reason", one.withdrawn_at, one.withdrawn_by, one.withdrawn_why),
        ):
            if at is not None:
                bound = (name, text.encode(), key)
                said.take(kind, at, kind, facts={"unit": unit}, bound=bound, post=code(post))
            elif text or post:
                said.wrong(f"{kind} without its time", "unlogged")
    said.missing("mark.made", "mark.replied", "mark.withdrawn")


def _about(said: Said, mark: Mark, daily: Mapping[tuple[int, str], int]) -> None:
    """Hold which report a mark leads to, which its subject says; and when a missing one came."""
    wanted = daily.get((mark.unit_id, mark.subject))
    number, came = mark.report.number if mark.report else None, mark.evidence.get("came")
    if mark.subject.startswith("report:"):
        if number != mark.subject.removeprefix("report:").partition("/")[0]:
            said.wrong(f"a mark ({mark.kind}) leads to report {number}")
    elif mark.report_id != wanted:
        said.wrong(f"a mark ({mark.kind}) leads to report {number}")
    sent = mark.report.sent_at if mark.report else None
    right = sent.isoformat() if sent and mark.kind == Mark.Kind.DAILY_MISSING else None
    if came != right:
        said.wrong(f"the daily report came at {came}, it was sent at {right}")


def _rules() -> Iterator[Testimony]:
    """Yield each unit's rule of daily reports."""
    for one in DailyRule.objects.select_related("unit").order_by("pk"):
        kept: dict[str, Value] = {
            "daily_by": one.daily_by,
            "every_day": one.every_day,
            "since": one.since,
            "ended_at": one.ended_at,
        }
        yield Testimony(one.ref, kept=kept)


def _rule(entries: Entries) -> dict[str, Derived]:
    found: dict[str, Derived] = {}
    for number, entry in entries:
        at, facts = datetime.fromisoformat(entry["time"]), entry["facts"]
        if entry["kind"] == "report.required":
            found = {
                "daily_by": Derived(facts["minutes"], number),
                "every_day": Derived(facts["every_day"], number),
                "since": Derived(at, number),
                "ended_at": Derived(None, number),
            }
        else:
            found["ended_at"] = Derived(at, number)
    return found


MARKS = Part(
    prefix="mark:",
    opens="",
    rows=lambda kind: False,
    count=Mark.objects.count,
    present=set,
    testify=lambda now: _marks(),
    derive=lambda entries: {},
)
RULES = Part(
    prefix="dailyrule:",
    opens="report.required",
    rows=lambda kind: False,
    count=DailyRule.objects.count,
    present=present("dailyrule:", DailyRule.objects.all(), "unit__code"),
    testify=lambda now: _rules(),
    derive=_rule,
)
