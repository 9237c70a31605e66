"""Rules that can't all hold are named, and the roster with the fewest exceptions is offered."""

from dataclasses import replace

from huiyin.parts.duty.solving.explaining import together
from huiyin.parts.duty.solving.problem import Cover, Exceeded, Person, Problem
from tests.parts.duty.solving.small import DAY, NIGHT, one_a_day, people, solved


def test_a_problem_whose_rules_hold_has_neither_exceptions_nor_conflict():
    outcome = solved(Problem(3, (DAY,), people("ab"), one_a_day(3)))
    assert outcome.exceptions == ()
    assert outcome.conflict == ()
    assert "exceptions" not in outcome.costs


def test_a_shift_that_nobody_may_lead_is_named_and_the_roster_stands_without_a_leader():
    may = frozenset({"day"})
    staff = (Person("a", leads=may, off=frozenset({1})), Person("b"))
    outcome = solved(Problem(3, (DAY,), staff, one_a_day(3, leaders=1)))
    assert outcome.conflict == (
        Exceeded("leaders", (1,), (), "day"),
        Exceeded("off", (1,), ("a",)),
    )
    assert outcome.exceptions == (Exceeded("leaders", (1,), (), "day"),)
    assert outcome.roster is not None
    assert outcome.roster.days == {"a": ("day", None, "day"), "b": (None, "day", None)}
    assert outcome.roster.leaders == {(0, "day"): ("a",), (2, "day"): ("a",)}


def test_nobody_eligible_as_leader_is_a_conflict_of_one_rule():
    outcome = solved(Problem(2, (DAY,), people("ab"), one_a_day(2, leaders=1)))
    assert outcome.conflict == (Exceeded("leaders", (0,), (), "day"),)
    assert [e.days for e in outcome.exceptions] == [(0,), (1,)]


def test_leave_at_the_same_time_is_named_with_its_day_and_its_people():
    staff = (*people("ab", off=frozenset({1, 2})), Person("c"))
    outcome = solved(Problem(4, (DAY,), staff, one_a_day(4, needed=2)))
    assert outcome.conflict == (
        Exceeded("off", (1,), ("a", "b")),
        Exceeded("too_few", (1,), (), "day"),
    )
    assert outcome.exceptions == (
        Exceeded("too_few", (1,), (), "day"),
        Exceeded("too_few", (2,), (), "day"),
    )
    assert outcome.costs["exceptions"] == outcome.bounds["exceptions"] == 2
    assert outcome.proven


def test_rules_of_one_person_that_contradict_each_other_are_named():
    tied = Person("a", fixed={0: "night", 1: "day"})
    cover = (Cover(0, "night", 1), Cover(1, "day", 1))
    outcome = solved(Problem(2, (DAY, NIGHT), (tied, Person("b")), cover, rest=11 * 60))
    assert {(e.rule, e.days, e.people) for e in outcome.conflict} == {
        ("fixed", (0,), ("a",)),
        ("fixed", (1,), ("a",)),
        ("rest", (0, 1), ("a",)),
    }
    assert [e.rule for e in outcome.exceptions] == ["fixed"]


def test_rest_and_leave_are_kept_before_anything_else():
    staff = people("a", off=frozenset({1}))
    cover = (Cover(0, "night", 1), Cover(1, "day", 1), Cover(2, "day", 1))
    outcome = solved(Problem(3, (DAY, NIGHT), staff, cover, rest=11 * 60))
    assert [(e.rule, e.days) for e in outcome.exceptions] == [("too_few", (1,))]


def test_a_person_fixed_to_what_they_do_not_serve_is_named():
    stuck = Person("a", serves=frozenset({"day"}), fixed={0: "night"})
    problem = Problem(1, (DAY, NIGHT), (stuck, Person("b")), (Cover(0, "night", 1),))
    outcome = solved(problem)
    assert outcome.conflict == (Exceeded("fixed", (0,), ("a",), "night"),)
    assert outcome.exceptions == outcome.conflict
    assert outcome.roster is not None
    assert outcome.roster.days["b"] == ("night",)


def test_none_of_a_conflict_could_be_left_out():
    """Each person's hours, and every day's cover, are needed for hours to be too few."""
    staff = people("abc", most_week_minutes=2 * DAY.minutes)
    problem = Problem(7, (DAY,), staff, one_a_day(7))
    outcome = solved(problem)
    assert outcome.conflict == (
        Exceeded("most_week_minutes", tuple(range(7)), ("a", "b", "c")),
        Exceeded("too_few", tuple(range(7)), (), "day"),
    )
    assert solved(replace(problem, cover=one_a_day(6))).conflict == ()
    free = (*staff[:2], Person("c"))
    assert solved(replace(problem, people=free)).conflict == ()


def test_an_exception_is_no_larger_than_it_must_be():
    """Whose hours are exceeded has as few over as the others' allow."""
    staff = people("ab", most_week_minutes=DAY.minutes, fixed={0: "day", 1: "day"})
    outcome = solved(Problem(3, (DAY,), staff, one_a_day(2, needed=2)))
    assert outcome.roster is not None
    assert [e.rule for e in outcome.exceptions].count("most_week_minutes") == 2
    assert all(row[2] is None for row in outcome.roster.days.values())


def test_the_roster_with_exceptions_is_still_made_fair():
    staff = people("abc", off=frozenset({6}))
    classes = {(day, "day"): "weekday" for day in range(7)}
    outcome = solved(Problem(7, (DAY,), staff, one_a_day(7), classes=classes))
    assert outcome.roster is not None
    assert [e.days for e in outcome.exceptions] == [(6,)]
    assert sorted(sum(s is not None for s in r) for r in outcome.roster.days.values()) == [2, 2, 2]


def test_rules_that_differ_in_people_or_days_alone_are_said_together():
    assert together(
        [
            Exceeded("off", (1,), ("b",)),
            Exceeded("off", (1,), ("a",)),
            Exceeded("too_few", (2,), (), "day"),
            Exceeded("too_few", (1,), (), "day"),
        ]
    ) == (Exceeded("off", (1,), ("a", "b")), Exceeded("too_few", (1, 2), (), "day"))
