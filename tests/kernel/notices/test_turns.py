"""An urgent notice takes one channel after another until somebody answers; no failure is silent."""

import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.notices.actions import RETRY, send_due, send_with_apprise
from huiyin.kernel.notices.models import Attempt, Channel, Notice
from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports.actions import arriving
from huiyin.wiring import DEADLINE_HANDLERS, answered, notice_wording
from tests.cast import Cast
from tests.kernel.notices.outlets import Mailbox, Robot, mail_server, robot
from tests.parts.reports.conftest import Desks

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")
TURN = timedelta(minutes=3)


@pytest.fixture
def mail() -> Iterator[tuple[str, Mailbox]]:
    with mail_server() as found:
        yield found


@pytest.fixture
def service() -> Iterator[Robot]:
    with robot() as found:
        yield found


def go(now: datetime) -> int:
    return send_due(now, notice_wording, answered=answered)


def channel(acting: Acting, address: str, place: int = 0) -> Channel:
    return Channel.objects.create(post=acting.post, address=address, place=place)


def nobody() -> str:
    """Return the address of a service that is not there: the connection is refused."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"json://127.0.0.1:{free.getsockname()[1]}/"


def tried() -> list[tuple[str, bool]]:
    return list(Attempt.objects.values_list("scheme", "taken"))


def test_the_second_channel_has_its_turn_after_the_minutes_when_nobody_acknowledged(
    desks: Desks, now: datetime, mail: tuple[str, Mailbox], service: Robot
) -> None:
    address, box = mail
    channel(desks.works_leader, f"json://127.0.0.1:{service.port}/", place=2)
    channel(desks.works_leader, address, place=1)
    report = desks.urgent()
    assert go(now) == 1
    assert (len(box.got), len(service.got)) == (1, 0)
    assert go(now + TURN - timedelta(seconds=1)) == 0
    assert len(service.got) == 0
    go(now + TURN)
    assert (len(box.got), len(service.got)) == (1, 1)
    go(now + 9 * TURN)
    assert (len(box.got), len(service.got)) == (1, 1)
    assert tried() == [("mailto", True), ("json", True)]
    told = box.got[0] + json.dumps(service.got[0], ensure_ascii=False)
    assert report.ref not in told
    for word in ("配电箱", "食堂", "库房", "cook", "14"):
        assert word not in service.got[0]["message"]


def test_who_acknowledged_is_told_over_no_further_channel(
    desks: Desks, now: datetime, mail: tuple[str, Mailbox], service: Robot
) -> None:
    channel(desks.works_leader, mail[0])
    channel(desks.works_leader, f"json://127.0.0.1:{service.port}/")
    report = desks.urgent()
    go(now)
    arriving.acknowledge(desks.works_leader, report.number, now=now + timedelta(minutes=1))
    go(now + TURN)
    assert (len(mail[1].got), len(service.got)) == (1, 0)
    assert Notice.objects.get(post=desks.works_leader.post, kind="report.urgent").next_at is None


def test_who_has_read_the_notice_is_told_over_no_further_channel(
    desks: Desks, now: datetime, mail: tuple[str, Mailbox], service: Robot
) -> None:
    channel(desks.works_leader, mail[0])
    channel(desks.works_leader, f"json://127.0.0.1:{service.port}/")
    desks.urgent()
    go(now)
    notices.mark_read(desks.works_leader.post.pk, now, Notice.objects.latest("pk").pk)
    go(now + TURN)
    assert len(service.got) == 0


def test_a_channel_that_fails_gives_its_turn_to_the_next_at_once_and_is_named(
    desks: Desks, now: datetime, mail: tuple[str, Mailbox]
) -> None:
    dead = channel(desks.works_leader, nobody())
    channel(desks.works_leader, mail[0])
    desks.urgent()
    assert go(now) == 1
    assert len(mail[1].got) == 1
    assert tried() == [("json", False), ("mailto", True)]
    notice = Notice.objects.get(post=desks.works_leader.post, kind="report.urgent")
    assert notice.failure == "not taken by json"
    dead.refresh_from_db()
    assert dead.failing_since == now
    assert notice.next_at == now + timedelta(minutes=RETRY[0])  # the dead one, once more


def test_a_mail_server_that_refuses_gives_its_turn_to_the_next_at_once(
    desks: Desks, now: datetime, mail: tuple[str, Mailbox], service: Robot
) -> None:
    mail[1].refuses = True
    channel(desks.works_leader, mail[0])
    channel(desks.works_leader, f"json://127.0.0.1:{service.port}/")
    desks.urgent()
    go(now)
    assert len(service.got) == 1
    assert tried() == [("mailto", False), ("json", True)]


def test_a_service_that_never_answers_times_out_and_the_next_has_its_turn(
    desks: Desks, now: datetime, mail: tuple[str, Mailbox]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection, says nothing
        port = silent.getsockname()[1]
        channel(desks.works_leader, f"json://127.0.0.1:{port}/?rto=0.3&cto=0.3")
        channel(desks.works_leader, mail[0])
        desks.urgent()
        go(now)
    assert tried() == [("json", False), ("mailto", True)]


def test_where_all_fail_all_are_tried_again_and_a_channel_that_came_back_is_clear(
    desks: Desks, now: datetime, service: Robot
) -> None:
    one = channel(desks.works_leader, f"json://127.0.0.1:{service.port}/")
    service.status = 503
    desks.urgent()
    assert go(now) == 0
    one.refresh_from_db()
    assert one.failing_since == now
    service.status = 200
    assert go(now + timedelta(minutes=RETRY[0])) == 1
    one.refresh_from_db()
    assert one.failing_since is None
    assert tried() == [("json", False), ("json", True)]


def test_the_ladder_climbs_meanwhile_to_the_deputy_the_head_and_the_duty_desk_above(
    desks: Desks, now: datetime, mail: tuple[str, Mailbox], service: Robot
) -> None:
    chat = f"json://127.0.0.1:{service.port}/"
    climb = (desks.cast.works_deputy, desks.cast.works_head, desks.group_leader)
    for acting in climb:
        channel(acting, mail[0])
        channel(acting, chat)
    report = desks.urgent()
    arriving.acknowledge(desks.group_leader, report.number, now=now)  # the level above has read it
    told: dict[str, int] = {}
    for minute in range(33):
        at = now + timedelta(minutes=minute)
        sweep(at, DEADLINE_HANDLERS)
        go(at)
        for acting in climb:
            sent = Attempt.objects.filter(
                notice__post=acting.post, notice__kind="clock.escalate", scheme="mailto"
            )
            if acting.post.code not in told and sent.exists():
                told[acting.post.code] = minute
    assert list(told.values()) == [15, 20, 30]
    assert list(told) == [one.post.code for one in climb]
    by_chat = Attempt.objects.filter(scheme="json", notice__post=climb[0].post)
    assert [round((one.at - now).total_seconds() / 60) for one in by_chat][:1] == [18]


def test_the_ladder_falls_silent_once_the_unit_has_acknowledged(
    desks: Desks, now: datetime, service: Robot, mail: tuple[str, Mailbox]
) -> None:
    channel(desks.cast.works_deputy, mail[0])
    channel(desks.cast.works_deputy, f"json://127.0.0.1:{service.port}/")
    report = desks.urgent()
    late = now + timedelta(minutes=15)
    sweep(late, DEADLINE_HANDLERS)
    go(late)
    assert len(mail[1].got) == 1
    arriving.acknowledge(desks.works_leader, report.number, now=late + timedelta(minutes=1))
    go(late + TURN)
    assert len(service.got) == 0


def test_an_urgent_notice_waits_behind_no_other_and_a_dead_channel_is_asked_once_a_round(
    desks: Desks, now: datetime
) -> None:
    channel(desks.cast.clerk, "json://dead/")
    channel(desks.works_leader, "json://fine/")
    for number in range(3):
        notices.queue(desks.cast.clerk.post.pk, "case.filed", f"case:{number}", now)
    desks.urgent()
    asked: list[str] = []

    def sender(address: str, title: str, body: str) -> bool:
        asked.append(address)
        return "fine" in address

    assert send_due(now, notice_wording, sender=sender, answered=answered) == 1
    assert asked == ["json://fine/", "json://dead/"]
    assert Notice.objects.filter(failure="not taken by json").count() == 3


ROBOTS = [
    (NotifyWeComBot, "wecombot://AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDD", {"errcode": 93000}),
    (NotifyDingTalk, "dingtalk://AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDD", {"errcode": 310000}),
    (NotifyFeishu, "feishu://AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDD", {"code": 19001, "msg": "no"}),
]


@pytest.mark.parametrize(("plugin", "address", "no"), ROBOTS)
def test_a_chat_robot_that_says_no_with_status_200_has_not_taken_it(
    plugin: type,
    address: str,
    no: dict[str, object],
    service: Robot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An address can't lead these elsewhere: the plugin's own constant does, all else is real."""
    name = "key" if plugin is NotifyWeComBot else "token"
    monkeypatch.setattr(plugin, "notify_url", f"http://127.0.0.1:{service.port}/?k={{{name}}}")
    assert send_with_apprise(address, "紧急报告", "请登录查看。")
    assert "请登录查看。" in json.dumps(service.got[0], ensure_ascii=False)
    service.answer = no
    assert not send_with_apprise(address, "紧急报告", "请登录查看。")


def test_ordinary_notices_go_over_all_channels_at_once_as_before(
    cast: Cast, now: datetime, mail: tuple[str, Mailbox], service: Robot
) -> None:
    channel(cast.clerk, mail[0])
    channel(cast.clerk, f"json://127.0.0.1:{service.port}/")
    cast.file(now)
    assert go(now) == 1
    assert (len(mail[1].got), len(service.got)) == (1, 1)
    assert not Attempt.objects.exists()
