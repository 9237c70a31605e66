"""The reader of reports: what lies on a desk, the story of a report, a unit's marks, a whole day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Substr

from huiyin.kernel.clock import queries as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Lineage, Post, Unit
from huiyin.parts.reports import counting
from huiyin.parts.reports.access import NotYours, ReportNotFound, at_desk, sees_unit
from huiyin.parts.reports.models import Arrival, DayCount, Mark, Report, Version
from huiyin.parts.reports.silence import changes
from huiyin.parts.reports.templates import templates
from huiyin.parts.reports.vague import Question, nothing_needed, questions


def waiting(acting: Acting) -> QuerySet[Arrival]:
    """Return what the actor's unit has to acknowledge, urgent ones first, then the oldest."""
    if not at_desk(acting.post):
        return Arrival.objects.none()
    return (
        Arrival.objects.filter(unit=acting.post.unit_id, acknowledged_at=None)
        .select_related("report__unit")
        .order_by(F("report__kind").desc(), "arrived_at", "pk")
    )


def arrived(acting: Acting) -> QuerySet[Arrival]:
    """Return what the actor's unit has acknowledged, newest first."""
    if not at_desk(acting.post):
        return Arrival.objects.none()
    read = Arrival.objects.filter(unit=acting.post.unit_id, acknowledged_at__isnull=False)
    return read.select_related("report__unit").order_by("-arrived_at", "-pk")


def sent_by(unit: Unit) -> QuerySet[Report]:
    """Return the unit's own reports, newest first."""
    return Report.objects.filter(unit=unit, sent_at__isnull=False).order_by("-sent_at", "-pk")


@dataclass(frozen=True)
class Told:
    """One version as the page shows it: what it says, what changed, what is open in it."""

    version: Version
    changed: list[dict[str, Any]]
    asked: list[Question]


def story(report: Report) -> list[Told]:
    """Return the versions of a report, oldest first, each with what changed and open questions."""
    names = templates()[report.kind].names
    told: list[Told] = []
    before: Mapping[str, Any] | None = None
    for one in report.versions.select_related("post__unit").order_by("number"):
        changed = changes(before, one.fields, names) if before is not None else []
        told.append(Told(one, changed, questions(report.kind, one.fields, now=one.at)))
        before = one.fields
    return told


def marks_of(acting: Acting, unit: Unit) -> QuerySet[Mark]:
    """Return the unit's marks, newest first, withdrawn ones too; raise ReportNotFound."""
    if not sees_unit(acting.post, unit.pk):
        raise ReportNotFound(unit.code)
    found = Mark.objects.filter(unit=unit).select_related("report", "replied_by", "withdrawn_by")
    return found.order_by("-made_at", "-pk")


@dataclass(frozen=True)
class Branch:
    """A unit right below with all below it: how many owed, sent, are missing; what was counted."""

    unit: Unit
    owed: int
    sent: int
    missing: int
    counted: dict[str, int]


@dataclass(frozen=True)
class Whole:
    """A day over a subtree: what the reports say, what the ledger counts, who is missing."""

    unit: Unit
    day: date
    said: dict[str, int]
    counted: dict[str, int]
    branches: list[Branch]
    missing: list[Unit]
    late: list[Unit]
    needs: list[tuple[str, str, str]]
    owed: int
    sent: int

    @property
    def differ(self) -> list[str]:
        """The numbers that the reports and the ledger give differently for units that reported."""
        return [
            one for one in counting.names() if self.said.get(one, 0) != self.counted.get(one, 0)
        ]


def consolidated(acting: Acting, unit: Unit, day: date) -> Whole:
    """Return the day over the unit and all below it; a fixed number of queries for any size.

    `counted` is what the ledger gave each unit's report at its sending, so that the two can be held
    against each other. Raises ReportNotFound, and NotYours for a post that sits at no desk.
    """
    if not sees_unit(acting.post, unit.pk):
        raise ReportNotFound(unit.code)
    if not at_desk(acting.post):
        raise NotYours
    below = Lineage.objects.filter(ancestor=unit)
    inside = below.values("unit_id")
    branch_of = dict(
        Lineage.objects.filter(ancestor__parent=unit).values_list("unit_id", "ancestor_id")
    )
    sent: dict[int, tuple[str, dict[str, Any], dict[str, Any]]] = {}
    rows = (
        Version.objects.filter(report__kind="daily", report__day=day, report__unit__in=inside)
        .order_by("number")
        .values_list("report__unit_id", "report__number", "fields", "report__counted")
    )
    for unit_id, number, fields, counted in rows.iterator():
        sent[unit_id] = (number, fields, counted)  # the newest version of each stays
    owed = {
        unit_id: (state, ended, due)
        for unit_id, state, ended, due in Deadline.objects.filter(
            subject=f"daily:{day}", kind="report.daily", post__unit__in=inside
        ).values_list("post__unit_id", "state", "ended_at", "due_at")
    }
    missing = {
        one for one, (state, _ended, _due) in owed.items() if state == "open" and one not in sent
    }
    late = {one for one, (_s, ended, due) in owed.items() if one in sent and ended and ended >= due}
    said: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for _number, fields, counted in sent.values():
        said.update({name: int(fields.get(name) or 0) for name in counting.names()})
        told.update(counted.get("figures", {}))
    named = Unit.objects.in_bulk(missing | late) if len(missing | late) < 900 else {
        one.pk: one for one in Unit.objects.all() if one.pk in missing | late
    }  # fmt: skip
    needs = [
        (number, str(fields.get("needed")), unit_id)
        for unit_id, (number, fields, _counted) in sent.items()
        if not nothing_needed(fields.get("needed"))
    ]
    asking = Unit.objects.in_bulk([unit_id for _number, _text, unit_id in needs[:200]])
    return Whole(
        unit,
        day,
        dict(said),
        dict(told),
        _branches(unit, day, branch_of, set(sent), set(owed), missing),
        sorted((named[one] for one in missing), key=lambda one: one.code),
        sorted((named[one] for one in late), key=lambda one: one.code),
        [(number, text, str(asking[unit_id])) for number, text, unit_id in needs[:200]],
        len(owed),
        len(sent),
    )


def _branches(
    unit: Unit,
    day: date,
    branch_of: Mapping[int, int],
    sent: set[int],
    owed: set[int],
    missing: set[int],
) -> list[Branch]:
    def per_branch(units: set[int]) -> Counter[int]:
        return Counter(branch_of[one] for one in units if one in branch_of)

    counts: dict[int, dict[str, int]] = {}
    rows = (
        DayCount.objects.filter(day=day, unit__lineage__ancestor__parent=unit)
        .values_list("unit__lineage__ancestor_id", "what")
        .annotate(n=Sum("count"))
        .order_by()
    )
    for branch, what, number in rows:
        counts.setdefault(branch, {})[what] = number
    by = per_branch(sent), per_branch(owed), per_branch(missing)
    children = list(unit.children.filter(closed_at=None).order_by("code"))
    return [
        Branch(one, by[1][one.pk], by[0][one.pk], by[2][one.pk], counts.get(one.pk, {}))
        for one in children
    ]


def next_due(report: Report, unit_id: int, now: datetime) -> datetime | None:
    """Return until when the unit has to acknowledge the report, None when it has."""
    return (
        Deadline.objects.filter(
            subject=report.ref, kind="report.acknowledge", of=str(unit_id), state="open"
        )
        .values_list("due_at", flat=True)
        .first()
    )


@dataclass(frozen=True)
class Owed:
    """Something that a post owes of reports; `count` daily reports of a `day` are one thing."""

    deadline: Deadline
    report: Report | None = None
    count: int = 1
    day: date | None = None


OURS = Q(
    *(Q(kind__startswith=f"{one}.") for one in ("report", "incident", "window")), _connector=Q.OR
)


def owed(post: Post) -> list[Owed]:
    """Return what the post owes of reports, incidents and windows, in order of due time, the first 50.

    Daily reports to acknowledge are one line for each day, however many units sent one. At most
    three queries.
    """
    of_daily = Report.objects.filter(number=Substr(OuterRef("subject"), 8), kind="daily")
    together = Q(Exists(of_daily), kind="report.acknowledge")
    lines = list(
        Deadline.objects.filter(OURS, post=post, state=Deadline.State.OPEN)
        .annotate(
            day=Case(When(together, then=Subquery(of_daily.values("day")[:1]))),
            single=Case(When(together, then=0), default=F("pk"), output_field=BigIntegerField()),
        )
        .values("day", "single")
        .annotate(first=Min("pk"), n=Count("pk"), due=Min("due_at"))
        .order_by("due", "first")[:50]
    )
    if not lines:
        return []
    deadlines = Deadline.objects.in_bulk([one["first"] for one in lines])
    refs = {one.subject.removeprefix("report:") for one in deadlines.values()}
    about = {one.ref: one for one in Report.objects.filter(number__in=refs).select_related("unit")}
    found = [(deadlines[one["first"]], one) for one in lines]
    return [Owed(due, about.get(due.subject), one["n"], one["day"]) for due, one in found]


def untaken() -> list[Owed]:
    """Return what is owed of reports of which a warning or escalation reached no post."""
    return [Owed(one) for one in clock.untaken().filter(OURS)[:20]]


def answered(found: Sequence[Notice]) -> set[int]:
    """Return the ids of notices of urgent reports that the unit has acknowledged; one query."""
    mine = [one for one in found if one.kind == "report.urgent"]
    if not mine:
        return set()
    read = Arrival.objects.filter(
        post__in={one.post_id for one in mine},
        report__number__in={one.subject.removeprefix("report:") for one in mine},
        acknowledged_at__isnull=False,
    )
    done = {
        (post, f"report:{number}") for post, number in read.values_list("post_id", "report__number")
    }
    return {one.pk for one in mine if (one.post_id, one.subject) in done}
