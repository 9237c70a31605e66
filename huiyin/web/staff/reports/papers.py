"""Reports and whole days as files, and a unit's numbers over time as pictures with their table."""

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from huiyin.kernel.papers.typesetting import DocumentFontMissing
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Unit
from huiyin.parts.reports import papers, trends
from huiyin.parts.reports.access import at_desk
from huiyin.parts.reports.documents import trend as drawn
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.cases import download
from huiyin.web.staff.parse import day_of


def _hand_out(
    request: HttpRequest, acting: Acting, extension: str, make: Callable[[], papers.PaperFile]
) -> HttpResponse:
    if extension not in papers.TYPES:
        raise Http404
    try:
        made = make()
    except DocumentFontMissing:
        return page(
            request, "problem", acting, 503, heading=_("The PDF can’t be made here"),
            text=_("No typeface with Chinese characters is installed on this machine. Take Word."),
        )  # fmt: skip
    return download(made.name, made.mime, made.data)


@staff
def report(
    request: HttpRequest, acting: Acting, number: str, extension: str, *, now: datetime
) -> HttpResponse:
    """Hand out a report as Word, PDF or a spreadsheet."""
    return _hand_out(
        request, acting, extension, lambda: papers.report_file(acting, number, extension)
    )


@staff
def whole(request: HttpRequest, acting: Acting, extension: str, *, now: datetime) -> HttpResponse:
    """Hand out a day over the unit and all below it."""
    day, unit = day_of(request.GET.get("day", ""), timezone.localdate(now)), acting.post.unit
    return _hand_out(
        request, acting, extension,
        lambda: papers.whole_file(acting, unit, day, extension, now=now),
    )  # fmt: skip


def _trend(request: HttpRequest, acting: Acting, pk: int, now: datetime) -> trends.Trend:
    unit = get_object_or_404(Unit, pk=pk)
    return trends.trend(
        acting, unit, timezone.localdate(now), weeks=request.GET.get("by") == "week",
        below=at_desk(acting.post) and request.GET.get("of") != "unit",
    )  # fmt: skip


def _address(weeks: bool, below: bool) -> str:
    return f"?by={'week' if weeks else 'day'}&of={'all' if below else 'unit'}"


@staff
def trend(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show how the unit's numbers went: two pictures, and the same as a table."""
    found = _trend(request, acting, pk, now)
    series, lang = papers.series(found, now), papers.language()

    def picture(shown: tuple[str, ...]) -> SafeString:
        return mark_safe(drawn.drawing(series, shown, lang))  # noqa: S308  (escaped where it is drawn)

    table = drawn.table(series, lang)
    return page(
        request, "reports/trend", acting, section="reports", found=found,
        pictures=[
            (_("Letters"), picture(drawn.LETTERS), drawn.spoken(series, drawn.LETTERS, lang)),
            (_("Remedies and checks"), picture(drawn.WORK), drawn.spoken(series, drawn.WORK, lang)),
        ],
        head=table.head, rows=table.rows, desk=at_desk(acting.post),
        here=_address(found.weeks, found.below), step=_address(not found.weeks, found.below),
        reach=_address(found.weeks, not found.below),
    )  # fmt: skip


@staff
def trend_file(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Hand out the same numbers as a spreadsheet."""
    made = papers.trend_file(_trend(request, acting, pk, now), now)
    return download(made.name, made.mime, made.data)
