"""People are received in turn, by number; rooms are kept for groups; nobody is sent away."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.parts.duty import desk
from huiyin.parts.duty.access import DutyNotFound, NotYours
from huiyin.parts.duty.actions import reception
from huiyin.parts.duty.models import Meeting, Room, Visit
from tests.cast import Cast
from tests.duty import Duty

CODE = "HX-W-DESK"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def rooms(duty: Duty) -> tuple[Room, Room, Room]:
    """A hall for ten, a room for six without steps, a room for four."""
    hall = Room.objects.create(point=duty.desk, name="大厅", holds=10, waiting=True)
    lift = Room.objects.create(point=duty.desk, name="一号", holds=6, fits=["step_free"])
    stairs = Room.objects.create(point=duty.desk, name="二号", holds=4)
    return hall, lift, stairs


def come(duty: Duty, now: datetime, *needs: str, people: int = 1) -> Visit:
    return reception.take_number(duty.desk, now=now, needs=needs, people=people)


def call(duty: Duty, room: Room | None, now: datetime) -> int | None:
    found = reception.call_next(duty.members[0], CODE, room.pk if room else None, now=now)
    return found.number if found else None


def code_of(error: pytest.ExceptionInfo[BadInput]) -> str:
    return error.value.code


def test_numbers_begin_anew_each_local_day_and_at_each_desk(duty: Duty, now: datetime) -> None:
    assert [come(duty, now).number for _ in range(3)] == [1, 2, 3]
    assert reception.take_number(duty.line, now=now).number == 1
    before_midnight = now.replace(hour=15, minute=59)
    assert come(duty, before_midnight).number == 4
    assert come(duty, before_midnight + MINUTE).number == 1


def test_whoever_took_a_number_before_midnight_is_still_called_after_it(
    duty: Duty, now: datetime
) -> None:
    late = now.replace(hour=15, minute=58)
    come(duty, now)
    reception.end(duty.members[0], CODE, Visit.objects.get().pk, "left", now=now)
    come(duty, late)
    come(duty, late + 5 * MINUTE)
    assert [call(duty, None, late + 6 * MINUTE) for _ in range(3)] == [2, 1, None]


def test_one_form_gives_one_number(duty: Duty, now: datetime) -> None:
    first = reception.take_number(duty.desk, now=now, seed="a" * 32)
    again = reception.take_number(duty.desk, now=now + MINUTE, seed="a" * 32)
    assert first == again
    assert come(duty, now).number == 2


def test_who_needs_a_room_without_steps_waits_for_it_and_is_first_there(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    _, lift, stairs = rooms
    for needs in ((), ("step_free",), ("sign",)):
        come(duty, now, *needs)
    assert call(duty, stairs, now) == 1
    assert call(duty, lift, now) == 2
    reception.end(duty.members[0], CODE, Visit.objects.get(number=1).pk, "received", now=now)
    assert call(duty, stairs, now) == 3


def test_a_room_with_somebody_in_it_takes_nobody_else(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    come(duty, now)
    come(duty, now)
    call(duty, rooms[2], now)
    with pytest.raises(BadInput) as taken:
        call(duty, rooms[2], now)
    assert code_of(taken) == "room_taken"
    with pytest.raises(BadInput) as none:
        call(duty, None, now)
    assert code_of(none) == "room_needed"
    with pytest.raises(DutyNotFound):
        call(duty, rooms[0], now)  # the hall is no room to be called to


def test_who_was_away_when_called_is_next_when_they_come_back(duty: Duty, now: datetime) -> None:
    for _ in range(3):
        come(duty, now)
    assert call(duty, None, now) == 1
    first = Visit.objects.get(number=1)
    reception.end(duty.members[0], CODE, first.pk, "left", now=now)
    assert desk.left(duty.desk, now) == [first]
    assert call(duty, None, now) == 2
    reception.bring_back(duty.members[0], CODE, first.pk, now=now + HOUR)
    assert call(duty, None, now + HOUR) == 1


def test_what_was_done_already_is_not_done_twice(duty: Duty, now: datetime) -> None:
    visit = come(duty, now)
    clerk = duty.members[0]
    for early in (
        lambda: reception.call_again(clerk, CODE, visit.pk, now=now),
        lambda: reception.end(clerk, CODE, visit.pk, "received", now=now),
        lambda: reception.call_group(clerk, CODE, visit.pk, now=now),
    ):
        with pytest.raises(BadInput) as refused:
            early()
        assert code_of(refused) == "not_now"
    call(duty, None, now)
    reception.call_again(clerk, CODE, visit.pk, now=now + MINUTE)
    reception.end(clerk, CODE, visit.pk, "received", now=now + HOUR)
    reception.end(clerk, CODE, visit.pk, "left", now=now + 2 * HOUR)
    visit.refresh_from_db()
    assert (visit.end, visit.ended_at, visit.called_at) == ("received", now + HOUR, now + MINUTE)
    with pytest.raises(BadInput):
        reception.bring_back(clerk, CODE, visit.pk, now=now + HOUR)


def test_the_wait_follows_the_pace_of_today(duty: Duty, now: datetime) -> None:
    for minutes in (10, 12, 40):
        visit = come(duty, now)
        call(duty, None, now)
        reception.end(duty.members[0], CODE, visit.pk, "received", now=now + minutes * MINUTE)
    come(duty, now)
    come(duty, now)
    found = desk.screen(duty.desk, now + HOUR)
    assert [minutes for _, minutes in found.waiting] == [15, 25]
    assert found.wait == 40
    tomorrow = desk.screen(duty.desk, now + 24 * HOUR)
    assert tomorrow.wait is None


def test_an_overlapping_room_is_refused_and_one_that_follows_is_kept(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    def keep(begin: float, end: float, most: int = 5) -> Meeting:
        return reception.keep_room(
            duty.members[0], CODE, rooms[1].pk, starts=now + begin * HOUR, ends=now + end * HOUR,
            representatives=most, now=now,
        )  # fmt: skip

    kept = keep(1, 2)
    for begin, end in ((1, 2), (0.5, 1.5), (1.5, 3), (0, 4), (1.25, 1.5)):
        with pytest.raises(BadInput) as refused:
            keep(begin, end)
        assert code_of(refused) == "room_overlap"
    keep(2, 3)
    keep(0, 1)
    reception.give_up_room(duty.members[0], CODE, kept.pk, now=now)
    keep(1, 2)
    for wrong, code in (((4, 4), "times"), ((-3, -2), "times"), ((5, 6, 0), "representatives")):
        with pytest.raises(BadInput) as refused:
            keep(*wrong)
        assert code_of(refused) == code


def test_more_than_five_representatives_are_refused_by_the_regulation_and_by_it_alone(
    cast: Cast, duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    from huiyin.kernel.clock.policy import forget

    def keep(most: int) -> Meeting:
        return reception.keep_room(
            duty.members[0], CODE, rooms[1].pk, starts=now + HOUR, ends=now + 2 * HOUR,
            representatives=most, now=now,
        )  # fmt: skip

    with pytest.raises(BadInput) as refused:
        keep(6)
    assert code_of(refused) == "representatives"
    cast.organisation.pack = "iso-10002"
    cast.organisation.save()
    forget()
    with pytest.raises(BadInput) as refused:
        keep(7)
    assert code_of(refused) == "room_small"
    assert keep(6).representatives == 6


def test_a_group_waits_for_its_own_time_and_the_others_go_on_in_turn(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    group, clerk = come(duty, now, people=8), duty.members[0]
    come(duty, now)
    kept = reception.keep_room(
        clerk, CODE, rooms[1].pk, starts=now + HOUR, ends=now + 2 * HOUR, representatives=3,
        now=now, visit_pk=group.pk,
    )  # fmt: skip
    assert call(duty, rooms[2], now) == 2
    with pytest.raises(BadInput) as busy:
        call(duty, rooms[1], now + HOUR)
    assert code_of(busy) == "room_kept"
    reception.call_group(clerk, CODE, group.pk, now=now + HOUR)
    found = desk.load(duty.desk, now + HOUR)
    assert found.hall is not None
    assert (found.hall.people, [one.fill.people for one in found.rooms]) == (5, [3, 1])
    reception.end(clerk, CODE, group.pk, "received", now=now + HOUR + 20 * MINUTE)
    kept.refresh_from_db()
    assert kept.ends == now + HOUR + 20 * MINUTE


def test_a_group_whose_room_is_given_up_goes_on_in_its_turn(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    group = come(duty, now, people=3)
    for _ in range(2):  # and a room can be kept for it anew
        kept = reception.keep_room(
            duty.members[0], CODE, rooms[1].pk, starts=now + HOUR, ends=now + 2 * HOUR,
            representatives=3, now=now, visit_pk=group.pk,
        )  # fmt: skip
        assert call(duty, rooms[2], now) is None
        reception.give_up_room(duty.members[0], CODE, kept.pk, now=now)
    assert call(duty, rooms[2], now) == 1


def test_a_hall_that_is_too_full_is_owed_another_room_and_still_gives_numbers(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    hall = rooms[0]
    come(duty, now, people=8)
    assert desk.load(duty.desk, now).near
    assert not Deadline.objects.filter(kind="duty.crowded").exists()
    come(duty, now, people=3)
    owed = Deadline.objects.get(kind="duty.crowded")
    assert (owed.subject, owed.post, owed.state) == (duty.desk.ref, duty.planner.post, "open")
    assert Notice.objects.get(kind="duty.crowded").post == duty.planner.post
    assert come(duty, now, people=20).number == 3
    assert Deadline.objects.filter(kind="duty.crowded").count() == 1
    sweep(now + 20 * MINUTE, {})
    assert Entry.objects.filter(subject=duty.desk.ref, kind="clock.late").count() == 1
    reception.set_room(
        duty.planner, CODE, name="二厅", holds=30, waiting=True, now=now + 30 * MINUTE
    )
    owed.refresh_from_db()
    assert owed.state == "met"
    reception.open_room(duty.members[0], CODE, hall.pk, False, now=now + 31 * MINUTE)
    assert Deadline.objects.filter(kind="duty.crowded", state="open").count() == 1


def test_a_hall_that_emptied_overnight_is_owed_nothing_any_more(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    come(duty, now, people=12)
    reception.forget(now + HOUR)
    owed = Deadline.objects.get(kind="duty.crowded")
    assert owed.state == "open"
    reception.forget(now + 24 * HOUR)
    owed.refresh_from_db()
    assert owed.state == "met"


def test_a_room_in_use_or_kept_for_a_group_is_not_closed(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    clerk = duty.members[0]
    visit = come(duty, now)
    call(duty, rooms[1], now)
    with pytest.raises(BadInput) as used:
        reception.open_room(clerk, CODE, rooms[1].pk, False, now=now)
    assert code_of(used) == "room_used"
    reception.end(clerk, CODE, visit.pk, "received", now=now)
    assert reception.open_room(clerk, CODE, rooms[1].pk, False, now=now).closed_at == now


def test_only_those_who_serve_there_work_the_desk_and_only_planners_set_up_its_rooms(
    cast: Cast, duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    for stranger in (cast.driver, cast.cook, cast.owner):
        with pytest.raises(DutyNotFound):
            desk.access_desk(stranger, CODE, now)
    with pytest.raises(NotYours):  # sees the unit from above, receives nobody here
        desk.access_desk(cast.clerk, CODE, now)
    with pytest.raises(NotYours):
        reception.set_room(duty.members[0], CODE, name="三号", holds=99, now=now)
    assert desk.desks(duty.members[0], now) == [duty.desk]
    assert desk.desks(cast.driver, now) == []


def test_turns_and_meetings_are_deleted_a_week_after(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    old, young = now, now + timedelta(days=3)
    come(duty, old)
    come(duty, young)
    for at in (old, young):
        reception.keep_room(
            duty.members[0], CODE, rooms[1].pk, starts=at, ends=at + HOUR, representatives=2,
            now=at,
        )  # fmt: skip
    assert reception.forget(now + timedelta(days=7)) == 0
    assert reception.forget(now + timedelta(days=8)) == 1
    assert [one.came_at for one in Visit.objects.all()] == [young]
    assert [one.starts for one in Meeting.objects.all()] == [young]


def test_no_turn_is_in_the_ledger(
    duty: Duty, rooms: tuple[Room, Room, Room], now: datetime
) -> None:
    before = Entry.objects.count()
    visit = come(duty, now, "interpreter")
    call(duty, rooms[1], now)
    reception.end(duty.members[0], CODE, visit.pk, "received", now=now)
    assert Entry.objects.count() == before
