"""What was typed is not lost when the sign-in has ended meanwhile.

The fields of a form that comes from nobody, or from before the sign-in, are carried by the answer
alone: by no address, session or cookie. Signing in is the usual page, in a window of its own, with
its second factor and its count of failures. Then the form is only shown again: nothing is recorded
until whoever signed in has seen it, with the post they act for, and sends it.
"""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from huiyin.web.staff.access import View, page

SHOW = "look"  # such a button changes the form or shows it again, and does nothing else
STALE = "CSRF token from POST"  # how Django's reason begins; another origin has another reason


def typed(view: View) -> View:
    """Mark a view whose form is long to write; a POST with `look` must only show its form."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        return view(request, *args, **kwargs)

    wrapped.keeps_typed = True  # type: ignore[attr-defined]
    return wrapped


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", SHOW}
        for value in values
    ]
    return page(
        request,
        "sign_in_again",
        None,
        403,
        carried=carried,
        show=SHOW,
        tried=SHOW in request.POST,
    )


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without the right token (Django's CSRF_FAILURE_VIEW).

    Signing in changes the token, so a form from before comes with the old one: it is shown again.
    """
    found = request.resolver_match
    if found is None or not reason.startswith(STALE):
        return csrf_failure(request, reason)
    if not getattr(found.func, "keeps_typed", False):
        return csrf_failure(request, reason)
    kept = request.POST.copy()
    kept[SHOW] = "1"
    request.POST = kept  # type: ignore[assignment]
    if request.user.is_authenticated:
        messages.info(
            request,
            _("You have signed in since you opened this form. Look it through and send it again."),
        )
    response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return response
