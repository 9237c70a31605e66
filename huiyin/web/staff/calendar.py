"""The organisation's days and the time limits in force, each with where it comes from."""

from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from huiyin.kernel.clock import actions
from huiyin.kernel.clock.limits import LimitLengthened, load_pack
from huiyin.kernel.clock.models import CalendarDay
from huiyin.kernel.clock.pack import PERSONS_OWN
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.queries import runs_organisation
from huiyin.parts.cases.actions.calendar import set_day
from huiyin.parts.cases.queries import CaseNotFound
from huiyin.web.portal.words import span
from huiyin.web.staff.access import need_organisation, page, staff
from huiyin.web.staff.unit_forms import DayForm, ShortenForm
from huiyin.web.staff.words import RULES, article, pick


def _rules() -> list[dict[str, object]]:
    in_force = policy()
    whole = load_pack(in_force.pack.name)
    return [
        {
            "rule": rule,
            "name": RULES[rule.key],
            "length": span(rule),
            "before": span(whole.rules[rule.key]) if rule.shortened_from else "",
            "article": article(rule),
            "note": pick(rule.note),
            "own": rule.key in PERSONS_OWN,
        }
        for rule in in_force.pack.rules.values()
    ]


@staff
def year(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the organisation's own days, what is not yet known, and every rule of the pack."""
    in_force = policy()
    today = in_force.calendar.local_date(now)
    years = (today.year, today.year + 1)
    return page(
        request,
        "calendar",
        acting,
        section="units",
        pack=in_force.pack,
        pack_title=pick(in_force.pack.title),
        citation=pick(in_force.pack.citation),
        counting=pick(in_force.pack.counting),
        unknown=[one for one in years if not in_force.calendar.known(date(one, 1, 1))],
        days=CalendarDay.objects.filter(day__gte=date(today.year, 1, 1)).order_by("day"),
        rules=_rules(),
        runs=runs_organisation(acting.post),
    )


@staff
def day(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Declare a day working or free; say how many dates moved."""
    need_organisation(acting)
    form = DayForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        moved = set_day(given["day"], given["working"] == "yes", given["note"], now=now)
        messages.success(
            request, _("The day was declared. Dates that moved: %(moved)s.") % {"moved": moved}
        )
        return redirect("staff:calendar")
    return page(
        request, "calendar_form", acting, section="units", form=form,
        title=_("Declare a day working or free"),
        lead=_("What is owed now may only come earlier by it, never later."),
    )  # fmt: skip


@staff
def shorten(request: HttpRequest, acting: Acting, rule: str, *, now: datetime) -> HttpResponse:
    """Shorten what the organisation owes, or lengthen what the writer has; never the reverse."""
    need_organisation(acting)
    in_force = policy()
    if rule not in in_force.pack.rules:
        raise CaseNotFound
    found = in_force.rule(rule)
    form = ShortenForm(request.POST or None, initial={"days": found.days})
    if form.is_valid():
        try:
            actions.shorten(rule, form.cleaned_data["days"], now=now, by=acting)
        except LimitLengthened:
            form.add_error("days", _("The person who writes may never be worse off by it."))
        else:
            messages.success(request, _("The limit was changed for what starts from now on."))
            return redirect("staff:calendar")
    lead = (
        _("This time is the writer’s own: you may give more, never less.")
        if rule in PERSONS_OWN
        else _("You may shorten it, never lengthen it.")
    )
    return page(
        request, "calendar_form", acting, section="units", form=form,
        title=RULES[rule], lead=f"{span(found)} · {article(found)}. {lead}",
    )  # fmt: skip
