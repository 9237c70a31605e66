"""A part of a problem: some of its people, the rosters of all others being as they are.

Every rule is one person's or one shift's, so that what is left of a shift's cover is all that the
part needs to know of the others.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from ortools.sat.python.cp_model import BoundedLinearExpression, LinearExpr, LinearExprT

from huiyin.parts.duty.solving.model import Model
from huiyin.parts.duty.solving.problem import HARD, Cover, Exceeded, Person, Problem
from huiyin.parts.duty.solving.rules import FAMILIES, not_before, rest, too_soon

SUCCESSIONS = frozenset({"rest", "not_before"})
FAR = 1 << 40
Days = Mapping[str, tuple[str | None, ...]]
#: Rules that may be broken, and by how much.
Waived = Mapping[Exceeded, int]


def part(
    problem: Problem, days: Days, people: Collection[str], beside: Collection[str] = ()
) -> Problem:
    """The problem of `people`, everybody else standing what they stand in `days`.

    `beside` is another part that is solved at the same time: of leaders and skills each of the two
    goes on giving what it gives, as far as it is needed, so that both answers hold together. (The
    first gives what it can, the second the rest: the one with the lesser name is the first.)
    """
    others = {name: row for name, row in days.items() if name not in people}
    have = Counted(problem, others)
    if beside:
        first = min(people) < min(beside)
        without = Counted(problem, {n: row for n, row in others.items() if n not in beside})
        giving = Counted(problem, {n: days[n] for n in (people if first else beside)})
        have.lead = without.lead if first else without.lead + giving.lead
        have.able = without.able if first else without.able + giving.able
    cover = [have.rest(cover) for cover in problem.cover]
    if beside and first:
        cover = [giving.at_most(cover) for cover in cover]
    return replace(
        problem,
        people=tuple(person for person in problem.people if person.id in people),
        cover=tuple(cover),
        wishes=tuple(wish for wish in problem.wishes if wish.person in people),
    )


def covered(problem: Problem, days: Days) -> bool:
    """Whether cover holds wherever it must: numbers, leaders, skills."""
    have = Counted(problem, days)
    return all(have.enough(cover) for cover in problem.cover)


class Counted:
    """How many stand each shift: in all, who may lead it, who have a skill."""

    def __init__(self, problem: Problem, days: Days) -> None:
        self.stand: Counter[tuple[int, str]] = Counter()
        self.lead: Counter[tuple[int, str]] = Counter()
        self.able: Counter[tuple[int, str, str]] = Counter()
        for person in problem.people:
            for day, shift in enumerate(days.get(person.id, ())):
                if shift is not None:
                    self.stand[day, shift] += 1
                    self.lead[day, shift] += shift in person.leads
                    self.able.update((day, shift, skill) for skill in person.skills)

    def rest(self, cover: Cover) -> Cover:
        """What is still needed; the number below zero where too many stand already."""
        at = (cover.day, cover.shift)
        return replace(
            cover,
            needed=cover.needed - self.stand[at],
            leaders=max(0, cover.leaders - self.lead[at]),
            skills={
                s: n - self.able[*at, s] for s, n in cover.skills.items() if n > self.able[*at, s]
            },
        )

    def at_most(self, cover: Cover) -> Cover:
        """The cover, with no more leaders and skills asked than there are."""
        at = (cover.day, cover.shift)
        return replace(
            cover,
            leaders=min(cover.leaders, self.lead[at]),
            skills={s: min(n, self.able[*at, s]) for s, n in cover.skills.items()},
        )

    def enough(self, cover: Cover) -> bool:
        """Whether whatever must hold of a cover holds."""
        rest = self.rest(cover)
        return not (
            (rest.needed > 0 and cover.under == HARD)
            or (rest.needed < 0 and cover.over == HARD)
            or rest.leaders
            or rest.skills
        )


def modelled(problem: Problem, waived: Waived) -> Model:
    """A model with every rule of the problem; those of `waived` are held less strictly."""
    model = Model(problem)
    apart = {rest, not_before} if not any(e.rule in SUCCESSIONS for e in waived) else set()
    for family in FAMILIES:
        if family in apart:
            continue
        for rule in family(model):
            slack = waived.get(rule.exceeded, 0)
            if not slack:
                model.post([rule])
            elif not isinstance(rule.holds, bool):
                total, low, high = between(rule.holds)
                model.cp.add_linear_constraint(total, low - slack, high + slack)
    if apart:
        _post_successions(model)
    return model


def _post_successions(model: Model) -> None:
    """What `rest` and `not_before` ask, in fewer and stronger rows.

    Shifts of a day that the same shifts may not follow share a row, since only one of them is
    stood.
    """
    problem = model.problem
    after: dict[tuple[str, int], set[str]] = {k: set(s) for k, s in too_soon(problem).items()}
    for shift in problem.shifts:
        if shift.not_before:
            after.setdefault((shift.id, 1), set()).update(shift.not_before)
    alike: dict[tuple[int, frozenset[str]], list[str]] = {}
    for (name, later), those in after.items():
        alike.setdefault((later, frozenset(those)), []).append(name)
    for person in problem.people:
        for (later, followers), firsts in alike.items():
            for day in range(-later, problem.days - later):
                first = _able(model, person, day, firsts)
                then = _able(model, person, day + later, sorted(followers))
                if first and not all(isinstance(var, int) for var in then):
                    model.cp.add(LinearExpr.sum([*first, *then]) <= 1)


def _able(model: Model, person: Person, day: int, shifts: list[str]) -> list[LinearExprT]:
    """Where the person may stand any of the shifts, or stood it."""
    places = [model.stands(person, day, shift) for shift in shifts]
    return [place for place in places if not isinstance(place, int) or place]


def between(holds: BoundedLinearExpression) -> tuple[LinearExprT, int, int]:
    """A linear constraint as its expression and the bounds of that (`FAR` away where it has none)."""
    total = LinearExpr.weighted_sum(list(holds.vars), list(holds.coeffs)) + holds.offset
    return total, max(-FAR, holds.bounds.min()), min(FAR, holds.bounds.max())
