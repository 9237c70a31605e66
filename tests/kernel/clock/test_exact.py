"""Deadlines that end at an instant, and climb the ladder in minutes."""

from datetime import timedelta

import pytest
from django.utils import translation

from huiyin.kernel.clock import actions
from huiyin.kernel.clock.models import Step
from huiyin.kernel.clock.sweep import sweep
from tests.cast import Cast

BECAUSE = ("接班后10分钟内签到", "signed in within 10 minutes of the shift's start")


@pytest.fixture
def owed(cast: Cast, now):
    return actions.start_until(
        "duty.stand",
        subject="shift:desk:1",
        post=cast.owner.post,
        due_at=now + timedelta(minutes=10),
        warn_at=(now + timedelta(minutes=5),),
        pace=(15, 30),
        because=BECAUSE,
        now=now,
    )


def test_it_is_warned_and_then_climbs_in_minutes(owed, now) -> None:
    seen = []
    for minute in range(0, 61):
        done = sweep(now + timedelta(minutes=minute), {})
        if done.total:
            seen.append((minute, done.warned, done.escalated, done.late))
    assert seen == [(5, 1, 0, 0), (10, 0, 2, 1), (25, 0, 1, 0), (55, 0, 1, 0)]
    rungs = Step.objects.order_by("number").values_list("rung", flat=True)
    assert list(rungs) == ["owner", "owner", "deputy", "head", "parent"]


def test_its_date_explains_itself(owed) -> None:
    with translation.override("zh-hans"):
        assert owed.why.startswith("接班后10分钟内签到，")
        assert owed.why.endswith("止")
    with translation.override("en"):
        assert owed.why.startswith("signed in within 10 minutes of the shift's start; ends on ")


def test_one_whose_time_is_over_already_is_late_at_once(cast: Cast, now) -> None:
    actions.start_until(
        "duty.stand",
        subject="shift:desk:2",
        post=cast.owner.post,
        due_at=now - timedelta(hours=1),
        because=BECAUSE,
        now=now,
    )
    assert sweep(now, {}).late == 1
