"""Notices leave beside the rounds; what a standstill left is told once a post, the worst first."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone, translation

from huiyin import outbox, worker
from huiyin.kernel.clock import timekeeping
from huiyin.kernel.clock.models import Deadline, Standstill
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.notices.actions import send_due
from huiyin.kernel.notices.models import Channel, Notice
from huiyin.kernel.vault import belonging
from huiyin.wiring import DEADLINE_HANDLERS, answered, digest_wording, notice_wording
from tests.cast import Cast, enter
from tests.parts.cases.letters import accepted
from tests.support.processes import free_port

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


@pytest.fixture(autouse=True)
def _at_home(db: None) -> None:
    timekeeping.forget()
    belonging.ensure_home(adopt=True)


class Held:
    """A mail server that takes no message before it is let go."""

    def __init__(self) -> None:
        self.let_go, self.asked = threading.Event(), threading.Event()
        self.count = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.count += 1
        self.asked.set()
        while not self.let_go.is_set():
            await asyncio.sleep(0.05)
        return "250 taken"


@contextmanager
def held_mail() -> Iterator[tuple[str, Held]]:
    box, port = Held(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"mailto://127.0.0.1:{port}?from=a@example.org&to=b@example.org&rto=60", box
    finally:
        box.let_go.set()
        controller.stop()


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_keeps_a_message_waiting_stops_neither_log_nor_deadlines(
    now: datetime,
) -> None:
    cast = enter(now)
    with held_mail() as (address, box), outbox.running():
        Channel.objects.create(post=cast.clerk.post, address=address)
        cast.file(timezone.now())
        assert box.asked.wait(60)
        cast.file(timezone.now() - timedelta(days=200))
        assert "integrated 0" not in worker.round_now()
        assert Deadline.objects.filter(step__gt=0).exists()
        assert not Notice.objects.filter(sent_at__isnull=False).exists()
        box.let_go.set()
    assert box.count >= 1


def late_letters(cast: Cast, now: datetime, count: int) -> list[str]:
    """Let the owner owe an answer to this many letters, each a day later than the one before."""
    locators = []
    for number in range(count):
        at = now + timedelta(days=number)
        locators.append(accepted(cast, at).case.locator)
    return locators


def test_what_became_due_during_a_standstill_is_one_message_a_post_and_the_oldest_is_first(
    cast: Cast, now: datetime
) -> None:
    Channel.objects.create(post=cast.owner.post, address="json://owner")
    Channel.objects.create(post=cast.works_head.post, address="json://head")
    locators = late_letters(cast, now, 6)
    Notice.objects.all().delete()
    back = now + timedelta(days=100)
    Standstill.objects.create(since=now + timedelta(days=20), until=back)
    sweep(back, DEADLINE_HANDLERS)
    sent: list[tuple[str, str, str]] = []

    def sender(*message: str) -> bool:
        sent.append(message)  # type: ignore[arg-type]
        return True

    with translation.override("en"):
        left = send_due(
            back, notice_wording, sender=sender, answered=answered, digest=digest_wording
        )
    assert sorted(address for address, _, _ in sent) == ["json://head", "json://owner"]
    assert left == Notice.objects.filter(sent_at=back).count() > 6
    for _, title, text in sent:
        first, *lines = text.splitlines()
        assert "6 notices" in title
        assert "stood still" in first
        assert [line for line in lines if "soon" in line] == []
        places = [text.index(locator) for locator in locators]
        assert places == sorted(places)


def test_whoever_is_late_is_not_told_due_soon_too(cast: Cast, now: datetime) -> None:
    late_letters(cast, now, 1)
    Notice.objects.all().delete()
    sweep(now + timedelta(days=100), DEADLINE_HANDLERS)
    assert set(Notice.objects.values_list("kind", flat=True)) == {"clock.escalate"}
    assert Notice.objects.filter(post=cast.owner.post).count() == 1


def test_messages_of_a_standstill_wait_until_all_of_it_has_been_swept(
    cast: Cast, now: datetime
) -> None:
    Channel.objects.create(post=cast.clerk.post, address="json://127.0.0.1:9/")
    cast.file(timezone.now() - timedelta(days=200))
    lane = outbox.Outbox()
    lane.send(timezone.now())
    assert Notice.objects.filter(attempts__gt=0).count() == 0
    worker.round_now()
    lane.send(timezone.now())
    assert Notice.objects.filter(attempts__gt=0).count() > 0
