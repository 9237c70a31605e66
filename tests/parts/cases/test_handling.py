"""What posts do with a letter: each act's success beside its refusals."""

from datetime import date, datetime, timedelta

import pytest

from huiyin.kernel.clock.actions import shorten
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.queries import vacant_posts_owing
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.actions import Acting, add_post, add_unit, appoint, release
from huiyin.kernel.units.models import Role
from huiyin.parts.cases import queries
from huiyin.parts.cases.actions import answering, forwarding, handling, writer
from huiyin.parts.cases.actions.answering import AnswerText, Promise
from huiyin.parts.cases.actions.calendar import set_day
from huiyin.parts.cases.models import Case, Remedy
from huiyin.parts.cases.queries import CaseNotFound, access_case, deadlines, story
from huiyin.parts.cases.rules import NotNow, NotYours
from tests.cast import Cast
from tests.parts.cases.letters import (
    ANSWER,
    REASON,
    Letter,
    accepted,
    answered,
    filed,
    finally_reviewed,
    reviewing,
)


def code(error: pytest.ExceptionInfo[BadInput]) -> str:
    return error.value.code


# Forwarding and disputes (articles 22 and 23)


def test_forwarding_hands_the_letter_to_a_named_post_that_owes_a_decision(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now).forward()
    assert (letter.case.owner, letter.stage) == (cast.owner.post, "forwarded")
    assert set(letter.open()) == {"case.accept", "case.object"}
    assert letter.open()["case.accept"].post == cast.owner.post
    assert letter.case.next_due_at == letter.open()["case.accept"].due_at


def test_forwarding_is_refused_to_strangers_to_closed_posts_and_where_it_is_already(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now)
    with pytest.raises(CaseNotFound):
        forwarding.forward(cast.driver, letter.locator, cast.works, now=now)
    with pytest.raises(BadInput) as error:
        forwarding.forward(cast.clerk, letter.locator, cast.canteen, now=now, post=cast.owner.post)
    assert code(error) == "elsewhere"
    empty = add_unit("E", "空单位", parent=cast.group, now=now)
    with pytest.raises(BadInput) as error:
        forwarding.forward(cast.clerk, letter.locator, empty, now=now)
    assert code(error) == "no_post"
    closed = add_post(cast.works, Role.HANDLER, "旧岗", now=now)
    closed.closed_at = now
    closed.save()
    with pytest.raises(BadInput) as error:
        forwarding.forward(cast.clerk, letter.locator, cast.works, now=now, post=closed)
    assert code(error) == "no_post"
    letter.forward()
    with pytest.raises(BadInput) as error:
        forwarding.forward(cast.clerk, letter.locator, cast.works, now=now)
    assert code(error) == "already_there"


def test_a_vacant_handler_gives_way_to_the_next_post_of_the_unit(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now)
    release(cast.owner.post.tenures.get(), now=now)
    forwarding.forward(cast.clerk, letter.locator, cast.works, now=now)
    assert letter.case.owner == cast.works_deputy.post


def test_an_objection_in_time_is_decided_by_the_common_parent_within_a_limit(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now).forward()
    forwarding.object_to(cast.owner, letter.locator, REASON, now=now)
    assert letter.stage == "disputed"
    assert set(letter.open()) == {"case.dispute"}
    arbiter = letter.open()["case.dispute"].post
    assert arbiter == cast.group_head.post  # the sender stands at the top: its head decides
    with pytest.raises(NotYours):
        forwarding.settle(cast.clerk, letter.locator, cast.transport, REASON, now=now)
    forwarding.settle(cast.group_head, letter.locator, cast.transport, REASON, now=now)
    assert (letter.stage, letter.case.owner) == ("forwarded", cast.driver.post)
    with pytest.raises(BadInput) as error:
        forwarding.object_to(cast.driver, letter.locator, REASON, now=now)
    assert code(error) == "objection_too_late"  # a decision of the parent is not objected to


def test_between_two_units_below_their_common_parent_decides(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now).forward()
    forwarding.forward(cast.works_clerk, letter.locator, cast.canteen, now=now)
    forwarding.object_to(cast.cook, letter.locator, REASON, now=now)
    assert letter.open()["case.dispute"].post == cast.group_deputy.post  # works sent it: a party


def test_an_objection_after_five_working_days_is_too_late_and_the_unit_answers(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now).forward()
    due = letter.open()["case.object"].due_at
    with pytest.raises(BadInput) as error:
        forwarding.object_to(cast.owner, letter.locator, REASON, now=due)
    assert code(error) == "objection_too_late"
    letter.now = due - timedelta(seconds=1)
    letter.later(seconds=1)
    assert "case.object" not in letter.open()
    assert letter.open()["case.accept"].post == cast.owner.post


# Acceptance, transfer, help


def test_acceptance_starts_the_sixty_days_and_only_the_owner_accepts(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now).forward()
    with pytest.raises(NotYours):
        handling.accept(cast.works_head, letter.locator, now=now)
    letter.accept()
    assert set(letter.open()) == {"case.conclude"}
    assert letter.open()["case.conclude"].due_at == datetime.fromisoformat(
        "2026-05-02T16:00:00+00:00"
    )
    with pytest.raises(NotNow):
        letter.accept()


def test_a_letter_is_declined_on_a_listed_ground_only_and_may_still_be_reviewed(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now).forward()
    with pytest.raises(BadInput) as error:
        handling.decline(cast.owner, letter.locator, "too_many_letters", REASON, now=now)
    assert code(error) == "unknown_ground"
    handling.decline(cast.owner, letter.locator, "arbitration", REASON, now=now)
    assert set(letter.open()) == {"case.ask_review"}
    letter.ask()
    assert letter.stage == "reviewing"
    letter.decide("returned")
    assert letter.stage == "accepted"
    assert letter.open()["case.conclude"].post == cast.owner.post


def test_a_transfer_gains_no_time_and_comes_from_above(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    due = letter.open()["case.conclude"].due_at
    with pytest.raises(NotYours):
        handling.transfer(cast.owner, letter.locator, cast.works_deputy.post, REASON, now=now)
    with pytest.raises(BadInput) as error:
        handling.transfer(cast.works_head, letter.locator, cast.driver.post, REASON, now=now)
    assert code(error) == "elsewhere"
    handling.transfer(cast.works_head, letter.locator, cast.works_deputy.post, REASON, now=now)
    assert letter.open()["case.conclude"].post == cast.works_deputy.post
    assert letter.open()["case.conclude"].due_at == due
    with pytest.raises(CaseNotFound):
        handling.write_to_writer(cast.owner, letter.locator, REASON, now=now)


def test_a_unit_that_helps_may_write_but_the_owner_answers(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    with pytest.raises(CaseNotFound):
        handling.note(cast.driver, letter.locator, REASON, now=now)
    handling.join(cast.owner, letter.locator, cast.transport, REASON, now=now)
    handling.write_to_writer(cast.driver, letter.locator, "请补充班车时间。", now=now)
    with pytest.raises(NotYours):
        answering.answer(cast.driver, letter.locator, ANSWER, now=now)
    with pytest.raises(BadInput) as error:
        handling.join(cast.owner, letter.locator, cast.transport, REASON, now=now)
    assert code(error) == "already_there"


def test_internal_notes_are_not_in_the_writers_story(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    handling.note(cast.owner, letter.locator, "已向财务核实。", now=now)
    writers = {told.step.kind for told in story(letter.case, for_writer=True)}
    staffs = {told.step.kind for told in story(letter.case, for_writer=False)}
    assert staffs - writers == {"noted"}


# The extension (article 34)


def ask(letter: Letter, days: int = 30) -> None:
    handling.ask_extension(letter.cast.owner, letter.locator, days, REASON, now=letter.now)


def test_one_extension_of_at_most_thirty_days_approved_above_and_explained_to_the_writer(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now)
    due = letter.open()["case.conclude"].due_at
    for days in (0, 31):
        with pytest.raises(BadInput) as error:
            ask(letter, days)
        assert code(error) == "extension_length"
    ask(letter)
    assert Notice.objects.filter(kind="case.extension_asked").get().post == cast.works_deputy.post
    with pytest.raises(BadInput) as error:
        ask(letter)
    assert code(error) == "extension_asked"
    with pytest.raises(NotYours):
        handling.decide_extension(cast.owner, letter.locator, True, REASON, now=now)
    with pytest.raises(NotYours):  # a clerk above is no superior
        handling.decide_extension(cast.clerk, letter.locator, True, REASON, now=now)
    handling.decide_extension(cast.works_deputy, letter.locator, True, REASON, now=now)
    assert letter.open()["case.conclude"].due_at == due + timedelta(days=30)
    shown = {told.step.kind: told.body for told in story(letter.case, for_writer=True)}
    assert shown["extended"]["text"] == REASON
    with pytest.raises(BadInput) as error:
        ask(letter)
    assert code(error) == "extension_used"


def test_nobody_approves_their_own_extension_through_another_post(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now)
    appoint(cast.owner.user, cast.works_deputy.post, now=now, stand_in=True)
    ask(letter)
    both = Acting(cast.owner.user, cast.works_deputy.post, stand_in=True)
    with pytest.raises(NotYours):
        handling.decide_extension(both, letter.locator, True, REASON, now=now)
    handling.decide_extension(cast.works_head, letter.locator, True, REASON, now=now)


def test_an_extension_after_the_end_comes_too_late_and_lateness_stays(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now)
    ask(letter)
    letter.later(days=61)
    due = letter.open()["case.conclude"].due_at
    with pytest.raises(BadInput) as error:
        handling.decide_extension(cast.works_head, letter.locator, True, REASON, now=letter.now)
    assert code(error) == "too_late"
    handling.decide_extension(cast.works_head, letter.locator, False, REASON, now=letter.now)
    with pytest.raises(BadInput) as error:
        ask(letter)
    assert code(error) == "too_late"
    assert letter.open()["case.conclude"].due_at == due
    assert Entry.objects.filter(kind="clock.late", subject=letter.case.ref).count() == 1


def test_a_refused_extension_changes_no_date(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    due = letter.open()["case.conclude"].due_at
    with pytest.raises(BadInput) as error:
        handling.decide_extension(cast.works_head, letter.locator, True, REASON, now=now)
    assert code(error) == "nothing_asked"
    ask(letter)
    handling.decide_extension(cast.works_head, letter.locator, False, REASON, now=now)
    assert letter.open()["case.conclude"].due_at == due


def test_steps_of_an_extended_limit_are_all_kept(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    letter.later(days=50)
    ask(letter)
    handling.decide_extension(cast.works_head, letter.locator, True, REASON, now=letter.now)
    letter.later(days=80)
    running = letter.open()["case.conclude"]
    told = Notice.objects.filter(subject=letter.case.ref, kind__startswith="clock.")
    assert set(running.steps.values_list("kind", flat=True)) == {"warn", "escalate"}
    # a sweep tells each post once of a deadline, by its latest step
    posts = set(running.steps.exclude(post=None).values_list("post", flat=True))
    assert posts == set(told.filter(facts__deadline="case.conclude").values_list("post", flat=True))


# Hearings


def test_the_record_of_a_hearing_is_owed_on_its_day_and_the_answer_waits_for_it(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now)
    at = now + timedelta(days=7)
    for wrong, why in ((now, "in_past"), (now + timedelta(days=61), "too_far")):
        with pytest.raises(BadInput) as error:
            handling.set_hearing(cast.owner, letter.locator, "hearing", wrong, "请到会。", now=now)
        assert code(error) == why
    with pytest.raises(BadInput) as error:
        handling.hold_hearing(cast.owner, letter.locator, "听证记录十个字以上。", now=now)
    assert code(error) == "no_hearing"
    handling.set_hearing(cast.owner, letter.locator, "hearing", at, "请到会议室。", now=now)
    with pytest.raises(BadInput) as error:
        handling.set_hearing(cast.owner, letter.locator, "mediation", at, "请到会。", now=now)
    assert code(error) == "hearing_open"
    with pytest.raises(BadInput) as error:
        letter.answer()
    assert code(error) == "hearing_open"
    assert letter.open()["case.hearing"].post == cast.owner.post
    assert letter.open()["case.conclude"].paused_at is None  # article 34 knows no pause
    handling.hold_hearing(cast.owner, letter.locator, "双方到会，记录如下。", now=at)
    assert set(letter.open()) == {"case.conclude"}
    letter.now = at
    letter.answer()


def test_in_a_review_only_the_reviewer_hears(cast: Cast, now: datetime) -> None:
    letter = reviewing(cast, now)
    at = now + timedelta(days=7)
    with pytest.raises(NotYours):
        handling.set_hearing(cast.owner, letter.locator, "hearing", at, "请到会。", now=now)
    handling.set_hearing(letter.reviewer, letter.locator, "hearing", at, "请到会。", now=now)
    with pytest.raises(BadInput) as error:
        letter.decide()
    assert code(error) == "hearing_open"


def test_a_hearing_pauses_the_final_review_and_something_is_owed_all_the_while(
    cast: Cast, now: datetime
) -> None:
    letter = reviewing(cast, now).decide().ask()
    due = letter.open()["case.final_review"].due_at
    at = now + timedelta(days=10)
    handling.set_hearing(letter.reviewer, letter.locator, "hearing", at, "请到会。", now=now)
    assert letter.open()["case.final_review"].paused_at == now
    assert letter.case.next_due_at == letter.open()["case.hearing"].due_at
    letter.later(days=40)
    late = Notice.objects.filter(subject=letter.case.ref, kind="clock.escalate")
    assert {one.facts["deadline"] for one in late} == {"case.hearing"}
    handling.hold_hearing(letter.reviewer, letter.locator, "双方到会，记录如下。", now=letter.now)
    assert letter.open()["case.final_review"].due_at == due + timedelta(days=40)
    letter.decide()


# The answer and its remedies


def test_an_answer_has_all_its_parts_and_each_promise_a_deadline(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    for part in ("facts", "ground", "decision"):
        with pytest.raises(BadInput) as error:
            answering.answer(
                cast.owner,
                letter.locator,
                AnswerText(**{**vars(ANSWER), part: " "}),
                now=now,
            )
        assert (error.value.field, code(error)) == (part, "missing")
    for due, why in ((now.date() - timedelta(days=1), "in_past"), (date.max, "too_far")):
        with pytest.raises(BadInput) as error:
            letter.answer(Promise("补发工资", due))
        assert code(error) == why
    assert letter.stage == "accepted"
    letter.answer(letter.promise(3), Promise("修好热水", now.date(), cast.cook.post))
    assert set(letter.open()) == {"case.remedy", "case.ask_review"}
    posts = Deadline.objects.filter(kind="case.remedy").values_list("of", "post")
    assert set(posts) == {("1", cast.owner.post.pk), ("2", cast.cook.post.pk)}


def test_a_remedy_is_reported_by_its_post_or_the_owner_and_once(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    letter.answer(letter.promise(), Promise("修好热水", now.date(), cast.cook.post))
    with pytest.raises(BadInput) as error:
        answering.report_remedy(cast.cook, letter.locator, 1, "已经补发。", now=now)
    assert code(error) == "unknown"
    answering.report_remedy(cast.cook, letter.locator, 2, "热水已修好。", now=now)
    with pytest.raises(BadInput) as error:
        answering.report_remedy(cast.owner, letter.locator, 2, "热水已修好。", now=now)
    assert code(error) == "already_done"
    assert letter.open()["case.remedy_check"].of == "2"


# Excuses


def test_what_the_law_owes_is_never_excused(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now)
    with pytest.raises(BadInput) as error:
        handling.excuse(cast.works_head, letter.locator, "case.conclude", REASON, now=now)
    assert code(error) == "not_excusable"


def test_an_excuse_is_shown_to_the_writer_and_the_duty_stays_with_a_new_date(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now)
    letter.answer(letter.promise(2))
    first = letter.open()["case.remedy"]
    with pytest.raises(NotYours):
        handling.excuse(cast.owner, letter.locator, "case.remedy#1", REASON, now=now)
    handling.excuse(cast.works_head, letter.locator, "case.remedy#1", REASON, now=now)
    again = letter.open()["case.remedy"]
    assert again.pk != first.pk
    assert (again.post, again.of) == (cast.owner.post, "1")
    assert letter.case.next_due_at == again.due_at
    shown = [told.body for told in story(letter.case, for_writer=True)]
    assert shown[-1]["text"] == REASON
    with pytest.raises(BadInput) as error:
        handling.excuse(cast.works_head, letter.locator, "case.remedy#1", REASON, now=now)
    assert code(error) == "not_excusable"


def test_a_dispute_excused_is_still_owed_a_decision(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now).forward()
    forwarding.object_to(cast.owner, letter.locator, REASON, now=now)
    handling.excuse(cast.group_deputy, letter.locator, "case.dispute", REASON, now=now)
    assert letter.open()["case.dispute"].post == cast.group_head.post


# Ends


def test_no_post_acts_on_a_letter_that_has_ended(cast: Cast, now: datetime) -> None:
    letter = answered(cast, now)
    writer.say_content(letter.locator, now=now)
    assert letter.stage == "closed"
    acts = (
        letter.forward,
        letter.accept,
        letter.answer,
        lambda: handling.write_to_writer(cast.owner, letter.locator, "您好。", now=now),
        lambda: handling.transfer(
            cast.works_head, letter.locator, cast.works_deputy.post, REASON, now=now
        ),
        lambda: ask(letter),
        lambda: handling.excuse(cast.works_head, letter.locator, "case.x", REASON, now=now),
    )
    before = Entry.objects.count()
    for act in acts:
        with pytest.raises(NotNow):
            act()
    assert Entry.objects.count() == before


def test_a_post_without_holder_owes_in_the_open_and_the_ladder_passes_it_over(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now)
    release(cast.owner.post.tenures.get(), now=now + timedelta(days=1))
    letter.later(days=46)
    assert list(vacant_posts_owing(letter.now)) == [cast.owner.post]
    warned = Notice.objects.filter(kind="clock.warn", subject=letter.case.ref)
    assert {one.post for one in warned} == {cast.works_deputy.post}


def test_a_letter_that_no_ladder_reaches_raises_an_alarm_at_the_top(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now)
    for one in (
        cast.owner, cast.works_deputy, cast.works_head, cast.group_deputy, cast.group_head,
    ):  # fmt: skip
        release(one.post.tenures.get(), now=now + timedelta(days=1))
    letter.later(days=70)
    rows = queries.untaken(cast.clerk, letter.now)
    assert [row.case for row in rows] == [letter.case]


def test_a_stand_in_acts_for_the_post_and_loses_it_when_the_tenure_ends(
    cast: Cast, now: datetime
) -> None:
    from huiyin.kernel.units.actions import NotYourPost, act_for

    letter = accepted(cast, now)
    until = now + timedelta(days=3)
    appoint(cast.outsider, cast.owner.post, now=now, ends=until, stand_in=True)
    acting = act_for(cast.outsider, cast.owner.post.pk, now)
    assert acting.stand_in
    handling.write_to_writer(acting, letter.locator, "代为答复。", now=now)
    step = letter.case.steps.get(kind="message_out")
    assert (step.user, step.post) == (cast.outsider, cast.owner.post)
    with pytest.raises(NotYourPost):
        act_for(cast.outsider, cast.owner.post.pk, until)


# Dates that move


def test_a_calendar_changed_later_moves_the_date_in_lists_too(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now).forward()
    forwarding.object_to(cast.owner, letter.locator, REASON, now=now)
    due = letter.open()["case.dispute"].due_at
    moved = set_day(date(2026, 3, 7), True, "调休上班", now=now)  # a Saturday becomes working
    assert moved == 1
    assert letter.open()["case.dispute"].due_at < due
    assert letter.case.next_due_at == letter.open()["case.dispute"].due_at


def test_a_shortened_limit_holds_for_what_starts_later(cast: Cast, now: datetime) -> None:
    before = accepted(cast, now)
    shorten("conclude", 30, now=now)
    after = accepted(cast, now)
    assert before.open()["case.conclude"].due_at - after.open()["case.conclude"].due_at == (
        timedelta(days=30)
    )


def test_every_move_offered_to_somebody_is_one_that_the_action_lets_them_make(
    cast: Cast, now: datetime
) -> None:
    letter = finally_reviewed(cast, now)
    case, found = access_case(cast.owner, letter.locator, now)
    offered = queries.offers(case, found, cast.owner, deadlines(case))
    assert set(offered) <= set(queries.moves(case, found)) | {"categorise"}
    assert "answer" not in offered
    assert Case.objects.filter(remedies__state=Remedy.State.PROMISED).count() == 0
