"""Write and send a report, and correct one: one page, few fields, questions beside them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.files.inspect import FileRefused
from huiyin.kernel.given import BadInput
from huiyin.kernel.privacy.refusing import Private
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import places as duty_places
from huiyin.parts.reports import counting, queries, rooms
from huiyin.parts.reports.access import NotYours, access_report
from huiyin.parts.reports.actions import reporting
from huiyin.parts.reports.models import Incident, Report
from huiyin.parts.reports.saying import chinese
from huiyin.parts.reports.templates import WrongValue, clean, templates
from huiyin.parts.reports.vague import Question, questions
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.reports.forms import ReportForm, asked

SALT = "huiyin.reports.seen"
FIRST = (
    "event",
    "what",
    "where",
    "picture",
    "danger",
    "joins",
)  # of an urgent report; more follows


def _going_on(kind: str, acting: Acting) -> list[Incident]:
    return list(rooms.open_of(acting.post.unit_id)[:5]) if kind == "urgent" else []


def _places(acting: Acting) -> list[str]:
    """Return the unit's places to choose from: where its incidents and its duty points are."""
    known = [*rooms.places_of(acting.post.unit), *duty_places.places_of(acting.post.unit_id)]
    return list(dict.fromkeys(known))


def _open(form: ReportForm, now: datetime, earlier: Mapping[str, Any] | None) -> list[Question]:
    try:
        fields = clean(form.kind, form.given())
    except WrongValue:
        return []
    return questions(form.kind, fields, now=now, earlier=earlier)


def _page(
    request: HttpRequest, acting: Acting, form: ReportForm, found: list[Question], **more: Any
) -> HttpResponse:
    template = templates()[form.kind]
    rows = asked(form, found)
    if form.kind == "urgent" and "report" not in more:
        more |= {
            "first": sorted(
                (row for row in rows if row[0].name in FIRST),
                key=lambda row: FIRST.index(row[0].name),
            ),
            "later": [row for row in rows if row[0].name not in FIRST],
            "later_open": any(beside or bound.errors for bound, beside in rows
                              if bound.name not in FIRST),
            "places": _places(acting),
        }  # fmt: skip
    return page(
        request, "reports/urgent" if "first" in more else "reports/write", acting,
        section="reports", form=form, rows=rows, open=bool(found), title=template.zh if chinese() else template.en,
        lead=template.lead_zh if chinese() else template.lead_en, **more,
    )  # fmt: skip


def _start(kind: str, acting: Acting, now: datetime) -> tuple[dict[str, Any], str]:
    """Return what a fresh page holds already, and the ledger's numbers that it was drafted from."""
    local = timezone.localtime(now).replace(second=0, microsecond=0)
    if kind == "daily":
        seen = counting.figures(acting.post.unit, policy().calendar.local_date(now))
        return dict(seen), signing.dumps(seen, salt=SALT)
    if kind == "urgent":
        return {"when": local, "next": local + timedelta(hours=1)}, ""
    return ({"next": local + timedelta(hours=4)} if kind == "followup" else {}), ""


def _seen(request: HttpRequest) -> dict[str, int] | None:
    try:
        found = signing.loads(request.POST.get("seen", ""), salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return None
    return dict(found)


@staff
def write(request: HttpRequest, acting: Acting, kind: str, *, now: datetime) -> HttpResponse:
    """Write a report and send it; what is unclear is asked once, and it can be sent all the same."""
    if kind not in templates():
        raise Http404
    follows = request.GET.get("of", "")
    before = access_report(acting, follows) if follows else None
    if before and before.unit_id != acting.post.unit_id:
        raise NotYours
    last = before.versions.order_by("-number")[0].fields if before else None
    if request.method != "POST":
        initial, seen = _start(kind, acting, now)
        form = ReportForm(kind=kind, initial=initial, joins=_going_on(kind, acting))
        number = reporting.new_number(now)
        return _page(request, acting, form, [], number=number, seen=seen, before=before)
    form = ReportForm(request.POST, request.FILES, kind=kind, joins=_going_on(kind, acting))
    found: list[Question] = []
    if form.is_valid():
        found = _open(form, now, last)
        if not found or "anyway" in request.POST:
            try:
                return _sent(request, acting, form, follows, now)
            except Private as error:
                form.refuse(error)
            except BadInput as error:
                form.refuse(error)
            except FileRefused as error:
                form.refuse_file(error)
    return _page(
        request, acting, form, found, number=request.POST.get("number", ""),
        seen=request.POST.get("seen", ""), before=before,
    )  # fmt: skip


def _sent(
    request: HttpRequest, acting: Acting, form: ReportForm, follows: str, now: datetime
) -> HttpResponse:
    picture = form.cleaned_data.get("picture")
    pictures = [reporting.Picture(picture.name, picture.read())] if picture else []
    report = reporting.send(
        acting, form.kind, form.given(), now=now, number=request.POST.get("number", ""),
        sure=form.cleaned_data["sure"], follows=follows, seen=_seen(request),
        pictures_sent=pictures, joins=form.cleaned_data.get("joins", ""),
    )  # fmt: skip
    levels = report.arrivals.count()
    messages.success(
        request,
        _("Sent. It is on the desk of every unit above, on %(levels)s levels.")
        % {"levels": levels},
    )
    return redirect("staff:report", report.number)


@staff
def correct(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Add a version to a report of one's own unit; the earlier ones stay visible."""
    report: Report = access_report(acting, number)
    if report.unit_id != acting.post.unit_id:
        raise NotYours
    last = queries.story(report)[-1].version.fields
    if request.method != "POST":
        initial = {
            name: timezone.localtime(datetime.fromisoformat(str(value)))
            if templates()[report.kind][name].type == "moment" and value
            else value
            for name, value in last.items()
        }
        form = ReportForm(kind=report.kind, initial=initial)
        form.fields.pop("picture", None)
        return _page(request, acting, form, [], report=report)
    form = ReportForm(request.POST, kind=report.kind)
    form.fields.pop("picture", None)
    found: list[Question] = []
    if form.is_valid():
        found = _open(form, now, None)
        if not found or "anyway" in request.POST:
            try:
                reporting.correct(
                    acting, number, form.given(), now=now, sure=form.cleaned_data["sure"]
                )
            except BadInput as error:
                form.refuse(error)
            else:
                messages.success(request, _("The new version was added; the earlier ones stay."))
                return redirect("staff:report", number)
    return _page(request, acting, form, found, report=report)
