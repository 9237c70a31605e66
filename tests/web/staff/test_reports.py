"""The pages of reports, as a person at a telephone and a desk above go through them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports.actions import reporting
from huiyin.parts.reports.models import Mark, Report
from tests.cast import Cast
from tests.parts.reports.conftest import DAILY

WRITE = "/staff/reports/new/urgent/"


def as_(acting: Acting) -> Client:
    client = Client()
    client.force_login(acting.user)
    return client


def form(client: Client, **changes: str) -> dict[str, str]:
    page = client.get(WRITE).content.decode()
    number = re.search(r'name="number" value="([\w-]+)"', page)
    assert number
    local = timezone.localtime()
    return {
        "number": number[1], "event": "fire", "what": "二号库房配电箱起火，明火已扑灭。",
        "when": f"{local - timedelta(minutes=20):%Y-%m-%dT%H:%M}", "where": "食堂二号库房",
        "affected": "14", "done": "8:45 报警，库房人员已撤出。", "needed": "请集团物资部调配电箱一台。",
        "next": f"{local + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    } | changes  # fmt: skip


def test_a_clear_urgent_report_is_sent_in_one_step(cast: Cast) -> None:
    client = as_(cast.cook)
    given = form(client)
    response = client.post(WRITE, given, follow=True)
    assert response.status_code == 200
    report = Report.objects.get()
    assert report.number == given["number"]
    assert report.arrivals.count() == 2
    assert "14" in response.content.decode()
    client.post(WRITE, given)
    assert Report.objects.count() == 1


def test_what_is_unclear_is_asked_beside_its_field_and_can_be_sent_all_the_same(
    cast: Cast,
) -> None:
    client = as_(cast.cook)
    given = form(client, what="现场情况基本稳定，人员正常。", affected="")
    asked = client.post(WRITE, given).content.decode()
    assert not Report.objects.exists()
    assert "“基本稳定”" in asked
    response = client.post(WRITE, given | {"anyway": "1"}, follow=True)
    assert Report.objects.count() == 1
    assert "“基本稳定”" in response.content.decode()  # stays beside the report


def test_a_telephone_number_is_refused_on_the_page_and_kept_out(cast: Cast) -> None:
    client = as_(cast.cook)
    given = form(client, done="8:45 报警，联系13812345678。")
    page = client.post(WRITE, given | {"anyway": "1", "sure": "on"})
    assert page.status_code == 200
    assert not Report.objects.exists()
    assert 'id="id_done_error"' in page.content.decode() or "errors" in page.content.decode()


def test_the_desk_above_acknowledges_and_acts(cast: Cast) -> None:
    client = as_(cast.cook)
    client.post(WRITE, form(client))
    report = Report.objects.get()
    above = as_(cast.works_head)
    assert report.number in above.get("/staff/reports/").content.decode()
    above.post(reverse("staff:report_acknowledge", args=[report.number]))
    above.post(reverse("staff:report_act", args=[report.number]), {"text": "配电箱一小时内送到。"})
    arrival = report.arrivals.get(unit=cast.works)
    assert arrival.acknowledged_at is not None
    assert arrival.action == "配电箱一小时内送到。"
    assert "配电箱一小时内送到。" in client.get(f"/staff/reports/{report.number}/").content.decode()


def test_a_correction_shows_what_changed_and_marks_what_had_been_read(cast: Cast) -> None:
    client = as_(cast.cook)
    given = form(client)
    client.post(WRITE, given)
    report = Report.objects.get()
    as_(cast.works_head).post(reverse("staff:report_acknowledge", args=[report.number]))
    address = reverse("staff:report_correct", args=[report.number])
    assert client.get(address).status_code == 200
    page = client.post(address, given | {"affected": "3"}, follow=True).content.decode()
    assert "<del>14</del> → <ins>3</ins>" in page
    unit = reverse("staff:reports_unit", args=[cast.canteen.pk])
    assert "14 → 3" in client.get(unit).content.decode()
    mark = Mark.objects.get()
    client.post(reverse("staff:mark_reply", args=[mark.pk]), {"text": "首报重复计算。"})
    withdraw = reverse("staff:mark_withdraw", args=[mark.pk])
    as_(cast.works_head).post(withdraw, {"text": "已核实。"})
    shown = client.get(unit).content.decode()
    assert "首报重复计算。" in shown
    assert "已核实。" in shown


def test_the_daily_report_comes_drafted_and_the_day_names_who_is_missing(cast: Cast) -> None:
    clerk = as_(cast.clerk)
    clerk.post("/staff/reports/rule/", {"daily_by": "23:59", "every_day": "on"})
    from huiyin.parts.reports.actions import daily

    assert daily.open_day(timezone.now()) == 3
    client = as_(cast.cook)
    page = client.get("/staff/reports/new/daily/").content.decode()
    assert re.search(r'name="filed" value="0"', page)
    reporting.send(cast.cook, "daily", DAILY | {"needed": "请集团调水泵一台。"}, now=timezone.now())
    whole = clerk.get("/staff/reports/day/").content.decode()
    missing = whole.split("<h2>未报")[1].split("<h2>")[0]
    assert "运输公司" in missing
    assert "机械厂" in missing
    assert "食堂" not in missing
    assert "请集团调水泵一台。" in whole
    clerk.post("/staff/reports/day/")
    assert Report.objects.get().arrivals.get(unit=cast.group).acknowledged_at is not None


@pytest.mark.parametrize("kind", ["urgent", "early", "daily"])
def test_each_kind_has_its_page_and_no_other_has(cast: Cast, kind: str) -> None:
    client = as_(cast.cook)
    assert client.get(f"/staff/reports/new/{kind}/").status_code == 200
    assert client.get("/staff/reports/new/times/").status_code == 404


def test_a_notice_leads_to_the_report(cast: Cast) -> None:
    client = as_(cast.cook)
    client.post(WRITE, form(client))
    report = Report.objects.get()
    page = as_(cast.works_deputy).get("/staff/").content.decode()
    assert f'href="/staff/reports/{report.number}/"' in page
    assert "收到紧急报告" in page
