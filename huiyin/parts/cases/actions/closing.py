"""The end of a letter, and the steps that the clock takes by itself."""

from datetime import datetime, timedelta

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.files import actions as files
from huiyin.kernel.files.queries import files_of
from huiyin.kernel.notices import damage
from huiyin.kernel.units.queries import organisation
from huiyin.kernel.vault import actions as vault
from huiyin.parts.cases import search
from huiyin.parts.cases.actions._common import avoid, record, refresh, tell
from huiyin.parts.cases.actions.reviews import asking_until
from huiyin.parts.cases.models import Case, Remedy, Step
from huiyin.parts.cases.queries import case_for_writer

CLOCK = Step.By.CLOCK
UNDONE = (Remedy.State.PROMISED, Remedy.State.DONE, Remedy.State.DISPUTED)


def close_if_done(case: Case, now: datetime) -> bool:
    """Close the letter unless a promised remedy is still open; return whether it closed."""
    if case.remedies.filter(state__in=UNDONE).exists():
        return False
    clock.void(case.ref, now=now)
    case.stage, case.closed_at = Case.Stage.CLOSED, now
    record(case, "case.closed", now, by=CLOCK, facts={"why": case.closed_why})
    return True


def reopen(case: Case, why: str, text: str, now: datetime) -> None:
    """Open the letter again: the owner owes an answer anew, counted from now."""
    clock.void(case.ref, "case.close_question", "case.ask_review", "case.ask_final_review", now=now)
    case.stage, case.closed_at, case.closed_why = Case.Stage.ACCEPTED, None, ""
    record(case, "case.reopened", now, body={"text": text}, facts={"why": why})
    clock.start(
        "case.conclude",
        subject=case.ref,
        rule="conclude",
        counted_from=now,
        now=now,
        post=case.owner,
        **avoid(case),
    )
    tell(case, case.owner, "reopened", now)
    refresh(case)


def _case(deadline: Deadline) -> Case:
    return case_for_writer(deadline.subject.removeprefix("case:"), lock=True)


def _over(deadline: Deadline, now: datetime) -> Case | None:
    """End the time, and return the letter locked; None when somebody else has ended it before."""
    case = _case(deadline)
    ended = clock.void(case.ref, deadline.kind, now=now, of=deadline.of, due=deadline.due_at)
    return case if ended else None


def on_objection_over(deadline: Deadline, now: datetime) -> None:
    """The unit's time to object is over: it is the one that answers."""
    _over(deadline, now)


def on_asking_over(deadline: Deadline, now: datetime) -> None:
    """The time to ask for review is over: ask the writer whether it is solved."""
    case = _over(deadline, now)
    if case is None or case.stage not in {
        Case.Stage.ANSWERED,
        Case.Stage.REVIEWED,
        Case.Stage.DECLINED,
    }:
        return
    if case.stage != Case.Stage.DECLINED:
        case.stage = Case.Stage.ASKED
    record(case, "case.asked", now, by=CLOCK)
    clock.start(
        "case.close_question",
        subject=case.ref,
        rule="close_question",
        counted_from=now,
        now=now,
        post=None,
    )
    refresh(case)


def on_question_over(deadline: Deadline, now: datetime) -> None:
    """The writer was asked and did not reply: close, once the remedies are done.

    Silence is no consent and no fault: a remedy that was not done reopens the letter at any time.
    """
    case = _over(deadline, now)
    if case is None or case.stage in {Case.Stage.CLOSED, Case.Stage.WITHDRAWN}:
        return
    case.closed_why = "no_reply"
    if not close_if_done(case, now):
        clock.start(
            "case.close_question",
            subject=case.ref,
            rule="close_question",
            counted_from=now,
            now=now,
            post=None,
        )
    refresh(case)


def on_check_over(deadline: Deadline, now: datetime) -> None:
    """The writer was asked to look at a remedy and did not reply: it counts as done for closing."""
    case = _over(deadline, now)
    if case is None:
        return
    case.remedies.filter(number=int(deadline.of), state=Remedy.State.DONE).update(
        state=Remedy.State.CONFIRMED
    )
    if case.closed_why and case.closed_at is None:
        close_if_done(case, now)
    refresh(case)


def _may_ask(case: Case, now: datetime) -> bool:
    """Whether the writer's time to ask for a review still runs: nothing is erased before."""
    until = asking_until(case)
    return until is not None and until > now


@transaction.atomic
def _erase(case: Case, now: datetime) -> None:
    for file in files_of(case.ref):
        files.remove(file, now=now)
    record(case, "case.erased", now, by=CLOCK)
    vault.erase(case.ref, now=now)
    case.text_key, case.phrase_hash, case.erased_at = None, "", now
    search.pending(case.pk)
    case.save()


def erase_due(now: datetime, limit: int = 200) -> int:
    """Destroy the keys of letters closed longer ago than the organisation keeps them; return how many.

    What remains says that there was a letter, what was owed and when it was done, and nothing else.
    """
    before = now - timedelta(days=organisation().keep_identity_days)
    due = Case.objects.filter(closed_at__lte=before, erased_at__isnull=True).order_by("closed_at")
    erased: list[int] = []
    for pk, locator in list(due.values_list("pk", "locator")[:limit]):
        with damage.guard(Case, pk, now):
            if _erase_if_due(locator, before, now):
                erased.append(pk)
    search.rebuild_of(erased)
    return len(erased)


@transaction.atomic
def _erase_if_due(locator: str, before: datetime, now: datetime) -> bool:
    case = case_for_writer(locator, lock=True)
    if (
        case.erased_at is None
        and case.closed_at is not None
        and case.closed_at <= before
        and not _may_ask(case, now)
    ):
        _erase(case, now)
        return True
    return False
