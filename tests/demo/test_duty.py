"""The duty of the demonstration has something to see at whatever hour of the month it is opened."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from huiyin.demo import BEFORE, duty
from huiyin.demo.organisation import build
from huiyin.parts.duty.models import Absence, Roster, Shift, Swap
from huiyin.timeline import play
from huiyin.wiring import DEADLINE_HANDLERS

ZONE = ZoneInfo("Asia/Shanghai")
MOMENTS = (
    datetime(2026, 11, 1, 0, 30, tzinfo=ZONE),
    datetime(2026, 12, 2, 7, 59, tzinfo=ZONE),
    datetime(2026, 11, 15, 12, 0, tzinfo=ZONE),
    datetime(2026, 11, 28, 17, 0, tzinfo=ZONE),
    datetime(2026, 12, 31, 23, 59, tzinfo=ZONE),
)


@pytest.mark.parametrize("local", MOMENTS, ids=lambda one: f"{one:%d %H:%M}")
def test_a_shift_runs_two_swaps_wait_and_somebody_is_missing(local: datetime, db: None) -> None:
    now = local.astimezone(UTC)
    world = build(now - BEFORE)
    events = duty.events(world, duty.crew(world, now - BEFORE), now, ZONE)
    play(sorted(events, key=lambda event: event[0]), DEADLINE_HANDLERS, until=now)
    running = Shift.objects.filter(point__code="YS-DESK", starts__lte=now, ends__gt=now)
    assert running.filter(sign_ins__isnull=False).distinct().count() == 1
    assert set(Swap.objects.values_list("state", flat=True)) == {"asked", "accepted"}
    assert Absence.objects.count() == 1
    assert set(
        Roster.objects.filter(unit__duty_points__code="YS-DESK").values_list("state", flat=True)
    ) == {
        "published",
        "draft",
    }
