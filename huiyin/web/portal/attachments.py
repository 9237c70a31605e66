"""Attachments as they arrive in a form, and as they leave in an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from huiyin.kernel.files import actions, queries
from huiyin.kernel.files.messages import explain, remarks_on
from huiyin.kernel.files.store import StorageFull
from huiyin.kernel.files.verdict import FileRefused
from huiyin.parts.cases.actions.filing import attach_to_draft, draft_of
from huiyin.web.portal import limits

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class File:
    """An attachment with its name opened.

    `remarks`: sentences of what it may still hold or lacks; `to_read`: whether one of them is to be
    read before sending.
    """

    token: str
    name: str
    size: int
    remarks: list[str]
    to_read: bool


def listed(subject: str, key: bytes) -> list[File]:
    """Return the attachments of a subject, oldest first."""
    return [
        File(
            file.token,
            queries.read_name(file, key),
            file.size,
            remarks_on(file),
            to_read=file.residue or "object" in file.remarks.split(","),
        )
        for file in queries.files_of(subject)
    ]


def of_draft(seed: bytes) -> list[File]:
    """Return the attachments of a letter that is not sent yet."""
    return listed(*draft_of(seed))


def drop_from_draft(seed: bytes, token: str, now: datetime) -> None:
    """Delete one of them; nothing happens when it is not there."""
    for file in queries.files_of(draft_of(seed)[0]).filter(token=token):
        actions.remove(file, now=now)


def take(request: HttpRequest, keep: Callable[[bytes, str], object]) -> list[str]:
    """Hand each file that came with the form to `keep`; return what must be told, by file.

    A body over the limit arrives without its files (they are never written to disk in clear), so
    its length alone says that they were too large.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        most = settings.FILE_UPLOAD_MAX_MEMORY_SIZE // MEGABYTE
        return [
            _("All files together are larger than %(most)d MB. Attach them one by one.")
            % {"most": most}
        ]
    problems = []
    for upload in request.FILES.getlist("files"):
        name = upload.name or ""
        try:
            keep(upload.read(), name)
        except FileRefused as refused:
            problems.append(f"{name}: {explain(refused)}")
        except StorageFull:
            problems.append(
                _(
                    "%(name)s: there is no room for files at present. The letter can be sent without it; add it later."
                )
                % {"name": name}
            )
    return problems


def keep_in_draft(request: HttpRequest, seed: bytes, now: datetime) -> list[str]:
    """Keep the files that came with a letter not sent yet; return what must be told.

    Nobody has shown a code yet, so files from one network are limited; a letter never is.
    """
    block = limits.block_of(request)
    if [
        one for one in request.FILES.getlist("files") if limits.count(limits.FILES_BY_BLOCK, block)
    ]:
        return [
            _(
                "Too many files came from your network in the last hour. Send the letter without them; they can be added to it later."
            )
        ]
    return take(request, lambda data, name: attach_to_draft(seed, data, name, now=now))


def download(data: bytes, name: str, mime: str) -> HttpResponse:
    """Return a file as a download: never shown inside the page, never guessed at by a browser."""
    response = HttpResponse(data, content_type=mime)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
