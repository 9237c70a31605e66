"""Writing a letter: home page, steps, receipt."""

import logging
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.parts.cases import queries
from huiyin.parts.cases.actions.filing import Filed, code_of, file_case
from huiyin.parts.cases.messages import MESSAGES
from huiyin.parts.cases.models import Case
from huiyin.web.frames import Page
from huiyin.web.portal import attachments, check, language, words
from huiyin.web.portal.forms import PortalForm
from huiyin.web.portal.letter_forms import SavedForm
from huiyin.web.portal.receipts import qr
from huiyin.web.portal.wizard import STEPS, Draft, seed_bytes

log = logging.getLogger(__name__)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, what happens and by when, and where else to turn."""
    pack = policy().pack
    rules = pack.rules
    journey = [
        {
            "what": what,
            "when": words.within(rules[key]),
        }
        for key, what in words.journey()
    ]
    return render(
        request,
        "portal/home.html",
        {"journey": journey, "rules": words.text_of(pack.title), "section": "home"},
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """One step of writing a letter; every button of the form ends here."""
    if request.method != "POST":
        return _blank(request)
    draft = Draft(request.POST)
    step = request.POST.get("step", "")
    step = step if step in STEPS else "matter"
    if wanted := language.switched(request):
        return language.kept(_show(request, draft, step), wanted)
    if token := request.POST.get("remove"):
        attachments.drop_from_draft(draft.seed_bytes, token, timezone.now())
        return _show(request, draft, "send")
    match request.POST.get("go", "next"):
        case "next":
            return _send(request, draft) if step == "send" else _next(request, draft, step)
        case "back":
            return _show(request, draft, draft.before(step))
        case "attach":
            return _show(request, draft, "send", files=_attach(request, draft))
        case wanted:
            return _show(request, draft, wanted if wanted in draft.steps else step)


def _blank(request: HttpRequest) -> HttpResponse:
    """The first step with nothing typed yet: the same page for everybody but for its seed."""
    draft, page = Draft(), Page(request)
    hidden = [(name, page.slot(value)) for name, value in draft.hidden("matter")]
    return page.answer(
        "portal/step_matter.html",
        lambda: _context(draft, "matter", draft.shown("matter")) | {"hidden": hidden},
    )


def _next(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    wrong = draft.first_wrong(step)
    if wrong is not None:
        return _show(request, draft, draft.step_of(wrong), wrong)
    return _show(request, draft, draft.after(step))


def _attach(request: HttpRequest, draft: Draft) -> list[str]:
    return attachments.keep_in_draft(request, draft.seed_bytes, timezone.now())


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    before = (
        {file.token for file in attachments.of_draft(draft.seed_bytes)} if request.FILES else None
    )
    if problems := _attach(request, draft):
        return _show(request, draft, "send", files=problems)
    if before is not None and any(
        file.to_read and file.token not in before for file in attachments.of_draft(draft.seed_bytes)
    ):  # what a file still tells of its writer is told to them before it is sent
        return _show(request, draft, "send", read_first=True)
    wrong = draft.first_wrong("send")
    if wrong is not None:
        return _show(request, draft, draft.step_of(wrong), wrong)
    if draft.fresh:  # the seed ran out: the files are gone, so show what would be sent
        return _show(request, draft, "send")
    try:
        filed = file_case(
            check.submission(draft, translation.get_language() or settings.LANGUAGE_CODE),
            channel=Case.Channel.WEB,
            now=timezone.now(),
        )
    except BadInput as error:
        return _refused(request, draft, error)
    except (OperationalError, OSError):  # a full disk, a database that does not answer
        log.exception("a letter could not be kept")
        return _show(
            request,
            draft,
            "send",
            problems=[
                _(
                    "The letter could not be kept just now, and nothing was sent. What you typed is still here: please send it again in a few minutes."
                )
            ],
            status=503,
        )
    return _receipt(request, filed, draft.seed, declined="decline" in request.POST)


def _refused(request: HttpRequest, draft: Draft, error: BadInput) -> HttpResponse:
    for step in draft.steps:
        form = draft.checked(step)
        if error.field in form.fields:
            form.is_valid()
            form.add_error(error.field, MESSAGES[error.code])
            return _show(request, draft, step, form)
    return _show(request, draft, "send", problems=[str(MESSAGES[error.code])])


def _show(
    request: HttpRequest,
    draft: Draft,
    step: str,
    form: PortalForm | None = None,
    files: list[str] | None = None,
    problems: list[str] | None = None,
    read_first: bool = False,
    status: int = 200,
) -> HttpResponse:
    if step == "send" and (wrong := draft.first_wrong("send")) is not None:
        step, form = draft.step_of(wrong), wrong
    context = _context(draft, step, form or draft.shown(step)) | {
        "hidden": list(draft.hidden(step)),
        "problems": problems,
    }
    if step == "send":
        context |= {
            "rows": check.rows(draft),
            "files": attachments.of_draft(draft.seed_bytes),
            "file_errors": files,
            "read_first": read_first,
            "file_limit": settings.HUIYIN_FILE_LIMIT,
            "files_allowed": settings.HUIYIN_FILES_PER_CASE,
        }
    return render(request, f"portal/step_{step}.html", context, status=status)


def _context(draft: Draft, step: str, form: PortalForm) -> dict[str, Any]:
    return {
        "step": step,
        "form": form,
        "progress": words.progress(step),
        "heading": words.HEADINGS[step],
        "expired": draft.fresh and "seed" in draft.data,
        "section": "file",
    }


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Whether the code was really saved; the page shows the receipt until it was."""
    signed = request.POST.get("seed", "")
    filed = _filed(seed_bytes(signed))
    if filed is None:
        return redirect("portal:letter")
    if wanted := language.switched(request):
        return language.kept(_receipt(request, filed, signed), wanted)
    return _receipt(request, filed, signed, form=SavedForm(filed.code, request.POST))


def _filed(seed: bytes | None) -> Filed | None:
    """Return the letter that was sent with this seed, as long as its first code opens it."""
    for attempt in range(3 if seed else 0):
        code = code_of(seed or b"", attempt)
        try:
            return Filed(queries.case_of_code(str(code)), code)
        except queries.CaseNotFound:
            continue
    return None


def _receipt(
    request: HttpRequest,
    filed: Filed,
    seed: str,
    *,
    declined: bool = False,
    form: SavedForm | None = None,
) -> HttpResponse:
    """The receipt: but for its slots the same page for whoever wrote today."""
    page, now = Page(request, shared=form is None), timezone.now()
    again = filed.again or bool(request.POST.get("again"))
    owing = words.owed([filed.deadline] if filed.deadline else queries.deadlines(filed.case))
    entry = filed.entry or queries.story(filed.case, for_writer=True)[0].step.entry
    site = request.build_absolute_uri("/letter/")
    received = formats.date_format(timezone.localtime(filed.case.received_at), "DATETIME_FORMAT")
    slots: dict[str, Any] = {
        "number": page.slot(filed.case.locator),
        "received": page.slot(received),
        "hidden": [("seed", page.slot(seed)), ("again", "1" if again else "")],
        "digest": page.slot(bytes(entry.digest).hex()) if entry else "",
        "groups": [page.slot(group) for group in str(filed.code).split("-")],
        "qr": "" if declined else page.slot(qr(filed.code)),
    }
    if declined:
        slots["groups"] = []

    def context() -> dict[str, Any]:
        return slots | {
            "again": again,
            "saved": form is not None and form.is_valid(),
            "form": form or SavedForm(filed.code),
            "owed": owing,
            "site": site,
            "now": now,
            "section": "file",
        }

    return page.answer(
        "portal/receipt.html", context, again, declined, site, words.told(owing, now)
    )
