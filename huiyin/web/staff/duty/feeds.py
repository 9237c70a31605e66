"""Calendar addresses: the page on which they are made and revoked, and the feed itself."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import feeds, timetable
from huiyin.parts.duty.access import DutyNotFound
from huiyin.parts.duty.actions import feeds as actions
from huiyin.web.portal import limits
from huiyin.web.staff.access import page, staff

WRONG = limits.Limit("feed-block", 30, 600)  # wrong addresses from one network


@staff
def addresses(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show one's calendar addresses; make one, which is then shown this once."""
    made = ""
    if request.method == "POST":
        try:
            _feed, token = actions.make(acting, request.POST.get("point") or None, now=now)
        except BadInput:
            messages.error(request, _("There are too many addresses; revoke one first."))
        else:
            path = reverse("duty_feed", args=[token])
            made = request.build_absolute_uri(f"{path}?lang={get_language() or 'zh-hans'}")
    return page(
        request, "duty/feeds", acting, section="duty", made=made,
        webcal=made.replace("https://", "webcal://").replace("http://", "webcal://"),
        found=feeds.of(acting), points=timetable.seen(acting, now),
    )  # fmt: skip


@require_POST
@staff
def revoke(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Revoke an address."""
    actions.revoke(acting, pk, now=now)
    messages.success(request, _("The address answers nobody any more."))
    return redirect("staff:duty_feeds")


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Return the calendar of a secret address; whoever knows it reads it, until it is revoked.

    Unknown, revoked and no longer allowed are one answer; too many of them are told to wait. A
    right address always answers.
    """
    now = timezone.now()
    try:
        feed = feeds.find(token, now)
    except DutyNotFound:
        over = limits.count(WRONG, limits.block_of(request))
        response = HttpResponse(status=429 if over else 404, content_type="text/plain")
        if over:
            response["Retry-After"] = str(WRONG.seconds)
        return response
    known = {code for code, _name in settings.LANGUAGES}
    language = request.GET.get("lang", "")
    with translation.override(language if language in known else settings.LANGUAGE_CODE):
        body, changed = feeds.calendar(feed, now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="duty.ics"'
    response["ETag"] = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response["Last-Modified"] = http_date(changed.timestamp())
    response["Cache-Control"] = "private, no-cache"
    return (
        get_conditional_response(
            request, response["ETag"], int(changed.timestamp()), response=response
        )
        or response
    )
