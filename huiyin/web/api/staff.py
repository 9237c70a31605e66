"""For posts: the same moves as on the pages, with a token bound to the post."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from huiyin.parts.cases import queries
from huiyin.parts.cases.actions import answering, forwarding, handling, reviews
from huiyin.parts.cases.actions.answering import AnswerText, Promise
from huiyin.parts.cases.actions.filing import file_case
from huiyin.parts.cases.models import Case
from huiyin.web.api import auth, filing, lookup, shown
from huiyin.web.api import schemas as given_as
from huiyin.web.api.public import Receipt, receipt, send_file

router = Router(auth=auth.PostToken(), tags=["posts"])


class Me(Schema):
    """For whom the token acts."""

    post: shown.PostOut
    stand_in: bool


class Wanted(Schema):
    """What a list shows."""

    view: Literal["unit", "mine", "involved"] = "unit"
    stage: Annotated[str, Field(max_length=16)] = ""
    category: Annotated[str, Field(max_length=40)] = ""
    unit: Annotated[str, Field(max_length=24)] = ""
    late: bool = False
    danger: bool = False
    words: Annotated[str, Field(max_length=100)] = ""
    order: Literal["due", "newest"] = "due"
    after: Annotated[str, Field(max_length=60, pattern=r"^[0-9T:.+_-]*$")] = ""


@router.get("/me", response=Me)
def me(request: HttpRequest) -> Me:
    """Say for which post this token acts."""
    acting = auth.acting(request)
    return Me(post=shown.post(acting.post), stand_in=acting.stand_in)


@router.get("/owed", response=shown.OwedPage)
def owed(
    request: HttpRequest,
    after: Annotated[str, Query(max_length=60, pattern=r"^[0-9T:.+_-]*$")] = "",
) -> shown.OwedPage:
    """List what the post owes, in order of due time."""
    page = queries.owed(auth.acting(request), timezone.now(), lookup.cursor(after))
    rows = [
        shown.Owed(letter=shown.summary(row.case, row.title), deadline=shown.deadline(row.deadline))
        for row in page.rows
        if row.deadline is not None
    ]
    return shown.OwedPage(owed=rows, after=page.after)


@router.get("/cases", response=shown.SummaryPage)
def worklist(request: HttpRequest, wanted: Annotated[Wanted, Query()]) -> shown.SummaryPage:
    """List letters that the post may see; search finds whatever stands in a letter, word for word."""
    page = queries.worklist(
        auth.acting(request),
        queries.Filter(
            view=wanted.view,
            stage=wanted.stage.replace("\x00", ""),
            category=lookup.category(wanted.category).pk if wanted.category else None,
            unit=lookup.unit(wanted.unit).pk if wanted.unit else None,
            late=wanted.late,
            danger=wanted.danger,
            words=wanted.words,
            order=wanted.order,
            after=lookup.cursor(
                wanted.after, newest=wanted.order == "newest" or bool(wanted.words.strip())
            ),
        ),
        timezone.now(),
    )
    return shown.SummaryPage(
        letters=[shown.summary(row.case, row.title) for row in page.rows], after=page.after
    )


@router.post("/cases", response={201: Receipt})
def type_in(request: HttpRequest, given: given_as.TypedIn) -> Status[Receipt]:
    """Type in a letter that came by hand, telephone or post. The code belongs to the writer."""
    filed = file_case(
        filing.submission(given),
        channel=given.channel,
        now=timezone.now(),
        acting=auth.acting(request),
        received_at=lookup.aware(given.received_at) if given.received_at else None,
    )
    return Status(201, receipt(filed))


@router.get("/cases/{locator:locator}", response=shown.StaffLetter)
def read(request: HttpRequest, locator: str) -> shown.StaffLetter:
    """Read one letter."""
    return shown.for_post(auth.acting(request), locator, timezone.now())


@router.get("/cases/{locator:locator}/files/{token:token}", response={200: bytes})
def fetch(request: HttpRequest, locator: str, token: str) -> HttpResponse:
    """Fetch an attachment."""
    case, _ = queries.access_case(auth.acting(request), locator, timezone.now())
    return send_file(case, token)


@router.post("/cases/{locator:locator}/category", response=shown.Summary)
def categorise(request: HttpRequest, locator: str, given: given_as.CategoryIn) -> shown.Summary:
    """Confirm or correct what the letter is about."""
    category = lookup.category(given.category)
    return done(forwarding.categorise(auth.acting(request), locator, category, now=timezone.now()))


@router.post("/cases/{locator:locator}/forward", response=shown.Summary)
def forward(request: HttpRequest, locator: str, given: given_as.ForwardIn) -> shown.Summary:
    """Send it to the unit that answers."""
    case = forwarding.forward(
        auth.acting(request),
        locator,
        lookup.unit(given.unit),
        now=timezone.now(),
        reason=given.reason,
        post=lookup.post(given.post) if given.post else None,
    )
    return done(case)


@router.post("/cases/{locator:locator}/object", response=shown.Summary)
def object_to(request: HttpRequest, locator: str, given: given_as.Reason) -> shown.Summary:
    """Say that the unit is not competent."""
    acting = auth.acting(request)
    return done(forwarding.object_to(acting, locator, given.reason, now=timezone.now()))


@router.post("/cases/{locator:locator}/settle", response=shown.Summary)
def settle(request: HttpRequest, locator: str, given: given_as.UnitIn) -> shown.Summary:
    """Decide, as common parent, which unit answers."""
    unit = lookup.unit(given.unit)
    acting = auth.acting(request)
    return done(forwarding.settle(acting, locator, unit, given.reason, now=timezone.now()))


@router.post("/cases/{locator:locator}/accept", response=shown.Summary)
def accept(request: HttpRequest, locator: str, given: given_as.MaybeWords) -> shown.Summary:
    """Accept it and tell the writer."""
    acting = auth.acting(request)
    return done(handling.accept(acting, locator, now=timezone.now(), text=given.text))


@router.post("/cases/{locator:locator}/decline", response=shown.Summary)
def decline(request: HttpRequest, locator: str, given: given_as.DeclineIn) -> shown.Summary:
    """Do not accept it, on a listed ground, with the place to turn to instead."""
    acting = auth.acting(request)
    return done(handling.decline(acting, locator, given.ground, given.text, now=timezone.now()))


@router.post("/cases/{locator:locator}/messages", response=shown.Summary)
def write_to_writer(request: HttpRequest, locator: str, given: given_as.Words) -> shown.Summary:
    """Write to the writer."""
    acting = auth.acting(request)
    return done(handling.write_to_writer(acting, locator, given.text, now=timezone.now()))


@router.post("/cases/{locator:locator}/notes", response=shown.Summary)
def note(request: HttpRequest, locator: str, given: given_as.Words) -> shown.Summary:
    """Keep an internal note."""
    acting = auth.acting(request)
    return done(handling.note(acting, locator, given.text, now=timezone.now()))


@router.post("/cases/{locator:locator}/transfer", response=shown.Summary)
def transfer(request: HttpRequest, locator: str, given: given_as.PostIn) -> shown.Summary:
    """Name another post as owner; no time is gained."""
    post = lookup.post(given.post)
    acting = auth.acting(request)
    return done(handling.transfer(acting, locator, post, given.reason, now=timezone.now()))


@router.post("/cases/{locator:locator}/join", response=shown.Summary)
def join(request: HttpRequest, locator: str, given: given_as.UnitIn) -> shown.Summary:
    """Let another unit help."""
    unit = lookup.unit(given.unit)
    acting = auth.acting(request)
    return done(handling.join(acting, locator, unit, given.reason, now=timezone.now()))


@router.post("/cases/{locator:locator}/hearing", response=shown.Summary)
def set_hearing(request: HttpRequest, locator: str, given: given_as.HearingIn) -> shown.Summary:
    """Set a hearing or mediation."""
    case = handling.set_hearing(
        auth.acting(request),
        locator,
        given.form,
        lookup.aware(given.at),
        given.text,
        now=timezone.now(),
    )
    return done(case)


@router.post("/cases/{locator:locator}/hearing/record", response=shown.Summary)
def hold_hearing(request: HttpRequest, locator: str, given: given_as.Words) -> shown.Summary:
    """Keep the record of the hearing."""
    acting = auth.acting(request)
    return done(handling.hold_hearing(acting, locator, given.text, now=timezone.now()))


@router.post("/cases/{locator:locator}/extension", response=shown.Summary)
def ask_extension(request: HttpRequest, locator: str, given: given_as.ExtensionIn) -> shown.Summary:
    """Ask for the one extension."""
    acting = auth.acting(request)
    return done(
        handling.ask_extension(acting, locator, given.days, given.reason, now=timezone.now())
    )


@router.post("/cases/{locator:locator}/extension/decision", response=shown.Summary)
def decide_extension(
    request: HttpRequest, locator: str, given: given_as.DecisionIn
) -> shown.Summary:
    """Grant or refuse it, above the owner."""
    acting = auth.acting(request)
    return done(
        handling.decide_extension(acting, locator, given.granted, given.reason, now=timezone.now())
    )


@router.post("/cases/{locator:locator}/answer", response=shown.Summary)
def answer(request: HttpRequest, locator: str, given: given_as.AnswerIn) -> shown.Summary:
    """Give the written answer."""
    case = answering.answer(
        auth.acting(request),
        locator,
        AnswerText(given.facts, given.ground, given.decision),
        now=timezone.now(),
        promises=promises(given),
    )
    return done(case)


@router.post("/cases/{locator:locator}/remedies/{int:number}/report", response=shown.Summary)
def report_remedy(
    request: HttpRequest, locator: str, number: int, given: given_as.Words
) -> shown.Summary:
    """Report a promised remedy as done."""
    acting = auth.acting(request)
    return done(
        answering.report_remedy(
            acting, locator, min(number, 32_000), given.text, now=timezone.now()
        )
    )


@router.post("/cases/{locator:locator}/review/decision", response=shown.Summary)
def decide_review(request: HttpRequest, locator: str, given: given_as.ReviewIn) -> shown.Summary:
    """Decide the review."""
    case = reviews.decide_review(
        auth.acting(request),
        locator,
        given.outcome,
        AnswerText(given.facts, given.ground, given.decision),
        now=timezone.now(),
        promises=promises(given),
    )
    return done(case)


@router.post("/cases/{locator:locator}/excuse", response=shown.Summary)
def excuse(request: HttpRequest, locator: str, given: given_as.ExcuseIn) -> shown.Summary:
    """Excuse a deadline that the law does not set, with a reason that the writer sees."""
    name = given.deadline.replace("\x00", "")
    acting = auth.acting(request)
    return done(handling.excuse(acting, locator, name, given.reason, now=timezone.now()))


def done(case: Case) -> shown.Summary:
    """Return the letter after a move."""
    return shown.summary(case)


def promises(given: given_as.AnswerIn) -> list[Promise]:
    """Return the promised remedies of an answer."""
    return [
        Promise(one.text, one.due_on, lookup.post(one.post) if one.post else None)
        for one in given.remedies
    ]
