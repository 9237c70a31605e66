"""Who leads each shift of a roster: shared out as fairly as the roster allows.

The measure is that of fairness.py, with the shifts led in the past (`served["leads"]`) carried in.
Of a published roster's leaders whoever still can goes on leading.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import IntVar, LinearExpr, LinearExprT

from huiyin.parts.duty.solving.fairness import leading_loads
from huiyin.parts.duty.solving.model import leaders as in_turn
from huiyin.parts.duty.solving.parts import Days
from huiyin.parts.duty.solving.problem import Problem

Leaders = dict[tuple[int, str], tuple[str, ...]]
SECONDS = 2.0  # deterministic ones; a unit's month takes a fraction of one


def lead(problem: Problem, days: Days, seed: int) -> tuple[Leaders, int, bool]:
    """The leaders of each shift that needs any, the cost of the choice, and whether it is least."""
    loads = {load.person: load for load in leading_loads(problem)}
    if not loads:
        return {}, 0, True
    kept = problem.kept.leaders if problem.kept is not None else {}
    cp = cp_model.CpModel()
    chosen: dict[tuple[int, str], dict[str, IntVar]] = {}
    mine: dict[str, list[IntVar]] = defaultdict(list)
    stays: list[IntVar] = []
    for cover in problem.cover:
        at = (cover.day, cover.shift)
        able = [
            person.id
            for person in problem.people
            if days[person.id][cover.day] == cover.shift and cover.shift in person.leads
        ]
        if not cover.leaders or not able:
            continue
        chosen[at] = {name: cp.new_bool_var("") for name in able}
        cp.add(LinearExpr.sum(list(chosen[at].values())) == min(cover.leaders, len(able)))
        for name, var in chosen[at].items():
            mine[name].append(var)
            if name in kept.get(at, ()):
                stays.append(var)
    terms: list[LinearExprT] = []
    for name, load in loads.items():
        taken = [cp.new_bool_var("") for _ in mine[name]]
        cp.add(LinearExpr.sum(mine[name]) == LinearExpr.sum(taken))
        for step, then in pairwise(taken):
            cp.add_implication(then, step)
        terms.append(load.costs[0] + LinearExpr.weighted_sum(taken, load.steps[: len(taken)]))
    cost = LinearExpr.sum(terms)
    heavy = 1 + sum(max(load.costs) - min(load.costs) for load in loads.values())
    cp.minimize(cost - heavy * LinearExpr.sum(stays))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = SECONDS
    status = solver.solve(cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        greedy = in_turn(problem, dict(days))
        return greedy, sum(loads[n].costs[c] for n, c in _counts(loads, greedy).items()), False
    result = {
        at: tuple(name for name, var in those.items() if solver.value(var))
        for at, those in chosen.items()
    }
    return result, int(solver.value(cost)), status == cp_model.OPTIMAL


def _counts(names: Iterable[str], leaders: Leaders) -> dict[str, int]:
    counts = dict.fromkeys(names, 0)
    for those in leaders.values():
        for name in those:
            counts[name] += 1
    return counts
