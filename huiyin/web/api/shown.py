"""What goes out: letters as their writer reads them, and as a post does."""

from datetime import date, datetime
from typing import Any

from ninja import Schema

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.files import queries as files
from huiyin.kernel.files.messages import remarks_on
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post
from huiyin.kernel.units.queries import organisation
from huiyin.kernel.vault.queries import openings
from huiyin.parts.cases import queries, sealing
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.rules import Who

HIDDEN_IN_BODY = {"file", "original", "stored", "files", "about"}


class PostOut(Schema):
    """A post: its code, title and unit."""

    code: str
    title: str
    unit: str


class DeadlineOut(Schema):
    """What is owed, by whom, by when (half-open), and how that date came about."""

    name: str
    state: str
    due_at: datetime
    post: PostOut | None
    late: bool
    why: str


class StepOut(Schema):
    """One thing that happened."""

    number: int
    kind: str
    at: datetime
    by: str
    post: PostOut | None
    facts: dict[str, Any]
    body: dict[str, Any]


class RemedyOut(Schema):
    """A promised remedy."""

    number: int
    text: str
    due_on: date
    state: str
    post: PostOut


class FileOut(Schema):
    """An attachment. `remarks`: sentences of what it may still hold of its sender, or lacks."""

    token: str
    name: str
    size: int
    type: str
    remarks: list[str]


class OpeningOut(Schema):
    """Who opened the sealed identity, when and why."""

    at: datetime
    post: PostOut
    reason: str


class Summary(Schema):
    """A letter in a list, or after a move."""

    locator: str
    title: str
    stage: str
    received_at: datetime
    channel: str
    category: str | None
    unit: str
    owner: PostOut
    danger: bool
    next_due_at: datetime | None


class Letter(Schema):
    """A letter as its writer sees it."""

    locator: str
    title: str
    stage: str
    received_at: datetime
    unit: str
    moves: list[str]
    deadlines: list[DeadlineOut]
    story: list[StepOut]
    remedies: list[RemedyOut]
    files: list[FileOut]
    identity_openings: list[OpeningOut]
    turn_elsewhere: str


class StaffLetter(Summary):
    """A letter as a post sees it. The writer's identity is not in it."""

    naming: str
    moves: list[str]
    deadlines: list[DeadlineOut]
    story: list[StepOut]
    remedies: list[RemedyOut]
    files: list[FileOut]


class SummaryPage(Schema):
    """A page of letters; `after` is the cursor of the next, empty on the last."""

    letters: list[Summary]
    after: str


class Owed(Schema):
    """Something that the post owes."""

    letter: Summary
    deadline: DeadlineOut


class OwedPage(Schema):
    """A page of what the post owes, by due time."""

    owed: list[Owed]
    after: str


def post(one: Post) -> PostOut:
    """Return a post."""
    return PostOut(code=one.code, title=str(one), unit=one.unit.code)


def deadline(one: Deadline) -> DeadlineOut:
    """Return a deadline."""
    return DeadlineOut(
        name=f"{one.kind}#{one.of}" if one.of else one.kind,
        state=one.state,
        due_at=one.due_at,
        post=post(one.post) if one.post else None,
        late=one.was_late,
        why=one.why,
    )


def _step(told: queries.Told) -> StepOut:
    step = told.step
    return StepOut(
        number=step.number,
        kind=step.kind,
        at=step.at,
        by=step.by,
        post=post(step.post) if step.post else None,
        facts={k: v for k, v in step.facts.items() if not k.endswith("_id")},
        body={k: v for k, v in told.body.items() if k not in HIDDEN_IN_BODY},
    )


def _remedies(case: Case) -> list[RemedyOut]:
    return [
        RemedyOut(
            number=one.remedy.number,
            text=one.text,
            due_on=one.remedy.due_on,
            state=one.remedy.state,
            post=post(one.remedy.post),
        )
        for one in queries.remedies(case)
    ]


def _files(case: Case) -> list[FileOut]:
    if case.text_key is None:
        return []
    key = sealing.text_key(case)
    return [
        FileOut(
            token=file.token,
            name=files.read_name(file, key),
            size=file.size,
            type=file.mime,
            remarks=remarks_on(file),
        )
        for file in files.files_of(case.ref)
    ]


def _summary(case: Case, title: str | None = None) -> dict[str, Any]:
    return {
        "locator": case.locator,
        "title": title if title is not None else sealing.listed_title(case),
        "stage": case.stage,
        "received_at": case.received_at,
        "channel": case.channel,
        "category": case.category.code if case.category else None,
        "unit": case.unit.code,
        "owner": PostOut(code=case.owner.code, title=str(case.owner), unit=case.unit.code),
        "danger": case.danger,
        "next_due_at": case.next_due_at,
    }


def summary(case: Case, title: str | None = None) -> Summary:
    """Return a letter in short."""
    return Summary(**_summary(case, title))


def for_post(acting: Acting, locator: str, now: datetime) -> StaffLetter:
    """Return a letter for a post that may see it; raise CaseNotFound."""
    case, relations = queries.access_case(acting, locator, now)
    owing = queries.deadlines(case)
    return StaffLetter(
        **_summary(case),
        naming=case.naming,
        moves=queries.offers(case, relations, acting, owing),
        deadlines=[deadline(one) for one in owing],
        story=[_step(told) for told in queries.story(case, for_writer=False)],
        remedies=_remedies(case),
        files=_files(case),
    )


def for_writer(case: Case) -> Letter:
    """Return a letter for whoever has its receipt code."""
    erased = case.text_key is None
    return Letter(
        locator=case.locator,
        title=sealing.listed_title(case),
        stage=case.stage,
        received_at=case.received_at,
        unit=str(case.unit),
        moves=queries.moves(case, {Who.WRITER}),
        deadlines=[deadline(one) for one in queries.deadlines(case)],
        story=[_step(told) for told in queries.story(case, for_writer=True)],
        remedies=_remedies(case),
        files=_files(case),
        identity_openings=[]
        if erased
        else [
            OpeningOut(at=one.at, post=post(one.post), reason=one.reason)
            for one in openings(case.ref, sealing.text_key(case))
        ],
        turn_elsewhere=organisation().outside_text,
    )
