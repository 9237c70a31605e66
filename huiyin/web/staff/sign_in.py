"""Signing in: how many wrong passwords and second factors are answered, and from where.

Counts are in the database (portal/limits.py). A name is closed for the network from which it was
guessed, never for others; a browser in which somebody signed in before is counted by itself, so
guesses of others, from the same network too, don't keep its owner out. Guesses from very many
networks close a name for unknown browsers that have no second factor to show.
"""

import hashlib
import hmac
import secrets
from typing import Any

from allauth.account.views import login as allauth_login
from allauth.core import context
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base import forms as mfa
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from huiyin.web.portal import limits
from huiyin.web.portal.limits import Limit

BY_NAME = Limit("sign-in", 7, 900)  # of one name, from one network or one known browser
BY_NETWORK = Limit("sign-in-network", 60, 900)  # of all names, from one network
EVERYWHERE = Limit("sign-in-everywhere", 60, 3600)  # of one name, from all networks
SALT = "huiyin.staff.known"
KNOWN_FOR = 180 * 86_400  # seconds since the last sign-in
PATH = "/accounts/"


def _cookie(name: str) -> str:
    """Return the cookie's name: it tells nobody whose it is."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"{SALT}:{name}".encode(), hashlib.sha256)
    return f"{'__Secure-' if settings.BEHIND_PROXY else ''}known-{digest.hex()[:12]}"


def _user(name: str) -> Any:
    return get_user_model()._default_manager.filter(username=name).first()


def _fingerprint(user: Any) -> str:
    return str(user.get_session_auth_hash())[:24]


def remember(response: HttpResponse, user: AbstractBaseUser) -> None:
    """Let the browser be known for this account, until its password changes."""
    response.set_signed_cookie(
        _cookie(user.get_username()),
        f"{_fingerprint(user)}.{secrets.token_urlsafe(9)}",
        salt=SALT,
        max_age=KNOWN_FOR,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )


def _known(request: HttpRequest, name: str) -> str:
    """Return the browser's own mark if the account signed in with it before, else nothing."""
    value = request.get_signed_cookie(_cookie(name), default="", salt=SALT, max_age=KNOWN_FOR)
    fingerprint, _dot, mark = (value or "").partition(".")
    user = _user(name) if mark else None
    return mark if user is not None and fingerprint == _fingerprint(user) else ""


class Attempt:
    """One password or second factor about to be checked for a name; `step` says which of them."""

    def __init__(self, request: HttpRequest, name: str, step: str = "password") -> None:
        self.request, self.name = request, name[:150].casefold()
        self.account, self.network = f"{step} {self.name}", limits.block_of(request)
        self.known = _known(request, name)
        self.here = f"{self.account} {self.known or self.network}"
        self.second_factor = step != "password"

    def count(self) -> int:
        """Count it before it is checked; return how many seconds to wait, or 0."""
        if self.known:
            return limits.count(BY_NAME, self.here)
        return (
            limits.count(BY_NETWORK, self.network)
            or limits.count(BY_NAME, self.here)
            or self._count_everywhere()
        )

    def _count_everywhere(self) -> int:
        wait = limits.count(EVERYWHERE, self.account)
        if wait and not self.second_factor and self._asks_second_factor():
            return 0
        return wait

    def _asks_second_factor(self) -> bool:
        user = _user(self.name)
        return user is not None and bool(mfa_adapter().is_mfa_enabled(user))

    def check(self) -> None:
        """Count it; raise ValidationError when there were too many."""
        if wait := self.count():
            self.request.sign_in_closed = wait  # type: ignore[attr-defined]
            raise ValidationError(
                _(
                    "Too many wrong sign-ins with this name from here. Wait a quarter of an hour. "
                    "A browser in which you signed in before is not affected, nor is another network."
                )
            )

    def succeeded(self) -> None:
        """It was right: what was counted for it is taken back."""
        limits.forget(BY_NAME, self.here)
        if not self.known:
            limits.take_back(BY_NETWORK, self.network)
            limits.take_back(EVERYWHERE, self.account)


def login(request: HttpRequest) -> HttpResponse:
    """Allauth's page; 429 when it was closed."""
    response: HttpResponse = allauth_login(request)
    if wait := getattr(request, "sign_in_closed", 0):
        response.status_code = 429
        response["Retry-After"] = str(wait)
    return response


class _Counted:
    """A form that asks for a second factor, counted like a password."""

    user: Any

    def clean_code(self) -> str:
        """Return the code if it is right and was not guessed at too often."""
        attempt = Attempt(context.request, self.user.get_username(), "second factor")
        attempt.check()
        code: str = super().clean_code()  # type: ignore[misc]
        attempt.succeeded()
        return code


class AuthenticateForm(_Counted, mfa.AuthenticateForm):  # type: ignore[misc]
    """The second factor while signing in."""


class ReauthenticateForm(_Counted, mfa.ReauthenticateForm):  # type: ignore[misc]
    """The second factor asked for again."""
