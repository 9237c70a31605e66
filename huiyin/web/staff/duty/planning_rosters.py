"""A roster on its way: the table, one shift of it, what the check says, versions, fairness."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import queries, reading, versions, wording
from huiyin.parts.duty.access import DutyNotFound, access_roster, decides, need_planner, plans
from huiyin.parts.duty.actions import publishing, rosters
from huiyin.parts.duty.actions.coming import next_days
from huiyin.parts.duty.models import Capacity, Roster, Shift
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty import planning_words as words
from huiyin.web.staff.duty.planning_forms import OpenForm, ReasonForm, today
from huiyin.web.staff.duty.planning_setup import ask, do, given
from huiyin.web.staff.duty.shares_picture import picture

State = Roster.State


@staff
def open_roster(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Open a roster for some days; those that come next are offered."""
    unit = acting.post.unit
    need_planner(acting, unit.pk)
    first, end = next_days(unit, today(now))
    form = OpenForm(given(request), initial={"first": first, "last": end - timedelta(days=1)})

    def act() -> None:
        days = form.cleaned_data
        rosters.open_roster(
            unit, days["first"], days["last"] + timedelta(days=1), now=now, by=acting
        )

    return ask(
        request, acting, form, act, title=_("Open a roster"), back=reverse("staff:duty"),
        done=_("The roster was opened with its shifts."), button=_("Open"),
    )  # fmt: skip


@staff
def roster(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show a roster as it stands, with what can be done with it now."""
    found = access_roster(acting, pk, now)
    mine = plans(acting.post, found.unit_id)
    sees = mine or decides(acting.post, found.unit)
    findings = wording.said(reading.check(found, mark=False)) if sees else []
    return page(
        request, "duty/roster", acting, section="duty", roster=found,
        period=words.period(found), tone=words.tone(found),
        tables=queries.tables(found),
        may=mine, edits=mine and found.state in rosters.EDITABLE,
        decides=found.state == State.SUBMITTED and decides(acting.post, found.unit),
        running=queries.running(found), sees=sees,
        grave=len({one.shifts or one.text for one in findings if one.grave}), other=sum(1 for one in findings if not one.grave),
        findings=findings[:8], classes=words.CLASSES,
        newer=found.state not in {State.PUBLISHED, State.FROZEN} and _newer(found),
        reason=ReasonForm(),
    )  # fmt: skip


def _newer(found: Roster) -> bool:
    """Whether a version came into force that this one is not based on."""
    in_force = Roster.objects.filter(
        unit=found.unit_id, first_day=found.first_day, state__in=(State.PUBLISHED, State.FROZEN)
    ).first()
    under_way = found.state in queries.UNDER_WAY
    return under_way and in_force is not None and in_force.pk != found.based_on_id


@staff
def place(
    request: HttpRequest, acting: Acting, pk: int, shift_pk: int, *, now: datetime
) -> HttpResponse:
    """Show one shift of a draft: who is on it, who may come on, and what that would break."""
    found = access_roster(acting, pk, now)
    need_planner(acting, found.unit_id)
    shift = next((one for one in rosters.shifts_of(found) if one.pk == shift_pk), None)
    if shift is None:
        raise DutyNotFound
    back = f"{reverse('staff:duty_roster', args=[pk])}#d{shift.day:%Y%m%d}"
    if request.method == "POST":
        return _place(request, acting, pk, shift_pk, now)
    cell = queries.cell(found, shift)
    return page(
        request, "duty/place", acting, section="duty", roster=found, shift=shift, cell=cell,
        day=wording.day(shift.day), back=back, klass=words.CLASSES[shift.klass],
        lacking=[(Capacity(name).label, number) for name, number in cell.lacking.items()],
        on=[(one, [wording.RULES[mark] for mark in one.marks]) for one in cell.on],
        candidates=[
            (one, [wording.RULES[rule] for rule in one.broken], _as(one.capacity, shift))
            for one in queries.candidates(found, shift)
        ],
        edits=found.state in rosters.EDITABLE,
    )  # fmt: skip


def _as(most: str, shift: Shift) -> list[tuple[str, object]]:
    """Return the capacities that the shift needs in which somebody may serve, the highest first."""
    needed = {
        Capacity.LEADER: shift.leaders,
        Capacity.DEPUTY: shift.deputies,
        Capacity.MEMBER: shift.members,
    }
    rank = rosters.RANK[Capacity(most)]
    return [(one.value, one.label) for one in Capacity if needed[one] and rosters.RANK[one] <= rank]


def _place(
    request: HttpRequest, acting: Acting, pk: int, shift_pk: int, now: datetime
) -> HttpResponse:
    user = get_object_or_404(User, pk=request.POST.get("user", "0"))
    here = reverse("staff:duty_place", args=[pk, shift_pk])
    capacity = request.POST.get("capacity", "")
    if capacity:
        return do(
            request,
            lambda: rosters.assign(acting, pk, shift_pk, user, capacity, now=now),
            here, _("%(who)s is on the shift now.") % {"who": wording.name(user)},
        )  # fmt: skip
    return do(
        request, lambda: rosters.unassign(acting, pk, shift_pk, user, now=now),
        here, _("%(who)s is off the shift.") % {"who": wording.name(user)},
    )  # fmt: skip


def _planned_or_decided(acting: Acting, pk: int, now: datetime) -> Roster:
    """Return the roster for whoever plans or decides on it; raise DutyNotFound for others."""
    found = access_roster(acting, pk, now)
    if not plans(acting.post, found.unit_id) and not decides(acting.post, found.unit):
        raise DutyNotFound
    return found


@staff
def check(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show every rule that the roster breaks, with its days and people."""
    found = _planned_or_decided(acting, pk, now)
    return page(
        request, "duty/check", acting, section="duty", roster=found, period=words.period(found),
        findings=wording.said(reading.check(found, mark=found.state in rosters.EDITABLE)),
    )  # fmt: skip


@staff
def history(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show the versions of a roster, and what this one changes."""
    found = _planned_or_decided(acting, pk, now)
    return page(
        request, "duty/versions", acting, section="duty", roster=found,
        period=words.period(found),
        versions=[(one, words.tone(one)) for one in versions.versions(found)],
        changes=versions.differences(found.based_on, found) if found.based_on else None,
    )  # fmt: skip


@staff
def shares(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show how duty is shared out, for whoever plans it and for nobody else."""
    found = access_roster(acting, pk, now)
    need_planner(acting, found.unit_id)
    rows = queries.shares(found)
    return page(
        request, "duty/shares", acting, section="duty", roster=found,
        period=words.period(found), pictures=picture(rows),
    )  # fmt: skip


MOVES = {
    "renew": (rosters.renew, lazy("The shifts are as the unit’s patterns say now.")),
    "submit": (publishing.submit, lazy("The roster was submitted to the unit above.")),
    "approve": (publishing.approve, lazy("The roster was approved; its unit publishes it.")),
    "publish": (
        publishing.publish,
        lazy("The roster is in force, and everyone affected was told."),
    ),
    "take-back": (publishing.take_back, lazy("The roster is a draft again.")),
    "take-over": (
        publishing.take_over,
        lazy("The changes made meanwhile are in this version now."),
    ),
}


@require_POST
@staff
def move(
    request: HttpRequest, acting: Acting, pk: int, name: str, *, now: datetime
) -> HttpResponse:
    """Take a roster one step on."""
    act, done = MOVES[name]
    return do(
        request,
        lambda: act(acting, pk, now=now),
        reverse("staff:duty_roster", args=[pk]),
        str(done),
    )


@staff
def give_back(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Return a roster with reasons."""
    found = access_roster(acting, pk, now)
    form = ReasonForm(given(request))
    return ask(
        request, acting, form,
        lambda: publishing.give_back(acting, pk, form.cleaned_data["reason"], now=now),
        title=_("Return the roster"), lead=f"{found.unit} · {words.period(found)}",
        back=reverse("staff:duty_roster", args=[pk]), done=_("The roster was returned."),
        button=_("Return it"),
    )  # fmt: skip


@staff
def revise(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Begin a new version of a roster in force."""
    found = access_roster(acting, pk, now)
    need_planner(acting, found.unit_id)
    form = ReasonForm(given(request))
    made: list[Roster] = []

    def act() -> None:
        made.append(rosters.revise(acting, pk, form.cleaned_data["reason"], now=now))

    answer = ask(
        request, acting, form, act, title=_("Begin a new version"),
        lead=_("The version in force stays so until the new one is approved and published."),
        back=reverse("staff:duty_roster", args=[pk]), done=_("A new version was begun."),
        button=_("Begin"),
    )  # fmt: skip
    return redirect("staff:duty_roster", made[0].pk) if made else answer


@require_POST
@staff
def drop(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Drop a new version that was begun."""
    return do(
        request, lambda: rosters.drop(acting, pk, now=now), reverse("staff:duty"),
        _("The new version was dropped; the one in force goes on."),
    )  # fmt: skip
