"""What the writer does, with the receipt code in hand: nobody else can do any of it."""

from datetime import datetime

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.files import actions as files
from huiyin.kernel.given import BadInput
from huiyin.kernel.vault import codes
from huiyin.kernel.vault.keys import ring
from huiyin.parts.cases import sealing
from huiyin.parts.cases.actions._common import avoid, by_writer, need, record, refresh, tell
from huiyin.parts.cases.actions.closing import close_if_done, reopen
from huiyin.parts.cases.binding import bound
from huiyin.parts.cases.binding import code as bound_code
from huiyin.parts.cases.models import Case, Rating, Remedy
from huiyin.parts.cases.queries import CaseNotFound


@transaction.atomic
def write_in(locator: str, text: str, *, now: datetime) -> Case:
    """Add something to the letter, or answer a question in it."""
    case = by_writer(locator, "write_in")
    text = need("text", text)
    record(case, "case.message_in", now, body={"text": text})
    tell(case, case.owner, "message_in", now)
    refresh(case)
    return case


def attach(locator: str, data: bytes, name: str, *, now: datetime) -> Case:
    """Add an attachment to the letter; raise FileRefused, StorageFull."""
    examined = files.examine(data, name)
    with transaction.atomic():
        case = by_writer(locator, "attach")
        kept = files.keep_examined(case.ref, examined, key=sealing.text_key(case), now=now)
        record(
            case,
            "case.file_added",
            now,
            body=bound(kept),
            facts={"by": "writer"},
            commits_to="file",
        )
        tell(case, case.owner, "file_added", now)
        refresh(case)
    return case


@transaction.atomic
def rate(locator: str, handling: int, outcome: int, *, now: datetime) -> Case:
    """Rate the handling and, apart from it, the outcome, once for each answer."""
    case = by_writer(locator, "rate")
    for field, value in (("handling", handling), ("outcome", outcome)):
        if not 1 <= value <= 5:
            raise BadInput(field, "unknown")
    before = case.ratings.filter(level=case.level).first() or Rating(case=case, level=case.level)
    if before.pk and (case.answered_at is None or before.at >= case.answered_at):
        raise BadInput("handling", "rated_before")
    before.handling, before.outcome, before.at = handling, outcome, now  # of the latest answer
    before.save()
    record(case, "case.rated", now, facts={"handling": handling, "outcome": outcome})
    refresh(case)
    return case


@transaction.atomic
def say_content(locator: str, *, now: datetime) -> Case:
    """Say that it is solved: the letter closes as soon as what was promised is done."""
    case = by_writer(locator, "say_content")
    record(case, "case.content", now)
    clock.meet(case.ref, "case.close_question", now=now)
    clock.void(case.ref, "case.ask_review", "case.ask_final_review", now=now)
    case.closed_why = "content"
    close_if_done(case, now)
    refresh(case)
    return case


@transaction.atomic
def say_not_solved(locator: str, text: str, *, now: datetime) -> Case:
    """Say that it is not solved: the letter is open again and an answer is owed anew."""
    case = by_writer(locator, "say_not_solved")
    reopen(case, "not_solved", need("text", text, least=5), now)
    return case


@transaction.atomic
def confirm_remedy(locator: str, number: int, *, now: datetime) -> Case:
    """Say that a promised remedy was done, also where silence had let it count as done."""
    case = by_writer(locator, "confirm_remedy")
    remedy = _remedy(case, number, {Remedy.State.DONE, Remedy.State.CONFIRMED})
    remedy.state = Remedy.State.CONFIRMED
    remedy.save(update_fields=["state"])
    clock.meet(case.ref, "case.remedy_check", now=now, of=str(number))
    record(case, "case.remedy_confirmed", now, facts={"number": number})
    if case.closed_why == "content" and case.closed_at is None:
        close_if_done(case, now)
    refresh(case)
    return case


@transaction.atomic
def dispute_remedy(locator: str, number: int, text: str, *, now: datetime) -> Case:
    """Say that a remedy was not done, or not by its day: the letter is open again if it was closed."""
    case = by_writer(locator, "dispute_remedy")
    text = need("text", text, least=5)
    # Silence confirmed nothing, and who was mistaken may say so.
    disputable = {Remedy.State.DONE, Remedy.State.PROMISED, Remedy.State.CONFIRMED}
    remedy = _remedy(case, number, disputable)
    running = clock.find(case.ref, "case.remedy", str(number))
    if remedy.state == Remedy.State.PROMISED and running is not None and running.due_at > now:
        raise BadInput("number", "not_due_yet")
    remedy.state = Remedy.State.DISPUTED
    remedy.save(update_fields=["state"])
    clock.meet(case.ref, "case.remedy_check", now=now, of=str(number))
    record(case, "case.remedy_disputed", now, body={"text": text}, facts={"number": number})
    if running is None:
        clock.start(
            "case.remedy",
            subject=case.ref,
            of=str(number),
            rule="remedy_check",
            counted_from=now,
            now=now,
            post=remedy.post,
            **avoid(case),
        )
    tell(case, remedy.post, "remedy_disputed", now)
    if case.stage == Case.Stage.CLOSED:
        reopen(case, "remedy_not_done", text, now)
    refresh(case)
    return case


def _remedy(case: Case, number: int, states: set[Remedy.State]) -> Remedy:
    remedy = case.remedies.select_for_update().filter(number=number).first()
    if remedy is None or remedy.state not in states:
        raise BadInput("number", "unknown")
    return remedy


@transaction.atomic
def withdraw(locator: str, text: str, *, now: datetime) -> Case:
    """Withdraw the letter. Nothing is owed on it any more; the record that it was there stays."""
    case = by_writer(locator, "withdraw")
    record(
        case,
        "case.withdrawn",
        now,
        body={"text": need("text", text, least=1)} if text.strip() else None,
    )
    clock.void(case.ref, now=now)
    case.stage, case.closed_at, case.closed_why = Case.Stage.WITHDRAWN, now, "withdrawn"
    tell(case, case.owner, "withdrawn", now)
    refresh(case)
    return case


@transaction.atomic
def renew_code(locator: str, *, now: datetime) -> codes.ReceiptCode:
    """Give the holder of a code that others saw one that they alone know.

    The code before opens nothing from then on, so whoever it was meant for notices if it was not
    they who changed it.
    """
    return _new_code(by_writer(locator, "renew_code"), now)


def recover(locator: str, phrase: str, *, now: datetime) -> codes.ReceiptCode:
    """Give a new secret for the letter to somebody who knows its recovery phrase.

    The old code opens nothing from then on. Raises CaseNotFound for a wrong phrase, an unknown
    letter, or one without a phrase, after the same slow hash in each case.
    """
    try:
        found = Case.objects.filter(locator=codes.parse_locator(locator)).first()
    except codes.BadCode:
        found = None
    stored = found.phrase_hash if found else ""
    if not codes.phrase_matches(ring().pepper, phrase, stored) or found is None:
        raise CaseNotFound
    with transaction.atomic():
        return _new_code(Case.objects.select_for_update().get(pk=found.pk), now)


def _new_code(case: Case, now: datetime) -> codes.ReceiptCode:
    code = codes.ReceiptCode(case.locator, codes.new_code().secret)
    case.secret_hash = codes.hash_secret(ring().pepper, code)
    case.code_shared = False
    record(case, "case.recovered", now, beside={"code": bound_code(case, case.steps_count + 1)})
    refresh(case)
    return code
