"""What is fair: fair numbers by hand, and a past that evens out."""

from dataclasses import replace
from fractions import Fraction

from huiyin.parts.duty.solving.fairness import fairness_cost, leading_loads, loads
from huiyin.parts.duty.solving.problem import ALL, LEADS, Cover, Person, Problem, Roster
from tests.parts.duty.solving.small import DAY, NIGHT, one_a_day, people, solved


def _classes(days, kind="weekday", shift="day"):
    return {(day, shift): kind for day in range(days)}


def _fair(problem):
    return {(load.person, load.kind): load.fair for load in loads(problem)}


def test_without_a_past_everyone_with_a_full_share_is_due_as_much():
    problem = Problem(6, (DAY,), people("abc"), one_a_day(6), classes=_classes(6))
    assert _fair(problem) == {(name, "weekday"): 2 for name in "abc"}


def test_half_a_share_is_due_half():
    half = Person("b", share=0.5)
    problem = Problem(6, (DAY,), (Person("a"), half), one_a_day(6), classes=_classes(6))
    assert _fair(problem) == {("a", "weekday"): 4, ("b", "weekday"): 2}


def test_what_was_stood_before_is_taken_off():
    before = Person("a", served={"weekday": 4.0})
    problem = Problem(4, (DAY,), (before, Person("b")), one_a_day(4), classes=_classes(4))
    assert _fair(problem) == {("a", "weekday"): 0, ("b", "weekday"): 4}


def test_whoever_serves_no_nights_is_due_as_many_shifts_in_all():
    cover = (*one_a_day(6), *(Cover(day, "night", 1) for day in range(6)))
    staff = (Person("a"), Person("b"), Person("c", serves=frozenset({"day"})))
    problem = Problem(
        6, (DAY, NIGHT), staff, cover,
        classes=_classes(6) | _classes(6, "night", "night"), weights={"night": 2},
    )  # fmt: skip
    fair = _fair(problem)
    assert [fair[name, ALL] for name in "abc"] == [4, 4, 4]
    assert [fair[name, "night"] for name in "ab"] == [3, 3]
    assert ("c", "night") not in fair
    assert [fair[name, "weekday"] for name in "abc"] == [1, 1, 4]


def test_one_shift_too_many_costs_its_weight_and_each_further_one_more():
    problem = Problem(
        4, (DAY,), people("ab"), one_a_day(4), classes=_classes(4, "holiday"),
        weights={"holiday": 5},
    )  # fmt: skip
    first = loads(problem)[0]
    assert first.costs == (2000, 500, 0, 500, 2000)
    assert list(first.steps) == sorted(first.steps)


def test_a_shift_weighs_more_on_whoever_has_half_a_share():
    staff = (Person("a"), Person("b", share=0.5))
    problem = Problem(3, (DAY,), staff, one_a_day(3), classes=_classes(3))
    whole, half = loads(problem)
    assert (whole.costs[3], half.costs[2]) == (100, 200)


def test_the_cost_of_a_roster_is_the_sum_over_people_and_classes():
    problem = Problem(4, (DAY,), people("ab"), one_a_day(4), classes=_classes(4))
    even = Roster({"a": ("day", None, "day", None), "b": (None, "day", None, "day")})
    uneven = Roster({"a": ("day",) * 4, "b": (None,) * 4})
    assert fairness_cost(problem, even) == 0
    assert fairness_cost(problem, uneven) == 800


def test_a_past_that_was_unfair_evens_out_month_after_month():
    served = {"a": {"weekday": 9.0}, "b": {"weekday": 3.0}, "c": {"weekday": 0.0}}
    spread = []
    for _ in range(4):
        staff = tuple(Person(name, served=past, most_in_row=3) for name, past in served.items())
        problem = Problem(6, (DAY,), staff, one_a_day(6), classes=_classes(6))
        roster = solved(problem).roster
        assert roster is not None
        for name, row in roster.days.items():
            served[name] = {"weekday": served[name]["weekday"] + sum(s is not None for s in row)}
        totals = [past["weekday"] for past in served.values()]
        spread.append(max(totals) - min(totals))
    assert spread == sorted(spread, reverse=True)
    assert spread[-1] == 0


def test_leading_is_shared_by_those_who_may_lead():
    staff = (
        Person("a", leads=frozenset({"day"}), served={LEADS: 2.0}),
        Person("b", leads=frozenset({"day"})),
        Person("c"),
    )
    problem = Problem(4, (DAY,), staff, one_a_day(4, needed=2, leaders=1))
    assert {load.person: load.fair for load in leading_loads(problem)} == {
        "a": Fraction(1),
        "b": Fraction(3),
    }


def test_of_two_who_may_lead_the_one_who_led_less_leads_more():
    may = frozenset({"day"})
    staff = (Person("a", leads=may, served={LEADS: 2.0}), Person("b", leads=may))
    problem = Problem(4, (DAY,), staff, one_a_day(4, needed=2, leaders=1))
    outcome = solved(problem)
    assert outcome.roster is not None
    leaders = [who for those in outcome.roster.leaders.values() for who in those]
    assert (leaders.count("a"), leaders.count("b")) == (1, 3)
    assert outcome.costs["leading"] == outcome.bounds["leading"] == 0


def test_no_classes_mean_no_fairness():
    problem = Problem(3, (DAY,), people("ab"), one_a_day(3))
    assert loads(problem) == ()
    assert "fairness" not in solved(problem).costs
    assert "fairness" in solved(replace(problem, classes=_classes(3))).costs
