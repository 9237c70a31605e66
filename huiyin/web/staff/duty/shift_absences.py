"""I can't come, or I feel ill: no reason is asked, help is named, and somebody steps in."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import shifts
from huiyin.parts.duty.access import (
    DutyNotFound,
    NotYours,
    access_point,
    access_shift,
    need_planner,
)
from huiyin.parts.duty.actions import absences, help_for
from huiyin.parts.duty.fitness import candidates
from huiyin.parts.duty.models import Absence
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty.shift_say import ShiftForm, bound, refuse, rules, say


def _user(text: str) -> User | None:
    """Return an open account by its number, None for no number; raise DutyNotFound."""
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise DutyNotFound
    found = User.objects.filter(pk=int(text), is_active=True).first()
    if found is None:
        raise DutyNotFound
    return found


@staff
def absent(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Say what help there is; let oneself, or somebody who called, be relieved. Never ask why."""
    found = shifts.watch(acting, pk, now)
    if request.method == "POST":
        try:
            one, new = absences.report(acting, pk, now=now, user=_user(request.POST.get("who", "")))
        except BadInput as error:
            refuse(request, error)
            return redirect("staff:duty_shift_of", pk)
        if new:
            messages.success(request, _("Noted. The gap is being filled."))
        if found.leads:
            return redirect("staff:duty_step_in", one.pk)
        return redirect("staff:duty_shift_of", pk)
    return page(
        request, "duty/absent", acting, section="duty", watch=found, shift=found.shift,
        emergency=shifts.emergency(), begun=found.shift.starts <= now,
        others=[
            one for one in found.people if found.leads and not one.away and one != found.mine
        ],
    )  # fmt: skip


@staff
def step_in(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show who can step in, in fair order for this one shift; let somebody do it."""
    one = Absence.objects.select_related("shift", "user", "replaced_by").filter(pk=pk).first()
    if one is None:
        raise DutyNotFound
    shift = access_shift(acting, one.shift_id, now)
    speaks = absences.may_speak_for(acting, shift)
    problems: list[str] = []
    if request.method == "POST":
        try:
            absences.step_in(
                acting, pk, now=now, user=_user(request.POST.get("who", "")),
                despite="despite" in request.POST,
            )  # fmt: skip
        except BadInput as error:
            problems.append(say(error))
        else:
            messages.success(
                request, _("The shift is filled again. All who need to know are told.")
            )
            return redirect("staff:duty_shift_of", shift.pk)
    able = [] if one.replaced_by_id else candidates(shift, one.user_id, one.capacity, now)
    me = next((each for each in able if each.user.pk == acting.user.pk), None)
    if not speaks and me is None and not one.replaced_by_id:
        raise NotYours
    rows = [(each, rules(each.broken)) for each in able]
    return page(
        request, "duty/step_in", acting, 409 if problems else 200, section="duty", one=one,
        shift=shift, rows=rows if speaks else [], me=me, why=rules(me.broken) if me else "",
        problems=problems, over=shift.ends <= now,
    )  # fmt: skip


class HelpForm(ShiftForm):
    """Who helps when somebody on duty feels ill."""

    medical = forms.CharField(
        label=lazy("Medical help"),
        help_text=lazy("For example: “Staff hospital, 010-8800 1200, building 3”."),
        max_length=80,
        required=False,
    )


@staff
def medical(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Let whoever plans say where medical help is found for those on duty at a point."""
    point = access_point(acting, code, now)
    need_planner(acting, point.unit_id)
    form = bound(HelpForm, request, initial={"medical": point.medical})
    if form.is_bound and form.is_valid():
        help_for.set_medical(acting, code, form.cleaned_data["medical"], now=now)
        messages.success(request, _("Saved."))
        return redirect("staff:duty_checks")
    return page(request, "duty/medical", acting, section="duty", point=point, form=form)
