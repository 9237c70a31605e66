"""Notices leave once, are tried again, and never say what was written or by whom."""

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import translation

from huiyin.kernel.notices import actions as notices
from huiyin.kernel.notices.actions import CLAIM, RETRY, send_due
from huiyin.kernel.notices.models import Channel, Notice
from huiyin.wiring import may_have_gone, notice_wording
from tests.cast import Cast

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")
GOT: list[dict[str, str]] = []


class Inbox(http.server.BaseHTTPRequestHandler):
    """A real service that takes notices, or refuses while `status` says so."""

    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.status == 200:
            GOT.append(json.loads(body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def inbox() -> Iterator[str]:
    GOT.clear()
    Inbox.status = 200
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inbox) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"json://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_notice_reaches_a_real_service_once_and_names_no_writer(
    cast: Cast, now: datetime, inbox: str
) -> None:
    Channel.objects.create(post=cast.clerk.post, address=inbox)
    case = cast.file(now, naming="named", identity={"name": "欧阳建国"}).case
    assert send_due(now, notice_wording) == 1
    assert send_due(now, notice_wording) == 0
    assert len(GOT) == 1
    assert case.locator in GOT[0]["message"]
    for word in ("欧阳", "工资", "机械厂"):
        assert word not in json.dumps(GOT[0], ensure_ascii=False)
    notice = Notice.objects.get()
    assert (notice.sent_at, notice.next_at, notice.failure) == (now, None, "")


def test_what_is_not_taken_is_tried_again_later_and_then_kept_with_its_failure(
    cast: Cast, now: datetime, inbox: str
) -> None:
    Channel.objects.create(post=cast.clerk.post, address=inbox)
    cast.file(now)
    Inbox.status = 503
    at = now
    for attempt, minutes in enumerate(RETRY, 1):
        assert send_due(at, notice_wording) == 0
        notice = Notice.objects.get()
        assert (notice.attempts, notice.next_at) == (attempt, at + timedelta(minutes=minutes))
        assert send_due(at, notice_wording) == 0  # not before its time
        at += timedelta(minutes=minutes)
    Inbox.status = 200
    assert send_due(at, notice_wording) == 1
    assert Notice.objects.get().failure == ""


@pytest.mark.parametrize("away", [timedelta(hours=16), timedelta(days=9)])
def test_a_service_that_was_away_however_long_loses_nothing_and_the_failure_names_no_address(
    cast: Cast, now: datetime, away: timedelta
) -> None:
    Channel.objects.create(post=cast.clerk.post, address="json://user:secret@nowhere")
    for _ in range(10):
        cast.file(now)
    at, tries = now, 0
    while at < now + away:
        tries += bool(send_due(at, notice_wording, sender=lambda *a: False) == 0)
        assert set(Notice.objects.values_list("failure", flat=True)) == {"not taken by json"}
        at = Notice.objects.earliest("next_at").next_at  # type: ignore[assignment]
    assert tries < len(RETRY) + away / timedelta(minutes=RETRY[-1]) + 2
    assert send_due(at, notice_wording, sender=lambda *a: True) == 10
    assert not Notice.objects.exclude(failure="").exists()
    assert not Notice.objects.filter(sent_at=None).exists()


def test_what_was_not_taken_and_has_been_read_since_is_not_sent_any_more(
    cast: Cast, now: datetime
) -> None:
    Channel.objects.create(post=cast.clerk.post, address="json://nowhere")
    cast.file(now)
    send_due(now, notice_wording, sender=lambda *a: False)
    notices.mark_read(cast.clerk.post.pk, now, Notice.objects.latest("pk").pk)
    sent: list[str] = []
    send_due(now + timedelta(days=1), notice_wording, sender=lambda *a: bool(sent.append(a[1])))
    assert sent == []
    assert Notice.objects.get().next_at is None


def test_what_may_have_gone_when_a_worker_died_is_sent_once_more_and_says_so(
    cast: Cast, now: datetime
) -> None:
    Channel.objects.create(post=cast.clerk.post, address="json://x")
    cast.file(now)

    def dies(*args: str) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_due(now, notice_wording, sender=dies)
    sent: list[str] = []
    taken = lambda *a: bool(sent.append(a[2])) or True  # noqa: E731
    once_more = partial(send_due, wording=notice_wording, sender=taken, again=may_have_gone)
    assert once_more(now + CLAIM - timedelta(minutes=1)) == 0
    with translation.override("en"):
        assert once_more(now + CLAIM) == 1
        assert once_more(now + 3 * CLAIM) == 0
    assert [text.startswith("This may have been sent to you before.") for text in sent] == [True]


def test_one_channel_that_breaks_does_not_keep_others_from_their_notices(
    cast: Cast, now: datetime
) -> None:
    Channel.objects.create(post=cast.clerk.post, address="json://broken")
    Channel.objects.create(post=cast.owner.post, address="json://fine")
    notices.queue(cast.clerk.post.pk, "case.filed", "case:A", now)
    notices.queue(cast.owner.post.pk, "case.forwarded", "case:B", now)

    def sender(address: str, title: str, body: str) -> bool:
        if "broken" in address:
            raise OSError("the network is away")
        return True

    assert send_due(now, notice_wording, sender=sender) == 1
    broken = Notice.objects.get(subject="case:A")
    assert (broken.attempts, broken.failure) == (1, "not taken by json")


def test_a_channel_that_took_a_notice_is_not_sent_it_again_for_another_that_did_not(
    cast: Cast, now: datetime
) -> None:
    good = Channel.objects.create(post=cast.clerk.post, address="json://good/")
    bad = Channel.objects.create(post=cast.clerk.post, address="json://bad/")
    cast.file(now)
    sent: list[str] = []

    def sender(address: str, title: str, body: str) -> bool:
        sent.append(address)
        return address == good.address

    assert send_due(now, notice_wording, sender=sender) == 0
    later = now + timedelta(minutes=RETRY[0])
    assert send_due(later, notice_wording, sender=sender) == 0
    assert sent == [good.address, bad.address, bad.address]
    assert Notice.objects.get().refused_by == [bad.pk]


def test_a_post_without_channel_is_told_on_its_page_alone(cast: Cast, now: datetime) -> None:
    cast.file(now)
    assert send_due(now, notice_wording) == 0
    notice = Notice.objects.get()
    assert (notice.next_at, notice.sent_at) == (None, None)
    assert notices.mark_read(cast.clerk.post.pk, now, notice.pk) == 1
    assert notices.mark_read(cast.clerk.post.pk, now, notice.pk) == 0


def test_every_notice_that_an_action_can_queue_has_words() -> None:
    import re
    from pathlib import Path

    from huiyin.parts.cases.messages import NOTICES

    found = set()
    for path in (Path(__file__).parents[3] / "huiyin/parts/cases/actions").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'tell\(\s*case,\s*[\w.]+,\s*"(\w+)"', text))
    assert len(found) > 8
    assert {f"case.{kind}" for kind in found} <= set(NOTICES)
