"""The machine's time is believed only while nothing that can't jump with it speaks against it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from huiyin.kernel.clock import timekeeping
from huiyin.kernel.clock.models import ClockHold, ClockReading, Standstill
from huiyin.kernel.clock.timekeeping import Running, judge
from huiyin.kernel.ledger.models import Entry
from tests.cast import Cast
from tests.support.clocks import show

pytestmark = pytest.mark.own_clock

NOW = datetime(2026, 3, 3, 1, 14, tzinfo=UTC)
FIVE = timedelta(minutes=5)
HERE = Running("this start", 5000.0)


@pytest.fixture(autouse=True)
def _nothing_read() -> None:
    timekeeping.forget()


def reading(ago: timedelta, *, boot: str = "this start", uptime_ago: float = 0) -> ClockReading:
    return ClockReading(boot=boot, at=NOW - ago, uptime=HERE.uptime - uptime_ago)


@pytest.mark.parametrize(
    ("same", "newest", "last_entry", "elsewhere", "kind"),
    [
        pytest.param(None, None, None, None, None, id="a first start"),
        pytest.param(reading(FIVE, uptime_ago=300), None, None, None, None, id="time that passed"),
        pytest.param(
            reading(timedelta(days=17), uptime_ago=17 * 86400), None, None, None, None,
            id="off for days while the machine ran on",
        ),
        pytest.param(
            reading(timedelta(minutes=4), uptime_ago=1), None, None, None, None, id="a small step"
        ),
        pytest.param(
            reading(timedelta(minutes=7), uptime_ago=1), None, None, None, "ahead",
            id="minutes ahead",
        ),
        pytest.param(
            reading(timedelta(days=90), uptime_ago=60), None, None, None, "ahead", id="days ahead"
        ),
        pytest.param(
            reading(timedelta(hours=-26), uptime_ago=60), None, None, None, "back", id="hours back"
        ),
        pytest.param(None, None, NOW + timedelta(hours=26), None, "back", id="before the record"),
        pytest.param(None, None, NOW + timedelta(seconds=20), None, None, id="a waiting writer"),
        pytest.param(
            None, reading(timedelta(days=2), boot="another"), None, None, None,
            id="a weekend without power",
        ),
        pytest.param(
            None, reading(timedelta(days=17), boot="another"), None, None, "unproven",
            id="weeks without power and nobody who vouches for the time",
        ),
        pytest.param(
            None, reading(timedelta(days=17), boot="another"), None, NOW, None,
            id="weeks without power and a database elsewhere that vouches",
        ),
        pytest.param(
            None, reading(timedelta(hours=-2), boot="another"), None, None, "back",
            id="a reboot into the past",
        ),
        pytest.param(None, None, None, NOW - timedelta(hours=1), "ahead", id="ahead of a database"),
    ],
)  # fmt: skip
def test_a_jump_is_told_from_a_time_off(
    same: ClockReading | None,
    newest: ClockReading | None,
    last_entry: datetime | None,
    elsewhere: datetime | None,
    kind: str | None,
) -> None:
    found = judge(
        NOW, HERE,
        same_boot=same, newest=newest or same, last_entry=last_entry, elsewhere=elsewhere,
        tolerance=FIVE,
    )  # fmt: skip
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    "offset", [timedelta(days=90), timedelta(days=4 * 365), timedelta(hours=1)]
)
def test_a_jump_stays_held_after_the_clock_came_back_until_a_person_states_the_time(
    db: None, offset: timedelta
) -> None:
    show(offset)
    assert not timekeeping.check(timezone.now()).may_sweep
    show(timedelta(0))
    state = timekeeping.check(timezone.now())
    assert (state.may_sweep, state.may_write) == (False, True)
    assert timekeeping.confirm(timezone.now()) is not None
    assert timekeeping.check(timezone.now()).may_sweep
    assert ClockHold.objects.count() == 1
    assert Entry.objects.filter(kind="clock.stated").count() == 1
    assert timekeeping.confirm(timezone.now()) is None


def test_after_a_confirmation_entries_with_later_times_are_no_evidence(
    cast: Cast,
) -> None:
    ahead = timezone.now() + timedelta(days=90)
    cast.file(ahead)
    assert timekeeping.check(timezone.now()).hold is not None
    with pytest.raises(timekeeping.ClockNotTrusted):
        timekeeping.require(timezone.now())
    timekeeping.confirm(timezone.now())
    timekeeping.require(timezone.now())
    assert Entry.objects.filter(at=ahead).exists()


def test_a_gap_between_rounds_that_is_believed_is_kept_as_a_standstill(db: None) -> None:
    machine = timekeeping.running()
    long = timedelta(days=2)
    ClockReading.objects.create(
        boot="an earlier start", at=timezone.now() - long, uptime=machine.uptime
    )
    assert timekeeping.check(timezone.now()).may_sweep
    stood = Standstill.objects.get()
    assert abs(stood.until - stood.since - long) < timedelta(minutes=5)
    timekeeping.check(timezone.now())
    assert Standstill.objects.count() == 1
    entry = Entry.objects.get(kind="clock.stood")
    assert json.loads(entry.leaf)["facts"]["since"] == stood.since.isoformat()


def test_rounds_of_a_clock_that_goes_right_keep_one_reading_and_hold_nothing(db: None) -> None:
    for _ in range(3):
        assert timekeeping.check(timezone.now()).may_sweep
    assert ClockReading.objects.count() == 1
