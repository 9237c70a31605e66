"""The life of a letter as a table: who may do what, when."""

import pytest

from huiyin.parts.cases.rules import (
    HANDLED,
    HAS_ANSWER,
    MOVES,
    OPEN,
    REVIEWED_NOW,
    NotNow,
    NotYours,
    Stage,
    Who,
    check,
    may_review,
    possible,
    review_level,
)

# One column a stage. Letters and entries keep these names: none is ever called otherwise.
STAGES = [
    "received",
    "forwarded",
    "disputed",
    "accepted",
    "declined",
    "answered",
    "reviewing",
    "reviewed",
    "final_reviewing",
    "final_reviewed",
    "asked",
    "closed",
    "withdrawn",
]
LIFE = """
forward           xx...........  reception
object            .x...........  owner
settle            ..x..........  arbiter
accept            xx...........  owner
decline           xx...........  owner
write_to_writer   xxxxxxxxxxx..  helper owner reception reviewer
note              xxxxxxxxxxxxx  arbiter helper owner reception reviewer superior
transfer          xx.xxx.x.xx..  superior
join              ...x.........  owner superior
set_hearing       ...x..x.x....  owner reviewer
hold_hearing      ...x..x.x....  owner reviewer
ask_extension     ...x.........  owner
decide_extension  ...x.........  superior
answer            ...x.........  owner
report_remedy     xxxxxxxxxxxx.  helper owner
decide_review     ......x.x....  reviewer
excuse            xxxxxxxxxxx..  superior
open_identity     ...x.xxxxxx..  opener
renew_code        xxxxxxxxxxxxx  writer
write_in          xxxxxxxxxxx..  writer
attach            xxxxxxxxxxx..  writer
rate              ....xx.x.xxx.  writer
ask_review        ....xx.x..xx.  writer
say_content       .....x.x.xx..  writer
say_not_solved    .....x.x.xx..  writer
confirm_remedy    xxxxxxxxxxxx.  writer
dispute_remedy    xxxxxxxxxxxx.  writer
withdraw          xxxxxxxxxxx..  writer
"""
ROWS = [line.split() for line in LIFE.split("\n") if line]


def refusal(move: str, stage: Stage, who: Who) -> type[Exception] | None:
    try:
        check(move, stage, [who])
    except (NotYours, NotNow) as refused:
        return type(refused)
    return None


def test_the_stages_keep_their_names() -> None:
    assert list(Stage) == STAGES


def test_the_table_names_every_move_in_its_order_and_no_other() -> None:
    assert [row[0] for row in ROWS] == list(MOVES)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_move_is_made_by_those_and_in_the_stages_of_the_table_alone(row: list[str]) -> None:
    move, stages, *relations = row
    for who in Who:
        for stage, mark in zip(Stage, stages, strict=True):
            right = None if mark == "x" else NotNow
            assert refusal(move, stage, who) == (right if who in relations else NotYours)
            assert (move in possible(stage, [who])) == (mark == "x" and who in relations)


def test_whoever_has_nothing_to_do_with_a_letter_can_do_nothing_with_it() -> None:
    assert all(possible(stage, []) == [] for stage in Stage)


def test_whoever_is_related_twice_may_do_what_either_may() -> None:
    both = possible(Stage.ACCEPTED, {Who.OWNER, Who.SUPERIOR})
    either = {*possible("accepted", {Who.OWNER}), *possible("accepted", {Who.SUPERIOR})}
    assert set(both) == either
    assert both == [move for move in MOVES if move in either]


def test_a_refusal_says_which_move_and_which_stage() -> None:
    with pytest.raises(NotNow, match="answer is not possible in stage closed") as late:
        check("answer", "closed", {Who.OWNER})
    assert (late.value.move, late.value.stage) == ("answer", "closed")
    with pytest.raises(NotYours, match="answer") as others:
        check("answer", "accepted", {Who.WRITER})
    assert others.value.move == "answer"


def test_a_stranger_is_not_told_the_stage() -> None:
    assert refusal("answer", Stage.CLOSED, Who.WRITER) is NotYours


def test_every_stage_but_the_last_two_is_open_and_some_have_an_answer() -> None:
    assert {*Stage} - OPEN == {"closed", "withdrawn"}
    assert {"accepted"} == HANDLED
    assert {"answered", "reviewed", "final_reviewed", "asked", "declined"} == HAS_ANSWER
    assert {"reviewing", "final_reviewing"} == REVIEWED_NOW


@pytest.mark.parametrize("stage", ["answered", "declined", "reviewed", "asked", "closed"])
def test_a_writer_has_two_reviews_and_no_third(stage: str) -> None:
    assert [review_level(stage, latest) for latest in (0, 1, 2)] == [1, 2, 0]


@pytest.mark.parametrize("stage", ["received", "accepted", "reviewing", "withdrawn"])
def test_without_an_answer_there_is_nothing_to_review(stage: str) -> None:
    assert [review_level(stage, latest) for latest in (0, 1, 2)] == [0, 0, 0]


def test_whoever_touched_the_letter_in_any_post_does_not_review_it() -> None:
    assert may_review(1, 10, {2}, {20})
    assert not may_review(2, 10, {2}, {20})
    assert not may_review(1, 20, {2}, {20})
    assert not may_review(2, 20, {2}, {20})
