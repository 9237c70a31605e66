"""An incident and its room: opened by an urgent report; its log and its decisions only grow.

Everything in a room is about the event. What stands for a person is refused as in reports.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger.actions import new_salt_key
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post
from huiyin.parts.reports import standing
from huiyin.parts.reports.access import COMMANDS, NotYours, access_room, leads
from huiyin.parts.reports.actions._common import need, packed
from huiyin.parts.reports.models import Incident, IncidentLine, IncidentTask

TWICE = timedelta(minutes=1)  # in which the same words again are the same line
ENTRIES: dict[str, str] = {
    IncidentLine.Kind.LOG: "incident.logged",
    IncidentLine.Kind.DECISION: "incident.decided",
    IncidentLine.Kind.HANDED: "incident.logged",
    IncidentLine.Kind.LED: "incident.led",
}
AGAIN = (IncidentLine.Kind.LOG, IncidentLine.Kind.DECISION)  # what is easily sent twice
_END = re.compile(r"[。！？!?\n]|\.\s")
TITLE_MOST, PLACE_MOST = 80, 200


def _title(what: str) -> str:
    """Return the first sentence of what happened, short enough for a heading."""
    first = _END.split(what.strip(), maxsplit=1)[0].strip()
    return first if len(first) <= TITLE_MOST else f"{first[: TITLE_MOST - 1]}…"


def of_urgent(
    acting: Acting, number: str, fields: Mapping[str, Any], event_at: datetime | None,
    joins: str, *, now: datetime,
) -> Incident:  # fmt: skip
    """Return the incident of an urgent report that is being sent: a new one, or the one it joins.

    `fields` are the report's, private things refused already; `joins` is the number of an open
    incident of the same unit. Call inside the transaction of sending. Raises BadInput.
    """
    danger = bool(fields.get("danger"))
    if joins:
        found = Incident.objects.select_for_update().filter(
            number=joins, unit=acting.post.unit_id, stood_down_at=None
        )
        incident = found.first()
        if incident is None:
            raise BadInput("joins", "unknown")
        in_danger(incident, fields)
        return incident
    return _open(acting, number, fields, min(event_at or now, now), danger, now)


def in_danger(incident: Incident, fields: Mapping[str, Any]) -> None:
    """Let the incident be one in which life is in danger, once an urgent report of it says so."""
    if fields.get("danger"):
        Incident.objects.filter(pk=incident.pk, danger=False).update(danger=True)
        incident.danger = True


def _open(
    acting: Acting, number: str, fields: Mapping[str, Any], event_at: datetime, danger: bool,
    now: datetime,
) -> Incident:  # fmt: skip
    unit = acting.post.unit
    incident = Incident.objects.create(
        unit=unit,
        number=number,
        kind=fields.get("event") or Incident.Kind.OTHER,
        title=_title(str(fields["what"])),
        place=str(fields.get("where") or "")[:PLACE_MOST],
        event_at=event_at,
        opened_at=now,
        danger=danger,
        leader=standing.post_of(unit.pk, now, COMMANDS) or acting.post,
    )
    ledger.append(
        "incident.opened",
        subject=incident.ref,
        now=now,
        post=acting.post.code,
        facts={
            "unit": unit.code, "what": incident.kind, "began": event_at.isoformat(),
            "to": incident.leader.code if incident.leader else None,
        },
        commit={"text": packed({"title": incident.title, "place": incident.place})},
        salt_key=bytes(incident.salt_key),
    )  # fmt: skip
    if incident.leader is not None and incident.leader.pk != acting.post.pk:
        notices.queue(incident.leader.pk, "incident.opened", incident.ref, now)
    return incident


def line_facts(kind: str, task: IncidentTask | None, to: Post | None) -> dict[str, ledger.Fact]:
    """Return the public facts of a line: of a log what it is, its task, and to which post it went."""
    found: dict[str, ledger.Fact] = {}
    if ENTRIES[IncidentLine.Kind(kind)] == "incident.logged":
        found["what"] = str(kind)
    if task is not None:
        found["number"] = task.number
    if to is not None:
        found["to"] = to.code
    return found


def line_bound(text: str, why: str, corrects: IncidentLine | None) -> bytes:
    """Return what the entry of a line commits to: its words, and the line that it corrects."""
    also = {"corrects": bytes(corrects.entry_digest).hex()} if corrects else {}
    return packed({"text": text, "why": why} | also)


def add_line(
    acting: Acting,
    incident: Incident,
    kind: str,
    text: str,
    *,
    now: datetime,
    why: str = "",
    task: IncidentTask | None = None,
    to: Post | None = None,
    corrects: IncidentLine | None = None,
) -> IncidentLine:
    """Append a line with its entry, inside an action that has the incident locked.

    The same words by the same post within a minute are one line of the log.
    """
    last = incident.lines.order_by("-pk").first()
    same = last and kind in AGAIN and (
        last.kind, last.post_id, last.text, last.why, last.corrects_id
    ) == (kind, acting.post.pk, text, why, corrects.pk if corrects else None)  # fmt: skip
    if last and same and now - last.at < TWICE:
        return last
    key = new_salt_key()
    entry = ledger.append(
        ENTRIES[IncidentLine.Kind(kind)],
        subject=incident.ref,
        now=now,
        post=acting.post.code,
        facts=line_facts(kind, task, to),
        commit={"text": line_bound(text, why, corrects)},
        salt_key=key,
    )
    line = IncidentLine(
        incident=incident, kind=kind, at=now, post=acting.post, text=text, why=why, task=task,
        to=to, corrects=corrects, salt_key=key, entry_digest=bytes(entry.digest),
    )  # fmt: skip
    line.save(force_insert=True)
    return line


@transaction.atomic
def log(
    acting: Acting,
    number: str,
    text: str,
    *,
    now: datetime,
    sure: bool = False,
    corrects: int | None = None,
) -> IncidentLine:
    """Add a line to the log of the room; it can't be changed, a correction is a further line.

    Also after the stand-down: what is learnt late belongs there. `corrects` is the id of a line of
    the same incident. Raises ReportNotFound, BadInput, Private.
    """
    incident = access_room(acting, number, lock=True)
    clean = need("text", text)
    keep_private({"text": clean}, sure=sure)
    former = None
    if corrects is not None:
        former = incident.lines.filter(pk=corrects).first()
        if former is None:
            raise BadInput("", "unknown")
    return add_line(acting, incident, IncidentLine.Kind.LOG, clean, now=now, corrects=former)


@transaction.atomic
def decide(
    acting: Acting, number: str, what: str, why: str, *, now: datetime, sure: bool = False
) -> IncidentLine:
    """Record a decision with its reason; deciding again is a further line.

    Raises ReportNotFound, BadInput (also once it is stood down), Private, and NotYours for a post
    that does not lead here or above.
    """
    incident = access_room(acting, number, lock=True)
    if not leads(acting.post, incident):
        raise NotYours
    if incident.stood_down_at is not None:
        raise BadInput("", "stood_down")
    given = {"text": need("text", what), "why": need("why", why)}
    keep_private(given, sure=sure)
    return add_line(
        acting, incident, IncidentLine.Kind.DECISION, given["text"], why=given["why"], now=now
    )
