"""The duty of the Machine Works, for every test of this part."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.actions import setup
from huiyin.parts.duty.models import Shift
from tests.cast import Cast
from tests.duty import FIRST, Duty, _person


@pytest.fixture
def spare(duty: Duty, cast: Cast, now: datetime) -> list[Acting]:
    """Two more members, who stand nothing yet."""
    people = [_person(cast, name, now) for name in ("nan", "ning")]
    for one in people:
        setup.admit(duty.planner, duty.desk.code, one.user, "member", now=now)
    return people


@pytest.fixture
def shift(duty: Duty, spare: list[Acting]) -> Shift:
    """The day shift of the desk on the third day."""
    return duty.shift(duty.day, FIRST + timedelta(days=2))
