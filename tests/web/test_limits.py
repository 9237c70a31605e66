"""Limits that hold for all processes, and keep nobody out of what is theirs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connections
from django.test import Client, RequestFactory
from django.urls import reverse

from huiyin.parts.cases.actions.filing import Filed
from huiyin.web.portal import limits
from huiyin.web.portal.limits import Limit
from huiyin.web.portal.models import Counter
from tests.cast import Cast
from tests.support.concurrency import at_once

PHRASE = "the blue kettle sings at half past four"
WRONG = "a phrase that is not it"


@pytest.fixture
def filed(cast: Cast, now: datetime) -> Filed:
    return cast.file(now, phrase=PHRASE)


def recover(filed: Filed, phrase: str, address: str) -> int:
    given = {"locator": filed.case.locator, "phrase": phrase}
    answer = Client(REMOTE_ADDR=address).post(
        "/api/v1/recovery", given, content_type="application/json"
    )
    return answer.status_code


def guesses(filed: Filed, address: str, tries: int) -> int:
    """How many of the wrong phrases were looked at."""
    return sum(recover(filed, WRONG, address) == 404 for _ in range(tries))


def allowed(address: str, tries: int = 1, letter: str = "ABCD2345") -> int:
    """How many phrases would be looked at; none is, so that many can be tried."""
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    return sum(not limits.tried(request, limits.PHRASES, letter) for _ in range(tries))


@pytest.mark.django_db(transaction=True)
def test_a_limit_is_exact_however_many_count_at_once() -> None:
    limit = Limit("exact", 10, 3600)
    acts: list[Callable[[], object]] = [lambda: limits.count(limit, "it")] * 8
    found = [wait for _ in range(5) for wait in at_once(*acts)]
    assert sorted(found) == [0] * 10 + [3600] * 30
    assert Counter.objects.get().count == 40


@pytest.mark.django_db(transaction=True)
def test_guesses_of_phrases_made_at_once_are_no_more_than_the_limit(now: datetime) -> None:
    from tests.cast import enter

    filed = enter(now).file(now, phrase=PHRASE)
    acts: list[Callable[[], object]] = [lambda: recover(filed, WRONG, "10.1.2.3")] * 8
    found = [status for _ in range(3) for status in at_once(*acts)]
    assert found.count(404) == limits.PHRASE_BY_BLOCK.most
    assert found.count(429) == 24 - limits.PHRASE_BY_BLOCK.most
    connections.close_all()


def test_no_cheap_requests_make_room_for_further_guesses(filed: Filed) -> None:
    assert guesses(filed, "10.1.2.3", 12) == limits.PHRASE_BY_BLOCK.most
    for number in range(60):
        Client(REMOTE_ADDR=f"10.{number}.0.1").post("/letter/", {"code": "0" * 32})
    cache.clear()
    assert guesses(filed, "10.1.2.3", 12) == 0


def test_a_stranger_keeps_no_writer_from_the_right_phrase(filed: Filed) -> None:
    guesses(filed, "10.1.2.3", 12)
    allowed("10.1.2.3", 300, filed.case.locator)
    assert recover(filed, PHRASE, "10.1.2.3") == 429
    assert recover(filed, PHRASE, "203.0.113.9") == 200


@pytest.mark.django_db
def test_a_phrase_is_slowed_for_one_network_and_not_locked_for_the_day() -> None:
    with time_machine.travel(datetime(2026, 3, 3, tzinfo=UTC), tick=False) as clock:
        assert allowed("10.1.2.3", 20) == 10
        looked_at = []
        for _hour in range(4):
            clock.shift(timedelta(hours=1, seconds=1))
            looked_at.append(allowed("10.1.2.3", 20))
        assert looked_at == [1, 1, 1, 1]


@pytest.mark.django_db
def test_no_provider_alone_closes_a_letter_for_everybody() -> None:
    """A day of guesses from many networks of one provider: the letter stays open for others."""
    looked_at = 0
    with time_machine.travel(datetime(2026, 3, 3, tzinfo=UTC), tick=False) as clock:
        for quarter in range(4 * 23):
            for number in range(6):
                looked_at += allowed(f"2001:db8:{quarter}:{number}::1")
            clock.shift(timedelta(minutes=15))
        assert 20 < looked_at < limits.PHRASE_BY_LETTER.most
        assert allowed("2001:db9::1") == 1


@pytest.mark.django_db
def test_guesses_from_everywhere_end_at_the_letters_own_limit() -> None:
    looked_at = sum(allowed(f"{10 + n // 250}.{n % 250}.0.1") for n in range(220))
    assert looked_at == limits.PHRASE_BY_LETTER.most


def test_what_is_kept_names_no_network_and_no_letter_and_goes_when_its_window_ends(
    filed: Filed,
) -> None:
    with time_machine.travel(datetime(2026, 3, 3, tzinfo=UTC), tick=False) as clock:
        recover(filed, WRONG, "203.0.113.77")
        kept = str(list(Counter.objects.values_list()))
        assert "203.0" not in kept
        assert filed.case.locator not in kept
        clock.shift(timedelta(hours=1, seconds=1))
        assert limits.purge(datetime.now(UTC)) == 1
        clock.shift(timedelta(days=1))
        limits.purge(datetime.now(UTC))
    assert not Counter.objects.exists()


def test_the_worker_purges_every_hour() -> None:
    from huiyin.wiring import EVERY_HOUR

    assert limits.purge in EVERY_HOUR


def test_the_page_and_the_api_count_together(filed: Filed) -> None:
    assert guesses(filed, "10.1.2.3", 10) == 10
    given = {"locator": filed.case.locator, "phrase": PHRASE}
    page = Client(REMOTE_ADDR="10.1.2.3").post(reverse("portal:recover"), given)
    assert page.status_code == 429
