"""The benchmark's checker: what it counts, and each rule that it must name."""

from __future__ import annotations

import pytest

from tests.parts.duty.solving.instances import RULES

from roster_checker import check  # isort: skip

GOOD = "EE..EEE......."


def judged(days: str) -> tuple[int, list[str]]:
    """Cost and the names of the rules that a row of days breaks ('.' is a day off)."""
    verdict = check(RULES, {"A": ["" if day == "." else day for day in days]})
    return verdict.cost, [line.split(", ")[1] for line in verdict.broken]


def test_a_roster_that_holds_every_rule_is_good_and_costs_what_was_counted_by_hand() -> None:
    # Day 1 one too many (1) and not wished (3); day 2 two too few (200).
    assert judged(GOOD) == (204, [])


def test_a_wish_that_is_not_met_and_a_shift_too_few_cost() -> None:
    assert judged(".EE..EEE......") == (4 + 3 + 100 + 1 + 200, [])


@pytest.mark.parametrize(
    ("days", "rule"),
    [
        ("LL..LL........", "MaxShifts"),
        ("EEEEE..LLL....", "MaxTotalMinutes"),
        ("E.............", "MinTotalMinutes"),
        ("EEEEEE........", "MaxConsecutiveShifts"),
        ("EE..E..EE.....", "MinConsecutiveShifts"),
        ("EE.EE.........", "MinConsecutiveDaysOff"),
        ("EE..EE.....EE.", "MaxWeekends"),
        ("EE.........EEE", "DaysOff"),
        ("LE............", "Succession"),
        ("EX............", "unknown shift"),
        ("EE..", "days"),
    ],
)
def test_each_rule_that_is_broken_is_named(days: str, rule: str) -> None:
    _, broken = judged(days)
    assert rule in broken


@pytest.mark.parametrize("days", ["E..EE.........", ".EEE.........."])
def test_a_row_that_touches_the_first_day_is_not_held_to_a_least_length(days: str) -> None:
    assert judged(days)[1] == []


def test_somebody_who_is_not_on_the_staff_is_named() -> None:
    rows = {"A": ["" if day == "." else day for day in GOOD], "Z": [""] * 14}
    assert check(RULES, rows).broken == ["Z, unknown, not on the staff"]
