"""Who acted on a letter, and what opens it to its writer, for an auditor."""

from collections.abc import Iterator, Mapping, Sequence

from huiyin.kernel.ledger.kinds import WHO, who
from huiyin.kernel.ledger.testimony import Problem
from huiyin.parts.cases import binding
from huiyin.parts.cases.models import Case, Involvement, Step

C = Involvement.Capacity
# In which capacity whoever took a step is remembered, if it is their first on the letter.
TOUCHES = {
    "forwarded": C.RECEPTION,
    **dict.fromkeys(["accepted", "declined", "message_out", "noted", "answered"], C.OWNER),
    **dict.fromkeys(["transferred", "extended", "extension_refused"], C.SUPERIOR),
}
DECIDES = {
    C.REVIEWER: "review_decided",
    C.ARBITER: "settled",
}


def beside(case: Case, steps: Sequence[Step]) -> Iterator[Mapping[str, bytes]]:
    """Yield, for each step, what its entry binds besides words.

    The codes and the category are those of the last step that set them: what was before is kept
    nowhere.
    """
    last: dict[str, int] = {}
    for place, step in enumerate(steps):
        if step.kind in {"filed", "recovered"}:
            last["code"] = place
        if step.kind == "categorised":
            last["category"] = place
    for place, step in enumerate(steps):
        found: dict[str, bytes] = {}
        if step.user_id is not None:
            found[WHO] = who(step.user_id)
        if last.get("code") == place:
            found["code"] = binding.code(case, step.number)
        if last.get("category") == place:
            found["category"] = binding.category(case, step.number)
        yield found


def problems(case: Case, steps: Sequence[Step]) -> Iterator[Problem]:
    """Yield whoever is written down as having handled the letter, where no step of theirs says so.

    Who reviewed, or settled who answers, stands in the row that gave the letter to their post.
    """
    acted = {
        (step.post_id, step.user_id, TOUCHES[step.kind], step.at)
        for step in steps
        if step.user_id is not None and step.kind in TOUCHES
    }
    decided = {
        (step.kind, step.at, step.post_id): step.user_id
        for step in steps
        if step.kind in DECIDES.values()
    }
    for row in case.involvements.all():
        what = f"who handled it as {row.capacity} from {row.started_at}"
        kind = DECIDES.get(C(row.capacity))
        if kind is None:
            done = (row.post_id, row.user_id, row.capacity, row.started_at)
            if row.user_id is not None and done not in acted:
                yield Problem("altered", f"{what} took no such step")
        elif row.user_id != (
            decided.get((kind, row.ended_at, row.post_id)) if row.ended_at else None
        ):
            yield Problem("altered", f"{what} is not who decided")
