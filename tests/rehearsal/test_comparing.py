"""What was put in and what was noticed agree only where keys, times and who was told do."""

from datetime import UTC, datetime, timedelta

from huiyin.rehearsal.faults import Fault, Noticed, compare, mark_key, owed_key

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
KEY = mark_key("numbers", 7, "report:A", "2026-12-01")
TOLD = (("S01.clerk", AT, "owner"),)


def fault(**changes: object) -> Fault:
    return Fault(**{"kind": "numbers", "unit": 7, "at": AT, "by": AT, "needs": [KEY]} | changes)  # type: ignore[arg-type]


def why(put_in: Fault, found: dict[tuple[str, str, str, str], Noticed]) -> list[str]:
    return [one.why for one in compare([put_in], found, AT + timedelta(days=1)).missing]


def test_a_fault_is_noticed_when_all_that_it_needs_was() -> None:
    both = [KEY, owed_key("report.daily", "daily:2026-12-01", "7")]
    assert why(fault(), {KEY: Noticed(AT, TOLD)}) == []
    assert why(fault(needs=both), {KEY: Noticed(AT, TOLD)}) == ["not noticed"]
    assert why(fault(needs=[]), {}) == ["not noticed"]


def test_another_unit_day_or_kind_is_not_the_fault_and_is_invented() -> None:
    for other in (
        mark_key("numbers", 8, "report:A", "2026-12-01"),
        mark_key("numbers", 7, "report:A", "2026-12-02"),
        mark_key("changed", 7, "report:A", "2026-12-01"),
    ):
        outcome = compare([fault()], {other: Noticed(AT, TOLD)}, AT)
        assert ([one.why for one in outcome.missing], list(outcome.invented)) == (
            ["not noticed"],
            [other],
        )
        assert outcome.status == 1


def test_noticed_too_late_or_told_to_nobody_is_not_noticed() -> None:
    late = AT + timedelta(minutes=1)
    assert why(fault(), {KEY: Noticed(late, TOLD)}) == ["noticed only after 2026-12-01 09:00"]
    assert why(fault(), {KEY: Noticed(AT)}) == ["nobody was told"]


def test_the_mark_of_what_came_late_says_when_it_came() -> None:
    came = AT + timedelta(minutes=30)
    assert why(fault(came=came), {KEY: Noticed(AT, TOLD, came=came)}) == []
    assert why(fault(came=came), {KEY: Noticed(AT, TOLD)}) == ["the mark does not say when it came"]


def test_what_is_still_to_come_is_neither_missing_nor_invented() -> None:
    outcome = compare([fault()], {KEY: Noticed(AT, TOLD)}, AT - timedelta(hours=1))
    assert (list(outcome.lines), dict(outcome.invented), outcome.status) == ([], {}, 0)


def test_what_follows_from_a_fault_is_not_invented() -> None:
    follows = owed_key("duty.handover", "shift:A")
    found = {KEY: Noticed(AT, TOLD), follows: Noticed(AT, TOLD)}
    assert compare([fault(also=[follows])], found, AT).status == 0
    assert compare([fault()], found, AT).status == 1
