"""My shift now: sign in at the desk, see who is on it, write, hand over, leave."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import checks, shifts, swapping
from huiyin.parts.duty.actions import watch
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty.shift_say import LineForm, bound, refuse
from huiyin.web.staff.forms import taken
from huiyin.web.staff.typed import typed


@staff
def mine(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the shift that one stands or stands next, or say that there is none."""
    shift = shifts.my_shift(acting, now)
    if shift is not None:
        return _show(request, acting, shift.pk, now)
    return page(
        request, "duty/shift_none", acting, section="duty",
        running=shifts.running(acting, now), business=swapping.swaps_for(acting, now),
    )  # fmt: skip


@staff
def show(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show one shift."""
    return _show(request, acting, pk, now)


def _show(
    request: HttpRequest,
    acting: Acting,
    pk: int,
    now: datetime,
    form: LineForm | None = None,
) -> HttpResponse:
    found = shifts.watch(acting, pk, now)
    business = swapping.swaps_for(acting, now)
    return page(
        request, "duty/shift", acting, section="duty", watch=found, shift=found.shift,
        form=form or LineForm(), coming=shifts.coming(acting, now), business=business,
        begun=found.shift.starts <= now, over=found.shift.ends <= now,
        may_sign_in=found.from_when <= now < found.shift.ends,
        open_checks=sum(one.done is None and one.due is not None for one in found.checks),
        failed=checks.failures(found.shift.point),
    )  # fmt: skip


@require_POST
@staff
def sign_in(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Sign in to the shift."""
    try:
        watch.sign_in(acting, pk, now=now)
    except BadInput as error:
        refuse(request, error)
    else:
        messages.success(request, _("You are on the shift. Thank you."))
    return redirect("staff:duty_shift_of", pk)


@staff
def leave(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Ask whether everything is handed over, then sign out of the shift."""
    found = shifts.watch(acting, pk, now)
    if request.method == "POST":
        try:
            watch.leave(acting, pk, now=now)
        except BadInput as error:
            refuse(request, error)
        else:
            messages.success(request, _("You have left the shift. Rest well."))
        return redirect("staff:duty_shift")
    return page(
        request, "duty/shift_leave", acting, section="duty", watch=found, shift=found.shift,
        early=now < found.shift.ends,
    )  # fmt: skip


@typed
@staff
def log(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show the log of the shift's point, and add a line or a correction of one."""
    found = shifts.watch(acting, pk, now)
    given = request.POST.get("corrects") or request.GET.get("corrects", "")
    corrects = int(given) if given.isdecimal() and len(given) < 10 else None
    form = bound(LineForm, request)
    if taken(
        request,
        form,
        lambda: watch.write(
            acting,
            pk,
            form.cleaned_data["text"],
            now=now,
            corrects=corrects,
            sure=form.cleaned_data["sure"],
        ),
        _("This is in the log."),
    ):
        return redirect("staff:duty_shift_of", pk)
    before = request.GET.get("before", "")
    lines = shifts.log_of(
        found.shift.point, before=int(before) if before.isdecimal() and len(before) < 10 else None
    )
    former = next((one for one in shifts.log_of(found.shift.point) if one.pk == corrects), None)
    return page(
        request, "duty/shift_log", acting, section="duty", shift=found.shift, lines=lines,
        form=form, former=former, there=bool(found.mine and found.mine.there),
        older=lines[-1].pk if len(lines) == shifts.LINES else None,
    )  # fmt: skip
