"""Each move on a letter has a small page of its own."""

import logging
from dataclasses import dataclass
from datetime import datetime

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.vault import actions as vault
from huiyin.kernel.vault.envelope import SealBroken
from huiyin.kernel.vault.keyring import KeyringError
from huiyin.parts.cases import queries, rules, sealing
from huiyin.parts.cases.actions import identity
from huiyin.parts.cases.models import Case
from huiyin.web.staff import answering, deciding, sending, words
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.forms import MoveForm
from huiyin.web.staff.typed import SHOW, typed

log = logging.getLogger(__name__)

PAGES: dict[str, type[MoveForm]] = {
    "categorise": sending.Categorise,
    "forward": sending.Forward,
    "object": sending.Object,
    "settle": sending.Settle,
    "accept": deciding.Accept,
    "decline": deciding.Decline,
    "answer": answering.Answer,
    "decide_review": answering.DecideReview,
    "write_to_writer": deciding.Message,
    "note": deciding.Note,
    "transfer": sending.Transfer,
    "join": sending.Join,
    "set_hearing": deciding.SetHearing,
    "hold_hearing": deciding.HoldHearing,
    "ask_extension": deciding.AskExtension,
    "decide_extension": deciding.DecideExtension,
    "report_remedy": answering.ReportRemedy,
    "excuse": deciding.Excuse,
    "open_identity": deciding.OpenIdentity,
}
MAIN = (
    "settle", "decide_review", "decide_extension", "hold_hearing", "forward", "accept", "answer",
    "report_remedy",
)  # fmt: skip
ASIDE = {SHOW, "more"}  # buttons that only change the form


@dataclass(frozen=True)
class Button:
    """A move that can be made now; the first main one stands out."""

    name: str
    title: str | Lazy
    main: bool
    grave: bool


def buttons(offered: list[str]) -> list[Button]:
    """Return the moves in the order of a page: what moves the letter on comes first."""
    known = [name for name in PAGES if name in offered]
    ordered = [name for name in MAIN if name in known]
    rest = [name for name in known if name not in MAIN]
    return [
        Button(name, PAGES[name].title, name in ordered[:1], PAGES[name].grave)
        for name in (*ordered, *rest)
    ]


def _moved_on(case: Case) -> str:
    last = words.chapters(queries.story(case, for_writer=False)[-1:], False)
    return _(
        "The letter has moved on since you opened this page. It is now: %(stage)s. Last: %(last)s. "
        "Nothing of yours was recorded yet; what you wrote is kept below."
    ) % {"stage": case.get_stage_display(), "last": last[0].heading if last else ""}


def _refused(case: Case) -> str:
    return _(
        "This can’t be done now: the letter is at “%(stage)s”. Nothing was changed; what you wrote "
        "is kept below."
    ) % {"stage": case.get_stage_display()}


def _form(request: HttpRequest, name: str, case: Case, acting: Acting) -> MoveForm:
    if request.method != "POST":
        return PAGES[name](None, case=case, acting=acting)
    if ASIDE & set(request.POST):
        return PAGES[name](None, case=case, acting=acting, initial=request.POST.dict())
    return PAGES[name](request.POST, case=case, acting=acting)


def _problem(request: HttpRequest, form: MoveForm, case: Case, now: datetime) -> str:
    """Perform a valid form; return what stands in the way, empty when it is done."""
    if form.cleaned_data.get("seen") not in {None, case.steps_count}:
        return _moved_on(case)
    try:
        form.perform(now)
    except BadInput as error:
        form.refuse(error)
        return ""
    except rules.NotNow:
        case.refresh_from_db()
        return _refused(case)
    return ""


def _renewed(form: MoveForm, case: Case) -> None:
    """Let the next try start from the letter as it is now."""
    if form.is_bound:
        assert isinstance(form.data, QueryDict)
        data = form.data.copy()
        data["seen"] = str(case.steps_count)
        form.data = data


@typed
@staff
def move(
    request: HttpRequest, acting: Acting, locator: str, name: str, *, now: datetime
) -> HttpResponse:
    """Show a move's form; make the move; say what stood in the way, with the input kept."""
    case, found = queries.access_case(acting, locator, now)
    if name not in PAGES:
        raise queries.CaseNotFound
    form = _form(request, name, case, acting)
    problem = ""
    try:
        rules.check(form.rule, case.stage, found)
        if case.text_key is None:
            problem = _("The keys of this letter were destroyed; nothing can be added to it.")
        elif form.is_bound and form.is_valid():
            problem = _problem(request, form, case, now)
            if not problem and form.is_valid():
                messages.success(request, str(form.done))
                return redirect("staff:letter", locator)
    except rules.NotNow:
        problem = _refused(case)
    if problem:
        _renewed(form, case)
    return _move_page(request, acting, case, form, name, [problem] if problem else [])


def _move_page(
    request: HttpRequest,
    acting: Acting,
    case: Case,
    form: MoveForm,
    name: str,
    problems: list[str],
) -> HttpResponse:
    return page(
        request,
        "identity" if name == "open_identity" else "move",
        acting,
        409 if problems else 200,
        section="letters",
        case=case,
        letter_title=sealing.title(case),
        tone=words.tone(case),
        form=form,
        name=name,
        problems=problems,
    )


def _opened(form: MoveForm, case: Case, acting: Acting, now: datetime) -> dict[str, str] | None:
    """Open the identity for a valid form; None when something stood in the way: the form says it."""
    try:
        return identity.open_identity(acting, case.locator, form.cleaned_data["reason"], now=now)
    except BadInput as error:
        form.refuse(error)
    except (vault.IdentityErased, sealing.Erased):
        form.add_error(None, _("The identity was destroyed; nobody can open it any more."))
    except (KeyringError, SealBroken):
        log.exception("the identity of %s could not be opened", case.ref)
        form.add_error(
            None,
            _(
                "The identity can’t be opened here: its key is missing or damaged. Nothing was shown."
            ),
        )
    return None


def _signed_in_anew(request: HttpRequest) -> bool:
    """Whether the password (or a passkey) was asked for in the last minutes."""
    try:
        reauthentication_required(lambda _request: None)(request)
    except ReauthenticationRequired:
        return False
    return True


@typed
@staff
def open_identity(
    request: HttpRequest, acting: Acting, locator: str, *, now: datetime
) -> HttpResponse:
    """Show who wrote, once, after the opening and its reason are recorded."""
    case, found = queries.access_case(acting, locator, now)
    form = _form(request, "open_identity", case, acting)
    problems: list[str] = []
    try:
        rules.check("open_identity", case.stage, found)
        anew = _signed_in_anew(request)
        if not anew and request.method == "GET":
            raise ReauthenticationRequired  # allauth asks for the password and leads back here
        if not anew:
            problems.append(
                _("Too much time has passed. Load this page anew, confirm who you are, then go on.")
            )
        valid = anew and form.is_bound and form.is_valid()
        opened = _opened(form, case, acting, now) if valid else None
        if opened is not None:
            fields = words.identity(opened)
            return page(
                request, "identity_open", acting, section="letters", case=case, fields=fields
            )
    except rules.NotNow:
        problems.append(_refused(case))
    return _move_page(request, acting, case, form, "open_identity", problems)
