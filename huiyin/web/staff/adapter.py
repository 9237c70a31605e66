"""Accounts are given by the organisation; nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes allauth's public registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: no public registration."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Redirect after sign-in only within this service."""
        return bool(super().is_safe_url(url))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave counting of failures to django-axes."""
