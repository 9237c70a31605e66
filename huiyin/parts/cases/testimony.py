"""What the letters' tables say, for the auditor: steps, times, who has it; words where a key exists."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.ledger.subjects import present
from huiyin.kernel.ledger.testimony import Part, Problem, Testimony, Told, Value
from huiyin.kernel.units.models import Post, Unit
from huiyin.kernel.vault.envelope import SealBroken
from huiyin.kernel.vault.keyring import KeyringError
from huiyin.parts.cases import acting, sealing
from huiyin.parts.cases.conflict import barred_by
from huiyin.parts.cases.life import derive, handling
from huiyin.parts.cases.models import Case, Involvement, Step
from huiyin.parts.cases.opened import Opened, problems

BATCH = 200
RELATED = ("remedies", "reviews", "ratings", "hearings", "extensions", "involvements")
HIDDEN = frozenset(["noted", "extension_asked", "extension_refused", "objected", "categorised"])
IDS = ("unit_id", "post_id")
BY_CLOCK = frozenset(["asked", "closed", "erased", "transferred"])  # unless by a post


class Codes:
    """Codes of units and posts by their ids, read once."""

    def __init__(self) -> None:
        self.units = dict(Unit.objects.values_list("pk", "code"))
        self.posts = dict(Post.objects.values_list("pk", "code"))

    def unit(self, pk: int | None) -> str | None:
        """Return a unit's code; None for none."""
        return None if pk is None else self.units.get(pk, f"unit {pk}")

    def post(self, pk: int | None) -> str | None:
        """Return a post's code; None for none."""
        return None if pk is None else self.posts.get(pk, f"post {pk}")


def testify() -> Iterator[Testimony]:
    """Yield what is kept of each letter, in the order of their ids."""
    last, codes = 0, Codes()
    while True:
        cases = list(
            Case.objects.filter(pk__gt=last)
            .order_by("pk")
            .select_related(
                "complained_unit", "complained_post", "conflict_unit", "place_unit", "category"
            )
            .prefetch_related(*RELATED)[:BATCH]
        )
        if not cases:
            return
        last = cases[-1].pk
        steps: dict[int, list[Step]] = defaultdict(list)
        for step in Step.objects.filter(case__in=cases).order_by("case", "number"):
            steps[step.case_id].append(step)
        files: dict[str, list[StoredFile]] = defaultdict(list)
        for file in StoredFile.objects.filter(subject__in=[one.ref for one in cases]).order_by(
            "pk"
        ):
            files[file.subject].append(file)
        for case in cases:
            yield _of(case, steps[case.pk], files[case.ref], codes)


def _of(case: Case, steps: Sequence[Step], files: Sequence[StoredFile], codes: Codes) -> Testimony:
    key, trouble = None, ""
    try:
        key = sealing.text_key(case)
    except sealing.Erased:
        if case.erased_at is None:
            trouble = "the text key is gone though the letter was not erased"
    except (SealBroken, KeyError, KeyringError):
        trouble = "the text key can't be opened"
    bodies: dict[int, dict[str, Any]] = {}
    told = [
        replace(_told(case, step, key, trouble, bodies, codes), beside=beside)
        for step, beside in zip(steps, acting.beside(case, steps), strict=True)
    ]
    opened = Opened(case, steps, bodies, files, key)
    found = list(problems(opened))
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        found.append(Problem("altered", "its steps are not numbered from 1 on without a gap"))
    found += acting.problems(case, steps)
    acted = [(one.post_id, one.user_id) for one in case.involvements.all() if _acted(one)]
    found += [
        Problem("unlogged", f"{codes.post(post)} is written down twice as having acted")
        for (post, _), times in Counter(acted).items()
        if times > 1
    ]
    found += [
        Problem("altered", f"{codes.post(one.post_id)} acted at a level {one.level} that is none")
        for one in case.involvements.all()
        if _acted(one) and one.level  # only reviews have levels, and theirs are given, not acted
    ]
    return Testimony(
        case.ref,
        told,
        _kept(case, codes),
        key,
        found,
        opened.counts,
        [
            (f"the {end} of {codes.post(one.post_id)} as {one.capacity}", at)
            for one in case.involvements.all()
            for end, at in (("start", one.started_at), ("end", one.ended_at))
            if at is not None
        ],
        (
            codes.unit(case.conflict_unit_id),
            codes.post(case.complained_post_id),
            None if barred_by(case)[:2] == (None, None) else case.received_at,
        ),
        case.next_due_at,
        case.naming != Case.Naming.ANONYMOUS,
    )


def _told(
    case: Case,
    step: Step,
    key: bytes | None,
    trouble: str,
    bodies: dict[int, dict[str, Any]],
    codes: Codes,
) -> Told:
    opened, problem = None, _shape(step) or _ids(case, step, codes)
    if step.body is not None and key is not None:
        try:
            opened = sealing.unseal(case, str(step.number), bytes(step.body), key)
            bodies[step.number] = json.loads(opened)
        except (SealBroken, ValueError):
            problem = "what is kept was altered: its seal is broken"
    elif step.body is not None:
        problem = trouble
    return Told(
        f"step {step.number} ({step.kind})",
        f"case.{step.kind}",
        step.at,
        codes.post(step.post_id),
        step.entry_id,
        _facts(step),
        step.body is not None,
        opened,
        problem,
    )


def _acted(row: Involvement) -> bool:
    """Whether the row says who did something; others say to which post the letter was given.

    Who reviewed or settled a dispute is written into the row that gave the letter to their post.
    """
    decides = (Involvement.Capacity.REVIEWER, Involvement.Capacity.ARBITER)
    return row.user_id is not None and row.capacity not in decides


def _shape(step: Step) -> str:
    """Return what is wrong with whom a step is shown to or ascribed to; both follow its kind."""
    if step.shown != (step.kind not in HIDDEN):
        return "it is hidden from the writer" if not step.shown else "it is shown to the writer"
    by = Step.By.CLOCK if step.kind in BY_CLOCK else Step.By.WRITER
    if step.post_id is not None and step.kind != "filed":
        by = Step.By.POST
    return "" if step.by == by else f"it is ascribed to {step.by}, not {by}"


def _ids(case: Case, step: Step, codes: Codes) -> str:
    """Return what is wrong with the rows that a step leads to, whose codes its facts name."""
    unit, post = (step.facts.get(name) for name in IDS)
    if unit is not None and codes.unit(unit) != step.facts.get("unit"):
        return f"it leads to {codes.unit(unit)}"
    if post is None:
        return ""
    if step.kind == "review_asked":
        asked = [one.post_id for one in case.reviews.all() if one.asked_at == step.at]
        return "" if post in asked else f"it leads to {codes.post(post)}"
    right = step.facts.get("to", codes.post(post)) == codes.post(post)
    return "" if right else f"it leads to {codes.post(post)}"


def _facts(step: Step) -> dict[str, Any]:
    """Return a step's facts under the names of the entry's."""
    found = {name: value for name, value in step.facts.items() if name not in IDS}
    if "received" in found:
        found["began"] = found.pop("received")
    if step.kind == "review_decided":
        found.pop("remedies", None)  # how many: held against what was opened
    return found


def _kept(case: Case, codes: Codes) -> dict[str, Value]:
    """Return the columns that follow from the entries, under the names of `life.py`."""
    found: dict[str, Value] = {
        "stage": case.stage,
        "level": case.level,
        "channel": case.channel,
        "unit": codes.unit(case.unit_id),
        "owner": codes.post(case.owner_id),
        "received_at": case.received_at,
        "accepted_at": case.accepted_at,
        "answered_at": case.answered_at,
        "closed_at": case.closed_at,
        "closed_why": case.closed_why,
        "erased_at": case.erased_at,
        "steps": case.steps_count,
    }
    for remedy in case.remedies.all():
        found[f"remedy {remedy.number}: state"] = remedy.state
        found[f"remedy {remedy.number}: post"] = codes.post(remedy.post_id)
        found[f"remedy {remedy.number}: done_at"] = remedy.done_at
    for review in case.reviews.all():
        name = f"review {review.level}, round {review.round}"
        found[f"{name}: asked_at"] = review.asked_at
        found[f"{name}: post"] = codes.post(review.post_id)
        found[f"{name}: decided_at"] = review.decided_at
        found[f"{name}: outcome"] = review.outcome
    for rating in case.ratings.all():
        found[f"rating {rating.level}: handling"] = rating.handling
        found[f"rating {rating.level}: outcome"] = rating.outcome
        found[f"rating {rating.level}: at"] = rating.at
    for n, hearing in enumerate(sorted(case.hearings.all(), key=lambda one: one.pk), 1):
        found[f"hearing {n}: form"] = hearing.form
        found[f"hearing {n}: at"] = hearing.at
        found[f"hearing {n}: held_at"] = hearing.held_at
    for n, extension in enumerate(sorted(case.extensions.all(), key=lambda one: one.pk), 1):
        found[f"extension {n}: days"] = extension.days
        found[f"extension {n}: asked_at"] = extension.asked_at
        found[f"extension {n}: asked_by"] = codes.post(extension.asked_by_id)
        found[f"extension {n}: decided_at"] = extension.decided_at
        found[f"extension {n}: granted"] = extension.granted
    involved = list(case.involvements.all())
    now, given = (
        handling((str(one.capacity), str(codes.post(one.post_id)), one.level) for one in rows)
        for rows in (
            [one for one in involved if one.ended_at is None],
            [one for one in involved if not _acted(one)],
        )
    )
    found["handling now"], found["given"] = now, given
    found["handled"] = "; ".join(sorted({str(codes.post(one.post_id)) for one in involved}))
    return found


LETTERS = Part(
    prefix="case:",
    opens="case.filed",
    rows=lambda kind: kind.startswith("case."),
    count=Case.objects.count,
    present=present("case:", Case.objects.all(), "locator"),
    testify=lambda now: testify(),
    derive=derive,
)
