"""The life of a letter as a table: pure, so that it can be read, printed and tested.

Each move names the stages in which it is allowed and who may make it. `writer` is whoever holds
the receipt code; the other words are relations of a post to the letter, worked out in queries.py.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a letter is in its life."""

    RECEIVED = "received"  # at the reception, not yet with a unit that answers
    FORWARDED = "forwarded"  # with a unit, which decides whether to accept
    DISPUTED = "disputed"  # the unit says that it is not competent; the common parent decides
    ACCEPTED = "accepted"  # being handled; an answer is owed
    DECLINED = "declined"  # not accepted, on a listed ground
    ANSWERED = "answered"  # the writer has an answer and may rate, accept it or ask for review
    REVIEWING = "reviewing"
    REVIEWED = "reviewed"
    FINAL_REVIEWING = "final_reviewing"
    FINAL_REVIEWED = "final_reviewed"
    ASKED = "asked"  # the writer is being asked whether it is solved
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Who(StrEnum):
    """A relation to the letter that a move asks for."""

    WRITER = "writer"
    RECEPTION = "reception"  # the post that received it, or a clerk, deputy or head over its unit
    OWNER = "owner"
    HELPER = "helper"  # a post of a co-handling unit
    SUPERIOR = "superior"  # deputy or head of the owner's unit, or anyone of those above it
    ARBITER = "arbiter"  # the named post of the common parent in a dispute
    REVIEWER = "reviewer"
    OPENER = "opener"  # owner or reviewer: may open a sealed identity, with a reason


S = Stage
OPEN = frozenset(S) - {S.CLOSED, S.WITHDRAWN}
HANDLED = frozenset({S.ACCEPTED})
# From acceptance on: whoever only passes a letter on has no need to know who wrote it.
TAKEN = OPEN - {S.RECEIVED, S.FORWARDED, S.DISPUTED, S.DECLINED}
HAS_ANSWER = frozenset({S.ANSWERED, S.REVIEWED, S.FINAL_REVIEWED, S.ASKED, S.DECLINED})
REVIEWED_NOW = frozenset({S.REVIEWING, S.FINAL_REVIEWING})


@dataclass(frozen=True)
class Move:
    """One thing that can be done with a letter."""

    stages: frozenset[Stage]
    who: frozenset[Who]


def _move(stages: Collection[Stage], *who: Who) -> Move:
    return Move(frozenset(stages), frozenset(who))


W = Who
MOVES: dict[str, Move] = {
    "forward": _move({S.RECEIVED, S.FORWARDED}, W.RECEPTION),
    "object": _move({S.FORWARDED}, W.OWNER),
    "settle": _move({S.DISPUTED}, W.ARBITER),
    "accept": _move({S.RECEIVED, S.FORWARDED}, W.OWNER),
    "decline": _move({S.RECEIVED, S.FORWARDED}, W.OWNER),
    "write_to_writer": _move(OPEN, W.OWNER, W.HELPER, W.REVIEWER, W.RECEPTION),
    "note": _move(frozenset(S), W.OWNER, W.HELPER, W.REVIEWER, W.SUPERIOR, W.RECEPTION, W.ARBITER),
    "transfer": _move(OPEN - REVIEWED_NOW - {S.DISPUTED}, W.SUPERIOR),
    "join": _move(HANDLED, W.OWNER, W.SUPERIOR),
    "set_hearing": _move(HANDLED | REVIEWED_NOW, W.OWNER, W.REVIEWER),
    "hold_hearing": _move(HANDLED | REVIEWED_NOW, W.OWNER, W.REVIEWER),
    "ask_extension": _move(HANDLED, W.OWNER),
    "decide_extension": _move(HANDLED, W.SUPERIOR),
    "answer": _move(HANDLED, W.OWNER),
    "report_remedy": _move(frozenset(S) - {S.WITHDRAWN}, W.OWNER, W.HELPER),
    "decide_review": _move(REVIEWED_NOW, W.REVIEWER),
    "excuse": _move(OPEN, W.SUPERIOR),
    "open_identity": _move(TAKEN, W.OPENER),
    "renew_code": _move(frozenset(S), W.WRITER),
    "write_in": _move(OPEN, W.WRITER),
    "attach": _move(OPEN, W.WRITER),
    "rate": _move(HAS_ANSWER | {S.CLOSED}, W.WRITER),
    "ask_review": _move({S.ANSWERED, S.DECLINED, S.REVIEWED, S.ASKED, S.CLOSED}, W.WRITER),
    "say_content": _move(HAS_ANSWER - {S.DECLINED}, W.WRITER),
    "say_not_solved": _move({S.ANSWERED, S.REVIEWED, S.FINAL_REVIEWED, S.ASKED}, W.WRITER),
    "confirm_remedy": _move(frozenset(S) - {S.WITHDRAWN}, W.WRITER),
    "dispute_remedy": _move(frozenset(S) - {S.WITHDRAWN}, W.WRITER),
    "withdraw": _move(OPEN, W.WRITER),
}


# With a code that somebody else saw (a clerk who typed the letter in, a mail server, an import) the
# writer reads and writes; these wait until they have a code that they alone know.
OF_OWN_CODE = frozenset({"withdraw", "rate", "say_content", "confirm_remedy"})


class NotNow(ValueError):
    """The move does not fit the letter's stage; `move` and `stage` say which."""

    def __init__(self, move: str, stage: str) -> None:
        super().__init__(f"{move} is not possible in stage {stage}")
        self.move, self.stage = move, stage


class NotYours(PermissionError):
    """The actor has no such relation to the letter."""

    def __init__(self, move: str) -> None:
        super().__init__(move)
        self.move = move


class CodeShared(NotNow):
    """The code was seen by others: its holder gets one of their own first."""


def check(move: str, stage: str, relations: Collection[Who]) -> None:
    """Raise NotYours or NotNow unless somebody so related may make the move in this stage."""
    rule = MOVES[move]
    if not rule.who & set(relations):
        raise NotYours(move)
    if stage not in rule.stages:
        raise NotNow(move, stage)


def possible(stage: str, relations: Collection[Who]) -> list[str]:
    """Return the moves that somebody so related may make now, in the order of the table."""
    mine = set(relations)
    return [name for name, rule in MOVES.items() if rule.who & mine and stage in rule.stages]


def review_level(stage: str, latest: int) -> int:
    """Return the level (1 review, 2 final review) that the writer can ask for; 0 for none left.

    `latest` is the highest level already decided. Articles 35 and 36 of the regulation of 2022.
    """
    if stage not in MOVES["ask_review"].stages:
        return 0
    return latest + 1 if latest < 2 else 0


def may_review(
    user: int, post: int, touched_users: Collection[int], touched_posts: Collection[int]
) -> bool:
    """Whether a post held by `user` never touched the letter before, in any post."""
    return user not in touched_users and post not in touched_posts
