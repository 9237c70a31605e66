"""Who stands when, on the pages: now, my own, a point's month and week, paper, sheet and feed."""

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.models import Absence, Leave, SignIn
from tests.cast import Cast
from tests.duty import Duty

NOON = datetime.fromisoformat("2026-03-17T12:00+08:00")
DAY = date(2026, 3, 17)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def come_in(acting: Acting, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(acting.user)
    return client


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"staff:{name}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_who_is_on_duty_now_is_one_tap_from_a_call_the_leader_first(duty: Duty) -> None:
    shift = duty.shift(duty.day, DAY)
    on = duty.on(shift)
    leader = next(name for name, capacity in on.items() if capacity == "leader")
    member = next(name for name, capacity in on.items() if capacity == "member")
    number = duty.desk.eligible.get(user=duty.who(leader)).telephone
    shown = page(come_in(duty.planner), "duty_now")
    assert shown.index(f"<b>{leader}</b>") < shown.index(f"<b>{member}</b>")
    assert f'href="tel:{number}"' in shown
    assert 'href="tel:010-1111"' in shown
    assert "Somebody is lacking" not in shown


def test_who_signed_in_and_who_can_not_come_is_seen(duty: Duty) -> None:
    shift = duty.shift(duty.day, DAY)
    on = duty.on(shift)
    leader = next(name for name, capacity in on.items() if capacity == "leader")
    member = next(name for name, capacity in on.items() if capacity == "member")
    SignIn.objects.create(
        shift=shift, user=duty.who(leader), capacity="leader", at=NOON - timedelta(hours=4)
    )
    Absence.objects.create(shift=shift, user=duty.who(member), capacity="member", told_at=NOON)
    shown = page(come_in(duty.planner), "duty_now")
    assert "here since 08:00" in shown
    assert "can’t come" in shown
    assert "Somebody is lacking" in shown


def test_nobody_sees_the_duty_of_a_unit_that_is_none_of_theirs(cast: Cast, duty: Duty) -> None:
    client = come_in(cast.driver)
    assert "There is no duty point that you may see." in page(client, "duty_now")
    for name in ("duty_table", "duty_paper", "duty_xlsx"):
        absent = client.get(reverse(f"staff:{name}", args=["NOWHERE"]))
        other = client.get(reverse(f"staff:{name}", args=[duty.desk.code]))
        assert absent.status_code == other.status_code == 404


def test_my_duty_begins_with_the_next_shift_and_names_who_else_is_there(duty: Duty) -> None:
    member = duty.members[0]
    mine = duty.roster.assignments.filter(user=member.user, shift__ends__gt=NOON)
    first = mine.order_by("shift__starts").first()
    assert first is not None
    Leave.objects.create(
        user=member.user, starts=NOON + timedelta(days=60), ends=NOON + timedelta(days=61),
        entered_at=NOON,
    )  # fmt: skip
    client = come_in(member)
    answer = client.get(reverse("staff:duty_mine"))
    assert answer.context["next"].shift == first.shift
    assert len(answer.context["later"]) == mine.count() - 1
    shown = answer.content.decode()
    for name in duty.on(first.shift):
        assert f"<b>{name}</b>" in shown
    assert "On leave from" in shown
    assert "No shift of yours" in page(come_in(duty.planner), "duty_mine")


def test_a_month_and_a_week_show_every_shift_by_day_and_by_colleague(duty: Duty) -> None:
    client = come_in(duty.members[0], "zh-hans")
    code = duty.desk.code
    month = page(client, "duty_table", code, on="2026-03-20")
    assert month.count('class="in-day') == duty.desk.shifts.count()
    week = page(client, "duty_table", code, on="2026-03-20", span="week")
    assert week.count('class="in-day') == 14
    assert "2026年3月16日" in week
    grid = page(client, "duty_table", code, on="2026-03-20", by="colleague")
    for one in (*duty.leaders, *duty.members):
        assert one.user.username in grid
    assert grid.count("<abbr") == duty.roster.assignments.filter(shift__point=duty.desk).count()
    empty = client.get(reverse("staff:duty_table", args=[code]), {"on": "2027-01-01"})
    assert empty.context["empty"]


@pytest.mark.parametrize("on", ["", "nonsense", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_can_not_be_read_is_today(duty: Duty, on: str) -> None:
    client = come_in(duty.planner)
    answer = client.get(reverse("staff:duty_table", args=[duty.desk.code]), {"on": on})
    assert answer.context["span"].first == date(2026, 3, 1)


def test_the_spreadsheet_has_the_form_of_the_office(duty: Duty) -> None:
    client = come_in(duty.planner, "zh-hans")
    answer = client.get(reverse("staff:duty_xlsx", args=[duty.desk.code]), {"on": "2026-03-16"})
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet["A1"].value == "机械厂接待窗口2026年3月值班表"
    heads = [cell.value for cell in sheet[2]]
    assert heads == ["日期", "星期", "班次", "带班领导", "值班人员", "联系电话"]
    on = duty.on(duty.shift(duty.day, date(2026, 3, 16)))
    assert [sheet["B3"].value, sheet["C3"].value] == ["星期一", "白班\n08:00–20:00"]
    assert on[sheet["D3"].value] == "leader"
    assert on[sheet["E3"].value] == "member"
    assert sheet.max_row == 2 + duty.desk.shifts.count() + 1


def test_an_address_is_made_shown_once_read_by_a_calendar_and_revoked(duty: Duty) -> None:
    client = come_in(duty.members[0])
    made = client.post(reverse("staff:duty_feeds"), {"point": ""}).context["made"]
    assert made.startswith("http://testserver/duty/feed/")
    assert made.endswith(".ics?lang=en")
    assert made not in page(client, "duty_feeds")
    answer = Client().get(made)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    whole = icalendar.Calendar.from_ical(answer.content)
    assert whole["method"] == "PUBLISH"
    assert "Reception desk" in str(whole.walk("VEVENT")[0]["summary"])
    again = Client().get(made, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    since = Client().get(made, headers={"if-modified-since": answer["Last-Modified"]})
    assert since.status_code == 304
    pk = client.get(reverse("staff:duty_feeds")).context["found"].get().pk
    other = come_in(duty.members[1])
    assert other.post(reverse("staff:duty_feed_revoke", args=[pk])).status_code == 404
    client.post(reverse("staff:duty_feed_revoke", args=[pk]))
    assert Client().get(made).status_code == 404


def test_wrong_addresses_are_told_to_wait_and_a_right_one_still_answers(duty: Duty) -> None:
    client = come_in(duty.members[0])
    made = client.post(reverse("staff:duty_feeds")).context["made"]
    wrong = Client()
    codes = [wrong.get(f"/duty/feed/guess{n}.ics").status_code for n in range(31)]
    assert codes == [404] * 30 + [429]
    assert wrong.get(made).status_code == 200
    assert wrong.post(made).status_code == 405


def test_an_address_of_a_point_that_is_none_of_one_s_business_is_not_made(
    cast: Cast, duty: Duty
) -> None:
    client = come_in(cast.driver)
    answer = client.post(reverse("staff:duty_feeds"), {"point": duty.desk.code})
    assert answer.status_code == 404


def test_the_paper_has_every_day_once_and_who_leads_in_bold(duty: Duty) -> None:
    client = come_in(duty.planner)
    answer = client.get(reverse("staff:duty_paper", args=[duty.desk.code]), {"on": "2026-03-16"})
    assert [len(half) for half in answer.context["halves"]] == [16, 15]
    shown = answer.content.decode()
    on = duty.on(duty.shift(duty.day, DAY))
    leader = next(name for name, capacity in on.items() if capacity == "leader")
    assert f"<b>{leader}</b>" in shown
    assert duty.desk.eligible.get(user=duty.who(leader)).telephone in shown


def test_a_colleague_s_month_is_shown_as_far_as_one_may_see_it(cast: Cast, duty: Duty) -> None:
    planner, gu = come_in(duty.planner), duty.gu
    shown = page(planner, "duty_colleague", gu.user.pk, on="2026-03-20")
    given = duty.roster.assignments.filter(user=gu.user)
    assert shown.count("<li><span><b>") == given.count() > 0
    week = page(planner, "duty_colleague", gu.user.pk, on="2026-03-20", span="week")
    assert week.count("<li><span><b>") == 5
    member = come_in(duty.members[0])  # sees the desk, where Gu stands nothing, not the line
    assert "No shift on these days" in page(member, "duty_colleague", gu.user.pk, on="2026-03-20")
    for client, pk in ((come_in(cast.driver), gu.user.pk), (planner, cast.driver.user.pk)):
        assert client.get(reverse("staff:duty_colleague", args=[pk])).status_code == 404
    assert planner.get(reverse("staff:duty_colleague", args=[10**9])).status_code == 404
