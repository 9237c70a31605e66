"""Duty points, opening hours, shifts, who may serve, rules: one thing a page."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import queries
from huiyin.parts.duty.access import access_point, need_planner, plans
from huiyin.parts.duty.actions import setup
from huiyin.parts.duty.models import DutyPoint
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty import planning_words as words
from huiyin.web.staff.duty.planning_forms import (
    AdmitForm,
    PatternForm,
    PlanForm,
    PointForm,
    RulesForm,
    WeeklyForm,
)
from huiyin.web.staff.forms import taken


def ask(
    request: HttpRequest,
    acting: Acting,
    form: PlanForm,
    act: Callable[[], object],
    *,
    title: str,
    back: str,
    done: str,
    lead: str = "",
    button: str = "",
) -> HttpResponse:
    """Show a form until its action takes what was typed; then go back with what was done."""
    if taken(request, form, act, done):
        return redirect(back)
    return page(
        request, "duty/form", acting, section="duty", form=form, title=title, lead=lead,
        back=back, button=button or _("Save"),
    )  # fmt: skip


def do(request: HttpRequest, act: Callable[[], object], back: str, done: str) -> HttpResponse:
    """Take one action that needs nothing typed; say what came of it."""
    try:
        act()
    except BadInput as error:
        from huiyin.parts.duty.messages import MESSAGES

        messages.error(request, str(MESSAGES.get(error.code, error.code)))
    else:
        messages.success(request, done)
    return redirect(back)


def given(request: HttpRequest) -> object:
    """Return what was posted, or None on a first look."""
    return request.POST if request.method == "POST" else None


def _at(code: str) -> str:
    return reverse("staff:duty_point", args=[code])


@staff
def setup_page(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the unit's points, who may serve, and the rules that bind it."""
    unit = acting.post.unit
    need_planner(acting, unit.pk)
    rules = setup.rules_of(unit)
    points = DutyPoint.objects.filter(unit=unit, closed_at=None).order_by("pk")
    return page(
        request, "duty/setup", acting, section="duty", unit=unit, points=points,
        eligible=queries.unit_eligible(unit.pk), rules=rules,
        hours={"rest": rules.rest_minutes // 60, "week": rules.most_week_minutes // 60},
        own=rules.unit_id == unit.pk and rules.pk is not None,
        above=rules.unit if rules.pk and rules.unit_id != unit.pk else None,
    )  # fmt: skip


@staff
def add_point(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Add a duty point."""
    need_planner(acting, acting.post.unit_id)
    form = PointForm(given(request))
    return ask(
        request, acting, form,
        lambda: setup.add_point(acting, now=now, **form.cleaned_data),
        title=_("Add a duty point"), back=reverse("staff:duty_setup"),
        done=_("The point was added. Next: its hours, its shifts, and who may serve."),
    )  # fmt: skip


@staff
def point(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Show one point: hours, shifts, who may serve."""
    found = access_point(acting, code, now)
    return page(
        request, "duty/point", acting, section="duty", point=found,
        may=plans(acting.post, found.unit_id),
        openings=[
            (one, words.weekdays(one.weekdays), words.span(one.starts, one.minutes))
            for one in found.openings.order_by("starts", "pk")
        ],
        patterns=[
            (one, words.weekdays(one.weekdays), words.span(one.starts, one.minutes))
            for one in found.patterns.filter(closed_at=None).order_by("starts", "pk")
        ],
        eligible=found.eligible.select_related("user").order_by("user_id"),
    )  # fmt: skip


@staff
def change_point(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Correct a point's name, place and telephone."""
    found = access_point(acting, code, now)
    need_planner(acting, found.unit_id)
    names = ("name", "name_en", "place", "telephone")
    form = PointForm(given(request), initial={name: getattr(found, name) for name in names})
    for fixed in ("kind", "code"):
        del form.fields[fixed]
    return ask(
        request, acting, form,
        lambda: setup.change_point(acting, code, now=now, **form.cleaned_data),
        title=str(found), back=_at(code), done=_("The point was changed."),
    )  # fmt: skip


@staff
def add_hours(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Open a point at some hours."""
    found = access_point(acting, code, now)
    need_planner(acting, found.unit_id)
    form = WeeklyForm(given(request), initial={"starts": "00:00", "ends": "00:00"})
    return ask(
        request, acting, form,
        lambda: setup.add_opening(acting, code, now=now, **form.weekly()),
        title=_("Add opening hours"), back=_at(code), done=_("The hours were added."),
        lead=_("Outside of its hours a point is planned to be empty; that is no gap."),
    )  # fmt: skip


@staff
def add_shift(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Let a shift come back at a point."""
    found = access_point(acting, code, now)
    need_planner(acting, found.unit_id)
    form = PatternForm(given(request))
    names = ("name", "name_en", "code", "leaders", "deputies", "members", "skills")
    return ask(
        request, acting, form,
        lambda: setup.add_pattern(
            acting, code, form.cleaned_data["code"], form.cleaned_data["name"], now=now,
            **form.weekly(),
            **{name: form.cleaned_data[name] for name in names if name not in {"code", "name"}},
        ),
        title=_("Add a shift"), back=_at(code),
        done=_("The shift was added. It comes into rosters that are opened or renewed from now on."),
    )  # fmt: skip


@staff
def admit(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Let somebody serve at a point, or change as what."""
    found = access_point(acting, code, now)
    need_planner(acting, found.unit_id)
    old = found.eligible.filter(user__username=request.GET.get("who", "")).first()
    initial = {}
    if old is not None:
        initial = {
            "username": old.user.username, "capacity": old.capacity,
            "skills": ", ".join(old.skills), "telephone": old.telephone, "begins": old.begins,
            "last": old.until and old.until.fromordinal(old.until.toordinal() - 1),
        }  # fmt: skip
    form = AdmitForm(given(request), initial=initial)
    return ask(
        request, acting, form,
        lambda: setup.admit(acting, code, now=now, **form.given()),
        title=_("Who may serve at %(point)s") % {"point": found}, back=_at(code),
        done=_("Who may serve was changed."),
    )  # fmt: skip


@require_POST
@staff
def remove(
    request: HttpRequest, acting: Acting, code: str, what: str, pk: int, *, now: datetime
) -> HttpResponse:
    """Take back hours, a shift or who may serve."""
    acts: dict[str, tuple[Callable[..., object], str]] = {
        "hours": (setup.remove_opening, _("The hours were removed.")),
        "shifts": (setup.close_pattern, _("The shift comes back no longer.")),
        "serving": (setup.dismiss, _("Who may serve was changed.")),
    }
    act, done = acts[what]
    return do(request, lambda: act(acting, code, pk, now=now), _at(code), done)


@require_POST
@staff
def close(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Plan no further shifts at a point."""
    return do(
        request, lambda: setup.close_point(acting, code, now=now), reverse("staff:duty_setup"),
        _("No further shifts are planned there; what is published stays."),
    )  # fmt: skip


@staff
def rules(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Set what binds every roster of the unit."""
    unit = acting.post.unit
    need_planner(acting, unit.pk)
    form = RulesForm(given(request), initial=RulesForm.of(setup.rules_of(unit)))
    return ask(
        request, acting, form,
        lambda: setup.set_rules(acting, now=now, **form.rules()),
        title=_("Rules of duty"), back=reverse("staff:duty_setup"), done=_("The rules were set."),
        lead=_("Units below follow them unless they have their own."),
    )  # fmt: skip


@require_POST
@staff
def drop_rules(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Follow the rules of the unit above again."""
    return do(
        request, lambda: setup.drop_rules(acting, now=now), reverse("staff:duty_setup"),
        _("The unit follows the rules above it."),
    )  # fmt: skip
