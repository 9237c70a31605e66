"""Review and final review: open to everyone in time, by posts that never touched the letter."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting, appoint, release
from huiyin.parts.cases.actions import handling, identity, reviews, writer
from huiyin.parts.cases.queries import CaseNotFound
from huiyin.parts.cases.rules import NotNow, NotYours
from tests.cast import Cast
from tests.parts.cases.letters import (
    ANSWER,
    REASON,
    Letter,
    answered,
    filed,
    finally_reviewed,
    reviewed,
    reviewing,
)


def refused(letter: Letter) -> str:
    with pytest.raises(BadInput) as error:
        letter.ask()
    return error.value.code


@pytest.mark.parametrize("rating", [(1, 1), (5, 5), None])
def test_a_review_is_open_to_everyone_whatever_they_rated(
    cast: Cast, now: datetime, rating: tuple[int, int] | None
) -> None:
    letter = answered(cast, now)
    if rating:
        writer.rate(letter.locator, *rating, now=now)
    letter.ask()
    assert letter.open()["case.review"].post == letter.case.reviews.get().post


def test_the_reviewer_stands_in_a_unit_above_and_the_final_reviewer_is_another(
    cast: Cast, now: datetime
) -> None:
    letter = reviewing(cast, now)
    assert letter.case.reviews.get().post == cast.group_reviewer.post
    letter.decide().ask()
    final = letter.case.reviews.get(level=2).post
    assert final == cast.group_deputy.post


def test_nobody_who_handled_the_letter_in_any_post_reviews_it(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now)
    appoint(cast.owner.user, cast.group_reviewer.post, now=now, stand_in=True)
    letter.forward().accept().answer().ask()
    assert letter.case.reviews.get().post == cast.group_deputy.post


@pytest.mark.parametrize("touch", ["note", "transfer", "opened", "filed"])
def test_whoever_wrote_decided_opened_or_took_down_is_no_reviewer(
    cast: Cast, now: datetime, touch: str
) -> None:
    from huiyin.parts.cases.actions.filing import Submission, file_case

    if touch == "filed":
        given = Submission(title="热水", text="宿舍没有热水一周了。", category=cast.wages)
        by = file_case(given, channel="counter", now=now, acting=cast.group_deputy)
        letter = Letter(cast, by, now).forward().accept()
    else:
        person = {"naming": "named", "identity": {"name": "王小梅"}}
        letter = filed(cast, now, **person).forward().accept()
    if touch == "note":
        handling.note(cast.group_deputy, letter.locator, REASON, now=now)
    if touch == "transfer":
        handling.transfer(cast.group_deputy, letter.locator, cast.works_head.post, REASON, now=now)
        handling.transfer(cast.group_deputy, letter.locator, cast.owner.post, REASON, now=now)
    if touch == "opened":
        appoint(cast.group_deputy.user, cast.owner.post, now=now, stand_in=True)
        handling.write_to_writer(cast.owner, letter.locator, "您好，已收到。", now=now)
        both = Acting(cast.group_deputy.user, cast.owner.post, stand_in=True)
        identity.open_identity(both, letter.locator, "需要电话联系来信人核实情况", now=now)
        later = now + timedelta(minutes=1)
        release(cast.group_deputy.user.tenures.get(stand_in=True), now=later)
        letter.now = later
    letter.answer().ask().decide().ask()
    assert letter.case.reviews.get(level=2).post == cast.group_head.post


def test_a_reviewer_who_turns_out_to_have_handled_it_cannot_decide(
    cast: Cast, now: datetime
) -> None:
    letter = reviewing(cast, now)
    appoint(cast.owner.user, cast.group_reviewer.post, now=now, stand_in=True)
    both = Acting(cast.owner.user, cast.group_reviewer.post, stand_in=True)
    with pytest.raises(BadInput) as error:
        reviews.decide_review(both, letter.locator, "upheld", ANSWER, now=now)
    assert error.value.code == "touched_before"
    letter.now = now
    reviews.decide_review(cast.group_reviewer, letter.locator, "upheld", ANSWER, now=now)


def test_only_the_reviewer_named_decides(cast: Cast, now: datetime) -> None:
    letter = reviewing(cast, now)
    for one in (cast.owner, cast.group_head, cast.clerk):
        with pytest.raises(NotYours):
            reviews.decide_review(one, letter.locator, "upheld", ANSWER, now=now)
    with pytest.raises(CaseNotFound):
        reviews.decide_review(cast.auditor, letter.locator, "upheld", ANSWER, now=now)
    with pytest.raises(BadInput) as error:
        reviews.decide_review(cast.group_reviewer, letter.locator, "lost", ANSWER, now=now)
    assert error.value.code == "unknown"
    letter.decide()
    with pytest.raises((NotYours, CaseNotFound)):
        reviews.decide_review(cast.group_reviewer, letter.locator, "upheld", ANSWER, now=now)


@pytest.mark.parametrize("level", [1, 2])
def test_who_asks_too_late_is_told_so_and_in_time_means_to_the_last_moment(
    cast: Cast, now: datetime, level: int
) -> None:
    letter = answered(cast, now) if level == 1 else reviewed(cast, now)
    kind = reviews.ASKING[level]
    due = letter.open()[kind].due_at
    in_time = answered(cast, now) if level == 1 else reviewed(cast, now)
    in_time.now = due - timedelta(microseconds=1)
    in_time.ask()
    letter.now = due
    assert refused(letter) == "too_late"
    letter.later(seconds=0)
    assert letter.stage == "asked"
    assert refused(letter) == "too_late"


def test_being_content_is_no_waiver_of_the_review(cast: Cast, now: datetime) -> None:
    letter = answered(cast, now)
    writer.say_content(letter.locator, now=now)
    assert letter.stage == "closed"
    letter.later(days=20)
    letter.ask()
    assert letter.stage == "reviewing"
    assert letter.case.closed_at is None
    assert letter.case.closed_why == ""
    assert letter.open()["case.review"].post == cast.group_reviewer.post


def test_a_closed_letter_is_not_reviewed_after_the_time_to_ask(cast: Cast, now: datetime) -> None:
    letter = answered(cast, now)
    writer.say_content(letter.locator, now=now)
    letter.later(days=40)
    assert refused(letter) == "too_late"


def test_after_the_final_review_none_is_left_inside(cast: Cast, now: datetime) -> None:
    letter = finally_reviewed(cast, now)
    with pytest.raises(NotNow):
        letter.ask()
    writer.say_content(letter.locator, now=now)
    assert refused(letter) == "none_left"


def test_after_the_final_review_the_writer_is_asked_before_closing(
    cast: Cast, now: datetime
) -> None:
    letter = finally_reviewed(cast, now)
    assert "case.close_question" in letter.open()
    kinds = list(letter.case.steps.order_by("number").values_list("kind", flat=True))
    assert kinds[-1] == "asked"
    letter.later(days=30)
    assert (letter.stage, letter.case.closed_why) == ("closed", "no_reply")


def test_a_returned_letter_is_answered_anew_and_may_be_reviewed_again_by_somebody_new(
    cast: Cast, now: datetime
) -> None:
    letter = reviewing(cast, now).decide("returned")
    assert letter.stage == "accepted"
    letter.answer().ask()
    assert letter.case.reviews.get(decided_at__isnull=True).post == cast.group_deputy.post
    assert letter.case.reviews.get(decided_at__isnull=True).round == 2


def test_where_nobody_independent_is_left_the_writer_is_told(cast: Cast, now: datetime) -> None:
    letter = answered(cast, now)
    for one in (cast.group_reviewer, cast.group_deputy, cast.group_head):
        handling.note(one, letter.locator, REASON, now=now) if one is not cast.group_reviewer else (
            release(one.post.tenures.get(), now=now)
        )
    letter.ask()
    assert letter.case.reviews.get().post == cast.auditor.post  # the end of the line
    letter.decide()
    assert refused(letter) == "nobody_independent"
    assert letter.stage == "reviewed"  # nothing of the refused step remains


def test_a_vacant_reviewers_post_reviews_nothing(cast: Cast, now: datetime) -> None:
    letter = answered(cast, now)
    release(cast.group_reviewer.post.tenures.get(), now=now)
    letter.ask()
    assert letter.case.reviews.get().post == cast.group_deputy.post
