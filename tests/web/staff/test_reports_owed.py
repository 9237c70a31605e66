"""What is owed of reports stands on the page "What I owe", beside letters' and duty's."""

from collections.abc import Callable
from datetime import datetime, timedelta

import time_machine
from django.test import Client

from huiyin.kernel.clock import actions as clocks
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.notices.actions import send_due
from huiyin.kernel.notices.models import Channel
from huiyin.kernel.units.actions import add_post, appoint
from huiyin.kernel.units.models import Role
from huiyin.parts.reports.actions import arriving, daily
from huiyin.wiring import DEADLINE_HANDLERS, notice_wording
from tests.cast import Cast
from tests.parts.reports.conftest import Desks
from tests.web.staff.conftest import SignIn

MOST = 11  # nine, and two more where reports are owed


def page(client: Client) -> str:
    return client.get("/staff/").content.decode()


def test_an_urgent_report_is_owed_to_the_minute_with_its_link_and_its_reason(
    desks: Desks, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    report = desks.urgent()
    shown = page(sign_in(desks.works_leader.user))
    for words in ("Of reports", "Acknowledge the report", "Act on the report", "15 min left"):
        assert words in shown
    assert f'href="/staff/reports/{report.number}/"' in shown
    assert "a report is acknowledged in time" in shown
    assert "Urgent report · Canteen" in shown


def test_what_is_late_is_marked_with_the_minutes_and_goes_once_it_is_done(
    desks: Desks, sign_in: SignIn, clock: time_machine.Traveller, now: datetime
) -> None:
    report = desks.urgent()
    client = sign_in(desks.works_leader.user)
    clock.move_to(now + timedelta(minutes=18))
    shown = page(client)
    assert shown.count('<li class="late">') == 1
    assert "3 min late" in shown
    assert "1 late" in shown
    arriving.acknowledge(desks.works_leader, report.number, now=now + timedelta(minutes=19))
    shown = page(client)
    assert "Acknowledge the report" not in shown.split("Of reports")[1]
    assert "Act on the report" in shown


def test_the_posts_stand_in_sees_it_and_nobody_else_of_the_unit(
    desks: Desks, sign_in: SignIn, now: datetime
) -> None:
    desks.urgent()
    appoint(desks.cast.outsider, desks.works_leader.post, now=now, stand_in=True)
    assert "Of reports" in page(sign_in(desks.cast.outsider))
    assert "Of reports" not in page(sign_in(desks.cast.works_clerk.user))


def test_a_daily_report_and_a_promise_lead_to_the_page_where_they_are_written(
    desks: Desks, sign_in: SignIn, now: datetime
) -> None:
    daily.require(desks.cast.clerk, 17 * 60, every_day=True, now=now)
    assert daily.open_day(now) == 3
    report = desks.urgent()
    shown = page(sign_in(desks.canteen_leader.user))
    assert 'href="/staff/reports/new/daily/"' in shown
    assert f'href="/staff/reports/new/followup/?of={report.number}"' in shown


def test_daily_reports_to_acknowledge_are_one_line_a_day(
    desks: Desks, sign_in: SignIn, now: datetime
) -> None:
    for who in (desks.canteen_leader, desks.works_leader, desks.cast.driver):
        desks.daily(who)
    shown = page(sign_in(desks.group_leader.user))
    assert "3 daily reports of 3 March 2026" in shown or "3 daily reports of March 3" in shown
    assert 'href="/staff/reports/day/?day=2026-03-03"' in shown
    assert shown.count("Acknowledge the report") == 1


def test_the_page_takes_as_many_queries_for_many_reports_as_for_one(
    desks: Desks,
    sign_in: SignIn,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for _ in range(12):
        desks.urgent()
    desks.daily(desks.canteen_leader)
    client = sign_in(desks.group_leader.user)
    page(client)
    with django_assert_max_num_queries(MOST):  # type: ignore[attr-defined]
        shown = page(client)
    assert shown.count("Acknowledge the report") == 12 + 1


def test_a_warning_that_reached_nobody_is_shown_to_who_looks_after_the_whole(
    cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    desk = add_post(cast.board, Role.HEAD, "监事长", now=now)  # vacant, with nobody above
    clocks.start_until(
        "report.acknowledge", subject="report:260303-00000000", post=desk, due_at=now,
        because=("签收", "signed for"), pace=(5, 10), now=now - timedelta(minutes=5),
    )  # fmt: skip
    sweep(now, DEADLINE_HANDLERS)
    assert "A warning about these reports reached nobody" in page(sign_in(cast.clerk.user))


def test_a_channel_that_fails_is_shown_to_the_post_and_to_who_looks_after_the_whole(
    desks: Desks, sign_in: SignIn, now: datetime
) -> None:
    Channel.objects.create(post=desks.works_leader.post, address="mailto://dead/")
    Channel.objects.create(post=desks.works_leader.post, address="wecombot://fine/")
    desks.urgent()

    def sender(address: str, title: str, body: str) -> bool:
        return "fine" in address

    send_due(now, notice_wording, sender=sender)
    shown = page(sign_in(desks.cast.clerk.user))
    assert "These channels do not take the notices sent over them" in shown
    assert "mailto</span> · failing since" in shown
    told = sign_in(desks.works_leader.user).get("/staff/notices/").content.decode()
    assert "mailto 09:14 failed" in told
    assert "wecombot 09:14 sent" in told
