"""What a roster is made good at, one stage after the other; each is a cost that is made least.

First cover, where too few or too many only cost; then, when a published roster is changed, as few
changes as possible; then fairness; wishes last.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from ortools.sat.python.cp_model import IntVar, LinearExpr, LinearExprT

from huiyin.parts.duty.solving.fairness import Load, fairness_cost, loads, wish_cost
from huiyin.parts.duty.solving.model import Model
from huiyin.parts.duty.solving.problem import ALL, Problem, Roster


@dataclass(frozen=True)
class Stage:
    """A cost by name: as an expression over a model, and of a roster.

    Both also take a part of the problem (some of its people): costs of parts add up.
    """

    name: str
    express: Callable[[Model], LinearExprT]
    cost: Callable[[Problem, Roster], int]


def stages(problem: Problem) -> list[Stage]:
    """The stages that a problem asks for, in the order in which they count."""
    found = []
    if any(cover.under > 0 or cover.over > 0 for cover in problem.cover):
        found.append(Stage("cover", Model.cover_cost, cover_cost))
    if problem.kept is not None:
        found.append(Stage("changes", _changes, changes))
    if whole := loads(problem):
        found.append(
            Stage(
                "fairness",
                lambda model: _fairness(model, whole),
                lambda part, roster: fairness_cost(part, roster, whole),
            )
        )
    if problem.wishes:
        found.append(Stage("wishes", Model.wish_cost, wish_cost))
    return found


def cover_cost(problem: Problem, roster: Roster) -> int:
    """What all that is too few and too many costs."""
    stood: dict[tuple[int, str], int] = defaultdict(int)
    for person in problem.people:
        for day, shift in enumerate(roster.days[person.id]):
            if shift is not None:
                stood[day, shift] += 1
    return sum(
        max(0, cover.under) * max(0, cover.needed - stood[cover.day, cover.shift])
        + max(0, cover.over) * max(0, stood[cover.day, cover.shift] - cover.needed)
        for cover in problem.cover
    )


def changes(problem: Problem, roster: Roster) -> int:
    """How many people's days are other than in the published roster (of people that it knows)."""
    assert problem.kept is not None
    return sum(
        was != now
        for person in problem.people
        for was, now in zip(
            problem.kept.days.get(person.id, ()), roster.days[person.id], strict=False
        )
    )


def _changes(model: Model) -> LinearExprT:
    assert model.problem.kept is not None
    places = 0
    same: list[LinearExprT] = []
    for person in model.problem.people:
        kept = model.problem.kept.days.get(person.id, ())[: model.problem.days]
        for day, shift in enumerate(kept):
            places += 1
            if shift is None:
                same.append(1 - model.busy(person, day))
            else:
                same.append(model.stands(person, day, shift))
    return places - LinearExpr.sum(same)


def _fairness(model: Model, whole: Iterable[Load]) -> LinearExprT:
    stood: dict[tuple[str, str], list[IntVar]] = defaultdict(list)
    for (person, day, shift), var in model.works.items():
        if kind := model.problem.classes.get((day, shift)):
            stood[person, kind].append(var)
            stood[person, ALL].append(var)
    constant = 0
    steps: list[IntVar] = []
    prices: list[int] = []
    for load in whole:
        if load.person in model.people:
            taken = count(model, stood[load.person, load.kind], len(load.steps))
            constant += load.costs[0]
            steps += taken
            prices += load.steps
    return LinearExpr.weighted_sum(steps, prices) + constant


def count(model: Model, those: list[IntVar], most: int) -> list[IntVar]:
    """`most` literals of which the first n are true, n being how many of `those` are."""
    steps = [model.cp.new_bool_var("") for _ in range(most)]
    model.cp.add(LinearExpr.sum(those) == LinearExpr.sum(steps))
    for step, then in pairwise(steps):
        model.cp.add_implication(then, step)
    return steps
