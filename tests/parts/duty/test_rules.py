"""Every rule of a roster is named with its days and people."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from huiyin.parts.duty.hours import Span, instant
from huiyin.parts.duty.rules import Allowed, Case, Finding, Limits, Needed, Stands, check, marks

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)
LIMITS = Limits(rest_minutes=11 * 60, most_in_row=5, most_week_minutes=44 * 60)
ANNA, BO = 1, 2


def shift(
    day: int, starts: int = 8, length: int = 8, zone: ZoneInfo = SHANGHAI, **needs: object
) -> Needed:
    """A shift that begins `day` days after the Monday, at an hour; its key tells both."""
    on = MONDAY + timedelta(days=day)
    span = Span(instant(on, starts * 60, zone), instant(on, (starts + length) * 60, zone))
    given = {"leaders": 0, "members": 1} | needs
    return Needed(100 * day + starts, 7, starts, on, span, **given)  # type: ignore[arg-type]


def found(
    stands: list[Stands], shifts: list[Needed] | None = None, **more: object
) -> list[Finding]:
    """What the check finds where Anna leads and Bo may be a member."""
    given = {
        "allowed": [Allowed(ANNA, 7, "leader"), Allowed(BO, 7, "member")],
        "limits": LIMITS,
    } | more
    shifts = (
        shifts
        if shifts is not None
        else sorted({s.shift.key: s.shift for s in stands}.values(), key=lambda one: one.key)
    )
    return check(Case(shifts, stands, **given))  # type: ignore[arg-type]


def names(findings: list[Finding]) -> list[str]:
    return [one.rule for one in findings]


def test_a_roster_that_holds_breaks_nothing() -> None:
    assert found([Stands(ANNA, shift(day)) for day in range(5)]) == []


def test_an_empty_shift_lacks_its_leader_and_its_members() -> None:
    lacking = found([], [shift(0, leaders=1, members=2)])
    assert [(one.rule, one.number) for one in lacking] == [("leaders", 1), ("too_few", 2)]
    assert lacking[0].days == (MONDAY,)


def test_a_second_leader_serves_as_the_member_that_is_needed() -> None:
    one = shift(0, leaders=1, members=1)
    allowed = [Allowed(ANNA, 7, "leader"), Allowed(BO, 7, "leader")]
    stands = [Stands(ANNA, one, "leader"), Stands(BO, one, "leader")]
    assert found(stands, allowed=allowed) == []
    assert names(found([Stands(ANNA, one), Stands(BO, one)])) == ["leaders"]
    three = [Stands(number, one, "member") for number in (ANNA, BO, 3)]
    assert "too_many" in names(found(three))


def test_a_skill_that_nobody_on_the_shift_has_is_named() -> None:
    one = shift(0, skills={"english": 1})
    assert [(f.rule, f.skill) for f in found([Stands(ANNA, one)])] == [("skill", "english")]
    allowed = [Allowed(ANNA, 7, "leader", skills=frozenset({"english"}))]
    assert found([Stands(ANNA, one)], allowed=allowed) == []
    two = shift(0, members=2, skills={"english": 1})
    assert names(found([Stands(BO, two)])) == ["too_few"]  # whoever is to come may have it


@pytest.mark.parametrize(
    "allowed",
    [
        [],
        [Allowed(BO, 7, "member")],
        [Allowed(BO, 8, "leader")],
        [Allowed(BO, 7, "leader", until=MONDAY)],
        [Allowed(BO, 7, "leader", begins=MONDAY + timedelta(days=1))],
    ],
)
def test_whoever_may_not_lead_there_then_is_named(allowed: list[Allowed]) -> None:
    one = shift(0, leaders=1, members=0)
    assert names(found([Stands(BO, one, "leader")], allowed=allowed)) == ["not_eligible"]


def test_a_shift_in_leave_is_named_and_one_that_meets_it_is_not() -> None:
    one = shift(1)
    overlapping = {ANNA: [Span(one.span.ends - timedelta(minutes=1), one.span.ends)]}
    assert names(found([Stands(ANNA, one)], away=overlapping)) == ["off"]
    meeting = {ANNA: [Span(one.span.ends, one.span.ends + timedelta(days=1))]}
    assert found([Stands(ANNA, one)], away=meeting) == []


def test_what_was_fixed_or_forbidden_is_held_against_the_roster() -> None:
    one = shift(0)
    bounds = [(ANNA, 8, MONDAY, False), (BO, 8, MONDAY, True)]
    broken = found([Stands(ANNA, one)], bounds=bounds)
    assert [(f.rule, f.people) for f in broken] == [("forbidden", (ANNA,)), ("fixed", (BO,))]
    assert found([Stands(BO, one)], bounds=bounds) == []


def test_two_shifts_at_once_and_too_little_rest_are_told_apart() -> None:
    first, during, soon = shift(0), shift(0, 12, 2), shift(0, 18, 4)
    assert names(found([Stands(ANNA, first), Stands(ANNA, during)])) == ["overlap"]
    broken = found([Stands(ANNA, first), Stands(ANNA, soon)])
    assert [(f.rule, f.number) for f in broken] == [("rest", 120)]
    assert found([Stands(ANNA, first), Stands(BO, soon)]) == []


def test_a_long_shift_is_held_against_every_one_that_begins_within_it() -> None:
    long, early, late = shift(0, 0, 24), shift(0, 2, 2), shift(0, 20, 2)
    rules = found([Stands(ANNA, one) for one in (long, early, late)])
    assert names(rules) == ["overlap", "overlap"]


def test_rest_counts_what_is_stood_elsewhere_but_only_ours_is_marked() -> None:
    elsewhere, ours = shift(0, 18, 4), shift(1, 6)
    stands = [Stands(ANNA, elsewhere, ours=False), Stands(ANNA, ours)]
    broken = found(stands, [ours])
    assert [(f.rule, f.shifts) for f in broken] == [("rest", (ours.key,))]
    assert found(stands[:1], []) == []


def test_an_hour_of_rest_that_the_clock_change_takes_is_named() -> None:
    saturday = date(2026, 3, 28)
    evening = shift((saturday - MONDAY).days, 14, 8, BERLIN)  # until 22:00, the night before
    morning = shift((saturday - MONDAY).days + 1, 9, 8, BERLIN)
    broken = found([Stands(ANNA, evening), Stands(ANNA, morning)])
    assert [(f.rule, f.number) for f in broken] == [("rest", 600)]


def test_a_row_of_days_that_is_too_long_is_named_whole_with_what_went_before() -> None:
    stands = [Stands(ANNA, shift(day), ours=day >= 0) for day in range(-2, 4)]
    broken = found(stands, [one.shift for one in stands if one.ours])
    rows = [one for one in broken if one.rule == "most_in_row"]
    assert [(len(one.days), len(one.shifts), one.number) for one in rows] == [(6, 4, 6)]


def test_the_minutes_of_a_week_end_with_sunday() -> None:
    assert names(found([Stands(ANNA, shift(day, length=9)) for day in (0, 2, 3, 5, 6)])) == [
        "most_week_minutes"
    ]
    assert found([Stands(ANNA, shift(day, length=9)) for day in (2, 3, 4, 6, 8)]) == []


def test_marks_name_the_assignments_that_break_a_rule() -> None:
    first, soon = shift(0), shift(0, 18, 4)
    findings = found([Stands(ANNA, first), Stands(ANNA, soon)])
    assert marks(findings) == {(first.key, ANNA): ["rest"], (soon.key, ANNA): ["rest"]}


@pytest.mark.parametrize(
    ("may", "capacities"),
    [
        ("leader", ["leader", "deputy", "member"]),
        ("deputy", ["deputy", "member"]),
        ("member", ["member"]),
    ],
)
def test_whoever_may_serve_in_a_capacity_may_serve_in_any_lower_one_alone(
    may: str, capacities: list[str]
) -> None:
    for capacity in ("leader", "deputy", "member"):
        broken = found([Stands(BO, shift(0), capacity)], allowed=[Allowed(BO, 7, may)])
        assert ("not_eligible" in names(broken)) == (capacity not in capacities)


def test_a_shift_needs_its_deputies_and_has_room_for_all_its_capacities() -> None:
    one = shift(0, leaders=1, deputies=1, members=1)
    assert one.people == 3
    allowed = [Allowed(number, 7, "leader") for number in (ANNA, BO, 3)]
    serving = zip((ANNA, BO, 3), ("leader", "deputy", "member"), strict=True)
    stands = [Stands(person, one, capacity) for person, capacity in serving]
    assert found(stands, allowed=allowed) == []
    lacking = found([stands[0], stands[2]], allowed=allowed)
    assert [(f.rule, f.number) for f in lacking] == [("deputies", 1)]


def test_shifts_that_meet_leave_no_rest_but_do_not_overlap() -> None:
    broken = found([Stands(ANNA, shift(0)), Stands(ANNA, shift(0, 16, 4))])
    assert [(f.rule, f.number) for f in broken] == [("rest", 0)]
