"""How large a body may be, and what whoever sent a larger or a too slow one is told."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huiyin.web.api.problems import answer

REFUSED = "huiyin.refused"  # in the WSGI environment: why the front did not take the body
REASONS = {"large": 413, "slow": 408}
FORM = 1024 * 1024  # bytes: a form without files, or JSON
API = "/api/"


def most(content_type: str) -> int:
    """Return how many bytes a body of this type may have."""
    if content_type.strip().lower().startswith("multipart/form-data"):
        return FORM + settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    return FORM


def refusal(request: HttpRequest, reason: str) -> HttpResponse:
    """Return the answer for a body that was not taken, in the form of the page or the API."""
    if reason == "slow":
        title = _("What you sent came too slowly, and nothing was received. Please send it again.")
    else:
        title = _("What you sent is too large, and nothing was received.")
    most_files = settings.FILE_UPLOAD_MAX_MEMORY_SIZE // FORM
    detail = "" if reason == "slow" else _(
        "A form may have 1 MB without files and %(most)d MB with all its files together. Go back "
        "(what you typed is still there) and send fewer or smaller files."
    ) % {"most": most_files}  # fmt: skip
    status = REASONS[reason]
    if request.path.startswith(API):
        kind = "too-large" if reason == "large" else "too-slow"
        return answer(status, kind, title, detail)
    return render(request, "refused.html", {"title": title, "detail": detail}, status=status)


def fits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: refuse what is too large or came too slowly, before anything reads it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        reason = request.META.get(REFUSED)
        length = str(request.META.get("CONTENT_LENGTH") or 0)
        if length.isdigit() and int(length) > most(request.META.get("CONTENT_TYPE", "")):
            reason = "large"
        return refusal(request, reason) if reason else get_response(request)

    return middleware
