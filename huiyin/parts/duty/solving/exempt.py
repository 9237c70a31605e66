"""One person whose own rules can't all hold: which of them must give way, as few as possible.

Found by CP-SAT for that person alone, first with every rule, then each under a literal. Successions and rest hold in any
case; of two ways with as few rules broken the one with more shifts is taken.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import LinearExpr

from huiyin.parts.duty.solving import rules
from huiyin.parts.duty.solving.model import Model, Rule
from huiyin.parts.duty.solving.problem import Exceeded, Person, Problem, Roster

SECONDS = 30.0
FOUND = {cp_model.OPTIMAL, cp_model.FEASIBLE}
UNBENDING: tuple[Callable[[Model], Iterator[Rule]], ...] = (rules.rest, rules.not_before)


def alone(problem: Problem, person: Person) -> tuple[Roster | None, list[Exceeded]]:
    """A roster of one person that breaks as few of their rules as can be, and which those are."""
    own = replace(problem, people=(person,), cover=(), wishes=(), classes={}, kept=None)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = SECONDS
    solver.parameters.num_workers = 2
    model = Model(own)
    model.post(rules.every(model))
    if solver.solve(model.cp) in FOUND:
        return model.roster(solver.value), []
    model = Model(own)
    for family in UNBENDING:
        model.post(family(model))
    marked = []
    for family in rules.FAMILIES:
        if family not in UNBENDING:
            marked += model.post_marked(family(model))
    broken = LinearExpr.sum([1 - literal for _, literal in marked])
    shifts = LinearExpr.sum(list(model.works.values()))
    model.cp.minimize(broken * (problem.days + 1) - shifts)
    if solver.solve(model.cp) not in FOUND:
        return None, []
    return model.roster(solver.value), [e for e, literal in marked if not solver.value(literal)]


def without(person: Person, exceptions: Sequence[Exceeded]) -> Person:
    """The person, those rules left out."""
    changed: dict[str, Any] = {}
    for exception in exceptions:
        match exception.rule:
            case "off":
                changed["off"] = changed.get("off", person.off) - set(exception.days)
            case "fixed":
                left = changed.get("fixed", person.fixed)
                changed["fixed"] = {d: s for d, s in left.items() if d not in exception.days}
            case "forbidden":
                gone = {(day, exception.shift) for day in exception.days}
                changed["forbidden"] = changed.get("forbidden", person.forbidden) - gone
            case "most_of":
                left = changed.get("most_of", person.most_of)
                changed["most_of"] = {s: n for s, n in left.items() if s != exception.shift}
            case name:
                changed[name] = None
    return replace(person, **changed)
