"""The search for large rosters: shortest paths, columns, annealing, and the benchmark's command."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from huiyin.parts.duty.solving import rules
from huiyin.parts.duty.solving.anneal import Rules, anneal
from huiyin.parts.duty.solving.columns import generate
from huiyin.parts.duty.solving.dive import Dive
from huiyin.parts.duty.solving.grid import Grid
from huiyin.parts.duty.solving.master import Pool, reduced
from huiyin.parts.duty.solving.model import Model
from huiyin.parts.duty.solving.part import Part
from huiyin.parts.duty.solving.paths import NEVER, OFF
from huiyin.parts.duty.solving.problem import FREE, Cover, Problem, Progress, Roster
from huiyin.parts.duty.solving.search import Search
from tests.parts.duty.solving.instances import FIRST, ROOT, RULES

from curtois_qu import read  # isort: skip
from roster_checker import check  # isort: skip

SLOW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def problem_of(text: str, tmp_path: Path) -> Problem:
    """The problem in the text of an instance."""
    path = tmp_path / "instance.txt"
    path.write_text(text, encoding="utf-8")
    return read(path)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Tiny instances: one or two people, up to seven days, two shifts, rules at random."""
    days = draw(st.integers(4, 7))
    small = st.integers(0, 3)
    lines = ["SECTION_HORIZON", str(days), "SECTION_SHIFTS", "E,480,", "L,600,E", "SECTION_STAFF"]
    names = "AB" if days < 5 else "A"
    for name in names:
        limits = f"E={draw(st.integers(1, days))}|L={draw(small)}"
        lines.append(
            f"{name},{limits},{draw(st.integers(2, 5)) * 600},{draw(small) * 480},"
            f"{draw(st.integers(2, 4))},{draw(st.integers(1, 2))},{draw(st.integers(1, 3))},"
            f"{draw(st.integers(0, 2))}"
        )
    lines += ["SECTION_DAYS_OFF", f"A,{draw(st.integers(0, days - 1))}"]
    lines += ["SECTION_SHIFT_ON_REQUESTS", f"A,{draw(st.integers(0, days - 1))},L,3"]
    lines += ["SECTION_SHIFT_OFF_REQUESTS", f"A,{draw(st.integers(0, days - 1))},E,2"]
    lines.append("SECTION_COVER")
    for day, shift in itertools.product(range(days), "EL"):
        lines.append(f"{day},{shift},{draw(st.integers(0, 2))},{draw(st.integers(1, 20))},1")
    return "\n".join(lines)


def every_roster(problem: Problem) -> list[dict[str, list[str]]]:
    """Every roster, rules or not, in the benchmark's own form."""
    one = list(itertools.product(["", *(s.id for s in problem.shifts)], repeat=problem.days))
    names = [person.id for person in problem.people]
    return [
        {name: list(row) for name, row in zip(names, rows, strict=True)}
        for rows in itertools.product(one, repeat=len(names))
    ]


def as_days(roster: Roster) -> dict[str, list[str]]:
    """A roster in the benchmark's own form."""
    return {name: [shift or "" for shift in row] for name, row in roster.days.items()}


@SLOW
@given(text=texts())
def test_the_model_costs_as_much_as_the_best_of_all_rosters(text: str, tmp_path: Path) -> None:
    problem = problem_of(text, tmp_path)
    verdicts = (check(text, roster) for roster in every_roster(problem))
    best = min((v.cost for v in verdicts if v.feasible), default=None)
    model = Model(problem)
    model.post(rules.every(model))
    model.cp.minimize(model.cover_cost() + model.wish_cost())
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model.cp)
    if best is None:
        assert status == cp_model.INFEASIBLE
        return
    assert status == cp_model.OPTIMAL
    assert solver.objective_value == best
    found = check(text, as_days(model.roster(solver.value)))
    assert (found.feasible, found.cost) == (True, best)


MORE_THAN_THE_MOST = (
    "SECTION_HORIZON\n4\nSECTION_SHIFTS\nE,480,\nL,600,E\nSECTION_STAFF\n"
    "A,E=1|L=2,1200,1440,2,1,1,0\nSECTION_COVER\n0,E,0,1,1"
)


@SLOW
@example(text=MORE_THAN_THE_MOST, seed=0)
@given(text=texts(), seed=st.integers(0, 10**6))
def test_the_cheapest_path_is_a_good_roster_and_its_bound_is_never_above_the_best(
    text: str, seed: int, tmp_path: Path
) -> None:
    problem = problem_of(text, tmp_path)
    grid = Grid(problem)
    prices = np.random.default_rng(seed).integers(-20, 20, grid.need.shape).astype(float)
    part = Part(grid, np.full((len(grid.rows), grid.days), OFF), [0])
    cost, row = part.pieces[0].cheapest(prices)
    bound, _ = part.pieces[0].cheapest(prices, limits=False)
    counted = np.flatnonzero(grid.rows[0].limited >= 0).tolist()
    exact, exact_row = part.pieces[0].cheapest(prices, exact=counted)
    worth = prices + grid.rows[0].wishes
    others = {p.id: [""] * grid.days for p in problem.people[1:]}
    name = problem.people[0].id
    costs = []
    for days in itertools.product(["", *grid.names], repeat=grid.days):
        broken = check(text, {name: list(days), **others}).broken
        if not any(line.startswith(f"{name},") for line in broken):
            costs.append(sum(worth[d, grid.place[s]] for d, s in enumerate(days) if s))
    assert exact == pytest.approx(min(costs)) if costs else exact >= NEVER
    if costs:
        assert worth[np.flatnonzero(exact_row >= 0), exact_row[exact_row >= 0]].sum() == (
            pytest.approx(exact)
        )
        assert (part.pieces[0].excess(exact_row) <= 0).all()
    if cost >= NEVER:
        # A count that binds may leave the quick search without a roster, never the bound.
        assert not costs or bound <= min(costs) + 1e-9
        return
    assert costs
    days = ["" if s < 0 else grid.names[s] for s in row]
    broken = check(text, {name: days, **others}).broken
    assert not any(line.startswith(f"{name},") for line in broken)
    assert bound - 1e-9 <= min(costs) <= cost + 1e-9
    limited = grid.rows[0].limits.size > 0
    assert limited or cost == pytest.approx(min(costs))


@SLOW
@given(text=texts(), seed=st.integers(0, 10**6))
def test_pricing_finds_the_best_column_and_the_bound_of_it(
    text: str, seed: int, tmp_path: Path
) -> None:
    grid = Grid(problem_of(text, tmp_path))
    prices = np.random.default_rng(seed).integers(0, 20, grid.need.shape).astype(float)
    part = Part(grid, np.full((len(grid.rows), grid.days), OFF), [0])
    counted = np.flatnonzero(grid.rows[0].limited >= 0).tolist()
    best, _ = part.pieces[0].cheapest(-prices, exact=counted)
    priced = part.price(prices)
    column = priced.columns[0]
    if best >= NEVER:
        assert column is None
        return
    assert column is not None
    assert (part.pieces[0].excess(column.days) <= 0).all()
    assert reduced(column, prices) == pytest.approx(best)
    assert priced.bound == pytest.approx(float((part.need * prices).sum()) + best)


def test_a_dive_settles_everything_and_comes_near_the_bound(tmp_path: Path) -> None:
    grid = Grid(problem_of(FIRST, tmp_path))
    plan = np.full((8, 14), OFF)
    part, pool, told = Part(grid, plan, range(8)), Pool(8), list[int]()
    for k, piece in enumerate(part.pieces):
        pool.add(k, piece.column(piece.cheapest(-grid.under)[1]))
    made = generate(part, pool, lambda: 60.0)
    assert made is not None
    bound = made.bound + grid.constant
    dive = Dive(part, pool, made, lambda: 60.0, told=lambda free, _: told.append(free))
    found = dive.run(plan)
    assert told[-1] == 0
    verdict = check(FIRST, as_days(grid.roster(found)))
    assert verdict.feasible
    assert bound <= 607 <= verdict.cost < 1.2 * bound


def test_a_dive_without_time_gives_a_roster_that_holds_every_rule(tmp_path: Path) -> None:
    grid = Grid(problem_of(FIRST, tmp_path))
    plan = np.full((8, 14), OFF)
    part, pool = Part(grid, plan, range(8)), Pool(8)
    for k, piece in enumerate(part.pieces):
        pool.add(k, piece.column(piece.cheapest(-grid.under)[1]))
    made = generate(part, pool, lambda: 60.0)
    assert made is not None
    clock = iter([1.0] * 12)
    found = Dive(part, pool, made, lambda: next(clock, 0.0)).run(plan)
    assert check(FIRST, as_days(grid.roster(found))).feasible


def test_annealing_keeps_every_rule_and_says_what_the_plan_costs(tmp_path: Path) -> None:
    problem = problem_of(FIRST, tmp_path)
    grid = Grid(problem)
    part = Part(grid, np.full((8, 14), OFF), range(8))
    plan = np.array([piece.cheapest(-grid.under)[1] for piece in part.pieces])
    cost, best, now = anneal(grid, Rules.of(grid), plan, 300, 20.0, 5)
    assert cost == pytest.approx(grid.cost(best))
    assert now == pytest.approx(grid.cost(plan))
    for found in (best, plan):
        verdict = check(FIRST, as_days(grid.roster(found)))
        assert verdict.feasible
        assert verdict.cost == pytest.approx(grid.cost(found))


def test_the_first_instance_is_solved_to_its_best_known_cost(tmp_path: Path) -> None:
    seen: list[Progress] = []
    search = Search(
        problem_of(FIRST, tmp_path),
        60.0,
        said=seen.append,
        stop=lambda: any(p.cost is not None and p.cost <= 607 for p in seen),
    )
    outcome = search.run()
    assert outcome.roster is not None
    verdict = check(FIRST, as_days(outcome.roster))
    assert (verdict.feasible, verdict.cost) == (True, 607)
    assert outcome.bounds["cover"] <= 607 if outcome.bounds else True
    assert [p.cost for p in seen if p.cost is not None][-1] == 607


def test_a_search_that_is_stopped_at_once_still_gives_a_roster(tmp_path: Path) -> None:
    outcome = Search(problem_of(FIRST, tmp_path), 60.0, stop=lambda: True).run()
    assert outcome.stopped
    assert outcome.roster is not None
    assert check(FIRST, as_days(outcome.roster)).feasible


def test_where_rules_contradict_as_few_as_can_be_are_broken_and_named(tmp_path: Path) -> None:
    text = FIRST.replace("C,D=14", "C,D=3")
    search = Search(problem_of(text, tmp_path), 3.0)
    outcome = search.run()
    assert [(e.rule, e.people) for e in outcome.exceptions] == [("most_of", ("C",))]
    assert outcome.roster is not None
    assert check(text, as_days(outcome.roster)).broken == ["C, MaxShifts, D"]


def test_comments_blank_lines_and_a_weight_of_nothing_are_read(tmp_path: Path) -> None:
    text = RULES.replace("2,L,2,100,7", "\n2,L,2,100,0 # over is free\n")
    problem = problem_of("\ufeff" + text.replace("\n", "\r\n"), tmp_path)
    assert problem.days == 14
    assert problem.shifts[1].not_before == {"E"}
    person = problem.people[0]
    assert (dict(person.most_of), person.least_minutes) == ({"E": 14, "L": 3}, 960)
    assert problem.cover[-1] == Cover(2, "L", 2, under=100, over=FREE)
    assert [(w.day, w.wanted, w.weight) for w in problem.wishes] == [(0, True, 4), (1, False, 3)]


def test_cover_that_is_hard_is_refused(tmp_path: Path) -> None:
    problem = problem_of(FIRST, tmp_path)
    hard = Problem(problem.days, problem.shifts, problem.people, (Cover(0, "D", 1),))
    with pytest.raises(ValueError, match="hard"):
        Grid(hard)


def test_the_benchmark_ends_with_a_line_of_json_and_writes_the_roster(tmp_path: Path) -> None:
    instance, out = tmp_path / "first.txt", tmp_path / "out.json"
    instance.write_text(FIRST, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "bench/roster.py", str(instance), "--seconds", "8", "--out", str(out)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    line = json.loads(done.stdout.splitlines()[-1])
    roster = json.loads(out.read_text(encoding="utf-8"))
    verdict = check(FIRST, roster)
    assert verdict.feasible
    assert line["feasible"] is True
    assert line["cost"] == verdict.cost
    assert line["bound"] is None or line["bound"] <= line["cost"]
    assert {"seconds", "peak_mb"} <= set(line)
