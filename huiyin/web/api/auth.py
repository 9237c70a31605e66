"""Who calls: a program acting for a post (Bearer token), or a writer (receipt code in a header)."""

from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyHeader, HttpBearer

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.vault import codes
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import CaseNotFound, case_of_code
from huiyin.web.api import tokens
from huiyin.web.api.problems import TooMany
from huiyin.web.portal import limits


class PostToken(HttpBearer):
    """A token that `huiyin token` issued, bound to one post."""

    def authenticate(self, request: HttpRequest, token: str) -> Acting | None:
        """Return the actor; None (401) for any token that is worth nothing."""
        try:
            return tokens.actor(token, timezone.now())
        except tokens.BadToken:
            return None


class Receipt(APIKeyHeader):
    """A letter's receipt code: in a header, so that it gets into no log of addresses."""

    param_name = "Receipt-Code"

    def authenticate(self, request: HttpRequest, key: str | None) -> Case | None:
        """Return the letter; raise CaseNotFound for every wrong code, TooMany after too many."""
        if not key:
            return None
        try:
            return case_of_code(key)
        except CaseNotFound:
            if wait := limits.tried(request, limits.CODES, _letter_of(key)):
                raise TooMany(wait) from None
            raise


def _letter_of(text: str) -> str:
    try:
        return codes.parse(text).locator
    except codes.BadCode:
        return "malformed"


def acting(request: HttpRequest) -> Acting:
    """Return for whom the call is made."""
    return cast(Acting, request.auth)  # type: ignore[attr-defined]


def letter(request: HttpRequest) -> Case:
    """Return the letter whose code was given."""
    return cast(Case, request.auth)  # type: ignore[attr-defined]
