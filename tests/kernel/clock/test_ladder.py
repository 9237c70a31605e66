"""Who is told when."""

from datetime import UTC, datetime, timedelta

import pytest

from huiyin.kernel.clock.ladder import pace, steps

START = datetime(2026, 3, 3, 2, tzinfo=UTC)
DUE = datetime(2026, 5, 2, 16, tzinfo=UTC)
WARN = (DUE - timedelta(days=5), DUE - timedelta(days=1))


def test_the_owner_is_warned_then_the_ladder_is_climbed_at_its_intervals() -> None:
    plan = steps(START, DUE, WARN)
    told = [(step.kind, step.rung, (step.at - DUE).days) for step in plan]
    assert told[:6] == [
        ("warn", "owner", -5),
        ("warn", "owner", -1),
        ("escalate", "owner", 0),
        ("escalate", "deputy", 0),
        ("escalate", "head", 3),
        ("escalate", "parent", 10),
    ]
    assert told[6:] == [("escalate", "parent", 10 + 7 * n) for n in (1, 2, 3, 4)]


def test_warnings_before_the_start_or_from_the_end_on_are_dropped() -> None:
    plan = steps(START, DUE, (START - timedelta(seconds=1), START, DUE))
    assert [step.at for step in plan if step.kind == "warn"] == [START]


def test_steps_are_numbered_from_zero_in_the_order_of_time() -> None:
    plan = steps(START, DUE, tuple(reversed(WARN)))
    assert [step.number for step in plan] == list(range(len(plan)))
    assert [step.at for step in plan] == sorted(step.at for step in plan)


def test_another_ladder_may_be_given() -> None:
    plan = steps(START, DUE, (), ("owner", "head"), (timedelta(days=1),), repeats=1)
    assert [(s.rung, s.at - DUE) for s in plan] == [
        ("owner", timedelta()),
        ("head", timedelta()),
        ("head", timedelta(days=1)),
    ]


def test_a_ladder_without_rungs_or_intervals_and_a_backward_limit_are_refused() -> None:
    with pytest.raises(ValueError, match="rungs"):
        steps(START, DUE, (), ())
    with pytest.raises(ValueError, match="intervals"):
        steps(START, DUE, (), every=(timedelta(days=7), timedelta()))
    with pytest.raises(ValueError, match="starts"):
        steps(DUE, START, ())


def test_what_is_due_as_it_starts_climbs_the_ladder_at_once() -> None:
    assert [step.at for step in steps(DUE, DUE, (DUE,))[:2]] == [DUE, DUE]


def test_a_pace_in_minutes_is_kept_and_none_is_the_house_s() -> None:
    assert pace([30, 90]) == (timedelta(minutes=30), timedelta(minutes=90))
    assert pace([]) == (timedelta(days=3), timedelta(days=7))
