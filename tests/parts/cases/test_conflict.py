"""Whom a letter complains of never handles it, in any post, by any way."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Step as ClockStep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import sequencer, signing
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.actions import Acting, add_post, add_unit, appoint, release
from huiyin.kernel.units.models import Role
from huiyin.kernel.units.queries import line_of
from huiyin.parts.cases import queries
from huiyin.parts.cases.actions import forwarding, handling
from huiyin.parts.cases.actions.answering import Promise
from huiyin.parts.cases.actions.independence import name_independent
from huiyin.parts.cases.conflict import is_barred
from huiyin.parts.cases.queries import CaseNotFound, Filter, lies_with_nobody
from huiyin.parts.cases.rules import NotYours
from huiyin.parts.record.audit import Audit
from huiyin.wiring import AUDITED
from tests.cast import Cast
from tests.cast import post as held_post
from tests.parts.cases.letters import REASON, Letter, accepted, answered, filed, reviewing


def sees(acting: Acting, letter: Letter) -> bool:
    """Whether any reading shows the letter: the page, each list, what is owed, the search."""
    found = []
    try:
        queries.access_case(acting, letter.locator, letter.now)
        found.append("page")
    except CaseNotFound:
        pass
    for wanted in (
        Filter(), Filter(view="mine"), Filter(view="involved"), Filter(order="newest"),
        Filter(words="工资"), Filter(view="mine", words="工资"),
    ):  # fmt: skip
        rows = queries.worklist(acting, wanted, letter.now).rows
        found += [wanted.view for row in rows if row.case.locator == letter.locator]
    rows = queries.owed(acting, letter.now).rows + queries.untaken(acting, letter.now)
    found += ["owed" for row in rows if row.case.locator == letter.locator]
    return bool(found)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(BadInput) as error:
        act()
    return error.value.code


def test_a_unit_complained_of_is_out_with_all_below_it(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now, complained_unit=cast.works)
    for one in (cast.owner, cast.works_head, cast.works_deputy, cast.works_clerk, cast.cook):
        assert not sees(one, letter)
    assert sees(cast.clerk, letter)
    assert sees(cast.group_head, letter)
    for unit in (cast.works, cast.canteen):
        assert (
            refused(lambda unit=unit: forwarding.forward(cast.clerk, letter.locator, unit, now=now))
            == "complained_of"
        )


def test_a_head_complained_of_takes_the_unit_along_and_the_parent_unit_handles_it(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now, complained_post=cast.works_head.post)
    assert not sees(cast.works_head, letter)
    assert not sees(cast.owner, letter)
    assert not sees(cast.cook, letter)
    forwarding.forward(cast.clerk, letter.locator, cast.group, now=now, post=cast.group_deputy.post)
    handling.accept(cast.group_deputy, letter.locator, now=now)
    assert letter.case.unit == cast.group


def test_another_post_complained_of_is_out_by_itself_and_its_unit_answers(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now, complained_post=cast.works_deputy.post).forward()
    assert letter.case.owner == cast.owner.post
    assert not sees(cast.works_deputy, letter)
    assert sees(cast.owner, letter)
    assert sees(cast.works_head, letter)


def test_where_the_handler_is_complained_of_another_post_of_the_unit_answers(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now, complained_post=cast.owner.post).forward()
    assert letter.case.owner == cast.works_deputy.post
    assert not sees(cast.owner, letter)


def test_the_head_of_all_is_complained_of_to_the_independent_post(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now, complained_post=cast.group_head.post)
    assert letter.case.owner == cast.auditor.post
    for one in (cast.group_head, cast.group_deputy, cast.clerk, cast.owner, cast.group_reviewer):
        assert not sees(one, letter)
    handling.accept(cast.auditor, letter.locator, now=now)
    assert letter.stage == "accepted"


def test_a_letter_about_the_reception_itself_goes_to_the_independent_post_and_into_no_other_list(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now, complained_post=cast.clerk.post)
    assert letter.case.owner == cast.auditor.post
    assert sees(cast.auditor, letter)
    assert not sees(cast.clerk, letter)
    assert not sees(cast.group_head, letter)  # stands in the other tree


def test_the_top_of_one_tree_sees_nothing_of_another(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now)
    chair = add_post(cast.board, Role.HEAD, "监事会主席", now=now)
    appoint(cast.outsider, chair, now=now)
    assert not sees(Acting(cast.outsider, chair), letter)


def test_without_an_independent_post_a_letter_about_the_top_is_taken_and_waits_sealed(
    cast: Cast, now: datetime
) -> None:
    """Seen to fail: it was refused, with no place named to turn to."""
    cast.organisation.independent = None
    cast.organisation.save()
    letter = filed(cast, now, complained_post=cast.group_head.post)
    everybody = [one for one in vars(cast).values() if isinstance(one, Acting)]
    assert not any(sees(one, letter) for one in everybody if one != cast.auditor)
    assert lies_with_nobody(letter.case, now)
    letter.later(days=40)
    assert not Notice.objects.filter(subject=letter.case.ref).exists()
    assert (
        letter.open()["case.forward"].due_at < letter.now
    )  # its time goes on, and it shows as late

    head = cast.group_head
    with pytest.raises(BadInput) as within:
        name_independent(head, cast.works_deputy.post, "12345", now=letter.now)
    assert within.value.code == "not_outside"
    with pytest.raises(NotYours):
        name_independent(cast.works_head, cast.auditor.post, "12345", now=letter.now)
    name_independent(head, cast.auditor.post, "12345", now=letter.now)
    assert sees(cast.auditor, letter)
    assert not sees(head, letter)
    assert letter.open()["case.forward"].post == cast.auditor.post
    said = Entry.objects.filter(subject="organisation").order_by("-id")
    changed = {json.loads(bytes(entry.leaf))["facts"]["what"] for entry in said[:3]}
    assert changed == {"independent changed", "outside changed", "outside_en changed"}
    sequencer.round_now(letter.now)
    audit = Audit(signing.verifier(), AUDITED, now=letter.now)
    audit.run()
    assert audit.found == []


def test_a_unit_and_a_head_elsewhere_are_both_out(cast: Cast, now: datetime) -> None:
    both = filed(cast, now, complained_unit=cast.canteen, complained_post=cast.works_head.post)
    assert both.case.conflict_unit == cast.works
    assert not sees(cast.owner, both)
    assert not sees(cast.cook, both)
    apart = filed(cast, now, complained_unit=cast.transport, complained_post=cast.works_head.post)
    assert apart.case.conflict_unit == cast.group
    assert not sees(cast.owner, apart)
    assert not sees(cast.driver, apart)


@pytest.mark.parametrize("head_is_outside", [True, False])
def test_a_unit_and_a_head_in_two_separate_trees_are_both_out(
    cast: Cast, now: datetime, head_is_outside: bool
) -> None:
    far = add_unit("X", "别处", now=now)
    below = add_unit("X-Y", "别处一室", parent=far, now=now)
    head, deputy = Role.HEAD, Role.DEPUTY
    far_head, far_deputy = (held_post(far, role, f"far_{role}", now) for role in (head, deputy))
    far_handler = held_post(below, Role.HANDLER, "far_handler", now)
    unit, complained = (cast.works, far_head) if head_is_outside else (far, cast.works_head)
    letter = filed(cast, now, complained_unit=unit, complained_post=complained.post)
    out = (
        far_head,
        far_deputy,
        far_handler,
        cast.owner,
        cast.works_head,
        cast.works_deputy,
        cast.cook,
    )
    for acting in out:
        assert is_barred(letter.case, acting.post, now), acting
        assert not sees(acting, letter), acting
        other = add_post(cast.group, Role.DEPUTY, f"副总经理{acting.post.code}", now=now)
        appoint(acting.user, other, now=now)
        assert is_barred(letter.case, other, now), "in another post as well"
        assert not sees(Acting(acting.user, other), letter)
    assert sees(cast.clerk, letter)
    with pytest.raises(BadInput):
        forwarding.forward(cast.clerk, letter.locator, far, now=now)
    forwarding.forward(cast.clerk, letter.locator, cast.transport, now=now)
    assert sees(cast.driver, letter)


def second_post(cast: Cast, who: Acting, now: datetime) -> Acting:
    """Give somebody a post in the Transport Company besides their own."""
    post = add_post(cast.transport, Role.DEPUTY, "运输公司副经理", now=now)
    appoint(who.user, post, now=now)
    return Acting(who.user, post)


@pytest.mark.parametrize("complained", ["unit", "head", "post"])
def test_whoever_is_complained_of_is_out_in_each_other_post(
    cast: Cast, now: datetime, complained: str
) -> None:
    other = second_post(cast, cast.works_head, now)
    given = {
        "unit": {"complained_unit": cast.works},
        "head": {"complained_post": cast.works_head.post},
        "post": {"complained_post": cast.works_head.post},
    }[complained]
    letter = filed(cast, now, **given)
    assert (
        refused(
            lambda: forwarding.forward(
                cast.clerk, letter.locator, cast.transport, now=now, post=other.post
            )
        )
        == "complained_of"
    )
    forwarding.forward(cast.clerk, letter.locator, cast.transport, now=now)
    assert letter.case.owner == cast.driver.post
    assert not sees(other, letter)
    assert sees(cast.transport_head, letter)


def test_a_new_post_makes_nobody_a_judge_in_their_own_matter(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now, complained_post=cast.works_head.post)
    plain = filed(cast, now, complained_unit=cast.works)
    later = now + timedelta(days=3)
    release(cast.works_head.post.tenures.get(), now=later)
    other = second_post(cast, cast.works_head, later)
    appoint(cast.outsider, cast.works_head.post, now=later)
    successor = Acting(cast.outsider, cast.works_head.post)
    letter.now = plain.now = later + timedelta(days=1)
    for one in (letter, plain):
        assert (
            refused(
                lambda one=one: forwarding.forward(
                    cast.clerk, one.locator, cast.transport, now=one.now, post=other.post
                )
            )
            == "complained_of"
        )
        forwarding.forward(cast.clerk, one.locator, cast.transport, now=one.now)
        assert not sees(other, one)
        assert not sees(successor, one)


def test_who_left_a_unit_before_the_letter_came_is_not_held_to_it(
    cast: Cast, now: datetime
) -> None:
    release(cast.works_clerk.post.tenures.get(), now=now + timedelta(days=1))
    other = second_post(cast, cast.works_clerk, now)
    letter = filed(cast, now + timedelta(days=2), complained_unit=cast.works)
    forwarding.forward(cast.clerk, letter.locator, cast.transport, now=letter.now, post=other.post)
    assert sees(other, letter)


def test_neither_transfer_nor_help_nor_a_remedy_goes_to_whoever_is_complained_of(
    cast: Cast, now: datetime
) -> None:
    other = second_post(cast, cast.works_deputy, now)
    letter = accepted(cast, now, complained_post=cast.works_deputy.post)
    for post in (cast.works_deputy.post, other.post):
        assert (
            refused(
                lambda post=post: handling.transfer(
                    cast.group_head, letter.locator, post, REASON, now=now
                )
            )
            == "complained_of"
        )
        promise = Promise("补发工资", now.date() + timedelta(days=3), post)
        assert refused(lambda promise=promise: letter.answer(promise)) == "complained_of"
    release(cast.driver.post.tenures.get(), now=now + timedelta(seconds=1))
    letter.now += timedelta(minutes=1)
    handling.join(cast.owner, letter.locator, cast.transport, REASON, now=letter.now)
    helper = letter.case.involvements.get(capacity="helper").post
    assert helper == cast.transport_head.post  # the handler's post is vacant, the deputy barred


def test_a_unit_complained_of_does_not_help(cast: Cast, now: datetime) -> None:
    letter = accepted(cast, now, complained_unit=cast.canteen)
    assert (
        refused(lambda: handling.join(cast.owner, letter.locator, cast.canteen, REASON, now=now))
        == "complained_of"
    )


def test_no_reviewer_is_complained_of_in_any_post(cast: Cast, now: datetime) -> None:
    other = add_post(cast.transport, Role.DEPUTY, "运输公司副经理", now=now)
    appoint(cast.group_reviewer.user, other, now=now)
    letter = reviewing(cast, now, complained_post=other)
    first = letter.case.reviews.get().post
    assert first == cast.group_deputy.post
    letter.decide().ask()
    final = letter.case.reviews.get(level=2).post
    assert final not in {cast.group_reviewer.post, first}


def test_no_arbiter_is_complained_of(cast: Cast, now: datetime) -> None:
    letter = filed(cast, now, complained_post=cast.group_deputy.post)
    letter.forward()
    forwarding.object_to(cast.owner, letter.locator, REASON, now=now)
    assert letter.open()["case.dispute"].post == cast.group_head.post
    appoint(cast.group_deputy.user, cast.group_head.post, now=now, stand_in=True)
    again = filed(cast, now, complained_post=cast.group_deputy.post).forward()
    assert (
        refused(lambda: forwarding.object_to(cast.owner, again.locator, REASON, now=now))
        == "no_arbiter"
    )


@pytest.mark.parametrize("complained", ["works_deputy", "works_head", "group_head"])
def test_neither_ladder_nor_notice_ever_reaches_whoever_is_complained_of(
    cast: Cast, now: datetime, complained: str
) -> None:
    barred: Acting = getattr(cast, complained)
    other = second_post(cast, barred, now)
    letter = filed(cast, now, complained_post=barred.post)
    if letter.case.owner == cast.clerk.post:
        goal = cast.group if barred.post.role == Role.HEAD else cast.works
        post = cast.group_reviewer.post if goal == cast.group else None
        forwarding.forward(cast.clerk, letter.locator, goal, now=now, post=post)
    for _ in range(16):
        letter.later(days=7)
    out = {barred.post.pk, other.post.pk}
    if barred.post.role == Role.HEAD:
        out |= {
            one.post.pk
            for one in vars(cast).values()
            if isinstance(one, Acting) and barred.post.unit_id in line_of(one.post.unit_id)
        }
    told = set(Notice.objects.filter(subject=letter.case.ref).values_list("post_id", flat=True))
    climbed = set(ClockStep.objects.values_list("post_id", flat=True)) - {None}
    assert told
    assert not out & told
    assert not out & climbed


def test_whoever_left_the_unit_after_the_letter_came_is_neither_told_nor_charged_elsewhere(
    cast: Cast, now: datetime
) -> None:
    letter = filed(cast, now, complained_unit=cast.canteen)
    forwarding.forward(cast.clerk, letter.locator, cast.works, now=now)
    release(cast.cook.post.tenures.get(), now=now + timedelta(days=2))
    appoint(cast.cook.user, cast.works_deputy.post, now=now + timedelta(days=2))
    release(
        cast.works_deputy.post.tenures.get(user=cast.works_deputy.user), now=now + timedelta(days=2)
    )
    moved = Acting(cast.cook.user, cast.works_deputy.post)
    for _ in range(16):
        letter.later(days=7)
    assert not sees(moved, letter)
    climbed = ClockStep.objects.filter(post=moved.post, deadline__subject=letter.case.ref)
    assert not climbed.exists()
    assert not Notice.objects.filter(subject=letter.case.ref, post=moved.post).exists()


def test_an_owner_who_becomes_a_party_later_is_passed_over_and_told_nothing(
    cast: Cast, now: datetime
) -> None:
    letter = accepted(cast, now, complained_post=cast.works_deputy.post)
    appoint(cast.works_deputy.user, cast.owner.post, now=now, stand_in=True)
    stand_in = Acting(cast.works_deputy.user, cast.owner.post, stand_in=True)
    assert not sees(stand_in, letter)
    letter.later(days=61)
    told = set(
        Notice.objects.filter(subject=letter.case.ref, kind__startswith="clock.").values_list(
            "post_id", flat=True
        )
    )
    assert told == {cast.works_head.post.pk}


def test_who_is_absent_and_who_is_complained_of_get_one_answer(cast: Cast, now: datetime) -> None:
    letter = answered(cast, now, complained_post=cast.works_deputy.post)
    answers = set()
    for acting, locator in (
        (cast.works_deputy, letter.locator),
        (cast.driver, letter.locator),
        (cast.works_deputy, "00000000"),
    ):
        with pytest.raises(CaseNotFound) as error:
            handling.note(acting, locator, REASON, now=now)
        answers.add(repr(error.value))
    assert len(answers) == 1
