"""The night in which the clock goes forward: shifts, handover and checks keep their hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import forget
from huiyin.kernel.units.models import Organisation
from huiyin.parts.duty.actions import checklists, handover, watch
from huiyin.parts.duty.actions._shift import Refused
from huiyin.parts.duty.models import Check, Shift
from huiyin.parts.duty.reading import check as check_roster
from tests.cast import Cast
from tests.duty import Duty, enter
from tests.parts.duty.shift import following, leader, stood
from tests.support.checklists import answers, listed

SATURDAY = date(2026, 3, 28)  # the clock goes from 02:00 to 03:00 in the night to Sunday
MINUTE = timedelta(minutes=1)


@pytest.fixture
def duty(cast: Cast, now: datetime) -> Duty:
    organisation = Organisation.objects.get()
    organisation.zone, organisation.country = "Europe/Berlin", "DE"
    organisation.save()
    forget()
    return enter(cast, now)


@pytest.fixture
def night(duty: Duty) -> Shift:
    return duty.shift(duty.night, SATURDAY)


def test_the_night_has_eleven_hours_and_no_gap_before_the_morning(duty: Duty, night: Shift) -> None:
    assert night.ends - night.starts == timedelta(hours=11)
    assert following(duty, night).starts == night.ends == datetime(2026, 3, 29, 6, tzinfo=UTC)
    assert not [one for one in check_roster(duty.roster, mark=False) if one.rule == "uncovered"]


def test_sign_in_and_handover_keep_to_the_clock_on_the_wall(duty: Duty, night: Shift) -> None:
    giver = stood(duty, night)
    item = handover.add_item(giver, night.pk, "watch", "夏令时已拨表", now=night.starts)
    owed = Deadline.objects.get(kind="duty.handover", subject=night.ref)
    assert owed.due_at == datetime(2026, 3, 29, 6, 30, tzinfo=UTC)  # 08:30 in the new time
    morning = following(duty, night)
    taker = leader(duty, morning)
    with pytest.raises(Refused, match="too_early"):
        watch.sign_in(taker, morning.pk, now=morning.starts - 61 * MINUTE)
    watch.sign_in(taker, morning.pk, now=morning.starts - 60 * MINUTE)
    handover.give(giver, night.pk, now=night.ends - 60 * MINUTE)
    handover.take(taker, night.pk, [item.pk], now=morning.starts)
    owed.refresh_from_db()
    assert owed.state == Deadline.State.MET


def test_the_day_of_the_change_has_one_check_of_23_hours(duty: Duty, night: Shift) -> None:
    sunday = datetime(2026, 3, 29, 10, tzinfo=UTC)
    one = listed(duty, sunday)
    [owed] = Deadline.objects.filter(kind="duty.check", state="open")
    assert owed.due_at == datetime(2026, 3, 29, 22, tzinfo=UTC)
    checklists.carry_out(duty.planner, one.pk, answers(one), now=sunday)
    assert Check.objects.get().period == datetime(2026, 3, 28, 23, tzinfo=UTC)
