"""The pages of the reception desk, the kiosk and the screen of the hall."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.actions import reception
from huiyin.parts.duty.models import DutyPoint, Meeting, Room, Visit
from huiyin.web.portal.numbers import kiosk_token
from tests.cast import Cast

CODE = "DESK"


@pytest.fixture(autouse=True)
def _standing_still(now: datetime) -> object:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def point(cast: Cast) -> DutyPoint:
    return DutyPoint.objects.create(
        unit=cast.works, code=CODE, kind="desk", name="接待窗口", name_en="Reception desk"
    )


@pytest.fixture
def room(point: DutyPoint) -> Room:
    return Room.objects.create(point=point, name="一号接待室", name_en="Room 1", holds=6)


Enter = Callable[[Acting], Client]


def enter(acting: Acting, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(acting.user)
    return client


def at(name: str, *more: object) -> str:
    return reverse(f"staff:duty_{name}", args=[CODE, *more])


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_a_clerk_gives_a_number_calls_it_and_ends_it(
    cast: Cast, point: DutyPoint, room: Room
) -> None:
    clerk = enter(cast.works_clerk)
    given = {"needs": ["interpreter", "writing"], "language": "ug", "people": "1"}
    assert clerk.post(at("number"), given).status_code == 302
    assert "维吾尔语" in text(clerk, at("desk"))
    clerk.post(at("call"), {"room": room.pk})
    shown = text(clerk, at("desk"))
    assert "Have ready:" in shown
    assert "Help with writing" in shown
    visit = Visit.objects.get()
    assert visit.room == room
    clerk.post(at("turn", visit.pk), {"what": "received"})
    visit.refresh_from_db()
    assert visit.end == "received"


def test_a_form_sent_twice_gives_one_number(cast: Cast, point: DutyPoint) -> None:
    clerk = enter(cast.works_clerk)
    seed = clerk.get(at("desk")).context["seed"]
    for _ in range(2):
        clerk.post(at("number"), {"seed": seed, "people": "1"})
    clerk.post(at("number"), {"seed": "forged", "people": "1"})
    clerk.post(at("number"), {"seed": "forged", "people": "1"})
    assert Visit.objects.count() == 3


def test_what_can_not_be_done_is_said_and_nothing_is_lost(
    cast: Cast, point: DutyPoint, room: Room, now: datetime
) -> None:
    clerk = enter(cast.works_clerk)
    for _ in range(2):
        reception.take_number(point, now=now)
    clerk.post(at("call"), {"room": room.pk})
    answer = clerk.post(at("call"), {"room": room.pk}, follow=True)
    assert "Somebody is in this room still" in answer.content.decode()
    assert "Choose the room" in clerk.post(at("call"), follow=True).content.decode()
    second = Visit.objects.get(number=2)
    answer = clerk.post(at("turn", second.pk), {"what": "nonsense"}, follow=True)
    assert "This was done meanwhile" in answer.content.decode()
    for bad in ({"people": "0"}, {"people": "999"}, {"needs": "blood"}, {"language": "xx"}):
        assert clerk.post(at("number"), bad | {"seed": ""}).status_code == 200
    assert Visit.objects.count() == 2


def test_writing_down_a_letter_starts_from_the_desk_and_leads_back_to_it(
    cast: Cast, point: DutyPoint, now: datetime
) -> None:
    clerk = enter(cast.works_clerk)
    reception.take_number(point, now=now)
    clerk.post(at("call"))
    assert '/staff/letters/new/?channel=counter"' in text(clerk, at("desk"))
    form = clerk.get("/staff/letters/new/?channel=counter").context["form"]
    assert form["channel"].value() == "counter"
    given = {
        "seed": form["seed"].value(), "channel": "counter", "title": "车棚漏雨",
        "text": "车棚漏雨，希望修好。", "naming": "anonymous", "language": "zh-hans",
    }  # fmt: skip
    receipt = clerk.post("/staff/letters/new/", given).content.decode()
    assert f'href="{at("desk")}">Handed over' in receipt


def test_rooms_are_added_changed_and_opened_by_who_plans(cast: Cast, point: DutyPoint) -> None:
    clerk = enter(cast.works_clerk)
    given = {"name": "大厅", "holds": "20", "waiting": "on", "fits": ["child"]}
    assert clerk.post(at("room_add"), given).status_code == 302
    hall = Room.objects.get()
    assert (hall.holds, hall.waiting, hall.fits) == (20, True, ["child"])
    assert clerk.post(at("room", hall.pk), {"name": "大厅", "holds": "0"}).status_code == 200
    clerk.post(at("room", hall.pk), {"name": "大厅", "holds": "25", "waiting": "on"})
    clerk.post(at("room_open", hall.pk), {"open": "0"})
    hall.refresh_from_db()
    assert (hall.holds, hall.closed_at is None) == (25, False)
    assert "Not open" in text(clerk, at("rooms"))
    assert clerk.get(at("room", hall.pk + 1)).status_code == 404


def test_a_room_is_kept_for_a_group_and_an_overlap_is_said(
    cast: Cast, point: DutyPoint, room: Room, now: datetime
) -> None:
    clerk = enter(cast.works_clerk, "zh-hans")
    given = {
        "room": room.pk, "starts": "2026-03-03T10:00", "ends": "2026-03-03T11:00",
        "representatives": "5",
    }  # fmt: skip
    assert clerk.post(at("groups"), given).status_code == 302
    kept = Meeting.objects.get()
    assert kept.starts == now.replace(hour=2, minute=0)
    assert "第二十条" in text(clerk, at("groups"))
    again = clerk.post(at("groups"), given).content.decode()
    assert "已有其他预留" in again
    assert (
        "代表人数超出规定"
        in clerk.post(at("groups"), given | {"representatives": "6"}).content.decode()
    )
    clerk.post(at("group_give_up", kept.pk))
    kept.refresh_from_db()
    assert kept.cancelled_at == now


def test_the_desk_warns_when_the_hall_is_nearly_full_and_offers_another_room(
    cast: Cast, point: DutyPoint, now: datetime
) -> None:
    clerk = enter(cast.works_clerk)
    Room.objects.create(point=point, name="大厅", holds=10, waiting=True)
    spare = Room.objects.create(point=point, name="备用", holds=8, closed_at=now)
    reception.take_number(point, now=now, people=8)
    shown = text(clerk, at("desk"))
    assert "nearly full" in shown
    assert "8 of 10 (80 %)" in shown
    reception.take_number(point, now=now, people=3)
    shown = text(clerk, at("desk"))
    assert "More people are here than the place safely holds" in shown
    assert "Open 备用 (holds 8)" in shown
    clerk.post(at("room_open", spare.pk), {"open": "1", "to": "desk"})
    spare.refresh_from_db()
    assert spare.closed_at is None


def test_the_screen_draws_itself_anew_unless_it_is_asked_to_stay(
    point: DutyPoint, room: Room, cast: Cast, now: datetime
) -> None:
    reception.take_number(point, now=now)
    reception.call_next(cast.works_clerk, CODE, room.pk, now=now)
    client = Client()
    address = reverse("portal:screen", args=[CODE])
    answer = client.get(address)
    assert answer["Refresh"] == "10"
    assert "Refresh" not in client.get(f"{address}?still=1")
    page = answer.content.decode()
    assert "<b>1</b>" in page
    assert "一号接待室" in page
    assert "Room 1" in page
    assert client.post(address).status_code == 405
    assert client.get("/screen/NOWHERE/").status_code == 404


def test_the_kiosk_gives_a_number_and_goes_back_to_the_beginning(
    point: DutyPoint, now: datetime
) -> None:
    client = Client(headers={"accept-language": "en"})
    address = reverse("portal:take", args=[kiosk_token(point)])
    empty = client.get(address)
    assert empty["Refresh"] == f"180; url={address}"  # what somebody left half filled
    form = empty.context["form"]
    given = {"seed": form["seed"].value(), "needs": ["child"], "people": "2"}
    answer = client.post(address, given)
    shown = client.get(answer["Location"])
    assert "Your number" in shown.content.decode()
    assert shown["Refresh"] == f"25; url={address}"
    assert client.post(address, given)["Location"] == answer["Location"]
    assert client.get(f"{address}99/").status_code == 404
    visit = Visit.objects.get()
    assert (visit.needs, visit.people) == (["child"], 2)


@pytest.mark.parametrize("token", ["DESK", "DESK:forged", "OTHER:x"])
def test_a_kiosk_address_is_not_guessed(point: DutyPoint, token: str) -> None:
    assert Client().get(f"/take/{token}/").status_code == 404
    assert Client().post(f"/take/{token}/", {"people": "1"}).status_code == 404


def test_a_kiosk_that_is_pressed_without_end_sends_to_the_desk_and_never_away(
    point: DutyPoint, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huiyin.web.portal import reception as pages
    from huiyin.web.portal.limits import Limit

    monkeypatch.setattr(pages, "NUMBERS", Limit("desk-numbers", 2, 600))
    client = Client(headers={"accept-language": "en"})
    address = reverse("portal:take", args=[kiosk_token(point)])
    codes = [client.post(address, {"people": "1"}).status_code for _ in range(3)]
    assert codes == [302, 302, 429]
    assert "Please ask at the desk" in client.post(address, {"people": "1"}).content.decode()
    assert enter(cast.works_clerk).post(at("number"), {"people": "1"}).status_code == 302
    assert Visit.objects.count() == 3


def test_a_closed_desk_and_a_line_are_no_reception_desks(
    cast: Cast, point: DutyPoint, now: datetime
) -> None:
    token = kiosk_token(point)
    DutyPoint.objects.create(unit=cast.works, code="LINE", kind="line", name="电话")
    clerk = enter(cast.works_clerk)
    assert clerk.get(reverse("staff:duty_desk", args=["LINE"])).status_code == 404
    assert clerk.get(reverse("staff:duty_reception")).status_code == 302
    DutyPoint.objects.update(closed_at=now + timedelta(0))
    assert clerk.get(at("desk")).status_code == 404
    assert Client().get(f"/take/{token}/").status_code == 404
    assert Client().get(reverse("portal:screen", args=[CODE])).status_code == 404
    assert "You serve at no reception desk" in text(clerk, reverse("staff:duty_reception"))


def test_the_duty_leader_reads_that_the_desk_is_too_full_and_gets_to_it(
    cast: Cast, point: DutyPoint, now: datetime
) -> None:
    from huiyin.kernel.clock.sweep import sweep

    Room.objects.create(point=point, name="大厅", holds=2, waiting=True)
    reception.take_number(point, now=now, people=5)
    leader = enter(cast.works_clerk)  # nearest to a duty leader in this unit
    for path in ("/staff/", "/staff/notices/"):
        assert f'href="{at("desk")}"' in text(leader, path), path
    assert "Open another room at the reception desk" in text(leader, "/staff/")
    assert "over what its place safely holds" in text(leader, "/staff/notices/")
    sweep(now + timedelta(minutes=16), {})
    assert text(leader, "/staff/notices/").count(f'href="{at("desk")}"') == 2
