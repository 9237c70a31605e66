"""What lies on the desk, a report with its versions, a unit's marks, and a whole day."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Unit
from huiyin.parts.reports import asked, pictures, queries, rooms
from huiyin.parts.reports.access import (
    NotYours,
    ReportNotFound,
    access_report,
    at_desk,
    is_above,
    sees_unit,
)
from huiyin.parts.reports.actions import arriving, daily, marks
from huiyin.parts.reports.models import DailyRule, Mark
from huiyin.parts.reports.saying import chinese, label, said, wording, words
from huiyin.parts.reports.templates import templates
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.forms import taken
from huiyin.web.staff.parse import day_of
from huiyin.web.staff.reports.forms import RuleForm, WordForm

SHOWN = 50


@staff
def home(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show what waits for the unit, what it has read, what it sent; and what can be sent."""
    found = list(queries.waiting(acting)[: SHOWN + 1])
    return page(
        request, "reports/home", acting, section="reports", waiting=found[:SHOWN],
        more=len(found) > SHOWN, arrived=queries.arrived(acting)[:20],
        sent=queries.sent_by(acting.post.unit)[:20], desk=at_desk(acting.post),
        makes_rule=acting.post.role in daily.MAKES,
        rooms=list(rooms.listed(acting).filter(stood_down_at=None)[:10]),
    )  # fmt: skip


@staff
def show(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Show a report as its story: each version, what changed, who has read it and acted."""
    report = access_report(acting, number)
    told = [
        (
            one.version,
            said(report.kind, one.version.fields),
            words(report.kind, one.changed),
            [(label(templates()[report.kind][q.field]), wording(q)) for q in one.asked],
        )
        for one in queries.story(report)
    ]
    here = report.arrivals.filter(unit=acting.post.unit_id).first()
    return page(
        request, "reports/report", acting, section="reports", report=report, told=told[::-1],
        newest=told[-1][0].number, here=here,
        own=report.unit_id == acting.post.unit_id, pictures=pictures.pictures_of(report),
        due=queries.next_due(report, acting.post.unit_id, now),
        marks=report.marks.order_by("pk"), form=WordForm(), levels=asked.levels(report, now),
        room=rooms.listed(acting).filter(reports=report).first(),
    )  # fmt: skip


@require_POST
@staff
def acknowledge(
    request: HttpRequest, acting: Acting, number: str, *, now: datetime
) -> HttpResponse:
    """Say that the unit has read it."""
    arriving.acknowledge(acting, number, now=now)
    messages.success(request, _("Acknowledged."))
    return redirect("staff:report", number)


def _word(
    request: HttpRequest, acting: Acting, title: str, do: Any, back: Any, done: str
) -> HttpResponse:
    form = WordForm(request.POST if request.method == "POST" else None)
    if taken(request, form, lambda: do(form.cleaned_data["text"], form.cleaned_data["sure"]), done):
        return redirect(*back)
    return page(request, "reports/word", acting, section="reports", form=form, title=title)


@staff
def act(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Say what the unit does about it."""
    report = access_report(acting, number)
    if not report.arrivals.filter(unit=acting.post.unit_id).exists() or not at_desk(acting.post):
        raise NotYours
    return _word(
        request, acting, _("What is done about it"),
        lambda text, sure: arriving.act(acting, number, text, now=now, sure=sure),
        ("staff:report", number), _("Recorded; the sender is told."),
    )  # fmt: skip


@staff
def picture(
    request: HttpRequest, acting: Acting, number: str, token: str, *, now: datetime
) -> HttpResponse:
    """Hand out a picture as a download."""
    report = access_report(acting, number)
    try:
        file, data, _name = pictures.read(report, token)
    except (StoredFile.DoesNotExist, ValueError) as error:
        raise Http404 from error
    response = HttpResponse(data, content_type=file.mime)
    response["Content-Disposition"] = f'attachment; filename="{file.token}.{file.extension}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@staff
def unit(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show a unit's reports, and what did not fit in them."""
    found = get_object_or_404(Unit, pk=pk)
    marked = queries.marks_of(acting, found)[:100]
    return page(
        request, "reports/unit", acting, section="reports", unit=found, marks=marked,
        sent=queries.sent_by(found)[:20], own=found.pk == acting.post.unit_id,
        above=is_above(acting.post, found.pk),
        below=[one for one in found.children.order_by("code") if sees_unit(acting.post, one.pk)],
    )  # fmt: skip


def _mark(acting: Acting, pk: int) -> Mark:
    found = Mark.objects.select_related("unit").filter(pk=pk).first()
    if found is None or not sees_unit(acting.post, found.unit_id):
        raise ReportNotFound(str(pk))
    return found


@staff
def reply(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Let the unit reply to a mark."""
    mark = _mark(acting, pk)
    if mark.unit_id != acting.post.unit_id:
        raise NotYours
    return _word(
        request, acting, _("The unit’s reply"),
        lambda text, sure: marks.reply(acting, pk, text, now=now, sure=sure),
        ("staff:reports_unit", mark.unit_id), _("The reply stands beside the mark."),
    )  # fmt: skip


@staff
def withdraw(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Withdraw a mark that was wrong, with the reason."""
    mark = _mark(acting, pk)
    if not is_above(acting.post, mark.unit_id):
        raise NotYours
    return _word(
        request, acting, _("Why the mark was wrong"),
        lambda text, sure: marks.withdraw(acting, pk, text, now=now, sure=sure),
        ("staff:reports_unit", mark.unit_id), _("The mark stays on the page as withdrawn."),
    )  # fmt: skip


@staff
def whole(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show one day over the unit and all below it."""
    day = day_of(request.GET.get("day", ""), timezone.localdate(now))
    if request.method == "POST":
        done = arriving.acknowledge_day(acting, day, now=now)
        messages.success(request, _("Acknowledged: %(n)s daily reports.") % {"n": done})
    found = queries.consolidated(acting, acting.post.unit, day)
    rows = [
        (label(one), found.said.get(one.name, 0), found.counted.get(one.name, 0))
        for one in templates()["daily"].fields
        if one.counted
    ]
    return page(
        request, "reports/whole", acting, section="reports", whole=found, rows=rows,
        before=day - timedelta(days=1), next=day + timedelta(days=1),
    )  # fmt: skip


@staff
def rule(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Require daily reports of every unit below, or no longer."""
    if acting.post.role not in daily.MAKES:
        raise NotYours
    known = DailyRule.objects.filter(unit=acting.post.unit_id, ended_at=None).first()
    if request.method == "POST" and "end" in request.POST:
        daily.require_no_more(acting, now=now)
        messages.success(request, _("Daily reports are required no longer."))
        return redirect("staff:reports")
    minutes = known.daily_by if known else 17 * 60
    initial = {
        "daily_by": f"{minutes // 60:02}:{minutes % 60:02}",
        "every_day": known.every_day if known else False,
    }
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        at = form.cleaned_data["daily_by"]
        daily.require(
            acting, at.hour * 60 + at.minute, every_day=form.cleaned_data["every_day"], now=now
        )
        messages.success(request, _("Every unit below owes a daily report from now on."))
        return redirect("staff:reports")
    return page(
        request, "reports/rule", acting, section="reports", form=form, known=known,
        chinese=chinese(),
    )  # fmt: skip
