"""Who stands when: my own duty, who is on now, a point's month or week on screen, paper and sheet."""

from datetime import datetime
from urllib.parse import quote

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import timetable
from huiyin.parts.duty.access import access_point
from huiyin.parts.duty.models import DutyPoint, Leave, Wish
from huiyin.parts.duty.timetable import Stander, Stood
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty import months
from huiyin.web.staff.duty.months import Span

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff
def now_on(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show who is on duty now, the leader first, one tap from a call."""
    found = timetable.on_duty(acting, now)
    return page(request, "duty/now", acting, section="duty", found=found)


@staff
def mine(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show one's own duty, the next shift first, with one's leave and wishes."""
    found = timetable.of_user(acting.user, now)
    today = policy().calendar.local_date(now)
    return page(
        request, "duty/mine", acting, section="duty", next=found[0] if found else None,
        later=found[1:],
        leave=Leave.objects.filter(user=acting.user, ends__gt=now, cancelled_at=None).order_by(
            "starts"
        ),
        wishes=Wish.objects.filter(user=acting.user, day__gte=today).select_related("pattern__point")
        .order_by("day"),
    )  # fmt: skip


def _found(
    request: HttpRequest, acting: Acting, code: str, now: datetime
) -> tuple[DutyPoint, Span, list[Stood]]:
    point = access_point(acting, code, now)
    span = months.asked(request, policy().calendar.local_date(now))
    return point, span, timetable.of_point(point, span.first, span.end)


@staff
def points(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """List the points whose duty one may see."""
    return page(request, "duty/points", acting, section="duty", found=timetable.seen(acting, now))


@staff
def table(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Show a point's month or week, by shift or by colleague."""
    point, span, found = _found(request, acting, code, now)
    days = months.by_day(span, found)
    by = "colleague" if request.GET.get("by") == "colleague" else "shift"
    return page(
        request, "duty/table", acting, section="duty", point=point, span=span, by=by,
        today=policy().calendar.local_date(now), days=days, weeks=months.weeks(days),
        lines=months.by_colleague(span, found), empty=not found,
    )  # fmt: skip


@staff
def colleague(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show a colleague's month or week, at every point that one may see: when, and with whom."""
    today = policy().calendar.local_date(now)
    span = months.asked(request, today)
    found = timetable.of_colleague(acting, pk, span.first, span.end, now)
    days = [day for day in months.by_day(span, found) if day.shifts]
    return page(
        request, "duty/colleague", acting, section="duty", span=span, days=days, today=today,
        name=timetable.name_of(User.objects.get(pk=pk)),
    )  # fmt: skip


@staff
def paper(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Show a point's month or week as it is printed on one sheet of A4."""
    point, span, found = _found(request, acting, code, now)
    days = months.by_day(span, found)
    half = (len(days) + 1) // 2 if span.kind == "month" else len(days)
    columns = list(dict.fromkeys(one.shift.pattern for one in sorted(found, key=_hour)))
    people = {each.user.pk: each for one in found for each in one.standers if each.telephone}
    return page(
        request, "duty/paper", acting, point=point, span=span, columns=columns,
        halves=[half for half in (days[:half], days[half:]) if half], people=people.values(),
        title=_title(point, span),
    )  # fmt: skip


def _hour(one: Stood) -> tuple[int, int]:
    return one.shift.pattern.starts, one.shift.pattern_id


def _title(point: DutyPoint, span: Span) -> str:
    when = (
        formats.date_format(span.first, "YEAR_MONTH_FORMAT")
        if span.kind == "month"
        else _("%(first)s to %(last)s")
        % {
            "first": formats.date_format(span.first, "DATE_FORMAT"),
            "last": formats.date_format(span.days[-1], "DATE_FORMAT"),
        }
    )
    names = {"unit": point.unit, "point": point, "when": when}
    return _("%(unit)s, %(point)s: duty roster, %(when)s") % names


def _people(found: list[Stander], what: str) -> str:
    return "\n".join(str(getattr(one, what)) for one in found if getattr(one, what))


@staff
def spreadsheet(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Return a point's month or week as a spreadsheet in the form that offices use."""
    from huiyin.parts.duty.sheet import Row, workbook  # loads a lot, for this page alone

    point, span, found = _found(request, acting, code, now)
    rows = [
        Row(
            day.day,
            formats.date_format(day.day, "l"),
            f"{one.shift.pattern}\n{_times(one)}",
            _people(one.leaders, "name"),
            _people(one.members, "name"),
            _people([*one.leaders, *one.members], "telephone"),
            day.rest,
        )
        for day in months.by_day(span, found)
        for one in day.shifts
    ]
    headings = [
        _("Date"), _("Weekday"), _("Shift"), _("Leader on duty"), _("Staff on duty"), _("Telephone numbers"),
    ]  # fmt: skip
    note = _("Telephone of the point: %(number)s") % {"number": point.telephone}
    body = workbook(_title(point, span), headings, rows, note if point.telephone else "")
    response = HttpResponse(body, content_type=XLSX)
    name = quote(f"{_title(point, span)}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _times(one: Stood) -> str:
    begin, end = timezone.localtime(one.shift.starts), timezone.localtime(one.shift.ends)
    return f"{begin:%H:%M}–{end:%H:%M}"
