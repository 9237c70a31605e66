"""Following a letter with its receipt code."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.files.queries import find, read, read_name
from huiyin.kernel.given import BadInput
from huiyin.kernel.vault import codes
from huiyin.parts.cases import queries, rules, sealing
from huiyin.parts.cases.actions import writer
from huiyin.parts.cases.documents import DocumentFontMissing
from huiyin.parts.cases.letters import official_file
from huiyin.parts.cases.messages import MESSAGES
from huiyin.parts.cases.models import Case
from huiyin.web.portal import access, attachments, language, limits, page
from huiyin.web.portal.acts import ACTS, Act, Again
from huiyin.web.portal.letter_forms import CodeForm, PromiseForm, RecoverForm, SavedForm
from huiyin.web.portal.receipts import qr


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """Ask for the code; a right one opens the letter."""
    form = CodeForm(request.POST or None)
    found, wait = access.find(request, form) if form.is_bound else (None, 0)
    if found is None:
        return access.ask_code(request, form, wait, carry=False)
    return access.let_in(redirect("portal:case"), found)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """Give a new code to whoever knows the phrase; the page shows it until it was saved."""
    if "code" in request.POST:
        return _recovered(request)
    form = RecoverForm(request.POST or None)
    context = {"form": form, "section": "letter"}
    if form.is_valid():
        locator = form.cleaned_data["locator"]
        if wait := limits.tried(request, limits.PHRASES, locator):
            return render(
                request, "portal/recover.html", context | {"wait": -(-wait // 60)}, status=429
            )
        try:
            code = writer.recover(locator, form.cleaned_data["phrase"], now=timezone.now())
        except queries.CaseNotFound:
            form.add_error("phrase", _("This number and this phrase do not go together"))
        else:
            return _new_code(request, code, SavedForm(code))
    return render(request, "portal/recover.html", context)


def _recovered(request: HttpRequest) -> HttpResponse:
    """Whether the new code, which the page carries, was really saved."""
    asked = CodeForm(request.POST)
    found, _wait = access.find(request, asked)
    if found is None:
        return redirect("portal:letter")
    code = codes.parse(asked.cleaned_data["code"])
    return _new_code(request, code, SavedForm(code, request.POST))


def _new_code(request: HttpRequest, code: codes.ReceiptCode, form: SavedForm) -> HttpResponse:
    context = {
        "code": code,
        "qr": qr(code),
        "form": form,
        "saved": form.is_valid(),
        "hidden": [("code", str(code))],
        "section": "letter",
    }
    return render(request, "portal/recover.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@access.writers
def own_code(request: HttpRequest, case: Case) -> HttpResponse:
    """Give whoever holds a code that others saw one that they alone know."""
    if not case.code_shared:
        return redirect("portal:case")
    if request.method == "POST":
        code = writer.renew_code(case.locator, now=timezone.now())
        return _new_code(request, code, SavedForm(code))
    return render(request, "portal/own_code.html", {"case": case, "section": "letter"})


@require_safe
@access.writers
def case(request: HttpRequest, case: Case) -> HttpResponse:
    """The letter as its writer sees it."""
    return render(request, "portal/letter.html", page.context(case, timezone.now()))


@require_safe
@access.writers
def answer(request: HttpRequest, case: Case) -> HttpResponse:
    """The answers given so far, to read and to print."""
    context = page.context(case, timezone.now())
    if not context["answers"]:
        return redirect("portal:case")
    return render(request, "portal/answer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.writers
def act(request: HttpRequest, case: Case, name: str) -> HttpResponse:
    """One thing that the writer does with the letter: see acts.py."""
    wanted = ACTS.get(name)
    if wanted is None:
        raise Http404
    if chosen := language.switched(request):
        typed = wanted.form(initial=request.POST.dict())
        return language.kept(_ask(request, case, wanted, typed), chosen)
    form = wanted.form(request.POST if "do" in request.POST else None)
    if form.is_valid():
        try:
            wanted.perform(case, form.cleaned_data, timezone.now())
        except Again:
            messages.info(request, _("This was already received; it is in the letter once."))
            return redirect("portal:case")
        except BadInput as error:
            form.add_error(
                error.field if error.field in form.fields else None, MESSAGES[error.code]
            )
        except rules.NotNow:
            form.add_error(None, _("This is not possible at this point of the letter."))
        else:
            messages.success(request, str(wanted.done))
            return redirect("portal:case")
    return _ask(request, case, wanted, form)


def _ask(request: HttpRequest, case: Case, wanted: Act, form: object) -> HttpResponse:
    context = {
        "act": wanted,
        "form": form,
        "case": case,
        "title": sealing.title(case),
        "section": "letter",
    }
    return render(request, "portal/act.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.writers
def promise(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    """Whether a promised remedy was kept."""
    now = timezone.now()
    promised = next(
        (one for one in page.context(case, now)["promises"] if one.remedy.number == number), None
    )
    if promised is None:
        raise Http404
    form = PromiseForm(request.POST if "kept" in request.POST or "do" in request.POST else None)
    if form.is_valid():
        try:
            if form.cleaned_data["kept"] == "yes":
                writer.confirm_remedy(case.locator, number, now=now)
            else:
                writer.dispute_remedy(case.locator, number, form.cleaned_data["text"], now=now)
        except BadInput as error:
            form.add_error("text" if error.field == "text" else "kept", MESSAGES[error.code])
        except rules.NotNow:
            form.add_error(None, _("This is not possible at this point of the letter."))
        else:
            messages.success(request, _("What you said about the promise is recorded."))
            return redirect("portal:case")
    return render(
        request,
        "portal/promise.html",
        {"promised": promised, "form": form, "case": case, "section": "letter"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.writers
def attach(request: HttpRequest, case: Case) -> HttpResponse:
    """Add files to the letter."""
    problems: list[str] = []
    if request.method == "POST":
        now = timezone.now()
        try:
            problems = attachments.take(
                request, lambda data, name: writer.attach(case.locator, data, name, now=now)
            )
        except rules.NotNow:
            problems = [_("This is not possible at this point of the letter.")]
        if not problems and request.FILES:
            messages.success(request, _("The files are in the letter."))
            return redirect("portal:case")
        problems = problems or [_("Choose a file first")]
    return render(
        request, "portal/attach.html", {"case": case, "problems": problems, "section": "letter"}
    )


@require_safe
@access.writers
def download(request: HttpRequest, case: Case, token: str) -> HttpResponse:
    """One attachment of the letter whose code was entered, as a download."""
    try:
        file = find(case.ref, token)
    except StoredFile.DoesNotExist as error:
        raise Http404 from error
    key = sealing.text_key(case)
    return attachments.download(read(file, key), read_name(file, key), file.mime)


@require_safe
@access.writers
def official(request: HttpRequest, case: Case, number: int, extension: str) -> HttpResponse:
    """The official letter that belongs to a step, as Word or PDF."""
    try:
        made = official_file(case, number, extension)
    except queries.CaseNotFound as error:
        raise Http404 from error
    except DocumentFontMissing:
        messages.error(
            request,
            _(
                "This service can’t make the PDF at present; take the Word file, or print this page."
            ),
        )
        return redirect("portal:answer")
    return attachments.download(made.data, made.name, made.mime)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the letter on this device."""
    return access.let_out(redirect("portal:home"))
