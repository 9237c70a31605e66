"""While the machine's time is known to be wrong nothing is written: it would be dated falsely."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.kernel.clock.timekeeping import suspicion
from huiyin.web.api import problems

READS = {"GET", "HEAD", "OPTIONS"}
DATES_NOTHING = ("/accounts/", "/i18n/")  # staff sign in to see what is wrong
ONLY_SHOWS = {  # forms that carry a receipt code, so that it stands in no address
    "/letter/", "/letter/receipt.json", "/letter/letter.json", "/letter/paper/",
    "/letter/case/leave/",
}  # fmt: skip


def timekeeping(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: refuse what writes, with 503 and the reason, while the clock is wrong."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in READS or request.path in ONLY_SHOWS:
            return get_response(request)
        if request.path.startswith(DATES_NOTHING):
            return get_response(request)
        suspected = suspicion(timezone.now())
        if suspected is None or not suspected.is_wrong:
            return get_response(request)
        return _refusal(request)

    return middleware


def _refusal(request: HttpRequest) -> HttpResponse:
    title = _("The clock of this service is wrong")
    detail = _(
        "Nothing was taken, so that nothing bears a false time. What you typed is still on the page"
        " before this one: go back and send it again later."
    )
    if request.path.startswith("/api/"):
        response = problems.answer(503, "clock", title, detail)
    else:
        response = render(request, "refused.html", {"title": title, "detail": detail}, status=503)
    response["Retry-After"] = "300"
    return response
