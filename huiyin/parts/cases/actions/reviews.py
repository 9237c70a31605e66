"""Review and final review: posts that never touched the letter, in a unit above."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Role
from huiyin.kernel.units.queries import holders, line_of, organisation, posts_in
from huiyin.kernel.vault.queries import openings_of
from huiyin.parts.cases import rules
from huiyin.parts.cases.actions._common import (
    avoid,
    by_post,
    by_writer,
    involve,
    need,
    record,
    refresh,
    tell,
)
from huiyin.parts.cases.actions.answering import AnswerText, Promise, answer_body, promise
from huiyin.parts.cases.conflict import is_barred
from huiyin.parts.cases.models import Case, Involvement, Review, Step

REVIEWING = (Role.REVIEWER, Role.DEPUTY, Role.HEAD)
KINDS = {1: "case.review", 2: "case.final_review"}
RULES = {1: "review", 2: "final_review"}
ASKING = {1: "case.ask_review", 2: "case.ask_final_review"}
STAGES = {1: Case.Stage.REVIEWING, 2: Case.Stage.FINAL_REVIEWING}
DONE = {1: Case.Stage.REVIEWED, 2: Case.Stage.FINAL_REVIEWED}


def touched_by(case: Case, now: datetime) -> tuple[set[int], set[int]]:
    """Return the ids of users and posts that ever handled the letter; a post's holder counts."""
    touched = list(Involvement.objects.filter(case=case).values_list("post_id", "user_id"))
    touched += list(case.steps.filter(post__isnull=False).values_list("post_id", "user_id"))
    touched += [(one.post.pk, one.user.pk) for one in openings_of(case.ref)]
    posts = {post for post, _ in touched}
    users = {user for _, user in touched if user}
    for held_by in holders(posts, now).values():
        users.update(held_by)
    return users, posts


def asking_until(case: Case) -> datetime | None:
    """Return until when the writer can ask for the next review; None where there is none left.

    The time runs whatever the writer said or rated meanwhile: being content is no waiver.
    """
    level = rules.review_level(case.stage, case.level)
    last = (
        Deadline.objects.filter(subject=case.ref, kind=ASKING[level]).order_by("-id").first()
        if level
        else None
    )
    return last.due_at if last is not None and last.state != Deadline.State.MET else None


def reviewer_for(case: Case, level: int, now: datetime) -> Post:
    """Return a post, above the one whose answer is reviewed, that never touched the letter.

    Nearest unit above first; for the final review above the first reviewer's unit. Nobody whose
    holder, in any post, touched the letter before. The organisation's independent post stands at
    the end of the line. Raises BadInput when there is none.
    """
    users, posts = touched_by(case, now)
    base = case.unit_id
    last = case.reviews.filter(level=level - 1).order_by("-round").first()
    if last is not None:
        base = last.post.unit_id
    candidates: list[Post] = []
    for unit in line_of(base)[1:]:
        candidates += posts_in(unit, *REVIEWING)
    if level == 2:  # at the top of the tree another post of the same unit may look
        top = line_of(base)[-1]
        candidates += posts_in(top, *REVIEWING)
    independent = organisation().independent
    if independent is not None:
        candidates.append(independent)
    for post in candidates:
        if is_barred(case, post, now):
            continue
        held_by = holders([post.pk], now).get(post.pk, [])
        if held_by and all(rules.may_review(user, post.pk, users, posts) for user in held_by):
            return post
    raise BadInput("review", "nobody_independent")


@transaction.atomic
def ask_review(locator: str, text: str, *, now: datetime) -> Case:
    """Ask for a review, or for the final review after one: open to everyone, whatever they rated.

    Raises BadInput("review", "too_late") after the time to ask; what remains open to the writer,
    inside and outside, is on the page.
    """
    case = by_writer(locator, "ask_review")
    level = rules.review_level(case.stage, case.level)
    if level == 0:
        raise BadInput("review", "none_left")
    text = need("text", text, least=5)
    until = asking_until(case)
    if until is None or until <= now:
        raise BadInput("review", "too_late")
    post = reviewer_for(case, level, now)
    clock.meet(case.ref, ASKING[level], now=now)
    clock.void(case.ref, "case.close_question", now=now)
    round_ = case.reviews.filter(level=level).count() + 1
    Review.objects.create(case=case, level=level, round=round_, post=post, asked_at=now)
    involve(case, post, Involvement.Capacity.REVIEWER, now, level=level)
    case.stage = STAGES[level]
    case.closed_at, case.closed_why = None, ""
    record(
        case,
        "case.review_asked",
        now,
        body={"text": text},
        facts={"level": level},
        more={"post_id": post.pk},
    )
    clock.start(
        KINDS[level],
        subject=case.ref,
        rule=RULES[level],
        counted_from=now,
        now=now,
        post=post,
        **avoid(case),
    )
    tell(case, post, "review_asked", now)
    refresh(case)
    return case


def _touched_before(case: Case, acting: Acting, review: Review) -> bool:
    """Whether the user handled the letter in another post, or before the review was asked for."""
    mine = Involvement.objects.filter(case=case, user=acting.user)
    steps = case.steps.filter(user=acting.user)
    seen = openings_of(case.ref).filter(user=acting.user)
    return (
        mine.exclude(post=acting.post).exists()
        or steps.exclude(post=acting.post, at__gte=review.asked_at).exists()
        or seen.exclude(post=acting.post, opened_at__gte=review.asked_at).exists()
    )


@transaction.atomic
def decide_review(
    acting: Acting,
    locator: str,
    outcome: str,
    given: AnswerText,
    *,
    now: datetime,
    promises: Sequence[Promise] = (),
) -> Case:
    """Decide the review in writing; a final review's decision is the organisation's last word."""
    case = by_post(acting, locator, "decide_review", now)
    if outcome not in Review.Outcome.values:
        raise BadInput("outcome", "unknown")
    body = answer_body(given, promises)
    review = case.reviews.filter(decided_at__isnull=True).order_by("-level").first()
    if review is None or review.post_id != acting.post.pk:
        raise rules.NotYours("decide_review")
    if _touched_before(case, acting, review):
        raise BadInput("review", "touched_before")
    if case.hearings.filter(held_at__isnull=True).exists():
        raise BadInput("facts", "hearing_open")
    level = review.level
    review.decided_at, review.outcome = now, outcome
    review.save(update_fields=["decided_at", "outcome"])
    Involvement.objects.filter(
        case=case, post=acting.post, capacity=Involvement.Capacity.REVIEWER, ended_at__isnull=True
    ).update(ended_at=now, user=acting.user)
    clock.meet(case.ref, KINDS[level], now=now)
    promise(case, promises, now)
    case.level = level
    record(
        case,
        "case.review_decided",
        now,
        acting=acting,
        body=body,
        facts={"level": level, "outcome": outcome},
        more={"remedies": len(promises)},
    )
    if outcome == Review.Outcome.RETURNED:
        case.stage = Case.Stage.ACCEPTED
        clock.start(
            "case.conclude",
            subject=case.ref,
            rule="conclude",
            counted_from=now,
            now=now,
            post=case.owner,
            **avoid(case),
        )
        tell(case, case.owner, "returned", now)
    else:
        case.stage, case.answered_at = DONE[level], now
        if level == 1:
            clock.start(
                "case.ask_final_review",
                subject=case.ref,
                rule="ask_final_review",
                counted_from=now,
                now=now,
                post=None,
            )
        else:
            record(case, "case.asked", now, by=Step.By.CLOCK)
            clock.start(
                "case.close_question",
                subject=case.ref,
                rule="close_question",
                counted_from=now,
                now=now,
                post=None,
            )
    refresh(case)
    return case
