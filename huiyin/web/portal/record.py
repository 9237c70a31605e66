"""The receipt file: what a writer can show to anyone, fetched with the code."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from huiyin.kernel.ledger.kinds import KINDS
from huiyin.kernel.ledger.notes import Checkpoint, Note
from huiyin.kernel.ledger.paper import paper
from huiyin.kernel.ledger.receipt_file import Receipt
from huiyin.parts.cases import receipts
from huiyin.parts.cases.models import Case
from huiyin.web.portal import access, attachments
from huiyin.web.portal.receipts import proof


@require_safe
@access.writers
def receipt_file(request: HttpRequest, case: Case) -> HttpResponse:
    """The receipt file of the letter whose code was entered: no content, no name."""
    made = json.dumps(receipts.receipt(case), ensure_ascii=False, indent=1)
    return attachments.download(made.encode(), "receipt.json", "application/json")


@require_safe
@access.writers
def words(request: HttpRequest, case: Case) -> HttpResponse:
    """The letter's words as its entry is bound to them, in a file of its own."""
    try:
        kept = receipts.words(case)
    except receipts.NothingKept as error:
        raise Http404 from error
    return attachments.download(kept, "letter.json", "application/json")


@require_safe
@access.writers
def on_paper(request: HttpRequest, case: Case) -> HttpResponse:
    """The receipt of one entry as a QR code: of the letter, or with ?of=newest of its newest step.

    Until that entry is in the published log there is nothing to prove; then the page says so.
    """
    made = receipts.receipt(case)
    held = Receipt.load(made).entries
    context: dict[str, Any] = {"case": case, "section": "letter"}
    if held:
        one = held[-1] if request.GET.get("of") == "newest" else held[0]
        kind, text = KINDS[one.said["kind"]], paper(made, one.index)
        context |= {
            "qr": proof(text),
            "text": text,
            "index": one.index,
            "size": Checkpoint.parse(Note.parse(made["checkpoint"]).text).size,
            "kind": kind.zh if (get_language() or "").startswith("zh") else kind.en,
            "at": one.at,
            "newest": one is held[-1],
            "several": len(held) > 1,
            "address": request.build_absolute_uri("/log/verify.html"),
        }
    response = render(request, "portal/paper.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
