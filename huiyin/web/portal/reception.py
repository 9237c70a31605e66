"""For whoever comes in person: the screen of the hall, and taking a number oneself."""

from datetime import datetime

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from huiyin.kernel.given import BadInput
from huiyin.parts.duty import desk
from huiyin.parts.duty.access import DutyNotFound
from huiyin.parts.duty.actions import reception
from huiyin.parts.duty.models import DutyPoint, Visit
from huiyin.web.portal import limits
from huiyin.web.portal.limits import Limit
from huiyin.web.portal.numbers import NumberForm, point_code, seed

FRESH = 10  # seconds after which the screen is drawn anew
ABANDONED = 180  # seconds after which a kiosk's page is empty again for the next person
SHOWN = 25  # seconds for which a kiosk shows a number
NUMBERS = Limit("desk-numbers", 120, 600)  # of one kiosk, which one person after the other presses


def _desk(code: str) -> DutyPoint:
    try:
        return desk.public_desk(code)
    except DutyNotFound as error:
        raise Http404 from error


def _kiosk(token: str) -> DutyPoint:
    try:
        return _desk(point_code(token))
    except signing.BadSignature as error:
        raise Http404 from error


@require_safe
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """Show numbers and rooms to the hall; the page draws itself anew, unless it is asked to stay."""
    point = _desk(code)
    still = "still" in request.GET
    found = desk.screen(point, timezone.now())
    context = {"point": point, "screen": found, "still": still, "now": timezone.now()}
    response = render(request, "portal/screen.html", context)
    if not still:
        response["Refresh"] = str(FRESH)
    return response


def take(request: HttpRequest, token: str) -> HttpResponse:
    """Give the next number to whoever presses the button."""
    point, now = _kiosk(token), timezone.now()
    form = NumberForm(request.POST if request.method == "POST" else None, initial={"seed": seed()})
    full = request.method == "POST" and limits.count(NUMBERS, point.code)
    if form.is_valid() and not full:
        try:
            visit = reception.take_number(point, now=now, **form.cleaned_data)
        except BadInput as error:
            form.refuse(error)
        else:
            return redirect("portal:number", token, visit.number)
    context = {"point": point, "form": form, "full": full, "screen": desk.screen(point, now)}
    response = render(request, "portal/take.html", context, status=429 if full else 200)
    response["Refresh"] = f"{ABANDONED}; url={request.path}"
    return response


def _waits(visit: Visit, now: datetime) -> tuple[int, int | None]:
    """Return how many are before it, and about how many minutes it waits."""
    for before, (other, minutes) in enumerate(desk.screen(visit.point, now).waiting):
        if other.pk == visit.pk:
            return before, minutes
    return 0, None


@require_safe
def number(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Show the number that was given, then go back to the beginning for the next person."""
    point, now = _kiosk(token), timezone.now()
    visit = desk.latest(point, number, now)
    if visit is None:
        raise Http404
    before, minutes = _waits(visit, now)
    context = {"point": point, "visit": visit, "token": token, "before": before, "minutes": minutes}
    response = render(request, "portal/number.html", context)
    response["Refresh"] = f"{SHOWN}; url={request.path.rsplit('/', 2)[0]}/"
    return response
