"""Who is on duty, over the API: the same rights and the same refusal as on the pages."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine

from huiyin.kernel.units.actions import Acting
from tests.cast import Cast
from tests.duty import Duty
from tests.web.api.conftest import Caller

NOON = datetime.fromisoformat("2026-03-17T12:00+08:00")
AsPost = Callable[[Acting], Caller]


@pytest.fixture(autouse=True)
def _noon(now: datetime) -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def test_it_says_who_is_on_duty_now_with_the_leader_first(duty: Duty, as_post: AsPost) -> None:
    status, told = as_post(duty.planner)("GET", "/duty/now")
    assert status == 200
    desk = next(one for one in told["points"] if one["point"]["code"] == duty.desk.code)
    (shift,) = desk["shifts"]
    on = duty.on(duty.shift(duty.day, date(2026, 3, 17)))
    assert {one["name"]: one["capacity"] for one in shift["people"]} == on
    assert shift["people"][0]["capacity"] == "leader"
    assert shift["people"][0]["telephone"].startswith("138")
    assert (shift["pattern"], shift["day"], shift["short"]) == ("D", "2026-03-17", False)


def test_a_roster_is_told_day_by_day_and_to_nobody_else(
    cast: Cast, duty: Duty, as_post: AsPost
) -> None:
    planner = as_post(duty.planner)
    at = f"/duty/points/{duty.desk.code}/roster"
    status, told = planner("GET", f"{at}?first=2026-03-16&days=2")
    assert status == 200
    assert [one["pattern"] for one in told["shifts"]] == ["D", "N", "D", "N"]
    assert (told["first"], told["end"]) == ("2026-03-16", "2026-03-18")
    assert planner("GET", at)[1]["first"] == "2026-03-17"
    driver = as_post(cast.driver)
    absent = driver("GET", "/duty/points/NOWHERE/roster")
    assert driver("GET", at) == absent
    assert absent[0] == 404
    assert driver("GET", "/duty/now")[1]["points"] == []


@pytest.mark.parametrize("wrong", ["days=0", "days=93", "first=yesterday", "first=1999-01-01"])
def test_days_that_can_not_be_are_refused(duty: Duty, as_post: AsPost, wrong: str) -> None:
    status, _ = as_post(duty.planner)("GET", f"/duty/points/{duty.desk.code}/roster?{wrong}")
    assert status == 422


def test_a_draft_is_not_told(cast: Cast, as_post: AsPost, now: datetime) -> None:
    from tests.duty import fill, set_up

    duty = set_up(cast, now)
    fill(duty)
    with time_machine.travel(NOON + timedelta(0), tick=False):
        told = as_post(duty.planner)("GET", f"/duty/points/{duty.desk.code}/roster")[1]
    assert told["shifts"] == []
