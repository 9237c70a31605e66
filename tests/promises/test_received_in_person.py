"""Whoever comes in person is received: nobody is named, and nobody is sent away.

Seen to fail: with a field "name" in Visit, and with a number refused once the hall was full.
"""

from datetime import datetime, timedelta

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from huiyin.parts.cases.models import Case
from huiyin.parts.duty import desk
from huiyin.parts.duty.actions import reception
from huiyin.parts.duty.models import DutyPoint, Meeting, Room, Visit
from huiyin.web.portal.numbers import NumberForm, kiosk_token
from huiyin.worker import keep_house
from tests.cast import Cast
from tests.promises.schema import ours, pointing_to_people, raw_rows


@pytest.fixture
def point(cast: Cast) -> DutyPoint:
    found = DutyPoint.objects.create(unit=cast.works, code="DESK", kind="desk", name="接待窗口")
    Room.objects.create(point=found, name="大厅", holds=2, waiting=True)
    return found


def test_a_turn_and_a_meeting_have_no_field_in_which_a_person_could_be_written_down() -> None:
    for model in (Visit, Meeting, Room):
        assert not pointing_to_people(model)
    free_text = {
        field.name
        for model in (Visit, Meeting)
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    }
    assert free_text == {"language", "seed"}  # of a list, and random
    assert set(NumberForm.base_fields) == {"seed", "needs", "language", "people"}


def test_the_language_is_chosen_from_a_list_and_never_written(
    point: DutyPoint, now: datetime
) -> None:
    with pytest.raises(ValueError, match="language"):
        reception.take_number(point, now=now, needs=["interpreter"], language="张三")


def test_nothing_ties_a_turn_to_a_letter() -> None:
    assert not [
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in model._meta.get_fields()
        if {model, field.related_model} in ({Visit, Case}, {Meeting, Case})
    ]


def test_a_letter_taken_down_at_the_desk_leaves_the_turn_as_it_was(
    cast: Cast, point: DutyPoint, now: datetime
) -> None:
    reception.take_number(point, now=now)
    before = raw_rows()["duty_visit"]
    cast.file(now, channel="counter")
    assert raw_rows()["duty_visit"] == before


def test_however_many_wait_the_next_one_gets_a_number_and_reads_no_word_of_going_away(
    point: DutyPoint,
) -> None:
    client = Client(headers={"accept-language": "zh-hans"})
    address = reverse("portal:take", args=[kiosk_token(point)])
    for number in range(1, 12):
        answer = client.post(address, {"people": "1"})
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"/{number}/")
    for path in (address, answer["Location"], reverse("portal:screen", args=["DESK"])):
        text = client.get(path).content.decode()
        for word in ("请回", "改日来", "明天再来", "今日已满", "请离开"):
            assert word not in text


def test_the_hall_shows_numbers_and_rooms_and_where_else_one_may_turn(
    cast: Cast, point: DutyPoint, now: datetime
) -> None:
    reception.take_number(point, now=now, needs=["interpreter", "child"], language="ug", people=3)
    page = Client().get(reverse("portal:screen", args=["DESK"])).content.decode()
    for secret in ("维吾尔", "Uyghur", "interpreter", "翻译", "儿童看护</"):
        assert secret not in page
    assert cast.organisation.outside in page
    assert cast.organisation.outside_en in page


def test_a_turn_that_is_never_ended_by_anyone_is_never_ended_by_time(
    cast: Cast, point: DutyPoint, now: datetime
) -> None:
    visit = reception.take_number(point, now=now)
    keep_house(now + timedelta(hours=6))
    visit.refresh_from_db()
    assert visit.ended_at is None
    assert [one.pk for one, _ in desk.load(point, now + timedelta(hours=6)).waiting] == [visit.pk]


def test_the_worker_deletes_turns_after_a_week(point: DutyPoint, now: datetime) -> None:
    reception.take_number(point, now=now)
    keep_house(now + timedelta(days=7))
    assert Visit.objects.count() == 1
    keep_house(now + timedelta(days=8))
    assert not raw_rows()["duty_visit"]
