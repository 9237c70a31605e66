"""Accounts are given by the organisation; nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from huiyin.web.staff import sign_in


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes allauth's public registration; counts wrong passwords in the database."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: no public registration."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Redirect after sign-in only within this service."""
        return bool(super().is_safe_url(url))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Allauth's own count, in a cache that strangers can fill, is not used."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the account; raise ValidationError when too many were wrong before."""
        attempt = sign_in.Attempt(request, str(credentials.get("username", "")))
        attempt.check()
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            attempt.succeeded()
        return user

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        """Go on after all factors were right: this browser is known from now on."""
        response: HttpResponse = super().post_login(request, user, **more)
        sign_in.remember(response, user)
        return response
