"""Whose turn it is, how long one waits, how full it is: rules without a database."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huiyin.parts.duty.turns import Fill, Turn, next_turn, pace, wait

AT = datetime(2026, 3, 16, 1, tzinfo=UTC)
STEP_FREE, CHILD = "step_free", "child"
PLAIN, LIFT = frozenset[str](), frozenset({STEP_FREE})


def receptions(*minutes: int) -> list[tuple[datetime, datetime]]:
    return [(AT, AT + timedelta(minutes=n)) for n in minutes]


def turn(number: int, *places: str) -> Turn:
    return Turn(number, frozenset(places))


def called(waiting: list[Turn], here: frozenset[str], *elsewhere: frozenset[str]) -> int | None:
    found = next_turn(waiting, here, elsewhere)
    return found.number if found else None


def test_numbers_are_called_in_turn() -> None:
    assert called([turn(4), turn(5), turn(6)], PLAIN, PLAIN) == 4
    assert called([turn(4), turn(5)], PLAIN) == 4
    assert called([], PLAIN, LIFT) is None


def test_a_fitting_room_takes_first_whoever_no_other_room_can_receive() -> None:
    assert called([turn(4), turn(5, STEP_FREE)], LIFT, PLAIN) == 5


def test_whoever_needs_another_room_is_passed_over_and_keeps_the_turn() -> None:
    waiting = [turn(4, STEP_FREE), turn(5)]
    assert called(waiting, PLAIN, LIFT) == 5
    assert called(waiting, LIFT, PLAIN) == 4
    assert called([turn(4, STEP_FREE)], PLAIN, LIFT) is None


def test_where_every_room_fits_the_need_changes_nothing_in_the_order() -> None:
    assert called([turn(4), turn(5, STEP_FREE)], LIFT, LIFT) == 4


def test_a_need_that_no_room_meets_keeps_nobody_waiting() -> None:
    assert called([turn(4, CHILD), turn(5)], PLAIN, LIFT) == 4
    assert called([turn(4, CHILD, STEP_FREE), turn(5)], LIFT, PLAIN) == 4


places = st.frozensets(st.sampled_from([STEP_FREE, CHILD]))
lines = st.lists(places, min_size=1, max_size=8).map(
    lambda found: [Turn(number, one) for number, one in enumerate(found, 1)]
)


@given(lines, st.lists(places, min_size=1, max_size=4))
def test_everybody_who_waits_is_called_in_the_end_and_into_a_room_that_fits(
    waiting: list[Turn], rooms: list[frozenset[str]]
) -> None:
    left = list(waiting)
    while left:
        before = len(left)
        for n, room in enumerate(rooms):
            found = next_turn(left, room, rooms[:n] + rooms[n + 1 :])
            if found is not None:
                left.remove(found)
                assert found.places <= room or not any(found.places <= one for one in rooms)
        assert len(left) < before


def test_three_receptions_make_a_pace_and_one_that_dragged_on_does_not_spoil_it() -> None:
    assert pace(receptions(10, 12)) is None
    assert pace(receptions(10, 12, 240)) == timedelta(minutes=12)


def test_the_pace_follows_the_last_twenty() -> None:
    assert pace(receptions(*[60] * 30, *[10] * 20)) == timedelta(minutes=10)


def test_a_wait_is_rounded_up_to_five_minutes_and_shorter_with_more_desks() -> None:
    assert wait(timedelta(minutes=12), 0, 1) == 15
    assert wait(timedelta(minutes=12), 4, 1) == 60
    assert wait(timedelta(minutes=12), 4, 3) == 20
    assert wait(timedelta(minutes=1), 0, 4) == 5
    assert wait(timedelta(minutes=12), 0, 0) == 15
    assert wait(None, 3, 2) is None


def test_a_place_is_near_its_limit_at_four_fifths_and_over_it_beyond_what_it_holds() -> None:
    assert [Fill(n, 10).near for n in (0, 7, 8, 10)] == [False, False, True, True]
    assert [Fill(n, 10).over for n in (10, 11)] == [False, True]
    assert Fill(3, 8).percent == 38
    assert not Fill(0, 10).near
