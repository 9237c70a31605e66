"""What went wrong, always in one form: application/problem+json (RFC 9457)."""

import json
import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from huiyin.kernel.files.messages import explain
from huiyin.kernel.files.store import StorageFull
from huiyin.kernel.files.verdict import FileRefused
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import NotYourPost
from huiyin.kernel.vault.codes import BadPhrase
from huiyin.parts.cases.messages import MESSAGES
from huiyin.parts.cases.queries import CaseNotFound
from huiyin.parts.cases.rules import NotNow, NotYours
from huiyin.parts.cases.sealing import Erased
from huiyin.parts.duty.access import DutyNotFound
from huiyin.web.full import is_full
from huiyin.web.logs import pattern_of

log = logging.getLogger("huiyin.api")
TYPE = "urn:huiyin:problem:"


class Problem(Schema):
    """RFC 9457. `type` is stable; `title` and `detail` are in the reader's language."""

    type: str
    title: str
    status: int
    detail: str = ""
    field: str | None = None
    code: str | None = None
    errors: list[dict[str, Any]] | None = None


class TooMany(Exception):
    """Too many wrong codes or phrases; again in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def answer(status: int, kind: str, title: str, detail: str = "", **more: Any) -> HttpResponse:
    """Return the answer that tells of a problem."""
    content = {"type": TYPE + kind, "title": title, "status": status, "detail": detail, **more}
    return HttpResponse(
        json.dumps(content, ensure_ascii=False),
        status=status,
        content_type="application/problem+json",
    )


def not_found() -> HttpResponse:
    """Return the one answer for what is absent and for what is none of the asker's business."""
    return answer(404, "not-found", _("There is no such thing, or it is not yours to see."))


def unauthorised() -> HttpResponse:
    """Return the answer for a missing or worthless token."""
    response = answer(401, "unauthorised", _("A valid token or receipt code is needed."))
    response["WWW-Authenticate"] = "Bearer"
    return response


def not_allowed(allowed: str) -> HttpResponse:
    """Return the answer for a method that the address doesn't have."""
    response = answer(405, "method", _("This address does not take that method."))
    response["Allow"] = allowed
    return response


def unreadable(detail: str = "") -> HttpResponse:
    """Return the answer for a request that can't be read."""
    return answer(400, "request", _("The request can't be read."), detail)


def wrong_type(needed: str) -> HttpResponse:
    """Return the answer for a body of another type than the address takes."""
    title = _("The body must be of the type %(needed)s.") % {"needed": needed}
    return answer(415, "content-type", title)


def failure() -> HttpResponse:
    """Return the answer for a fault of ours."""
    return answer(500, "server", _("Something went wrong here. Nothing was changed."))


NOTHING_RECEIVED = gettext_lazy(
    "Nothing was received. What you typed is still on the page before this one; send it again later,"
    " or turn to one of the other ways. What was confirmed before is kept."
)


def no_room() -> str:
    """Return the title of the answer while the disk is full."""
    return _("The disk of this service is full")


def full() -> HttpResponse:
    """Return the answer while the disk of the database is full."""
    return answer(507, "full", no_room(), str(NOTHING_RECEIVED))


def _bad_input(error: BadInput) -> HttpResponse:
    said = str(MESSAGES.get(error.code, error.code))
    title = _("What was given can't be taken.")
    return answer(422, "bad-input", title, said, field=error.field, code=error.code)


def _invalid(error: ValidationError) -> HttpResponse:
    errors = [
        {
            "at": "/".join(str(part) for part in one["loc"]),
            "code": one["type"],
            "detail": one["msg"],
        }
        for one in error.errors
    ]
    return answer(
        422, "invalid", _("The request does not have the documented form."), errors=errors
    )


def _too_many(error: TooMany) -> HttpResponse:
    response = answer(429, "too-many", _("Too many wrong codes. Please wait and try again."))
    response["Retry-After"] = str(error.seconds)
    return response


def _http(error: HttpError) -> HttpResponse:
    return answer(error.status_code, "request", _("The request can't be read."), str(error))


def _refused_file(error: FileRefused) -> HttpResponse:
    title = _("The attachment is not taken.")
    return answer(422, "attachment", title, explain(error), field="file", code=error.code)


def of(error: Exception) -> HttpResponse | None:
    """Return the answer for an error that is told; None for one that is a fault of ours."""
    match error:
        case CaseNotFound() | DutyNotFound() | Http404():
            return not_found()
        case AuthenticationError() | NotYourPost():
            return unauthorised()
        case BadInput():
            return _bad_input(error)
        case BadPhrase():
            title = _("This phrase is too easy to guess.")
            return answer(422, "bad-input", title, field="phrase", code=error.reason)
        case NotNow():
            title = _("This is not possible at the letter's present stage.")
            return answer(409, "not-now", title, code=error.move, stage=error.stage)
        case NotYours():
            title = _("Your post may not do this with the letter.")
            return answer(403, "not-yours", title, code=error.move)
        case Erased():
            return answer(410, "erased", _("The letter's text was destroyed on schedule."))
        case FileRefused():
            return _refused_file(error)
        case StorageFull():
            return answer(507, "full", _("There is no room for attachments at present."))
        case TooMany():
            return _too_many(error)
        case ValidationError():
            return _invalid(error)
        case HttpError():
            return _http(error)
    return None


TOLD: tuple[type[Exception], ...] = (
    CaseNotFound,
    DutyNotFound,
    Http404,
    AuthenticationError,
    NotYourPost,
    BadInput,
    BadPhrase,
    NotNow,
    NotYours,
    Erased,
    FileRefused,
    StorageFull,
    TooMany,
    ValidationError,
    HttpError,
)


def install(api: NinjaAPI) -> None:
    """Let the API answer every told error in the one form."""

    def handle(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        found = of(error) if isinstance(error, Exception) else None
        assert found is not None  # TOLD and `of` name the same errors
        return found

    def failed(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        log.error("Internal Server Error: %s", pattern_of(request), exc_info=True)
        return full() if isinstance(error, Exception) and is_full(error) else failure()

    api.add_exception_handler(Exception, failed)
    for kind in TOLD:
        api.add_exception_handler(kind, handle)
