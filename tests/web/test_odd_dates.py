"""Days at the ends of time are told or passed over, wherever a day can be given."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from django import forms
from django.test import Client

import huiyin.web
from huiyin.kernel import days
from huiyin.parts.cases.models import Case
from huiyin.web.api import tokens
from huiyin.web.fields import DayField, MomentField
from tests.cast import Cast
from tests.web.staff.conftest import SignIn, clock, sign_in  # noqa: F401

ODD = ("0001-01-01", "1948-12-31", "2101-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "", "x")


@pytest.mark.parametrize("text", ODD)
def test_an_odd_day_is_none(text: str) -> None:
    assert days.parse(text) is None


def test_days_of_living_memory_and_of_any_deadline_are_taken() -> None:
    assert days.parse("1949-01-01") == date(1949, 1, 1)
    assert days.parse("2100-12-31") == date(2100, 12, 31)


@pytest.mark.parametrize("field", [DayField(), MomentField()])
@pytest.mark.parametrize("text", ODD[:4])
def test_a_field_tells_an_odd_day(field: forms.Field, text: str) -> None:
    with pytest.raises(forms.ValidationError):
        field.clean(text)
    assert field.clean("2026-03-03").year == 2026


def test_no_form_of_ours_has_another_field_for_days() -> None:
    """Every file of the faces is looked through, so that a new form can't forget the bounds."""
    found = [
        path.name
        for path in Path(str(huiyin.web.__path__[0])).rglob("*.py")
        if re.search(r"forms\.(DateField|DateTimeField)\b", path.read_text(encoding="utf-8"))
    ]
    assert found == ["fields.py"]


PAGES = (
    "/staff/reports/day/?day={}", "/staff/reports/day/file.pdf?day={}",
    "/staff/duty/mine/?on={}&span=week", "/staff/duty/mine/?on={}",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_no_page_fails_at_an_odd_day_in_its_address(
    cast: Cast,
    sign_in: SignIn,  # noqa: F811
    page: str,
) -> None:
    client = sign_in(cast.owner.user)
    for day in ODD:
        assert client.get(page.format(day)).status_code in {200, 403, 404}, day


@pytest.mark.parametrize("until", ["9999-12-31", "0001-01-01"])
def test_a_stand_in_for_ever_is_told(
    cast: Cast,
    sign_in: SignIn,  # noqa: F811
    until: str,
) -> None:
    client = sign_in(cast.group_head.user)
    given = {"username": "driver", "stand_in": "on", "first": "2026-03-04", "last": until}
    page = client.post(f"/staff/posts/{cast.owner.post.pk}/appoint/", given)
    assert page.status_code == 200
    assert "between 1949 and 2100" in page.content.decode()


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1948-12-31T00:00:00Z"]
)
def test_a_letter_from_before_all_calendars_is_told(
    cast: Cast,
    clock: object,  # noqa: F811
    now: datetime,
    moment: str,
) -> None:
    token = tokens.issue(cast.clerk.user, cast.clerk.post, "test", days=1, now=now)
    answer = Client(headers={"authorization": f"Bearer {token}"}).post(
        "/api/v1/cases",
        {"title": "Wages", "text": "No wages", "channel": "post", "received_at": moment},
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert not Case.objects.exists()
