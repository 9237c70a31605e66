"""Worklists, search, and the letter's own page."""

from datetime import datetime
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from huiyin.kernel.files import queries as files
from huiyin.kernel.files.messages import remarks_on
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import OVERSEEING
from huiyin.kernel.vault import codes
from huiyin.kernel.vault.queries import openings
from huiyin.parts.cases import letters, queries, sealing
from huiyin.parts.cases.documents import DocumentFontMissing
from huiyin.parts.cases.models import Case
from huiyin.web.staff import pick, words
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.moves import buttons
from huiyin.web.staff.parse import after, number, one_of

VIEWS = ["unit", "mine", "involved"]


def _wanted(request: HttpRequest, acting: Acting) -> queries.Filter:
    default = "unit" if acting.post.role in OVERSEEING else "mine"
    stage = one_of(request, "stage", Case.Stage.values)
    words = request.GET.get("words", "")[:100]
    order = one_of(request, "order", ["due", "newest"], "newest" if stage else "due")
    return queries.Filter(
        view=one_of(request, "view", VIEWS, default),
        stage=stage,
        category=number(request, "category"),
        unit=number(request, "unit"),
        late="late" in request.GET,
        danger="danger" in request.GET,
        words=words,
        order=order,
        after=after(request, newest=order == "newest" or bool(words.strip())),
    )


def _list(
    request: HttpRequest, acting: Acting, now: datetime, wanted: queries.Filter, section: str
) -> HttpResponse:
    found = queries.worklist(acting, wanted, now)
    kept = [(key, value) for key, value in request.GET.items() if key != "after" and value]
    return page(
        request,
        section,
        acting,
        section=section,
        rows=[(row, words.tone(row.case)) for row in found.rows],
        after=found.after,
        first=not wanted.after,
        query=urlencode(kept),
        wanted=wanted,
        asked=bool(wanted.words.strip()),
        stages=Case.Stage.choices,
        categories=pick.categories(),
        units=pick.children(acting.post.unit_id),
        oversees=acting.post.role in OVERSEEING,
    )


@staff
def worklist(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the letters of the post or of its unit, filtered."""
    return _list(request, acting, now, _wanted(request, acting), "letters")


def _numbered(acting: Acting, words: str, now: datetime) -> str | None:
    """Return the number of the letter that the words are, where the post may see it."""
    try:
        locator = codes.parse_locator(words)
        queries.access_case(acting, locator, now)
    except (codes.BadCode, queries.CaseNotFound):
        return None
    return locator


@staff
def search(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Find words in the letters that the post may see, or the letter of a number."""
    wanted = _wanted(request, acting)
    if (locator := _numbered(acting, wanted.words, now)) is not None:
        return redirect("staff:letter", locator)
    if not wanted.words.strip():
        return page(request, "search", acting, section="search", wanted=wanted, first=True)
    return _list(request, acting, now, wanted, "search")


@staff
def letter(request: HttpRequest, acting: Acting, locator: str, *, now: datetime) -> HttpResponse:
    """Show a letter as one story, with what is owed and what can be done now."""
    case, found = queries.access_case(acting, locator, now)
    owing = queries.deadlines(case)
    key = sealing.text_key(case) if case.text_key is not None else None
    return page(
        request,
        "letter",
        acting,
        section="letters",
        case=case,
        title=sealing.title(case),
        tone=words.tone(case),
        closed_why=words.CLOSED_WHY.get(case.closed_why, ""),
        owing=[(one, words.owed(one)) for one in owing if one.state == "open"],
        past=[(one, words.owed(one)) for one in owing if one.state in {"met", "excused"}],
        chapters=words.chapters(queries.story(case, for_writer=False), key is not None),
        openings=openings(case.ref, key) if key else [],
        files=[
            (file, files.read_name(file, key), remarks_on(file))
            for file in files.files_of(case.ref)
        ]
        if key
        else [],
        remedies=queries.remedies(case),
        hearings=case.hearings.all(),
        helpers=queries.helpers(case),
        moves=buttons(queries.offers(case, found, acting, owing)),
        languages=words.LANGUAGES,
    )


@staff
def attachment(
    request: HttpRequest, acting: Acting, locator: str, token: str, *, now: datetime
) -> HttpResponse:
    """Hand out the clean copy of an attachment to whoever may read the letter."""
    case, _found = queries.access_case(acting, locator, now)
    try:
        stored = files.find(case.ref, token)
        key = sealing.text_key(case)
    except (StoredFile.DoesNotExist, sealing.Erased) as error:
        raise queries.CaseNotFound from error
    return download(files.read_name(stored, key), stored.mime, files.read(stored, key))


@staff
def official(
    request: HttpRequest,
    acting: Acting,
    locator: str,
    number: int,
    extension: str,
    *,
    now: datetime,
) -> HttpResponse:
    """Hand out an official letter as Word or PDF."""
    case, _found = queries.access_case(acting, locator, now)
    try:
        made = letters.official_file(case, number, extension)
    except DocumentFontMissing:
        return page(
            request,
            "problem",
            acting,
            503,
            heading=_("The PDF can’t be made here"),
            text=_("No typeface with Chinese characters is installed on this machine. Take Word."),
        )
    return download(made.name, made.mime, made.data)


def download(name: str, mime: str, data: bytes) -> HttpResponse:
    """Return bytes as a download that no browser opens in place or guesses another type for."""
    response = HttpResponse(data, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
