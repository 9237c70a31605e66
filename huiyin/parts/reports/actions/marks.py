"""Mark what does not fit, with its evidence; let the unit reply; withdraw visibly what was wrong.

A mark is about a duty to report. No mark counts or weighs what anyone complained of.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from huiyin.kernel import rows
from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Unit
from huiyin.parts.reports import standing
from huiyin.parts.reports.access import NotYours, ReportNotFound, is_above, sees_unit
from huiyin.parts.reports.actions._common import need, packed
from huiyin.parts.reports.dangers import Danger, Source
from huiyin.parts.reports.models import Arrival, Mark, Progress, Report, Version
from huiyin.parts.reports.silence import changes, contradictions, minutes_late
from huiyin.parts.reports.templates import templates, times

RECENT = timedelta(days=3)  # how far back a silence is still looked for
ESCALATED = (Mark.Kind.DAILY_MISSING, Mark.Kind.NEXT_MISSING)  # the clock tells their posts itself


def _entry(mark: Mark, code: str, now: datetime) -> ledger.Draft:
    on = mark.day.isoformat() if mark.day else None
    return ledger.Draft(
        "mark.made", mark.subject, now, None, {"what": mark.kind, "unit": code, "on": on},
        {"evidence": packed(mark.evidence)}, bytes(mark.salt_key),
    )  # fmt: skip


def _make(made: Sequence[Mark], now: datetime) -> int:
    """Write new marks with their entries, and tell the units; the caller has left out known ones."""
    codes = dict(Unit.objects.filter(pk__in={one.unit_id for one in made}).values_list("pk", "code")) \
        if len(made) < 500 else dict(Unit.objects.values_list("pk", "code"))  # fmt: skip
    rows.insert(made)
    ledger.append_many(_entry(one, codes[one.unit_id], now) for one in made)
    telling = [one for one in made if one.kind not in ESCALATED]
    desks = standing.posts({one.unit_id for one in telling}, now, standing.SENDS)
    rows.insert(
        [
            notices.draft(
                desks[one.unit_id].pk, "report.mark", one.subject, now, {"what": one.kind}
            )
            for one in telling
            if one.unit_id in desks
        ]
    )
    return len(made)


def _one(kind: str, report: Report, subject: str, now: datetime, evidence: dict[str, Any]) -> None:
    known = Mark.objects.filter(unit=report.unit_id, kind=kind, subject=subject)
    if not known.exists():
        _make(
            [
                Mark(
                    unit_id=report.unit_id,
                    kind=kind,
                    subject=subject,
                    day=report.day or policy().calendar.local_date(now),
                    report=report,
                    evidence=evidence,
                    made_at=now,
                )
            ],
            now,
        )


def of_sent(
    report: Report,
    fields: Mapping[str, Any],
    earlier: Report | None,
    now: datetime,
    seen: Mapping[str, int] | None = None,
    owed: Deadline | None = None,
) -> None:
    """Mark what does not fit in a report as it is sent: too late, numbers that contradict.

    `owed` is what the day's report met, where the caller has read it.
    """
    limit = times().urgent_late_minutes
    late = minutes_late(report.event_at, now, limit) if report.event_at else 0
    if report.kind == Report.Kind.URGENT and report.event_at and late:
        evidence = {
            "event": report.event_at.isoformat(), "sent": now.isoformat(),
            "limit": limit, "late": late,
        }  # fmt: skip
        _one(Mark.Kind.URGENT_LATE, report, report.ref, now, evidence)
    if report.kind == Report.Kind.DAILY:
        wrong = contradictions(fields, report.counted.get("figures", {}), seen)
        if wrong:
            evidence = {"numbers": wrong, "why": fields.get("why", "")}
            _one(Mark.Kind.NUMBERS, report, report.ref, now, evidence)
        _late_daily(report, owed, now)
    if earlier is not None:
        _fewer(report, fields, earlier, now)


def _late_daily(report: Report, owed: Deadline | None, now: datetime) -> None:
    line = f"daily:{report.day}"
    owed = (
        owed
        or Deadline.objects.filter(
            subject=line, kind="report.daily", of=str(report.unit_id)
        ).first()
    )
    if owed is None or now < owed.due_at:
        return
    missing = Mark.objects.filter(unit=report.unit_id, kind=Mark.Kind.DAILY_MISSING, subject=line)
    if mark := missing.first():
        mark.evidence = {**mark.evidence, "came": now.isoformat()}
        mark.report = report
        mark.save(update_fields=["evidence", "report"])
        return
    evidence = {"due": owed.due_at.isoformat(), "sent": now.isoformat()}
    _one(Mark.Kind.DAILY_LATE, report, line, now, evidence)


def _fewer(report: Report, fields: Mapping[str, Any], earlier: Report, now: datetime) -> None:
    """Mark fewer people than the report before said, with the reason that was given."""
    line = earlier.follows or earlier
    before = (
        Version.objects.filter(report__in=[line, *line.followed_by.exclude(pk=report.pk)])
        .order_by("-at", "-pk")
        .values_list("fields", flat=True)
    )
    told = next((one["affected"] for one in before if one.get("affected") is not None), None)
    number = fields.get("affected")
    if told is not None and number is not None and int(number) < int(told):
        evidence = {
            "numbers": [{"field": "affected", "said": int(number), "earlier": int(told)}],
            "why": fields.get("why", ""),
        }
        _one(Mark.Kind.NUMBERS, report, report.ref, now, evidence)


def of_change(
    report: Report, last: Version, version: Version, arrivals: Iterable[Arrival], now: datetime
) -> None:
    """Mark a change after somebody above had read the report: what changed, who had read it when."""
    read = [
        {"unit": one.unit.code, "at": one.acknowledged_at.isoformat(), "version": one.read_version}
        for one in arrivals
        if one.acknowledged_at
    ]
    if read:
        names = templates()[report.kind].names
        evidence = {
            "version": version.number,
            "changed": changes(last.fields, version.fields, names),
            "read": read,
        }
        _one(Mark.Kind.CHANGED, report, f"{report.ref}/{version.number}", now, evidence)


@transaction.atomic
def look(now: datetime, dangers: Iterable[Source] = ()) -> int:
    """Mark every silence up to now that has no mark yet; return how many were made.

    Set-based: its cost grows with the silent ones and the reports owed on these days. Two workers at
    once wait for each other, so each silence is marked and entered once.
    """
    Progress.objects.get_or_create(pk=1)
    Progress.objects.select_for_update().get(pk=1)
    made = [*_daily(now), *_next(now)]
    for source in dangers:
        made += _unreported(list(source(now)), now)
    return _make(made, now) if made else 0


Silent = tuple[int, str, datetime]  # unit, subject, when it was due


def _unmarked(kind: str, mark: str, since: datetime, now: datetime) -> QuerySet[Any, Silent]:
    marked = Mark.objects.filter(
        unit=OuterRef("post__unit"), kind=mark, subject=OuterRef("subject")
    )
    return Deadline.objects.filter(
        ~Exists(marked), kind=kind, state=Deadline.State.OPEN, due_at__lte=now,
        due_at__gt=since, post__isnull=False,
    ).values_list("post__unit_id", "subject", "due_at")  # fmt: skip


@Statement
def _daily_missing(
    subjects: tuple[str, ...], since: datetime, now: datetime
) -> QuerySet[Any, Silent]:
    owed = _unmarked("report.daily", Mark.Kind.DAILY_MISSING, since, now)
    return owed.filter(subject__in=subjects)


@Statement
def _next_missing(since: datetime, now: datetime) -> QuerySet[Any, Silent]:
    return _unmarked("report.next", Mark.Kind.NEXT_MISSING, since, now)


def _daily(now: datetime) -> list[Mark]:
    today = policy().calendar.local_date(now)
    days = [today - timedelta(days=back) for back in range(RECENT.days + 1)]
    lines = tuple(f"daily:{day}" for day in days)
    return [
        Mark(
            unit_id=unit,
            kind=Mark.Kind.DAILY_MISSING,
            subject=subject,
            day=date.fromisoformat(subject.removeprefix("daily:")),
            evidence={"due": due.isoformat()},
            made_at=now,
        )
        for unit, subject, due in _daily_missing(lines, now - RECENT, now)
    ]


def _next(now: datetime) -> list[Mark]:
    owed = _next_missing(now - RECENT, now)
    if not owed:
        return []
    refs = {subject.removeprefix("report:") for _unit, subject, _due in owed}
    reports = dict(Report.objects.filter(number__in=refs).values_list("number", "pk"))
    calendar = policy().calendar
    return [
        Mark(
            unit_id=unit,
            kind=Mark.Kind.NEXT_MISSING,
            subject=subject,
            day=calendar.local_date(due),
            report_id=reports.get(subject.removeprefix("report:")),
            evidence={"due": due.isoformat()},
            made_at=now,
        )
        for unit, subject, due in owed
    ]


@Statement
def _danger_marks(units: tuple[int, ...]) -> QuerySet[Mark, tuple[int, str]]:
    marks = Mark.objects.filter(unit__in=units, kind=Mark.Kind.DANGER)
    return marks.values_list("unit_id", "subject")


@Statement
def _danger_told(units: tuple[int, ...]) -> QuerySet[Report, tuple[int, datetime | None]]:
    told = Report.objects.filter(
        unit__in=units, kind=Report.Kind.URGENT, danger=True, sent_at__isnull=False
    )
    return told.values_list("unit_id", "sent_at")


def _unreported(dangers: Sequence[Danger], now: datetime) -> list[Mark]:
    limit = times().danger_minutes
    over = {
        (one.unit_id, one.subject): one
        for one in dangers
        if one.since + timedelta(minutes=limit) <= now
    }
    units = {unit for unit, _subject in over}
    known = set(_danger_marks(tuple(units)))
    sent: dict[int, list[datetime]] = {}
    for unit, at in _danger_told(tuple(units)):
        sent.setdefault(unit, []).extend([at] if at else [])
    return [
        Mark(
            unit_id=one.unit_id,
            kind=Mark.Kind.DANGER,
            subject=one.subject,
            day=policy().calendar.local_date(now),
            evidence={"since": one.since.isoformat(), "limit": limit},
            made_at=now,
        )
        for key, one in over.items()
        if key not in known and not any(at >= one.since for at in sent.get(one.unit_id, []))
    ]


def on_look(deadline: Deadline, now: datetime) -> None:
    """Look for silence at a time at which something was owed."""
    look(now)
    clock.meet(deadline.subject, deadline.kind, of=deadline.of, now=now)


def _mark(acting: Acting, pk: int) -> Mark:
    mark = Mark.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=pk).first()
    if mark is None or not sees_unit(acting.post, mark.unit_id):
        raise ReportNotFound(str(pk))
    return mark


@transaction.atomic
def reply(acting: Acting, pk: int, text: str, *, now: datetime, sure: bool = False) -> Mark:
    """Let the unit say what it has to say about a mark; once. Raises BadInput, Private, NotYours."""
    mark = _mark(acting, pk)
    if acting.post.unit_id != mark.unit_id:
        raise NotYours
    clean = need("reply", text)
    keep_private({"reply": clean}, sure=sure)
    if mark.replied_at is not None:
        if mark.reply == clean:
            return mark
        raise BadInput("reply", "replied")
    mark.reply, mark.replied_at, mark.replied_by = clean, now, acting.post
    mark.save(update_fields=["reply", "replied_at", "replied_by"])
    ledger.append(
        "mark.replied", subject=mark.subject, now=now, post=acting.post.code,
        facts={"unit": mark.unit.code}, commit={"text": clean.encode()},
        salt_key=bytes(mark.salt_key),
    )  # fmt: skip
    return mark


@transaction.atomic
def withdraw(acting: Acting, pk: int, why: str, *, now: datetime, sure: bool = False) -> Mark:
    """Withdraw a mark that was wrong: it stays on the page, as withdrawn, with the reason.

    Only the desk of a unit above may. Raises BadInput, Private, NotYours, ReportNotFound.
    """
    mark = _mark(acting, pk)
    if not is_above(acting.post, mark.unit_id):
        raise NotYours
    clean = need("why", why)
    keep_private({"why": clean}, sure=sure)
    if mark.withdrawn_at is not None:
        return mark
    mark.withdrawn_at, mark.withdrawn_by, mark.withdrawn_why = now, acting.post, clean
    mark.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    ledger.append(
        "mark.withdrawn", subject=mark.subject, now=now, post=acting.post.code,
        facts={"unit": mark.unit.code}, commit={"reason": clean.encode()},
        salt_key=bytes(mark.salt_key),
    )  # fmt: skip
    if desk := standing.post_of(mark.unit_id, now, standing.SENDS):
        notices.queue(desk.pk, "report.mark_withdrawn", mark.subject, now, {"what": mark.kind})
    return mark
