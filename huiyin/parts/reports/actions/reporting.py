"""Send a report and correct it. It is on the desk of every unit above in the same transaction.

No other function changes a report: nobody on its way stops, changes or delays it.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from huiyin.kernel import rows
from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.bulk import Owed, start_many
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.files import actions as files
from huiyin.kernel.files.verdict import Inspected
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger.actions import new_salt_key
from huiyin.kernel.ledger.kinds import WHO, who
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post
from huiyin.kernel.units.queries import line_of
from huiyin.parts.reports import counting, pictures, standing
from huiyin.parts.reports.access import NotYours, access_report
from huiyin.parts.reports.actions import incidents, marks
from huiyin.parts.reports.actions._common import packed
from huiyin.parts.reports.models import Arrival, Report, Version
from huiyin.parts.reports.templates import WrongValue, clean, times
from huiyin.parts.reports.vague import nothing_needed

ACKNOWLEDGE, ACT, NEXT, DAILY = "report.acknowledge", "report.act", "report.next", "report.daily"
LOOK = "report.look"  # nobody owes it: at its end, silence is looked for
PACE = {Report.Kind.URGENT: (5, 10), Report.Kind.FOLLOW_UP: (15, 30)}
USUAL_PACE = (1440, 1440)
WHY_ACKNOWLEDGE = ("收到报告须按时签收", "a report is acknowledged in time")
WHY_ACT = ("报告提出的需要须按时答复处置", "what a report asks for is acted on in time")
WHY_NEXT = ("报告承诺了下次报告时间", "the report promised the next one by then")
FOLLOWING = (Report.Kind.FOLLOW_UP, Report.Kind.FINAL)
_NUMBER = re.compile(r"[0-9]{6}-[0-9A-HJKMNP-TV-Z]{8}")


@dataclass(frozen=True)
class Picture:
    """A picture as it came from the telephone."""

    name: str
    data: bytes


def new_number(now: datetime) -> str:
    """Return a number that nobody has: the local day and 40 random bits."""
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    day = policy().calendar.local_date(now)
    return f"{day:%y%m%d}-" + "".join(secrets.choice(letters) for _ in range(8))


def due_times(kind: str, now: datetime, *, asks: bool) -> tuple[datetime, datetime | None]:
    """Return until when a report is to be acknowledged, and acted on (None: it asks for nothing).

    A daily report is acknowledged by the end of the next day; the rest is in templates.toml. An
    urgent report always asks for something: that somebody decides.
    """
    rule, calendar = times(), policy().calendar
    if kind == Report.Kind.DAILY:
        acknowledge = calendar.start_of_day(calendar.local_date(now) + timedelta(days=2))
    else:
        acknowledge = now + timedelta(minutes=rule.acknowledge_minutes[kind])
    act = now + timedelta(minutes=rule.act_minutes[kind])
    return acknowledge, act if asks or kind == Report.Kind.URGENT else None


def _fields(kind: str, given: Mapping[str, Any], *, sure: bool) -> dict[str, Any]:
    try:
        fields = clean(kind, dict(given))
    except WrongValue as error:
        raise BadInput(error.field, error.code) from error
    if not fields.get("what"):
        raise BadInput("what", "missing")
    keep_private(fields, sure=sure)
    return fields


def _moment(fields: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(str(fields[name])) if fields.get(name) else None


def _version(
    report: Report,
    number: int,
    fields: dict[str, Any],
    acting: Acting,
    now: datetime,
    levels: int = 0,
    shown: Mapping[str, bytes] | None = None,
) -> Version:
    key, commit = new_salt_key(), {"text": packed(fields), WHO: who(acting.user.pk)}
    if number == 1:
        kind = "report.sent"
        facts: dict[str, ledger.Fact] = {
            "what": report.kind,
            "unit": report.unit.code,
            "level": levels,
            "on": report.day.isoformat() if report.day else None,
            "began": report.event_at.isoformat() if report.event_at else None,
            "follows": report.follows.number if report.follows else None,
            "incident": report.incident.number if report.incident else None,
        }
        commit |= {"counted": packed(report.counted)} if report.counted else {}
        commit |= shown or {}
    else:
        kind, facts = "report.corrected", {"number": number}
    entry = ledger.append(
        kind,
        subject=report.ref,
        now=now,
        post=acting.post.code,
        facts=facts,
        commit=commit,
        salt_key=key,
    )
    return rows.add(
        Version(
            report=report,
            number=number,
            at=now,
            post=acting.post,
            user=acting.user,
            fields=fields,
            salt_key=key,
            entry_digest=bytes(entry.digest),
        )
    )


@Statement
def _numbered(number: str) -> QuerySet[Report]:
    return Report.objects.filter(number=number)


@Statement
def _daily_of(unit_id: int, day: date) -> QuerySet[Report, int]:
    found = Report.objects.filter(unit=unit_id, day=day, kind=Report.Kind.DAILY)
    return found.values_list("pk", flat=True)


def send(
    acting: Acting,
    kind: str,
    given: Mapping[str, Any],
    *,
    now: datetime,
    number: str = "",
    sure: bool = False,
    follows: str = "",
    joins: str = "",
    seen: Mapping[str, int] | None = None,
    pictures_sent: Sequence[Picture] = (),
) -> Report:
    """Send a report of the actor's unit to every unit above it, all at once.

    `number` comes from the page that it was written on: the same one sent twice is one report.
    `sure` says that no name in it is of somebody who complains; `follows` is the number of an
    earlier report of the same matter; `joins` is the number of an open incident that an urgent
    report belongs to (none: it opens one); `seen` are the ledger's numbers that the page of a daily
    report was drafted from. Open questions (vague.py) hold nothing back. Raises BadInput,
    Private (a kind of it), ReportNotFound, and files.FileRefused for what is no picture.
    """
    examined = [files.examine(sent.data, sent.name) for sent in pictures_sent]  # it takes its time
    with transaction.atomic():
        return _send(
            acting, kind, given, now=now, number=number, sure=sure, follows=follows, joins=joins,
            seen=seen, examined=examined,
        )  # fmt: skip


def _send(
    acting: Acting,
    kind: str,
    given: Mapping[str, Any],
    *,
    now: datetime,
    number: str,
    sure: bool,
    follows: str,
    joins: str,
    seen: Mapping[str, int] | None,
    examined: Sequence[Inspected],
) -> Report:
    number = number or new_number(now)
    if not _NUMBER.fullmatch(number):
        raise BadInput("", "number_wrong")
    if kind not in Report.Kind.values:
        raise BadInput("", "unknown")
    if known := _numbered.first(number):
        if known.unit_id != acting.post.unit_id or known.kind != kind:
            raise BadInput("", "number_wrong")
        return known
    fields = _fields(kind, given, sure=sure)
    earlier = access_report(acting, follows) if follows else None
    if earlier and earlier.unit_id != acting.post.unit_id:
        raise NotYours
    if kind in FOLLOWING and earlier is None:
        raise BadInput("", "follows_nothing")
    daily = kind == Report.Kind.DAILY
    day = policy().calendar.local_date(now) if daily else None
    if day and _daily_of(acting.post.unit_id, day):
        raise BadInput("", "sent_today")
    event_at = None if daily else _moment(fields, "when")
    incident = earlier.incident if earlier else None
    if kind == Report.Kind.URGENT:
        if incident is None:
            incident = incidents.of_urgent(acting, number, fields, event_at, joins, now=now)
        else:
            incidents.in_danger(incident, fields)
    report = Report(
        unit=acting.post.unit,
        number=number,
        kind=kind,
        day=day,
        event_at=event_at,
        incident=incident,
        post=acting.post,
        made_at=now,
        sent_at=now,
        next_at=_moment(fields, "next"),
        follows=(earlier.follows or earlier) if earlier else None,
        danger=bool(fields.get("danger")),
        counted=counting.snapshot(acting.post.unit, day, fields) if day else {},
    )
    key = pictures.new_key(report) if examined else b""
    rows.add(report)
    kept = [files.keep_examined(report.ref, picture, key=key, now=now) for picture in examined]
    above = {unit: distance for distance, unit in enumerate(line_of(report.unit_id)) if distance}
    shown = {"key": key, "pictures": pictures.bound(kept)} if kept else {}
    _version(report, 1, fields, acting, now, len(above), shown)
    _arrive(report, above, fields, now)
    _promised(report, now)
    owed = _owed_no_longer(report, now) if day else None
    marks.of_sent(report, fields, earlier, now, seen, owed)
    return report


@Statement
def _owed_by(unit_id: int, of: str) -> QuerySet[Deadline]:
    owed = clock.ending().select_for_update(of=("self",)).order_by("pk")
    return owed.filter(kind=DAILY, of=of, post__unit=unit_id)


def _owed_no_longer(report: Report, now: datetime) -> Deadline | None:
    """Meet what was owed for the day, and return it; days missed stand in this report's numbers."""
    whole = _owed_by(report.unit_id, str(report.unit_id))
    today = [one for one in whole if one.subject == f"daily:{report.day}"]
    clock.end(today, Deadline.State.MET, now=now)
    clock.end([one for one in whole if one not in today], Deadline.State.VOID, now=now)
    return today[0] if today else None


def _arrive(
    report: Report, above: Mapping[int, int], fields: Mapping[str, Any], now: datetime
) -> None:
    """Put the report on every desk above (unit: distance), each with what it owes and a notice."""
    desks = standing.posts(above, now)
    acknowledge, act = due_times(report.kind, now, asks=not nothing_needed(fields.get("needed")))
    here: list[Arrival] = []
    told: list[Notice] = []
    owing: dict[str, Post] = {}
    for unit_id, distance in above.items():
        post = desks.get(unit_id)
        here.append(
            Arrival(report=report, unit_id=unit_id, distance=distance, post=post, arrived_at=now)
        )
        if post is None:
            continue  # nobody sits there; the units above and below it have it all the same
        owing[str(unit_id)] = post
        facts = {"what": report.kind, "unit": str(report.unit)}
        urgent = report.kind == Report.Kind.URGENT
        kind = f"report.{report.kind}"
        told.append(notices.draft(post.pk, kind, report.ref, now, facts, in_turn=urgent))
    rows.insert(here)
    rows.insert(told)
    pace = PACE.get(Report.Kind(report.kind), USUAL_PACE)
    for kind, due, why in ((ACKNOWLEDGE, acknowledge, WHY_ACKNOWLEDGE), (ACT, act, WHY_ACT)):
        if due is not None:
            owed = [Owed(report.ref, of, post, due) for of, post in owing.items()]
            start_many(kind, owed, because=why, pace=pace, now=now)


def _promised(report: Report, now: datetime) -> None:
    """Meet the promise of the report before it, and keep the one that this report makes."""
    line = (report.follows or report).ref
    if report.follows:
        clock.meet(line, NEXT, now=now)
        clock.void(line, LOOK, now=now)
    if report.next_at and report.next_at > now:
        _promise(report, line, report.next_at, now)


def _promise(report: Report, line: str, due: datetime, now: datetime) -> None:
    owing = standing.post_of(report.unit_id, now, standing.SENDS) or report.post
    clock.start_until(
        NEXT, subject=line, post=owing, due_at=due, because=WHY_NEXT, pace=(15, 30), now=now
    )
    clock.start_until(LOOK, subject=line, post=None, due_at=due, because=WHY_NEXT, now=now)


@transaction.atomic
def correct(
    acting: Acting, number: str, given: Mapping[str, Any], *, now: datetime, sure: bool = False
) -> Version:
    """Add a version to a report of the actor's own unit; the earlier ones stay as they are.

    Whoever has the report is told; where somebody above had read it, that is marked. A version
    that says the same as the last one is not added. Raises BadInput, Private, ReportNotFound, and
    NotYours for a unit above: what came from below is nobody's to change.
    """
    report = access_report(acting, number, lock=True)
    if report.unit_id != acting.post.unit_id:
        raise NotYours
    fields = _fields(report.kind, given, sure=sure)
    last = report.versions.order_by("-number")[0]
    if last.fields == fields:
        return last
    version = _version(report, last.number + 1, fields, acting, now)
    arrivals = list(report.arrivals.select_related("unit"))
    for one in arrivals:
        if one.post_id:
            facts = {"what": report.kind, "unit": str(report.unit)}
            notices.queue(one.post_id, "report.corrected", report.ref, now, facts)
    marks.of_change(report, last, version, arrivals, now)
    _still_promised(report, fields, now)
    return version


def _still_promised(report: Report, fields: Mapping[str, Any], now: datetime) -> None:
    """Let a promise that was made once stand: a version may bring it forward, never put it off."""
    due, line = _moment(fields, "next"), (report.follows or report).ref
    if due is None or due <= now or (report.next_at and due >= report.next_at):
        return
    owed = Deadline.objects.filter(subject=line, kind=NEXT, state=Deadline.State.OPEN)
    if report.next_at and not owed.filter(due_at=report.next_at).exists():
        return  # a later report has kept it already
    clock.void(line, NEXT, LOOK, now=now)
    report.next_at = due
    report.save(update_fields=["next_at"])
    _promise(report, line, due, now)
