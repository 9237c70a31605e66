"""What comes in. Units, posts and categories are named by their codes."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

from huiyin.kernel import days

Text = Annotated[str, Field(max_length=20_000)]
Short = Annotated[str, Field(max_length=120)]
Detail = Annotated[str, Field(max_length=300)]
Code = Annotated[str, Field(max_length=64)]


def _day(given: date) -> date:
    if not days.within(given):
        raise ValueError("not between 1949 and 2100")
    return given


def _moment(given: datetime) -> datetime:
    _day(given)
    return given


Day = Annotated[date, AfterValidator(_day)]
Moment = Annotated[datetime, AfterValidator(_moment)]


class Strict(Schema):
    """No unknown names: a misspelt one is told, not passed over."""

    model_config = ConfigDict(extra="forbid")


class Person(Strict):
    """Who somebody is: sealed at once, and in no other place."""

    name: Detail = ""
    telephone: Detail = ""
    email: Detail = ""
    address: Detail = ""
    id_number: Detail = ""
    other: Detail = ""


class LetterIn(Strict):
    """A letter as the writer sends it; anonymous unless `naming` says otherwise."""

    title: Short
    text: Text
    naming: Literal["anonymous", "named", "joint"] = "anonymous"
    place: Short = ""
    place_unit: Code = ""
    category: Code = ""
    complained_unit: Code = ""
    complained_post: Code = ""
    danger: bool = False
    identity: Person | None = None
    representatives: Annotated[list[Person], Field(max_length=5)] = []
    phrase: Annotated[str, Field(max_length=200)] = ""


class TypedIn(LetterIn):
    """A letter that came by hand, by telephone or by post, typed in by a clerk."""

    channel: Literal["counter", "telephone", "post"]
    received_at: Moment | None = None


class Words(Strict):
    """Something written."""

    text: Text


class MaybeWords(Strict):
    """Something that may be written."""

    text: Text = ""


class Reason(Strict):
    """Why."""

    reason: Text


class ForwardIn(Strict):
    """To which unit; its named post becomes the owner unless another of its posts is given."""

    unit: Code
    post: Code = ""
    reason: Text = ""


class UnitIn(Strict):
    """A unit, and why."""

    unit: Code
    reason: Text


class PostIn(Strict):
    """A post, and why."""

    post: Code
    reason: Text


class CategoryIn(Strict):
    """What the letter is about."""

    category: Code


class DeclineIn(Strict):
    """One of the grounds listed under /grounds, and where the person can turn instead."""

    ground: Code
    text: Text


class HearingIn(Strict):
    """A hearing or mediation, its time, and the invitation that the writer reads."""

    form: Literal["hearing", "mediation"]
    at: datetime
    text: Text


class ExtensionIn(Strict):
    """So many days more, and why."""

    days: Annotated[int, Field(ge=1, le=366)]
    reason: Text


class DecisionIn(Strict):
    """Whether the extension is granted, and why."""

    granted: bool
    reason: Text


class PromiseIn(Strict):
    """A remedy promised, the last day for it, and the post that does it (the owner if none)."""

    text: Annotated[str, Field(max_length=2000)]
    due_on: Day
    post: Code = ""


class AnswerIn(Strict):
    """A written answer."""

    facts: Text
    ground: Text
    decision: Text
    remedies: Annotated[list[PromiseIn], Field(max_length=20)] = []


class ReviewIn(AnswerIn):
    """The decision of a review."""

    outcome: Literal["upheld", "changed", "returned"]


class ExcuseIn(Strict):
    """The deadline, as the letter's list names it ("case.remedy#1"), and why it is excused."""

    deadline: Code
    reason: Text


class RatingIn(Strict):
    """1 (poor) to 5."""

    handling: Annotated[int, Field(ge=1, le=5)]
    outcome: Annotated[int, Field(ge=1, le=5)]


class RecoveryIn(Strict):
    """The first eight signs of the code, and the phrase that was chosen."""

    locator: Annotated[str, Field(max_length=40)]
    phrase: Annotated[str, Field(max_length=200)]
