"""Another language in the middle of a form: a button of the form itself, so that no word is lost."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def switched(request: HttpRequest) -> str:
    """Return the language whose button was pressed, already in force; empty for none."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        return ""
    translation.activate(wanted)
    return wanted


def kept(response: HttpResponse, language: str) -> HttpResponse:
    """Remember the language on this device."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response
