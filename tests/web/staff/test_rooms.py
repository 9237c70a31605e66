"""The urgent page on a telephone and the pages of a room, as people go through them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Role
from huiyin.parts.reports.models import Incident, IncidentLine, IncidentTask, Report
from tests.cast import Cast, post

WRITE = "/staff/reports/new/urgent/"


def as_(acting: Acting) -> Client:
    client = Client()
    client.force_login(acting.user)
    return client


def local(ahead: timedelta) -> str:
    return f"{timezone.localtime() + ahead:%Y-%m-%dT%H:%M}"


def short(client: Client, **changes: str) -> dict[str, str]:
    """Return what somebody in a hurry fills in, with what the page fills in itself."""
    page = client.get(WRITE).content.decode()
    number = re.search(r'name="number" value="([\w-]+)"', page)
    assert number
    kept = dict(re.findall(r'name="(when|next)" value="([^"]+)"', page))
    assert set(kept) == {"when", "next"}
    return {
        "number": number[1], "event": "fire", "what": "二号库房配电箱起火，有浓烟。",
        "where": "食堂二号库房", "anyway": "1",
    } | kept | changes  # fmt: skip


@pytest.fixture
def fire(cast: Cast) -> Incident:
    client = as_(cast.cook)
    client.post(WRITE, short(client))
    return Incident.objects.get()


def address(name: str, incident: Incident, *more: object) -> str:
    return reverse(f"staff:{name}", args=[incident.number, *more])


def test_three_fields_send_an_urgent_report_at_once_and_open_its_room(cast: Cast) -> None:
    client = as_(cast.cook)
    page = client.post(WRITE, short(client), follow=True).content.decode()
    report = Report.objects.get()
    assert report.incident is not None
    assert report.arrivals.count() == 2
    assert address("room", report.incident) in page
    assert "有多少人" in page or "多少" in page  # what is open stays beside it
    room = as_(cast.works_head).get(address("room", report.incident)).content.decode()
    assert "二号库房配电箱起火，有浓烟" in room


def test_the_urgent_page_asks_for_little_first_and_takes_a_picture_from_the_camera(
    cast: Cast, fire: Incident
) -> None:
    page = as_(cast.cook).get(WRITE).content.decode()
    before, _details, later = page.partition("<details")
    shown = set(re.findall(r'name="(\w+)"', before.partition('class="brief"')[2]))
    assert shown - {"csrfmiddlewaretoken", "number"} == {
        "event", "what", "where", "danger", "picture", "joins"
    }  # fmt: skip
    assert {"affected", "done", "needed", "when", "next"} <= set(re.findall(r'name="(\w+)"', later))
    assert re.search(r'type="file" name="picture" accept="image/\*" capture="environment"', page)
    assert '<option value="食堂二号库房">' in page  # where the unit had something before
    assert "geolocation" not in page


def test_what_is_asked_about_opens_the_rest_of_the_urgent_page(cast: Cast) -> None:
    client = as_(cast.cook)
    given = short(client)
    del given["anyway"]
    page = client.post(WRITE, given).content.decode()
    assert not Report.objects.exists()
    assert "<details open" in page


def test_a_second_urgent_report_can_join_the_incident_that_goes_on(
    cast: Cast, fire: Incident
) -> None:
    client = as_(cast.cook)
    page = client.get(WRITE).content.decode()
    assert str(fire) in page
    client.post(WRITE, short(client, joins=fire.number))
    assert Incident.objects.count() == 1
    client.post(WRITE, short(client))
    assert Incident.objects.count() == 2
    assert 'name="joins"' not in as_(cast.driver).get(WRITE).content.decode()


def test_the_reports_page_says_who_is_asked_next(cast: Cast, fire: Incident) -> None:
    page = as_(cast.cook).get(f"/staff/reports/{fire.number}/").content.decode()
    works = page.split('class="tasks levels"')[1]
    assert works.index(cast.works_deputy.post.full_name) < works.index(
        cast.works_head.post.full_name
    )
    assert "下一个提醒" in works
    as_(cast.works_deputy).post(reverse("staff:report_acknowledge", args=[fire.number]))
    page = as_(cast.cook).get(f"/staff/reports/{fire.number}/").content.decode()
    assert page.split('class="tasks levels"')[1].count("下一个提醒") == 1  # the group's


def test_a_room_from_the_first_line_to_the_review(cast: Cast, fire: Incident) -> None:
    cook, above = as_(cast.cook), as_(cast.works_head)
    cook.post(address("room_log", fire), {"text": "电工到场断电。"})
    line = IncidentLine.objects.get()
    fix = f"{address('room_log', fire)}?corrects={line.pk}"
    assert "电工到场断电。" in cook.get(fix).content.decode()
    cook.post(fix, {"text": "电工 9:05 到场断电。"})
    assert IncidentLine.objects.latest("pk").corrects == line
    given = {"text": "食堂停业一日", "why": "库房断电"}
    assert above.post(address("room_decide", fire), given).status_code == 302
    given = {"text": "清点物资", "post": str(cast.cook.post.pk), "due": local(timedelta(hours=1))}
    assert above.post(address("room_task", fire), given).status_code == 302
    task = IncidentTask.objects.get()
    assert (task.post, task.made_by) == (cast.cook.post, cast.works_head.post)
    owed = cook.get("/staff/").content.decode()
    assert "完成处置任务" in owed
    assert f'href="{address("room", fire)}"' in owed
    page = above.get(address("room_stand_down", fire)).content.decode()
    assert "清点物资" in page
    assert 'name="why"' not in page  # first the open task
    cook.post(address("room_done", fire, 1), {"text": "清点完毕，无损失。"})
    page = above.get(address("room_stand_down", fire)).content.decode()
    due = re.search(r'name="due" value="([^"]+)"', page)
    assert due
    given = {"why": "明火扑灭，供电恢复。", "post": str(cast.cook.post.pk), "due": due[1]}
    assert above.post(address("room_stand_down", fire), given).status_code == 302
    given = {
        "well": "断电及时", "ill": "巡查不够", "text_1": "每月检查配电箱",
        "post_1": str(cast.cook.post.pk), "due_1": local(timedelta(days=30)),
    }  # fmt: skip
    assert cook.post(address("room_review", fire), given).status_code == 302
    page = cook.get(address("room", fire)).content.decode()
    for text in (
        "电工 9:05 到场断电。",
        "库房断电",
        "清点完毕，无损失。",
        "明火扑灭",
        "每月检查配电箱",
    ):
        assert text in page
    assert "已复盘" in cook.get("/staff/rooms/").content.decode()


def test_the_lead_is_handed_on_from_the_room_by_who_leads(cast: Cast, fire: Incident) -> None:
    deputy = post(cast.canteen, Role.DEPUTY, "canteen_deputy", timezone.now())
    cook, lead = as_(cast.cook), address("room_lead", fire)
    assert f'href="{lead}"' in cook.get(address("room", fire)).content.decode()
    assert lead not in as_(cast.works_head).get(address("room", fire)).content.decode()
    page = cook.get(lead).content.decode()
    assert f'value="{deputy.post.pk}"' in page
    assert str(cast.works_head.post.full_name) not in page
    page = cook.post(lead, {"post": str(deputy.post.pk), "why": ""})
    assert (page.status_code, 'class="error' in page.content.decode()) == (200, True)
    given = {"post": str(deputy.post.pk), "why": "须统一调度"}
    page = cook.post(lead, given, follow=True).content.decode()
    assert f"牵头移交给{deputy.post.full_name}" in page
    assert "须统一调度" in page
    assert lead not in page, "the cook leads no longer"
    assert "突发事件已移交本岗位，由您牵头" in as_(deputy).get("/staff/notices/").content.decode()
    english = Client(headers={"accept-language": "en"})
    english.force_login(deputy.user)
    english.cookies["django_language"] = "en"
    page = english.get(address("room", fire)).content.decode()
    assert "Lead handed to " in page
    assert "Hand the lead on" in page


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("room_log", {"text": "请拨13812345678联系"}),
        ("room_log", {"text": ""}),
        ("room_decide", {"text": "停业", "why": ""}),
        ("room_task", {"text": "清点", "post": "999999", "due": "2030-01-01T10:00"}),
        ("room_task", {"text": "清点", "post": "", "due": "昨天"}),
        ("room_stand_down", {"why": "", "post": "", "due": ""}),
        ("room_review", {"well": "好", "ill": "不够"}),
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_nothing_is_kept(
    cast: Cast, fire: Incident, name: str, given: dict[str, str]
) -> None:
    page = as_(cast.cook).post(address(name, fire), given)
    assert page.status_code == 200
    assert 'class="error' in page.content.decode()
    assert not IncidentLine.objects.exists()
    assert not IncidentTask.objects.exists()
    fire.refresh_from_db()
    assert fire.stood_down_at is None


def test_an_unknown_task_and_an_unknown_room_are_not_there(cast: Cast, fire: Incident) -> None:
    client = as_(cast.cook)
    assert client.get(address("room_done", fire, 9)).status_code == 404
    assert client.get("/staff/rooms/260303-ABCDEFGH/").status_code == 404


def test_a_notice_leads_to_the_room(cast: Cast, fire: Incident) -> None:
    given = {"text": "清点物资", "post": str(cast.cook.post.pk), "due": local(timedelta(hours=1))}
    as_(cast.works_head).post(address("room_task", fire), given)
    page = as_(cast.cook).get("/staff/notices/").content.decode()
    assert f'href="{address("room", fire)}"' in page
    assert "您有一项处置任务" in page
