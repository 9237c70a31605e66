"""The solver as a whole: best by every roster tried, in the order of goals, ended when asked."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiyin.parts.duty.solving.fairness import fairness_cost, wish_cost
from huiyin.parts.duty.solving.improving import Search, StageSearch
from huiyin.parts.duty.solving.parts import covered, part
from huiyin.parts.duty.solving.problem import Cover, Person, Problem, Roster, Wish
from huiyin.parts.duty.solving.stages import changes, stages
from huiyin.parts.duty.solving.watch import Watch, follow
from tests.parts.duty.solving.small import DAY, NIGHT, holds, one_a_day, people, rosters, solved

WEEK = {(day, "day"): "weekend" if day > 4 else "weekday" for day in range(7)}


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Two or three people, up to four days, one shift or two, some rules and wishes."""
    names = "ab" if draw(st.booleans()) else "abc"
    shifts = (DAY, NIGHT) if names == "ab" else (DAY,)
    days = draw(st.integers(2, 4))
    ids = [shift.id for shift in shifts]
    places = [(day, shift) for day in range(days) for shift in ids]
    staff = tuple(
        Person(
            name,
            leads=frozenset(draw(st.sets(st.sampled_from(ids)))),
            off=frozenset(draw(st.sets(st.integers(0, days - 1), max_size=1))),
            most_in_row=draw(st.sampled_from([None, 1, 2])),
            served={"weekday": float(draw(st.integers(0, 3)))},
            share=draw(st.sampled_from([1.0, 0.5])),
        )
        for name in names
    )
    cover = tuple(
        Cover(day, shift, needed, leaders=draw(st.integers(0, 1)) if needed else 0)
        for day, shift in places
        if (needed := draw(st.integers(0, 1))) is not None
    )
    wishes = tuple(
        Wish(draw(st.sampled_from(names)), day, shift, draw(st.booleans()), draw(st.integers(1, 3)))
        for day, shift in draw(st.lists(st.sampled_from(places), max_size=3, unique=True))
    )
    classes = {(day, s): "night" if s == "night" else "weekday" for day, s in places}
    return Problem(days, shifts, staff, cover, wishes, classes, {"night": 2}, rest=11 * 60)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(problem=problems())
def test_no_roster_that_holds_the_rules_is_better(problem):
    outcome = solved(problem)
    able = [roster for roster in rosters(problem) if holds(problem, roster)]
    assert outcome.roster is not None
    assert outcome.proven
    if not able:
        assert outcome.exceptions
        assert outcome.conflict
        return
    assert outcome.exceptions == ()
    assert holds(problem, outcome.roster)
    best = min((fairness_cost(problem, r), wish_cost(problem, r)) for r in able)
    assert (outcome.costs.get("fairness", 0), outcome.costs.get("wishes", 0)) == best
    assert (fairness_cost(problem, outcome.roster), wish_cost(problem, outcome.roster)) == best


def test_fairness_counts_before_wishes():
    wishes = tuple(Wish("a", day, "day", wanted=True, weight=9) for day in range(4))
    classes = {(day, "day"): "weekday" for day in range(4)}
    problem = Problem(4, (DAY,), people("ab"), one_a_day(4), wishes, classes)
    outcome = solved(problem)
    assert outcome.costs == {"fairness": 0, "wishes": 18}
    assert outcome.bounds == outcome.costs


def test_a_wish_is_met_where_it_costs_no_fairness():
    classes = {(day, "day"): "weekday" for day in range(2)}
    for day in range(2):
        wishes = (Wish("a", day, "day", wanted=True), Wish("b", day, "day", wanted=False))
        outcome = solved(Problem(2, (DAY,), people("ab"), one_a_day(2), wishes, classes))
        assert outcome.roster is not None
        assert outcome.roster.days["a"][day] == "day"
        assert outcome.costs["wishes"] == 0


def test_cover_that_may_be_missed_counts_before_everything_but_the_rules():
    cover = tuple(Cover(day, "day", 1, under=10, over=1) for day in range(3))
    wishes = (Wish("a", 0, "day", wanted=False, weight=99),)
    outcome = solved(Problem(3, (DAY,), people("a", most_in_row=2), cover, wishes))
    assert outcome.costs["cover"] == 10
    assert outcome.exceptions == ()


def test_a_change_moves_as_few_people_as_possible():
    problem = Problem(7, (DAY,), people("abcd"), one_a_day(7), classes=WEEK, rest=11 * 60)
    kept = solved(problem).roster
    assert kept is not None
    ill = next(person for person in problem.people if kept.days[person.id][3])
    away = replace(ill, off=frozenset({3}))
    staff = tuple(away if person.id == ill.id else person for person in problem.people)
    outcome = solved(replace(problem, people=staff, kept=kept))
    assert outcome.roster is not None
    assert outcome.costs["changes"] == 2
    assert changes(replace(problem, kept=kept), outcome.roster) == 2
    assert outcome.roster.days[ill.id][3] is None
    assert outcome.proven


def test_nothing_changes_where_nothing_must():
    problem = Problem(7, (DAY,), people("abcd"), one_a_day(7), classes=WEEK)
    rows = {n: tuple("day" if n == "a" else None for _ in range(7)) for n in "abcd"}
    outcome = solved(replace(problem, kept=Roster(rows)))
    assert outcome.roster is not None
    assert outcome.roster.days == rows
    assert outcome.costs["changes"] == 0


def test_who_led_goes_on_leading_after_a_change():
    may = frozenset({"day"})
    problem = Problem(3, (DAY,), people("ab", leads=may), one_a_day(3, needed=2, leaders=1))
    kept = Roster(dict.fromkeys("ab", ("day",) * 3), {(day, "day"): ("a",) for day in range(3)})
    outcome = solved(replace(problem, kept=kept))
    assert outcome.roster is not None
    assert outcome.roster.leaders == kept.leaders


def test_the_same_seed_gives_the_same_roster():
    problem = Problem(7, (DAY, NIGHT), people("abcd"), one_a_day(7), classes=WEEK, rest=660)
    assert solved(problem, seed=3).roster == solved(problem, seed=3).roster


def _month() -> Problem:
    """Too large to be settled at once."""
    classes = {(d, s): s for d in range(28) for s in ("day", "night")}
    cover = tuple(Cover(d, s, 6, leaders=1) for d in range(28) for s in ("day", "night"))
    staff = tuple(
        Person(
            f"p{number}",
            leads=frozenset({"day", "night"} if number % 2 else ()),
            most_in_row=5,
            most_week_minutes=5 * DAY.minutes,
            off=frozenset({number % 28, (number + 1) % 28}),
            served={"day": float(number % 5), "night": float(number % 7)},
        )
        for number in range(30)
    )
    wishes = tuple(Wish(f"p{n}", n % 28, "night", wanted=False) for n in range(30))
    return Problem(28, (DAY, NIGHT), staff, cover, wishes, classes, {"night": 2}, rest=660)


def test_a_solve_that_is_stopped_gives_its_best_so_far():
    problem = _month()
    seen = []
    outcome = solved(
        problem,
        seconds=300,
        progress=seen.append,
        stop=lambda: any(one.roster is not None for one in seen),
    )
    assert outcome.stopped
    assert outcome.roster is not None
    assert holds(problem, outcome.roster)
    assert outcome.costs["fairness"] == fairness_cost(problem, outcome.roster)


def test_a_solve_that_is_stopped_before_a_first_roster_has_none():
    outcome = solved(_month(), seconds=300, stop=lambda: True)
    assert outcome.stopped
    assert not outcome.proven


def test_progress_is_told_in_the_thread_of_whoever_asked():
    threads = set()
    solved(
        Problem(3, (DAY,), people("ab"), one_a_day(3)),
        progress=lambda _: threads.add(threading.current_thread()),
    )
    assert threads == {threading.current_thread()}


def test_an_error_in_progress_ends_the_solve_and_is_raised():
    def fail(_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        solved(_month(), seconds=300, progress=fail)


def test_costs_never_rise_and_bounds_never_fall_while_a_stage_goes_on():
    seen = []
    solved(_month(), seconds=4, progress=seen.append)
    for stage in ("fairness", "wishes"):
        costs = [one.cost for one in seen if one.stage == stage]
        assert costs == sorted(costs, reverse=True)
        bounds = [one.bound or 0 for one in seen if one.stage == stage]
        assert bounds == sorted(bounds)


def _found() -> tuple[Problem, Search]:
    problem = _month()
    first = solved(replace(problem, classes={}, wishes=())).roster
    assert first is not None
    search = Search(problem, {}, stages(problem), Watch(60), workers=2, seed=1, days=first.days)
    return problem, search


def test_two_parts_solved_at_once_hold_together():
    problem, search = _found()
    stage = StageSearch(search, 0, 60.0, ThreadPoolExecutor(1))
    names = [person.id for person in problem.people]
    left, right = names[0:20:2], names[1:21:2]
    for one, other in ((left, right), (right, left)):
        pair = [
            stage.solve_part(mine, stage.solver(0.3, 1), beside)[1]
            for mine, beside in ((one, other), (other, one))
        ]
        assert covered(problem, search.days | pair[0] | pair[1])


def test_the_costs_of_a_part_and_of_the_rest_add_up():
    problem, search = _found()
    fair = stages(problem)[0]
    names = [person.id for person in problem.people]
    roster = Roster(search.days)
    pieces = [part(problem, search.days, names[:9]), part(problem, search.days, names[9:])]
    assert sum(fair.cost(one, roster) for one in pieces) == fair.cost(problem, roster)


def test_work_that_fails_raises_where_it_was_asked_for():
    def work() -> None:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        follow(work, Watch(5), lambda: False, lambda _: None)
