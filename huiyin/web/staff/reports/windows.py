"""Pages of windows: what a window asks for, its opening and closing, what the own unit has to do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports import windows_queries as queries
from huiyin.parts.reports.access import NotYours, ReportNotFound
from huiyin.parts.reports.actions import window_units, windows
from huiyin.parts.reports.models import Window
from huiyin.parts.reports.tightening import Settings
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.forms import taken
from huiyin.web.staff.reports.window_forms import (
    UNITS,
    ConfirmForm,
    GroupForm,
    TightenForm,
    WindowForm,
    refused,
    today,
)
from huiyin.web.staff.words import RULES as RULE_NAMES

TITLES = {
    "line": lambda: _("Confirm that the line was tested"),
    "exercise": lambda: _("Confirm that an exercise was held"),
}


def _makes(acting: Acting) -> bool:
    return acting.post.role in windows.MAKES


def asked(settings: Settings) -> list[str]:
    """Return what a window asks for, sentence by sentence."""
    found = []
    if settings.cover:
        found.append(
            _("A leader on duty at every minute; the roster in force %(n)s days before.")
            % {"n": settings.roster_days}
        )
    if settings.daily_by is not None:
        at = f"{settings.daily_by // 60:02}:{settings.daily_by % 60:02}"
        found.append(_("A daily report every day by %(at)s.") % {"at": at})
    if settings.checklists:
        found.append(_("Checklists gone through in time."))
    if settings.line_test:
        found.append(_("The telephone line tested before the first day."))
    if settings.exercise:
        found.append(_("An exercise held before the first day."))
    for key, days in settings.limits.items():
        unit = UNITS[policy().rule(key).unit]
        found.append(
            _("%(what)s: within %(days)s %(unit)s, for what begins in the window.")
            % {"what": RULE_NAMES[key], "days": days, "unit": unit}
        )
    return found


@staff
def home(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the windows that concern the unit."""
    return page(
        request, "reports/windows", acting, section="reports",
        windows=queries.visible(acting)[:50], makes=_makes(acting),
    )  # fmt: skip


@staff
def show(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Show one window: what it asks for, every version, what the own unit has done."""
    window = queries.access_window(acting, number)
    row = queries.own_row(acting, window)
    return page(
        request, "reports/window", acting, section="reports", window=window, row=row,
        asked=asked(Settings.of(window.settings)), settings=Settings.of(window.settings),
        versions=[
            (one, asked(Settings.of(one.settings)))
            for one in window.versions.select_related("post__unit").order_by("-number")
        ],
        group=queries.group_of(row, now) if row else [],
        own=window.unit_id == acting.post.unit_id and _makes(acting),
        names=acting.post.role in window_units.NAMES,
        untold=queries.untold(window) if window.closed_at is None else 0,
    )  # fmt: skip


@staff
def make(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Make a window over the own unit and all below it."""
    if not _makes(acting):
        raise NotYours
    form = WindowForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            window = windows.make_window(
                acting, given["title"], given["first_day"], given["last_day"], form.settings(),
                now=now, sure=given["sure"],
            )  # fmt: skip
        except BadInput as error:
            refused(form, error)
        else:
            messages.success(request, _("The window was made; every unit of it is told."))
            return redirect("staff:window", window.number)
    return page(
        request, "reports/window_form", acting, section="reports", form=form,
        title=_("Make a window"), button=_("Make the window"),
    )  # fmt: skip


def _own(acting: Acting, number: str) -> Window:
    window = queries.access_window(acting, number)
    if window.unit_id != acting.post.unit_id or not _makes(acting):
        raise NotYours
    return window


@staff
def tighten(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Let the window ask for more, or end earlier."""
    window = _own(acting, number)
    form = TightenForm(
        request.POST if request.method == "POST" else None, initial=TightenForm.asked(window)
    )
    if form.is_valid():
        try:
            windows.tighten_window(
                acting, number, form.settings(), form.cleaned_data["last_day"], now=now
            )
        except BadInput as error:
            refused(form, error)
        else:
            messages.success(request, _("The window was tightened; every unit of it is told."))
            return redirect("staff:window", number)
    return page(
        request, "reports/window_form", acting, section="reports", form=form, window=window,
        title=_("Tighten the window"), button=_("Tighten"),
    )  # fmt: skip


@require_POST
@staff
def open_now(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Open it before its first day."""
    _own(acting, number)
    windows.open_window(acting, number, now=now)
    messages.success(request, _("The window is open."))
    return redirect("staff:window", number)


@require_POST
@staff
def close_now(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Close it before its last day is over."""
    _own(acting, number)
    windows.close_window(acting, number, now=now)
    messages.success(request, _("The window is closed."))
    return redirect("staff:window", number)


def _saved(
    request: HttpRequest, acting: Acting, number: str, title: str, form: Any,
    save: Callable[[dict[str, Any]], object],
) -> HttpResponse:  # fmt: skip
    if taken(request, form, lambda: save(form.cleaned_data), _("This was recorded.")):
        return redirect("staff:window", number)
    return page(
        request, "reports/window_word", acting, section="reports", form=form, title=title,
        number=number,
    )  # fmt: skip


@staff
def group(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Say which posts of the own unit answer for what."""
    row = window_units.access_row(acting, number)
    form = GroupForm(request.POST if request.method == "POST" else None, row=row)
    return _saved(
        request, acting, number, _("Who answers for what in this unit"), form,
        lambda given: window_units.name_group(acting, number, given, now=now),
    )  # fmt: skip


@staff
def confirm(
    request: HttpRequest, acting: Acting, number: str, what: str, *, now: datetime
) -> HttpResponse:
    """Confirm that the own unit tested its line, or held its exercise."""
    window_units.access_row(acting, number)
    if what not in TITLES:
        raise ReportNotFound(what)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None, initial={"on": today(now)}
    )
    return _saved(
        request, acting, number, TITLES[what](), form,
        lambda given: window_units.confirm(acting, number, what, given["on"], now=now),
    )  # fmt: skip
