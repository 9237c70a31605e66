"""The paper receipt as a PDF, made from the page that shows the code once.

The code comes in the body of that page's form and goes into the file; it is kept nowhere.
"""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.ledger.paper import paper
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.queries import organisation
from huiyin.kernel.vault import codes
from huiyin.parts.cases import queries
from huiyin.parts.cases.documents import DocumentFontMissing, Slip, slip_to_pdf
from huiyin.parts.cases.letters import TYPES, language_of
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.receipts import receipt
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.cases import download


def first_owed(case: Case) -> Deadline | None:
    """Return what the organisation owes first on the letter."""
    owing = Deadline.objects.filter(subject=case.ref, post__isnull=False)
    return owing.order_by("id").first()


def _proof(case: Case) -> tuple[str, int]:
    """Return the receipt of the letter's first entry as text, and its place; empty before it is out."""
    made = receipt(case)
    if not made["entries"]:
        return "", 0
    index: int = made["entries"][0]["index"]
    return paper(made, index), index


@sensitive_post_parameters()
@require_POST
@staff
def slip(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Hand out the slip to the post that took the letter down; for anybody else it is absent."""
    given = request.POST.get("code", "")
    case = queries.case_of_code(given)
    if case.steps.get(number=1).post_id != acting.post.pk:
        raise queries.CaseNotFound
    proof, index = _proof(case) if "proof" in request.POST else ("", 0)
    if "proof" in request.POST and not proof:
        return page(
            request,
            "problem",
            acting,
            503,
            heading=_("The letter is not in the public log yet"),
            text=_(
                "That takes about a second. Go back and ask for the slip again; without the proof it can be had at once."
            ),
        )
    address, calendar = request.build_absolute_uri("/letter/"), policy().calendar
    owing = first_owed(case)
    paper = Slip(
        organisation=str(organisation()),
        locator=case.locator,
        code=str(codes.parse(given)),
        address=address,
        qr_text=address,
        filed_on=calendar.local_date(case.received_at),
        owed_by=calendar.local_date(owing.due_at - timedelta(seconds=1)) if owing else None,
        proof=proof,
        proof_entry=index,
        proof_address=request.build_absolute_uri("/log/verify.html"),
    )
    try:
        made = slip_to_pdf(paper, language_of(case))
    except DocumentFontMissing:
        return page(
            request,
            "problem",
            acting,
            503,
            heading=_("The PDF can’t be made here"),
            text=_(
                "No typeface with Chinese characters is installed on this machine. Go back and print the page."
            ),
        )
    return download(f"{case.locator}.pdf", TYPES["pdf"], made)
