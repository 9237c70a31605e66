"""The rooms of a desk, and rooms kept for groups."""

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
from huiyin.parts.duty.access import DutyNotFound, NotYours
from huiyin.parts.duty.actions import reception
from huiyin.parts.duty.desk_words import MESSAGES
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty.reception_forms import MeetingForm, RoomForm
from huiyin.web.staff.parse import number
from huiyin.web.staff.words import pick


@staff
def rooms(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Show the rooms of the desk."""
    point = desk.access_desk(acting, code, now)
    return page(
        request, "duty/rooms", acting, section="duty", point=point,
        rooms=point.rooms.order_by("-waiting", "name", "pk"),
        may=desk.manages_rooms(acting, point),
    )  # fmt: skip


@staff
def room(
    request: HttpRequest, acting: Acting, code: str, pk: int | None = None, *, now: datetime
) -> HttpResponse:
    """Add a room, or change one."""
    point = desk.access_desk(acting, code, now)
    if not desk.manages_rooms(acting, point):
        raise NotYours
    old = point.rooms.filter(pk=pk).first() if pk else None
    if pk and old is None:
        raise DutyNotFound
    names = ("name", "name_en", "holds", "waiting", "fits")
    initial = {name: getattr(old, name) for name in names} if old else {}
    form = RoomForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        reception.set_room(acting, code, pk=pk, now=now, **form.cleaned_data)
        messages.success(request, _("The room was saved."))
        return redirect("staff:duty_rooms", code)
    return page(request, "duty/room", acting, section="duty", point=point, form=form, room=old)


@require_POST
@staff
def open_room(
    request: HttpRequest, acting: Acting, code: str, pk: int, *, now: datetime
) -> HttpResponse:
    """Open a room, or close it."""
    opened = request.POST.get("open") == "1"
    try:
        reception.open_room(acting, code, pk, opened, now=now)
    except BadInput as error:
        messages.error(request, str(MESSAGES[error.code]))
    back = "duty_desk" if request.POST.get("to") == "desk" else "duty_rooms"
    return redirect(f"staff:{back}", code)


@staff
def groups(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Show the rooms that are kept for groups, and keep one."""
    point = desk.access_desk(acting, code, now)
    form = MeetingForm(
        request.POST if request.method == "POST" else None,
        point=point, now=now, initial={"visit": number(request, "turn") or ""},
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data
        try:
            reception.keep_room(
                acting, code, int(given["room"]), starts=given["starts"], ends=given["ends"],
                representatives=given["representatives"], now=now,
                visit_pk=int(given["visit"]) if given["visit"] else None,
            )  # fmt: skip
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("The room is kept."))
            return redirect("staff:duty_groups", code)
    group = policy().pack.group
    return page(
        request, "duty/groups", acting, section="duty", point=point, form=form,
        meetings=desk.meetings(point, now), group=group,
        article=pick(group.article) if group else "",
    )  # fmt: skip


@require_POST
@staff
def give_up(
    request: HttpRequest, acting: Acting, code: str, pk: int, *, now: datetime
) -> HttpResponse:
    """Give up a room that was kept."""
    reception.give_up_room(acting, code, pk, now=now)
    messages.success(request, _("The room is free again."))
    return redirect("staff:duty_groups", code)
