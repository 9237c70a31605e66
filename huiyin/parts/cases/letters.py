"""An official letter out of what a letter's story holds; the files are made by documents/."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from huiyin.kernel.clock.limits import Explanation
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.queries import organisation
from huiyin.parts.cases import documents, sealing
from huiyin.parts.cases.documents import Lang, LetterKind, OfficialLetter, Promise
from huiyin.parts.cases.models import Case, Step
from huiyin.parts.cases.queries import CaseNotFound

KINDS: dict[str, LetterKind] = {
    "accepted": "accepted",
    "declined": "not_accepted",
    "extended": "extended",
    "answered": "answer",
    "review_decided": "review",
}
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class LetterFile:
    """A file to hand out: its name, media type and bytes."""

    name: str
    mime: str
    data: bytes


def language_of(case: Case) -> Lang:
    """Return the language in which the writer is answered."""
    return "zh-hans" if case.language.startswith("zh") else "en"


def official_letter(case: Case, number: int) -> OfficialLetter:
    """Return the official letter that belongs to step `number`; raise CaseNotFound.

    Whether the reader may see the letter is checked by whoever calls.
    """
    step = (
        case.steps.filter(number=number, kind__in=KINDS, shown=True)
        .select_related("post__unit")
        .first()
    )
    if step is None or case.text_key is None or step.post is None:
        raise CaseNotFound
    with override(language_of(case)):
        return _assemble(case, step)


def official_file(case: Case, number: int, extension: str) -> LetterFile:
    """Return the official letter of step `number` as "docx" or "pdf"; raise CaseNotFound."""
    if extension not in TYPES:
        raise CaseNotFound
    letter, lang = official_letter(case, number), language_of(case)
    data = (
        documents.to_docx(letter, lang) if extension == "docx" else documents.to_pdf(letter, lang)
    )
    return LetterFile(f"{case.locator}-{number}.{extension}", TYPES[extension], data)


def _assemble(case: Case, step: Step) -> OfficialLetter:
    assert step.post is not None
    kind = KINDS[step.kind]
    if step.kind == "review_decided" and step.facts.get("level") == 2:
        kind = "final_review"
    body = sealing.body(case, step)
    mine = organisation()
    chinese = language_of(case) == "zh-hans"
    ground, elsewhere = str(body.get("ground", "")), mine.outside_text.splitlines()
    decision = str(body.get("decision", "")) or str(body.get("text", ""))
    if step.kind == "declined":
        listed = policy().pack.grounds.get(str(step.facts.get("ground")))
        if listed is not None:
            text, article, turn_to = (
                (one.zh if chinese else one.en)
                for one in (listed.text, listed.article, listed.turn_to)
            )
            ground = f"{text}（{article}）" if chinese and article else text
            if article and not chinese:
                ground = f"{text} ({article})"
            elsewhere = [turn_to, *elsewhere]
    new_date, because = _new_date(case, step)
    return OfficialLetter(
        kind=kind,
        issuer=str(step.post.unit),
        number=f"{case.locator}-{step.number}",
        locator=case.locator,
        issued_on=policy().calendar.local_date(step.at),
        facts=str(body.get("facts", "")),
        ground=ground,
        decision=decision,
        new_date=new_date,
        new_date_because=because,
        promises=tuple(
            Promise(str(one["text"]), date.fromisoformat(one["due_on"]))
            for one in body.get("remedies", [])
        ),
        review_how=_("Use your receipt code on this service, or write to any unit above."),
        review_by=_review_by(case, step, kind),
        elsewhere=tuple(elsewhere),
        signing_post=str(step.post),
    )


def _new_date(case: Case, step: Step) -> tuple[date | None, str]:
    """Return the day that the letter announces, and why while the deadline still says so."""
    if "due" not in step.facts:
        return None, ""
    running = (
        Deadline.objects.filter(subject=case.ref, kind="case.conclude", started_at__lte=step.at)
        .order_by("-id")
        .first()
    )
    due = datetime.fromisoformat(step.facts["due"])
    last = policy().calendar.local_date(due - timedelta(seconds=1))
    if running is not None and running.due_at == due:
        return last, running.why
    return last, ""


def _review_by(case: Case, step: Step, kind: LetterKind) -> date | None:
    asking = {"answer": "case.ask_review", "review": "case.ask_final_review"}.get(kind)
    if asking is None:
        return None
    deadline = Deadline.objects.filter(subject=case.ref, kind=asking, started_at=step.at).first()
    if deadline is None:
        return None
    return date.fromisoformat(Explanation.from_dict(deadline.explanation).last_day)
