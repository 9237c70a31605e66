"""Reports and whole days as files to hand out: reads what the reader may see, documents/ sets it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from huiyin.kernel.files.names import safe_name
from huiyin.kernel.papers.paper import Lang
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Lineage, Unit
from huiyin.parts.reports import documents, pictures, queries, saying
from huiyin.parts.reports.access import access_report
from huiyin.parts.reports.documents import content, sheets
from huiyin.parts.reports.models import Report
from huiyin.parts.reports.templates import templates
from huiyin.parts.reports.trends import Trend, trend

TYPES = documents.TYPES


@dataclass(frozen=True)
class PaperFile:
    """A file to hand out: its name, media type and bytes."""

    name: str
    mime: str
    data: bytes


def language() -> Lang:
    """Return the language of the reader."""
    return "zh-hans" if saying.chinese() else "en"


def report_file(acting: Acting, number: str, extension: str) -> PaperFile:
    """Return a report as a file of TYPES.

    Raises ReportNotFound where the post may not read it, DocumentFontMissing, KeyError.
    """
    mime = TYPES[extension]
    report = access_report(acting, number)
    found = _report(report)
    parts = [found.unit, found.kind_name]
    parts.append(f"{report.day:%Y-%m-%d}" if report.day else report.number)
    return PaperFile(named(parts, extension), mime, documents.report_file(found, extension))


def whole_file(
    acting: Acting, unit: Unit, day: date, extension: str, *, now: datetime
) -> PaperFile:
    """Return a day over the unit and all below it as a file of TYPES.

    Raises ReportNotFound, NotYours, DocumentFontMissing, KeyError.
    """
    mime = TYPES[extension]
    found = _whole(acting, unit, day, now)
    name = named([found.unit, _("Day over all units"), f"{day:%Y-%m-%d}"], extension)
    return PaperFile(name, mime, documents.whole_file(found, extension))


def trend_file(found: Trend, now: datetime) -> PaperFile:
    """Return numbers over time as a spreadsheet."""
    data = sheets.trend_sheets(series(found, now), language())
    name = named([str(found.unit), _("Trend"), f"{found.until:%Y-%m-%d}"], "xlsx")
    return PaperFile(name, TYPES["xlsx"], data)


def series(found: Trend, now: datetime) -> content.Series:
    """Return a trend as papers and pages draw it."""
    return content.Series(
        found.weeks, found.end < timezone.localdate(now), found.starts,
        {what: tuple(values) for what, values in found.counts.items()},
    )  # fmt: skip


def named(parts: Iterable[str], extension: str) -> str:
    """Return a file's name of a few words: 集团公司-每日报告-2026-11-28.docx."""
    return safe_name("-".join(re.sub(r"[\s.-]+$", "", one) for one in parts) + ".x", extension)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _report(report: Report) -> content.ReportContent:
    told = queries.story(report)
    newest = told[-1]
    template, fields = templates()[report.kind], newest.version.fields
    said = saying.said(report.kind, fields)
    kinds = {one.name: one for one in template.fields}
    shown = [(name, label, value) for name, label, value in said if value]
    event = next((v for n, _l, v in shown if n == "event" and fields.get("event") != "other"), "")
    figures = report.counted.get("figures", {})
    numbers = [
        content.Number(saying.label(one), fields.get(one.name), figures.get(one.name))
        for one in template.fields
        if one.counted
    ]
    arrivals = report.arrivals.select_related("unit").order_by("distance")
    return content.ReportContent(
        lang=language(),
        kind=report.kind,
        kind_name=str(report.get_kind_display()),
        number=report.number,
        unit=str(report.unit),
        post=str(newest.version.post),
        sent_on=timezone.localdate(newest.version.at),
        sent_at=_moment(newest.version.at),
        version=newest.version.number,
        about=report.day,
        event=event,
        follows=report.follows.number if report.follows else "",
        numbers=numbers,
        short=[(label, v) for n, label, v in shown if kinds[n].type != "lines" and not kinds[n].counted],
        long=[(label, v) for n, label, v in shown if kinds[n].type == "lines"],
        open=[(saying.label(kinds[one.field]), saying.wording(one)) for one in newest.asked],
        changes=[
            content.Change(one.version.number, _moment(one.version.at), *words)
            for one in told
            for words in saying.words(report.kind, one.changed)
        ],
        desks=[
            content.Desk(
                str(one.unit), _moment(one.acknowledged_at) if one.acknowledged_at else "",
                one.action,
            )
            for one in arrivals
        ],
        pictures=len(pictures.pictures_of(report)),
    )  # fmt: skip


def _whole(acting: Acting, unit: Unit, day: date, now: datetime) -> content.WholeContent:
    whole = queries.consolidated(acting, unit, day)
    counted = [one for one in templates()["daily"].fields if one.counted]
    flowing = [one for one in counted if one.name != "incidents"]
    tops = dict(Lineage.objects.filter(ancestor__parent=unit).values_list("unit_id", "ancestor_id"))
    names = {one.pk: str(one) for one in unit.children.all()}

    def listed(units: Iterable[Unit]) -> list[content.Named]:
        return [
            content.Named(one.code, str(one), names.get(tops.get(one.pk, 0), "")) for one in units
        ]

    return content.WholeContent(
        lang=language(),
        unit=str(unit),
        code=unit.code,
        post=str(acting.post),
        day=day,
        made_at=_moment(now),
        made_on=timezone.localdate(now),
        owed=whole.owed,
        sent=whole.sent,
        numbers=[
            content.Number(
                saying.label(one), whole.said.get(one.name, 0), whole.counted.get(one.name, 0)
            )
            for one in counted
        ],
        names=[saying.label(one) for one in flowing],
        branches=[
            content.Row(
                one.unit.code, str(one.unit), one.owed, one.sent, one.missing,
                [one.counted.get(field.name, 0) for field in flowing],
            )
            for one in whole.branches
        ],
        missing=listed(whole.missing),
        late=listed(whole.late),
        needs=whole.needs,
        trend=series(trend(acting, unit, day, weeks=False, below=True), now),
    )  # fmt: skip
