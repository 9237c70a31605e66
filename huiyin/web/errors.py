"""What goes wrong outside of every view: in one form on the pages, in the other in the API.

Whatever fails before the API is reached (no database, a wrong host, a body that can't be read) is
told to a program in the form that it reads.
"""

import sys

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from huiyin.web import bodies
from huiyin.web.api import problems
from huiyin.web.full import is_full


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a request that can't be read (handler400)."""
    if isinstance(exception, RequestDataTooBig):
        return bodies.refusal(request, "large")
    if request.path.startswith(bodies.API):
        return problems.unreadable()
    return defaults.bad_request(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of ours (handler500)."""
    full = is_full(sys.exc_info()[1])
    if request.path.startswith(bodies.API):
        return problems.full() if full else problems.failure()
    if full:
        told = {"title": problems.no_room(), "detail": problems.NOTHING_RECEIVED}
        return render(request, "refused.html", told, status=507)
    return defaults.server_error(request)
