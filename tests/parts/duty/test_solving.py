"""A solve, from being asked for to being in the draft; and what it says where rules contradict."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from huiyin.kernel.clock.policy import forget
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import act_for
from huiyin.kernel.units.models import Organisation, Tenure
from huiyin.parts.duty.actions import people, rosters, setup, solving
from huiyin.parts.duty.asking import ask
from huiyin.parts.duty.models import Assignment, Eligible, Roster, SolveRun
from huiyin.parts.duty.reading import check
from huiyin.parts.duty.solving.problem import Outcome, Problem
from huiyin.parts.duty.solving.problem import Roster as Solved
from huiyin.parts.duty.solving.solve import solve
from huiyin.parts.duty.wording import solver_said
from tests.cast import enter
from tests.duty import END, FIRST, Duty, fill, publish, set_up
from tests.support.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def duty(transactional_db: None, now: datetime) -> Duty:
    return set_up(enter(now), now)


def begun(duty: Duty, roster: Roster, mode: str, now: datetime, seconds: int = 20) -> int:
    solving.ask_solve(duty.planner, roster.pk, mode, seconds, now=now)
    pk = solving.claim(now)
    assert pk is not None
    return pk


def solved(duty: Duty, roster: Roster, mode: str, now: datetime, seconds: int = 20) -> SolveRun:
    return solving.carry_out(begun(duty, roster, mode, now, seconds), solve, lambda: now, 2)


def short(duty: Duty, cast_unit: Any, now: datetime, days: int = 3) -> Roster:
    """A roster of some days in April."""
    return rosters.open_roster(cast_unit, END, END + timedelta(days=days), now=now)


def test_a_roster_that_is_made_breaks_no_rule_and_says_so(duty: Duty, now: datetime) -> None:
    roster = short(duty, duty.roster.unit, now)
    run = solved(duty, roster, "anew", now)
    assert (run.state, run.result["exceptions"], run.result["conflict"]) == ("done", [], [])
    assert check(roster) == []
    on = Assignment.objects.filter(roster=roster, shift__pattern=duty.day)
    assert set(on.values_list("capacity", flat=True)) == {"leader", "member"}


def test_filling_leaves_whoever_is_on_a_shift(duty: Duty, now: datetime) -> None:
    roster = short(duty, duty.roster.unit, now)
    shift = duty.shift(duty.night, END)
    rosters.assign(duty.planner, roster.pk, shift.pk, duty.members[1].user, "member", now=now)
    solved(duty, roster, "fill", now)
    assert duty.on(shift, roster)["mo"] == "member"
    assert check(roster) == []


def test_whoever_stays_against_a_rule_is_marked_and_nobody_comes_in_their_place(
    duty: Duty, now: datetime
) -> None:
    roster = short(duty, duty.roster.unit, now)
    night = duty.shift(duty.night, END)  # only Gu serves the line, an hour after it
    rosters.assign(duty.planner, roster.pk, night.pk, duty.gu.user, "member", now=now)
    run = solved(duty, roster, "fill", now)
    assert run.result["exceptions"]
    assert duty.on(night, roster)["gu"] == "member"
    assert len(duty.on(night, roster)) == 2
    assert {one.rule for one in check(roster)} == {"rest"}


def test_after_leave_as_few_as_possible_are_moved(duty: Duty, now: datetime) -> None:
    fill(duty)
    cast = Deciders(duty)
    publish(duty, cast, now)  # type: ignore[arg-type]
    version = rosters.revise(duty.planner, duty.roster.pk, "有人请假", now=now)
    shift = duty.shift(duty.day, FIRST + timedelta(days=13))  # only Gu can come instead
    away = duty.who(next(n for n, c in duty.on(shift).items() if c == "member"))
    people.enter_leave(duty.planner, away, shift.starts, shift.ends, now=now)
    run = solved(duty, version, "keep", now)
    assert check(version) == []
    old = set(duty.roster.assignments.values_list("shift", "user"))
    new = set(version.assignments.values_list("shift", "user"))
    assert len(new - old) == len(old - new) == 1
    assert run.result["changed"] == 2


class Deciders:
    """Whoever decides on the works' rosters."""

    def __init__(self, duty: Duty) -> None:
        unit = duty.roster.unit.parent
        held = Tenure.objects.select_related("user").get(post__unit=unit, post__role="clerk")
        self.clerk = act_for(held.user, held.post_id, held.starts)


@pytest.mark.parametrize("what", ["nobody leads", "all on leave", "fixed on leave"])
def test_rules_that_cant_all_hold_are_named_in_words_and_the_best_roster_is_marked(
    what: str, duty: Duty, now: datetime
) -> None:
    roster = short(duty, duty.roster.unit, now, days=2)
    shift = duty.shift(duty.day, END)
    if what == "nobody leads":
        Eligible.objects.filter(point=duty.desk, capacity="leader").update(capacity="member")
    elif what == "all on leave":
        for one in duty.leaders:
            people.enter_leave(one, one.user, shift.starts, shift.ends, now=now)
    else:
        one = duty.leaders[0]
        people.bind(duty.planner, one.user, duty.day.pk, END, True, now=now)
        people.enter_leave(one, one.user, shift.starts, shift.ends, now=now)
    run = solved(duty, roster, "anew", now)
    assert run.result["found"]
    assert run.result["conflict"]
    assert run.result["exceptions"]
    expected = {
        "nobody leads": "somebody who may lead it",
        "all on leave": "leave",
        "fixed on leave": "is fixed to",
    }[what]
    with translation.override("en"):
        said = " ".join(one.text for one in solver_said(run.result["conflict"]))
    assert expected in said
    found = {one.rule for one in check(roster)}
    assert found
    assert found == {"fixed on leave": {"fixed"}}.get(what, {"leaders", "too_few"} & found)
    assert not found & {"off", "not_eligible"}  # nobody is called in from leave


def test_a_second_solve_and_any_change_wait_for_the_first(duty: Duty, now: datetime) -> None:
    solving.ask_solve(duty.planner, duty.roster.pk, "fill", 20, now=now)
    for act in (
        lambda: solving.ask_solve(duty.planner, duty.roster.pk, "fill", 20, now=now),
        lambda: rosters.assign(
            duty.planner, duty.roster.pk, duty.shift(duty.day, FIRST).pk, duty.gu.user, "member",
            now=now,
        ),
    ):  # fmt: skip
        with pytest.raises(BadInput, match="solving"):
            act()


@pytest.mark.parametrize(
    ("mode", "seconds", "code"),
    [
        ("keep", 20, "unknown"),
        ("else", 20, "unknown"),
        ("fill", 0, "number"),
        ("fill", 601, "number"),
    ],
)
def test_what_cant_be_asked_of_a_solve(
    duty: Duty, now: datetime, mode: str, seconds: int, code: str
) -> None:
    with pytest.raises(BadInput, match=code):
        solving.ask_solve(duty.planner, duty.roster.pk, mode, seconds, now=now)


def test_a_run_is_claimed_once_and_one_that_waits_can_be_stopped(duty: Duty, now: datetime) -> None:
    solving.ask_solve(duty.planner, duty.roster.pk, "fill", 20, now=now)
    solving.stop_solve(duty.planner, duty.roster.pk, now=now)
    assert solving.claim(now) is None
    with pytest.raises(BadInput, match="not_solving"):
        solving.stop_solve(duty.planner, duty.roster.pk, now=now)
    begun(duty, duty.roster, "fill", now)
    assert solving.claim(now) is None


def _until_stopped(problem: Problem, *, stop: Callable[[], bool], **given: object) -> Outcome:
    """A solver that finds nothing and ends when it is told to."""
    until(stop)
    return Outcome(None, proven=False, stopped=stop(), seconds=1.0)


def test_a_running_solve_that_is_stopped_ends_and_changes_nothing(
    duty: Duty, now: datetime
) -> None:
    pk = begun(duty, duty.roster, "fill", now)
    solving.stop_solve(duty.planner, duty.roster.pk, now=now)
    run = solving.carry_out(pk, _until_stopped, lambda: now, 1)
    assert (run.state, run.result["found"], run.result["stopped"]) == ("done", False, True)
    assert not duty.roster.assignments.exists()
    connection.close()


def test_a_run_without_a_sign_of_life_is_named_failed_and_puts_nothing_in(
    duty: Duty, now: datetime
) -> None:
    pk = begun(duty, duty.roster, "fill", now)
    assert solving.bury(now + timedelta(seconds=59)) == 0
    assert solving.bury(now + timedelta(seconds=61)) == 1
    asked = ask(duty.roster, "fill", now)
    nothing = Solved({person.id: (None,) * asked.problem.days for person in asked.problem.people})
    outcome = Outcome(nothing, proven=True, stopped=False, seconds=1.0)
    assert solving.finish(pk, asked, outcome, now).state == "failed"
    solving.ask_solve(duty.planner, duty.roster.pk, "fill", 20, now=now)  # another may be asked for


def test_what_is_found_after_the_roster_was_submitted_is_not_put_in(
    duty: Duty, now: datetime
) -> None:
    pk = begun(duty, duty.roster, "fill", now)
    Roster.objects.filter(pk=duty.roster.pk).update(state="submitted")
    asked = ask(duty.roster, "fill", now)
    nothing = Solved({person.id: (None,) * asked.problem.days for person in asked.problem.people})
    run = solving.finish(pk, asked, Outcome(nothing, True, False, 1.0), now)
    assert (run.state, run.result) == ("failed", {"failure": "moved_on"})


def test_in_berlin_a_night_of_a_clock_change_is_rostered_without_a_gap(
    duty: Duty, now: datetime
) -> None:
    mine = Organisation.objects.get()
    mine.zone, mine.country = "Europe/Berlin", "DE"
    mine.save()
    forget()
    first = datetime(2026, 10, 24).date()
    roster = rosters.open_roster(duty.roster.unit, first, first + timedelta(days=3), now=now)
    night = duty.shift(duty.night, first)
    assert night.ends - night.starts == timedelta(hours=13)
    assert night.ends == duty.shift(duty.day, first + timedelta(days=1)).starts
    run = solved(duty, roster, "anew", now)
    assert run.result["exceptions"] == []
    assert check(roster) == []
    setup.set_rules(duty.planner, now=now, most_week_minutes=12 * 60)
    assert {one.rule for one in check(roster)} == {"most_week_minutes"}
