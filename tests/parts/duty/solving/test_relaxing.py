"""A lower bound from the linear relaxation is never above the best there is."""

from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from huiyin.parts.duty.solving.parts import modelled
from huiyin.parts.duty.solving.problem import Person, Problem, Wish
from huiyin.parts.duty.solving.relaxing import Relaxation
from huiyin.parts.duty.solving.stages import stages
from tests.parts.duty.solving.small import DAY, NIGHT, one_a_day, people

WEEK = {(day, "day"): "weekday" for day in range(7)}


def _bound_and_best(problem, number):
    model = modelled(problem, {})
    model.cp.minimize(stages(problem)[number].express(model))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model.cp) == cp_model.OPTIMAL
    return Relaxation(model.cp).bound(10), solver.objective_value


def test_shares_that_do_not_come_out_even_are_bounded_by_what_they_cost():
    problem = Problem(7, (DAY,), people("abc"), one_a_day(7), classes=WEEK)
    assert _bound_and_best(problem, 0) == (11 + 11 + 44, 11 + 11 + 44)


@settings(max_examples=20, deadline=None)
@given(
    served=st.lists(st.integers(0, 5), min_size=3, max_size=3),
    most=st.integers(1, 2),
    row=st.sampled_from([None, 1, 2]),
    wishes=st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 6), st.booleans()), max_size=5
    ),
)
def test_no_bound_is_above_the_best(served, most, row, wishes):
    staff = tuple(
        Person(name, served={"weekday": float(n)}, most_in_row=row, most_weekends=most)
        for name, n in zip("abc", served, strict=True)
    )
    asked = tuple(Wish(name, day, "day", wanted) for name, day, wanted in wishes)
    problem = Problem(7, (DAY, NIGHT), staff, one_a_day(7), asked, WEEK, rest=660)
    for number in range(len(stages(problem))):
        bound, best = _bound_and_best(problem, number)
        assert bound is not None
        assert bound <= best


def test_a_relaxation_that_is_over_before_it_begins_holds_nothing_back():
    model = modelled(Problem(7, (DAY,), people("abc"), one_a_day(7), classes=WEEK), {})
    model.cp.minimize(1 - model.on["a", 0])
    assert Relaxation(model.cp, lambda: True).bound(10) == 0
