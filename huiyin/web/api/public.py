"""For writers: file a letter, and follow it with the receipt code in the header Receipt-Code."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Header, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.files import queries as files
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.units.models import Unit
from huiyin.kernel.vault import codes
from huiyin.parts.cases import sealing
from huiyin.parts.cases.actions import reviews, writer
from huiyin.parts.cases.actions.filing import Filed, file_case
from huiyin.parts.cases.models import Case, Category
from huiyin.parts.cases.queries import CaseNotFound, case_for_writer
from huiyin.web.api import auth, filing, shown
from huiyin.web.api.problems import TooMany
from huiyin.web.api.schemas import LetterIn, MaybeWords, RatingIn, RecoveryIn, Words
from huiyin.web.portal import limits
from huiyin.web.portal.attachments import download

router = Router()
letters = Router(auth=auth.Receipt(), tags=["letter"])
Key = Annotated[str, Field(min_length=22, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]


class Receipt(Schema):
    """The receipt code, shown this once: keep it. `again`: the same had been filed before."""

    locator: str
    receipt_code: str
    received_at: datetime
    again: bool


def receipt(filed: Filed) -> Receipt:
    """Return what the writer keeps."""
    return Receipt(
        locator=filed.case.locator,
        receipt_code=str(filed.code),
        received_at=filed.case.received_at,
        again=filed.again,
    )


class CodeOut(Schema):
    """A new receipt code; the old one opens nothing any more."""

    receipt_code: str


class CategoryOut(Schema):
    """A category and the code of the one above it."""

    code: str
    name: str
    parent: str | None


class UnitOut(Schema):
    """A unit and the code of the one above it."""

    code: str
    name: str
    parent: str | None


class GroundOut(Schema):
    """A ground on which a letter may not be accepted, and where to turn instead."""

    code: str
    text: str
    turn_to: str


@router.post("/letters", response={201: Receipt, 200: Receipt}, tags=["file"], auth=None)
def file_letter(
    request: HttpRequest,
    given: LetterIn,
    idempotency_key: Annotated[Key | None, Header(alias="Idempotency-Key")] = None,
) -> Status[Receipt]:
    """File a letter. When this answers, it is on disk.

    With the same Idempotency-Key (22 or more random signs) and content, the same letter is
    returned with 200 instead of a second one.
    """
    filed = file_case(
        filing.submission(given, idempotency_key or ""),
        channel=Case.Channel.API,
        now=timezone.now(),
    )
    return Status(200 if filed.again else 201, receipt(filed))


@router.post("/recovery", response=CodeOut, tags=["letter"], auth=None)
def recover(request: HttpRequest, given: RecoveryIn) -> CodeOut:
    """Get a new receipt code with the recovery phrase."""
    try:
        locator = codes.parse_locator(given.locator)
    except codes.BadCode:
        locator = "malformed"
    if wait := limits.tried(request, limits.PHRASES, locator):
        raise TooMany(wait)
    code = writer.recover(given.locator, given.phrase, now=timezone.now())
    return CodeOut(receipt_code=str(code))


@router.get("/categories", response=list[CategoryOut], tags=["lists"], auth=None)
def categories(request: HttpRequest) -> list[CategoryOut]:
    """List what letters are about."""
    found = Category.objects.filter(closed_at__isnull=True).select_related("parent").order_by("id")
    return [
        CategoryOut(code=c.code, name=str(c), parent=c.parent.code if c.parent else None)
        for c in found
    ]


@router.get("/units", response=list[UnitOut], tags=["lists"], auth=None)
def units(request: HttpRequest) -> list[UnitOut]:
    """List the units."""
    found = Unit.objects.filter(closed_at__isnull=True).select_related("parent").order_by("id")
    return [
        UnitOut(code=u.code, name=str(u), parent=u.parent.code if u.parent else None) for u in found
    ]


@router.get("/grounds", response=list[GroundOut], tags=["lists"], auth=None)
def grounds(request: HttpRequest) -> list[GroundOut]:
    """List the only grounds on which a letter may not be accepted."""
    language = "zh" if (request.LANGUAGE_CODE or "zh").startswith("zh") else "en"
    return [
        GroundOut(
            code=key, text=getattr(one.text, language), turn_to=getattr(one.turn_to, language)
        )
        for key, one in policy().pack.grounds.items()
    ]


def _now(request: HttpRequest) -> shown.Letter:
    return shown.for_writer(case_for_writer(auth.letter(request).locator))


@letters.get("", response=shown.Letter)
def read(request: HttpRequest) -> shown.Letter:
    """Read one's letter: its stage, what is owed by when and why, the story, the answers."""
    return _now(request)


@letters.post("/messages", response=shown.Letter)
def write_in(request: HttpRequest, given: Words) -> shown.Letter:
    """Add something, or answer a question."""
    writer.write_in(auth.letter(request).locator, given.text, now=timezone.now())
    return _now(request)


@letters.post("/files", response=shown.Letter)
def attach(request: HttpRequest, file: Annotated[UploadedFile, File()]) -> shown.Letter:
    """Add an attachment; its type is told from its content, and its metadata are taken out."""
    locator = auth.letter(request).locator
    writer.attach(locator, file.read(), file.name or "", now=timezone.now())
    return _now(request)


@letters.get("/files/{token:token}", response={200: bytes})
def fetch(request: HttpRequest, token: str) -> HttpResponse:
    """Fetch an attachment."""
    return send_file(auth.letter(request), token)


@letters.post("/rating", response=shown.Letter)
def rate(request: HttpRequest, given: RatingIn) -> shown.Letter:
    """Rate the handling and, apart from it, the outcome; once for each answer."""
    writer.rate(auth.letter(request).locator, given.handling, given.outcome, now=timezone.now())
    return _now(request)


@letters.post("/review", response=shown.Letter)
def ask_review(request: HttpRequest, given: Words) -> shown.Letter:
    """Ask for the review, or for the final one after it."""
    reviews.ask_review(auth.letter(request).locator, given.text, now=timezone.now())
    return _now(request)


@letters.post("/content", response=shown.Letter)
def say_content(request: HttpRequest) -> shown.Letter:
    """Say that it is solved."""
    writer.say_content(auth.letter(request).locator, now=timezone.now())
    return _now(request)


@letters.post("/not-solved", response=shown.Letter)
def say_not_solved(request: HttpRequest, given: Words) -> shown.Letter:
    """Say that it is not solved: it is open again."""
    writer.say_not_solved(auth.letter(request).locator, given.text, now=timezone.now())
    return _now(request)


@letters.post("/remedies/{int:number}/confirmation", response=shown.Letter)
def confirm_remedy(request: HttpRequest, number: int) -> shown.Letter:
    """Say that a promised remedy was done."""
    writer.confirm_remedy(auth.letter(request).locator, _small(number), now=timezone.now())
    return _now(request)


@letters.post("/remedies/{int:number}/dispute", response=shown.Letter)
def dispute_remedy(request: HttpRequest, number: int, given: Words) -> shown.Letter:
    """Say that a promised remedy was not done."""
    locator = auth.letter(request).locator
    writer.dispute_remedy(locator, _small(number), given.text, now=timezone.now())
    return _now(request)


@letters.post("/withdrawal", response=shown.Letter)
def withdraw(request: HttpRequest, given: MaybeWords) -> shown.Letter:
    """Withdraw the letter. Only whoever wrote it can."""
    writer.withdraw(auth.letter(request).locator, given.text, now=timezone.now())
    return _now(request)


def _small(number: int) -> int:
    """Return the number of a remedy; one that no database holds is absent like any other."""
    return min(number, 32_000)


def send_file(case: Case, token: str) -> HttpResponse:
    """Return an attachment of a letter as a download; raise CaseNotFound."""
    try:
        file = files.find(case.ref, token)
    except StoredFile.DoesNotExist:
        raise CaseNotFound from None
    key = sealing.text_key(case)
    return download(files.read(file, key), files.read_name(file, key), file.mime)
