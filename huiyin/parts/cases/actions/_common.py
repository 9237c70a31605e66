"""What every action on a letter does: find it locked, check the move, keep the step and the entry."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Min

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput, clean
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger.kinds import WHO, who
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post
from huiyin.kernel.vault.masking import mask
from huiyin.parts.cases import rules, sealing, search
from huiyin.parts.cases.conflict import barred_by, is_barred
from huiyin.parts.cases.models import Case, Involvement, Step
from huiyin.parts.cases.queries import access_case, case_for_writer
from huiyin.parts.cases.rules import Who


def need(field: str, text: str, *, least: int = 2, most: int = 20_000) -> str:
    """Return the text as it may be kept: clean, with no receipt code in it that opens a letter.

    Raise BadInput when it is too short or too long.
    """
    found = mask(clean(text), numbers_of_letters)
    if len(found) < least:
        raise BadInput(field, "too_short" if found else "missing")
    if len(found) > most:
        raise BadInput(field, "too_long")
    return found


def numbers_of_letters(possible: Collection[str]) -> set[str]:
    """Return those of the possible numbers that are numbers of letters."""
    numbers, known = list(possible), set()
    for start in range(0, len(numbers), 500):
        some = Case.objects.filter(locator__in=numbers[start : start + 500])
        known |= set(some.values_list("locator", flat=True))
    return known


def by_post(acting: Acting, locator: str, move: str, now: datetime) -> Case:
    """Return the letter, locked, that the post may make this move on."""
    case, relations = access_case(acting, locator, now, lock=True)
    rules.check(move, case.stage, relations)
    _not_erased(case, move)
    return case


def _not_erased(case: Case, move: str) -> None:
    if case.erased_at is not None:
        raise rules.NotNow(move, "erased")


def by_writer(locator: str, move: str) -> Case:
    """Return the letter, locked, on which its writer may make this move."""
    case = case_for_writer(locator, lock=True)
    rules.check(move, case.stage, {Who.WRITER})
    if case.code_shared and move in rules.OF_OWN_CODE:
        raise rules.CodeShared(move, case.stage)
    _not_erased(case, move)
    return case


def record(
    case: Case,
    kind: str,
    now: datetime,
    *,
    acting: Acting | None = None,
    by: str = "",
    body: Mapping[str, Any] | None = None,
    facts: Mapping[str, ledger.Fact] | None = None,
    more: Mapping[str, Any] | None = None,
    shown: bool = True,
    commits_to: str = "text",
    beside: Mapping[str, bytes] | None = None,
) -> Step:
    """Keep one step of the letter with its entry in the ledger; the caller saves the letter.

    `facts` are public and go into both; `more` stays in the step; `body` is sealed in the step and
    bound by a commitment in the entry, and so are who acted and the values in `beside`.
    """
    key = sealing.text_key(case)
    case.steps_count += 1
    packed = sealing.pack(body) if body else None
    commit = {**(beside or {}), **({commits_to: packed} if packed else {})}
    if acting is not None:
        commit[WHO] = who(acting.user.pk)
    entry = ledger.append(
        kind,
        subject=case.ref,
        now=now,
        post=acting.post.code if acting else None,
        facts=facts,
        commit=commit,
        salt_key=key,
        name=case.public_name,
    )
    step = Step(
        case=case,
        number=case.steps_count,
        kind=kind.removeprefix("case."),
        at=now,
        by=by or (Step.By.POST if acting else Step.By.WRITER),
        post=acting.post if acting else None,
        user=acting.user if acting else None,
        shown=shown,
        facts={**(facts or {}), **(more or {})},
        entry=entry,
        body=sealing.seal(case, str(case.steps_count), packed, key) if packed else None,
    )
    step.save(force_insert=True)
    if body and isinstance(body.get("text"), str):
        search.pending(case.pk)
    return step


def involve(
    case: Case,
    post: Post,
    capacity: str,
    now: datetime,
    *,
    acting: Acting | None = None,
    level: int = 0,
    ends: bool = False,
) -> None:
    """Remember that a post handles, or handled (`ends`), the letter; and which person did."""
    Involvement.objects.create(
        case=case,
        post=post,
        capacity=capacity,
        level=level,
        started_at=now,
        user=acting.user if acting and acting.post.pk == post.pk else None,
        ended_at=now if ends else None,
    )


def touch(case: Case, acting: Acting, capacity: str, now: datetime) -> None:
    """Remember once who acted, since whoever touched a letter never reviews it."""
    if not Involvement.objects.filter(case=case, post=acting.post, user=acting.user).exists():
        involve(case, acting.post, capacity, now, acting=acting, ends=True)


def tell(case: Case, post: Post, kind: str, now: datetime) -> None:
    """Queue a notice for a post, unless the letter complains of it or of who holds it."""
    if not is_barred(case, post, now):
        notices.queue(post.pk, f"case.{kind}", case.ref, now)


def refresh(case: Case) -> None:
    """Set the earliest time at which a post owes something, and save the letter."""
    case.next_due_at = Deadline.objects.filter(
        subject=case.ref, state=Deadline.State.OPEN, post__isnull=False, paused_at__isnull=True
    ).aggregate(at=Min("due_at"))["at"]
    case.save()


def avoid(case: Case) -> dict[str, Any]:
    """Return whom the deadlines of the letter must never reach."""
    barred = barred_by(case)
    return {
        "avoid_unit": case.conflict_unit,
        "avoid_post": case.complained_post,
        "avoid_since": None if barred[:2] == (None, None) else barred.since,
    }


def refuse_conflict(case: Case, post: Post, field: str, now: datetime) -> None:
    """Raise BadInput when the letter complains of the post, its unit, one above it or its holder,
    and when the post or its unit is closed."""
    if is_barred(case, post, now):
        raise BadInput(field, "complained_of")
    if post.closed_at is not None or post.unit.closed_at is not None:
        raise BadInput(field, "no_post")
