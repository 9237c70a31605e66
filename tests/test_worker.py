"""The worker's rounds: what they leave alone while the time is not believed, and after a start."""

import threading
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from huiyin import worker
from huiyin.kernel.clock import timekeeping
from huiyin.kernel.clock.models import ClockReading, Deadline
from huiyin.kernel.vault import belonging
from huiyin.parts.cases.actions import writer
from huiyin.parts.cases.models import Case
from huiyin.solves import Solves
from tests.cast import Cast, enter
from tests.support.clocks import show

# a worker's rounds commit
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_clock]


@pytest.fixture
def cast(transactional_db: None, now: datetime) -> Cast:
    return enter(now)


@pytest.fixture(autouse=True)
def _at_home(transactional_db: None) -> None:
    timekeeping.forget()
    belonging.ensure_home(adopt=True)


def closed_long_ago(cast: Cast) -> str:
    long_ago = timezone.now() - timedelta(days=3000)
    locator = cast.file(long_ago).case.locator
    writer.withdraw(locator, "", now=long_ago)
    return locator


def rounds(count: int) -> None:
    left = iter(range(count))
    worker._rounds(threading.Event(), lambda: next(left, None) is not None, Solves())


@pytest.mark.parametrize("days", [90, -2])
def test_nothing_is_swept_or_erased_while_the_clock_is_not_believed(cast: Cast, days: int) -> None:
    locator = closed_long_ago(cast)
    cast.file(timezone.now() - timedelta(days=200))
    before = list(Deadline.objects.values_list("state", "step", "next_at"))
    show(timedelta(days=days))
    rounds(1)
    assert list(Deadline.objects.values_list("state", "step", "next_at")) == before
    assert Case.objects.get(locator=locator).erased_at is None


def test_the_first_housekeeping_after_a_start_erases_nothing_and_the_next_does(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    locator = closed_long_ago(cast)
    rounds(2)
    assert Case.objects.get(locator=locator).erased_at is None
    monkeypatch.setattr(worker, "HOUSEKEEPING", 0.5)
    rounds(2)
    assert Case.objects.get(locator=locator).erased_at is not None


def test_a_confirmation_lets_the_rounds_go_on(cast: Cast) -> None:
    cast.file(timezone.now() - timedelta(days=200))
    show(timedelta(days=90))
    rounds(1)
    assert not Deadline.objects.filter(step__gt=0).exists()
    timekeeping.confirm(timezone.now())
    rounds(1)
    assert Deadline.objects.filter(step__gt=0).exists()
    assert ClockReading.objects.count() == 1
