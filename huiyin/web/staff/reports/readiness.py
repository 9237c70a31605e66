"""Pages of readiness: a subtree at a glance, who is not in order, the evidence; and the review."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import oversees, plans
from huiyin.parts.duty.actions.checklists import CHECK, MEND
from huiyin.parts.duty.messages import OWED as DUTY_OWED
from huiyin.parts.duty.queries import in_force_between
from huiyin.parts.reports import review, windows_queries
from huiyin.parts.reports.access import ReportNotFound
from huiyin.parts.reports.actions import window_review
from huiyin.parts.reports.messages import OWED as REPORTS_OWED
from huiyin.parts.reports.models import Window
from huiyin.parts.reports.readiness import COLUMNS
from huiyin.parts.reports.tightening import Settings
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.forms import taken
from huiyin.web.staff.parse import number as number_in
from huiyin.web.staff.reports.window_forms import ReplyForm
from huiyin.web.staff.words import OWED as LETTERS_OWED

NAMES = {
    "roster": lazy("Roster in"),
    "leader": lazy("Leader named"),
    "line": lazy("Line tested"),
    "exercise": lazy("Exercise held"),
    "daily": lazy("Daily report in"),
    "checks": lazy("Checks done"),
    "late": lazy("Letters past their limit"),
}
OWED = LETTERS_OWED | DUTY_OWED | REPORTS_OWED


SIGNS = {"bad": "✗", "good": "✓", "none": "–"}


@dataclass(frozen=True)
class Shown:
    """A cell as the page shows it: its colour (`state`), its sign and its word."""

    column: str
    state: str
    name: str
    sign: str
    word: str


def word(cell: windows_queries.Cell) -> str:
    """Return what a cell says."""
    if cell.state == "none":
        return _("not due")
    if cell.state == "good":
        return _("none") if cell.asked is None else _("in order")
    if cell.asked is None:
        return str(cell.wrong)
    if cell.asked == 1:
        return _("missing")
    return _("%(n)s of %(of)s missing") % {"n": cell.wrong, "of": cell.asked}


def columns(window: Window) -> list[str]:
    """Return the columns that the window shows: those that it asks for, and those always asked."""
    asks = Settings.of(window.settings)
    asked = {
        "roster": asks.cover,
        "line": asks.line_test,
        "exercise": asks.exercise,
        "checks": asks.checklists,
        "daily": asks.daily_by is not None,
    }
    return [one for one in COLUMNS if asked.get(one, True)]


@staff
def grid(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Show how ready a unit of the window and all below it are."""
    window = windows_queries.access_window(acting, number)
    found = windows_queries.grid(
        acting, window, number_in(request, "unit"), number_in(request, "page") or 1
    )
    shown = columns(window)

    def named(line: windows_queries.Line) -> list[Shown]:
        return [
            Shown(cell.column, cell.state, str(NAMES[cell.column]), SIGNS[cell.state], word(cell))
            for cell in line.cells
            if cell.column in shown
        ]

    ends = found.unit.pk in (window.unit_id, acting.post.unit_id)
    return page(
        request, "reports/window_readiness", acting, section="reports", window=window, grid=found,
        lines=[(line, named(line)) for line in found.lines], whole=named(found.whole),
        names=[NAMES[one] for one in shown], above=None if ends else found.unit.parent,
    )  # fmt: skip


@staff
def wrong(
    request: HttpRequest, acting: Acting, number: str, column: str, *, now: datetime
) -> HttpResponse:
    """Show the units of a subtree that are not in order in one column."""
    window = windows_queries.access_window(acting, number)
    if column not in COLUMNS:
        raise ReportNotFound(column)
    at = number_in(request, "page") or 1
    unit, rows, more = windows_queries.wrong(acting, window, column, number_in(request, "unit"), at)
    return page(
        request, "reports/window_wrong", acting, section="reports", window=window, unit=unit,
        rows=[(row, getattr(row, column)) for row in rows], column=column, name=NAMES[column],
        page_before=at - 1, page_after=at + 1 if more else 0,
    )  # fmt: skip


@staff
def unit(
    request: HttpRequest, acting: Acting, number: str, pk: int, *, now: datetime
) -> HttpResponse:
    """Show what the cells of one unit rest on."""
    window = windows_queries.access_window(acting, number)
    found = windows_queries.evidence(acting, window, pk, now, (CHECK, MEND))
    end = window.last_day + timedelta(days=1)
    return page(
        request, "reports/window_unit", acting, section="reports", window=window, found=found,
        row=found.row, columns=columns(window),
        rosters=in_force_between(pk, window.first_day, end),
        opens_rosters=plans(acting.post, pk) or oversees(acting.post, pk),
        checks=[(OWED.get(kind, kind), due) for kind, due in found.checks],
        late=[(OWED.get(kind, kind), due) for kind, due in found.late],
        today=policy().calendar.local_date(now),
    )  # fmt: skip


@staff
def reviewed(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Show which duties each post kept and missed in a window that is over."""
    window = windows_queries.access_window(acting, number)
    found = review.review(
        acting, window, number_in(request, "unit"), number_in(request, "page") or 1
    )
    posts = [
        (one, [(OWED.get(kind, kind), kept) for kind, kept in sorted(one.kinds.items())])
        for one in found.posts
    ]
    own = next((one for one in found.posts if one.post.pk == acting.post.pk), None)
    return page(
        request, "reports/window_review", acting, section="reports", window=window, review=found,
        posts=posts, speaks=bool(
            own and own.reply is None and (own.total.late or own.total.missed)
        ),
    )  # fmt: skip


@staff
def reply(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Let the post say why it missed something."""
    window = windows_queries.access_window(acting, number)
    if window.closed_at is None or windows_queries.own_row(acting, window) is None:
        raise ReportNotFound(number)
    form = ReplyForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        given = form.cleaned_data
        window_review.reply_to_review(
            acting, number, given["cause"], given["reply"], now=now, sure=given["sure"]
        )

    if taken(request, form, act, _("This was recorded.")):
        return redirect("staff:window_review", number)
    return page(
        request, "reports/window_word", acting, section="reports", form=form, number=number,
        title=_("Speak to the review"),
    )  # fmt: skip
