"""The writer's way into one letter: a receipt code, then a signed cookie for half an hour.

No session is kept. The cookie names the letter and a fingerprint of the stored hash of its secret,
so that it opens nothing any more once a new code was issued.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huiyin.kernel.vault import codes
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import CaseNotFound, case_for_writer, case_of_code
from huiyin.web.portal import limits
from huiyin.web.portal.letter_forms import CodeForm

COOKIE = "__Secure-letter" if settings.BEHIND_PROXY else "letter"
SALT = "huiyin.portal.letter"
MINUTES = 30
PATH = "/letter/"


class TooMany(Exception):
    """Too many wrong codes from this network or for this letter; try again in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _fingerprint(case: Case) -> str:
    return hashlib.sha256(b"letter cookie " + bytes(case.secret_hash)).hexdigest()[:32]


def case_by_code(request: HttpRequest, text: str) -> Case:
    """Return the letter of a well-formed code; raise CaseNotFound, TooMany after too many."""
    try:
        return case_of_code(text)
    except CaseNotFound:
        if wait := limits.tried(request, limits.CODES, codes.parse(text).locator):
            raise TooMany(wait) from None
        raise


def case_by_cookie(request: HttpRequest) -> Case | None:
    """Return the letter that the cookie opens, if it still does."""
    value = request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=MINUTES * 60)
    locator, _dot, fingerprint = (value or "").partition(".")
    try:
        case = case_for_writer(locator)
    except CaseNotFound:
        return None
    return case if codes.same(fingerprint.encode(), _fingerprint(case).encode()) else None


def let_in(response: HttpResponse, case: Case) -> HttpResponse:
    """Give the cookie to the browser: for half an hour from now, for the letter's pages only."""
    response.set_signed_cookie(
        COOKIE,
        f"{case.locator}.{_fingerprint(case)}",
        salt=SALT,
        max_age=MINUTES * 60,
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


def let_out(response: HttpResponse) -> HttpResponse:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
    return response


def find(request: HttpRequest, form: CodeForm) -> tuple[Case | None, int]:
    """Return the letter of a typed code, and how many seconds to wait when there were too many.

    An unknown letter and a wrong secret get the same words, after the same work; the form has them.
    """
    if form.is_valid():
        try:
            return case_by_code(request, form.cleaned_data["code"]), 0
        except CaseNotFound:
            form.add_error("code", _("No letter opens with this code; compare it with your copy"))
        except TooMany as error:
            return None, error.seconds
    return None, 0


def ask_code(
    request: HttpRequest, form: CodeForm, wait: int = 0, *, carry: bool = True
) -> HttpResponse:
    """Ask for the code; what was typed on the page that asked is carried along."""
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        if carry and name not in {"csrfmiddlewaretoken", "code"}
        for value in values
    ]
    response = render(
        request,
        "portal/code.html",
        {"form": form, "carried": carried, "wait": -(-wait // 60), "section": "letter"},
        status=429 if wait else 200,
    )
    if wait:
        response["Retry-After"] = str(wait)
    return response


View = Callable[..., HttpResponse]


def writers(view: View) -> View:
    """Let the writer of the letter in; anybody else is asked for the code.

    When the half hour ran out while something was being written, the page asks for the code and
    carries the text along, so that nothing is lost.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        case = case_by_cookie(request)
        if case is None:
            if request.method != "POST":
                return let_out(redirect("portal:letter"))
            form = CodeForm(request.POST if "code" in request.POST else None)
            case, wait = find(request, form) if form.is_bound else (None, 0)
            if case is None:
                return ask_code(request, form, wait)
        response = view(request, case, *args, **kwargs)
        return response if COOKIE in response.cookies else let_in(response, case)

    return wrapped
