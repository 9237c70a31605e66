"""On the desk of a unit above: acknowledge what arrived, and say what is done about it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from huiyin.kernel import rows
from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.bulk import TOGETHER, meet_many
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports.access import NotYours, access_report, at_desk
from huiyin.parts.reports.actions._common import need
from huiyin.parts.reports.actions.reporting import ACKNOWLEDGE, ACT
from huiyin.parts.reports.models import Arrival, Report, Version


@Statement
def _arrived_at(report_id: int, unit_id: int) -> QuerySet[Arrival]:
    return Arrival.objects.select_for_update().filter(report=report_id, unit=unit_id)


@Statement
def _versions(report_id: int) -> QuerySet[Version, int]:
    return Version.objects.filter(report=report_id).values_list("number", flat=True)


def _arrival(acting: Acting, number: str) -> Arrival:
    """Return the report's arrival at the actor's unit, with the report locked before it."""
    report = access_report(acting, number, lock=True)
    if not at_desk(acting.post):
        raise NotYours
    arrival = _arrived_at.first(report.pk, acting.post.unit_id)
    if arrival is None:
        raise NotYours  # one's own unit's report: it is the units above that acknowledge it
    arrival.report = report
    return arrival


def _acknowledge(arrival: Arrival, acting: Acting, now: datetime) -> None:
    newest = max(_versions(arrival.report_id))
    if arrival.acknowledged_at is not None and arrival.read_version >= newest:
        return
    if arrival.acknowledged_at is None:
        arrival.acknowledged_at, arrival.acknowledged_by = now, acting.post
    arrival.read_version = newest
    rows.keep(arrival, "acknowledged_at", "acknowledged_by", "read_version")
    ledger.append(
        "report.acknowledged",
        subject=arrival.report.ref,
        now=now,
        post=acting.post.code,
        facts={"unit": acting.post.unit.code, "number": newest},
    )
    clock.meet(arrival.report.ref, ACKNOWLEDGE, of=str(arrival.unit_id), now=now)


@transaction.atomic
def acknowledge(acting: Acting, number: str, *, now: datetime) -> Arrival:
    """Say that the unit has read the report as it stands now; the first time meets its deadline.

    After a correction it can be said again, for the newer version. Raises ReportNotFound, NotYours.
    """
    arrival = _arrival(acting, number)
    _acknowledge(arrival, acting, now)
    return arrival


@transaction.atomic
def act(acting: Acting, number: str, text: str, *, now: datetime, sure: bool = False) -> Arrival:
    """Say what the unit does about the report, which it has then also read; the sender is told.

    A second word is added to the first, with its time. Raises BadInput, Private, ReportNotFound,
    NotYours.
    """
    arrival = _arrival(acting, number)
    clean = need("action", text)
    keep_private({"action": clean}, sure=sure)
    _acknowledge(arrival, acting, now)
    if arrival.acted_at is None:
        arrival.acted_at, arrival.action = now, clean
    elif arrival.action.endswith(clean):
        return arrival
    else:
        arrival.action = f"{arrival.action}\n\n{now:%Y-%m-%dT%H:%MZ}\n{clean}"
    rows.keep(arrival, "acted_at", "action")
    ledger.append(
        "report.acted",
        subject=arrival.report.ref,
        now=now,
        post=acting.post.code,
        facts={"unit": acting.post.unit.code},
        commit={"text": clean.encode()},
        salt_key=bytes(arrival.salt_key),
    )
    clock.meet(arrival.report.ref, ACT, of=str(arrival.unit_id), now=now)
    notices.queue(arrival.report.post_id, "report.acted", arrival.report.ref, now)
    return arrival


def acknowledge_day(acting: Acting, day: date, *, now: datetime) -> int:
    """Acknowledge all daily reports of the day that lie on the unit's desk; return how many.

    Some hundreds at a time are one transaction, so that ten thousand take seconds and hold nobody up.
    Raises NotYours for a post that sits at no desk.
    """
    if not at_desk(acting.post):
        raise NotYours
    pks = _waiting(acting.post.unit_id, day)
    return sum(
        _acknowledge_many(acting, pks[start : start + TOGETHER], now)
        for start in range(0, len(pks), TOGETHER)
    )


@Statement
def _waiting(unit_id: int, day: date) -> QuerySet[Report, int]:
    waiting = Report.objects.filter(
        kind=Report.Kind.DAILY, day=day, arrivals__unit=unit_id, arrivals__acknowledged_at=None
    )
    return waiting.order_by("pk").values_list("pk", flat=True)


@Statement
def _locked(pks: tuple[int, ...]) -> QuerySet[Report]:
    reports = Report.objects.select_for_update(of=("self",)).filter(pk__in=pks)
    return reports.only("number").order_by("pk")


@Statement
def _arrived(pks: tuple[int, ...], unit_id: int) -> QuerySet[Arrival, tuple[int, int]]:
    arrivals = Arrival.objects.select_for_update(of=("self",)).filter(
        report__in=pks, unit=unit_id, acknowledged_at=None
    )
    return arrivals.values_list("report_id", "pk")


@Statement
def _newest(pks: tuple[int, ...]) -> QuerySet[Version, tuple[int, int]]:
    versions = Version.objects.filter(report__in=pks).order_by().values_list("report_id")
    return versions.annotate(newest=Max("number"))


@transaction.atomic
def _acknowledge_many(acting: Acting, pks: Sequence[int], now: datetime) -> int:
    """Do what `_acknowledge` does, for reports that the actor's unit has not acknowledged yet."""
    refs = {report.pk: report.ref for report in _locked(tuple(pks))}
    here = dict(_arrived(tuple(refs), acting.post.unit_id))
    newest = dict(_newest(tuple(here)))
    for number in set(newest.values()):
        some = [pk for report, pk in here.items() if newest[report] == number]
        read = {"acknowledged_at": now, "acknowledged_by": acting.post.pk, "read_version": number}
        rows.change(Arrival, some, read)
    ledger.append_many(
        ledger.Draft(
            "report.acknowledged", refs[report], now, acting.post.code,
            {"unit": acting.post.unit.code, "number": newest[report]},
        )
        for report in sorted(here)
    )  # fmt: skip
    subjects = [refs[report] for report in sorted(here)]
    meet_many(ACKNOWLEDGE, subjects, of=str(acting.post.unit_id), now=now)
    return len(here)
