"""Two clerks, two kiosks, two bookings at once, on real connections."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import add_post, appoint
from huiyin.kernel.units.models import Role
from huiyin.parts.duty.actions import reception
from huiyin.parts.duty.models import DutyPoint, Meeting, Room, Visit
from tests.cast import Cast, enter
from tests.support.concurrency import at_once, errors

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None, now: datetime) -> Cast:
    return enter(now)


@pytest.fixture
def point(cast: Cast, now: datetime) -> DutyPoint:
    leader = add_post(cast.works, Role.DUTY_LEADER, "值班负责人", now=now)
    appoint(cast.works_clerk.user, leader, now=now)
    return DutyPoint.objects.create(unit=cast.works, code="DESK", kind="desk", name="接待窗口")


def test_two_tickets_never_have_the_same_number(point: DutyPoint, now: datetime) -> None:
    found = at_once(*[lambda: reception.take_number(point, now=now)] * 4)
    assert not errors(found)
    assert sorted(Visit.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_one_form_pressed_three_times_gives_one_number(point: DutyPoint, now: datetime) -> None:
    found = at_once(*[lambda: reception.take_number(point, now=now, seed="f" * 32)] * 3)
    assert not errors(found)
    assert Visit.objects.count() == 1


def test_two_clerks_never_call_the_same_number(cast: Cast, point: DutyPoint, now: datetime) -> None:
    for _ in range(3):
        reception.take_number(point, now=now)
    found = at_once(*[lambda: reception.call_next(cast.works_clerk, "DESK", None, now=now)] * 4)
    assert not errors(found)
    assert sorted(one.number for one in found if one) == [1, 2, 3]  # type: ignore[attr-defined]
    assert found.count(None) == 1


def test_one_room_is_called_into_by_one_of_two_clerks(
    cast: Cast, point: DutyPoint, now: datetime
) -> None:
    room = Room.objects.create(point=point, name="一号", holds=4)
    for _ in range(2):
        reception.take_number(point, now=now)
    found = at_once(*[lambda: reception.call_next(cast.works_clerk, "DESK", room.pk, now=now)] * 2)
    assert [error.code for error in errors(found)] == ["room_taken"]  # type: ignore[attr-defined]
    assert Visit.objects.filter(called_at=None).count() == 1


def test_one_room_is_kept_for_one_of_two_groups(
    cast: Cast, point: DutyPoint, now: datetime
) -> None:
    room = Room.objects.create(point=point, name="一号", holds=6)

    def keep(offset: int) -> Meeting:
        starts = now + timedelta(minutes=60 + offset)
        return reception.keep_room(
            cast.works_clerk, "DESK", room.pk, starts=starts, ends=starts + timedelta(hours=1),
            representatives=3, now=now,
        )  # fmt: skip

    found = at_once(lambda: keep(0), lambda: keep(30))
    assert [type(error) for error in errors(found)] == [BadInput]
    assert Meeting.objects.count() == 1


def test_a_hall_that_fills_from_two_sides_is_alarmed_once(point: DutyPoint, now: datetime) -> None:
    Room.objects.create(point=point, name="大厅", holds=1, waiting=True)
    reception.take_number(point, now=now)
    found = at_once(*[lambda: reception.take_number(point, now=now)] * 3)
    assert not errors(found)
    assert Deadline.objects.filter(kind="duty.crowded").count() == 1
