"""The clerk's page of a reception desk: whose turn it is, what is ready, how full it is."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import desk
from huiyin.parts.duty.actions import reception
from huiyin.parts.duty.desk_words import MESSAGES
from huiyin.parts.duty.models import Visit
from huiyin.web.portal.numbers import NumberForm, kiosk_token, seed
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.words import pick

DESK = "desk"  # where the session remembers the desk to which one goes back


def _refused(request: HttpRequest, error: BadInput) -> None:
    messages.error(request, str(MESSAGES.get(error.code, error.code)))


@staff
def desks(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """List the desks at which one receives people; the only one opens by itself."""
    found = desk.desks(acting, now)
    if len(found) == 1:
        return redirect("staff:duty_desk", found[0].code)
    rows = [(point, desk.load(point, now)) for point in found]
    return page(request, "duty/desks", acting, section="duty", rows=rows)


@staff
def show(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Show the desk: what is called, who waits, how full it is."""
    point = desk.access_desk(acting, code, now)
    request.session[DESK] = point.code
    group = policy().pack.group
    return page(
        request, "duty/desk", acting, section="duty", point=point, load=desk.load(point, now),
        left=desk.left(point, now), kiosk=kiosk_token(point), seed=seed(),
        most=group.representatives if group else None,
        article=pick(group.article) if group else "",
        rooms=desk.manages_rooms(acting, point),
    )  # fmt: skip


@staff
def number(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Give a number, with what must be ready."""
    point = desk.access_desk(acting, code, now)
    form = NumberForm(request.POST if request.method == "POST" else None, initial={"seed": seed()})
    if form.is_valid():
        try:
            visit = reception.take_number(point, now=now, **form.cleaned_data)
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Number %(number)s was given.") % {"number": visit.number})
            return redirect("staff:duty_desk", point.code)
    return page(request, "duty/number", acting, section="duty", point=point, form=form)


@require_POST
@staff
def call(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Call whose turn it is into the room."""
    room = request.POST.get("room", "")
    try:
        visit = reception.call_next(acting, code, int(room) if room.isdecimal() else None, now=now)
    except BadInput as error:
        _refused(request, error)
    else:
        if visit is None:
            messages.info(request, _("Nobody waits for this room."))
    return redirect("staff:duty_desk", code)


ACTS = {
    "again": reception.call_again,
    "group": reception.call_group,
    "back": reception.bring_back,
}


@require_POST
@staff
def turn(
    request: HttpRequest, acting: Acting, code: str, pk: int, *, now: datetime
) -> HttpResponse:
    """Call again, end, or take up again a turn."""
    what = request.POST.get("what", "")
    try:
        if what in ACTS:
            ACTS[what](acting, code, pk, now=now)
        else:
            reception.end(acting, code, pk, what, now=now)
            if what == Visit.End.LEFT:
                text = _("The number keeps its turn: press “Came back” when they are there again.")
                messages.info(request, text)
    except BadInput as error:
        _refused(request, error)
    return redirect("staff:duty_desk", code)
