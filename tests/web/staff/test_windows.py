"""The pages of windows, as the head who makes one and the units that answer it go through them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports.actions import readiness, windows
from huiyin.parts.reports.models import Window, WindowReply
from huiyin.parts.reports.readiness import Sources
from tests.cast import Cast

QUIET = Sources(lambda top, since, until: {}, lambda top, now: {}, lambda top, now: {})


def as_(acting: Acting) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(acting.user)
    return client


def form(**changes: str) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "title": "春节特护期", "first_day": f"{today + timedelta(days=5)}",
        "last_day": f"{today + timedelta(days=9)}", "cover": "on", "roster_days": "3",
        "daily_by": "15:30", "line_test": "on", "limit_accept": "5",
    } | changes  # fmt: skip


@pytest.fixture
def window(cast: Cast) -> Window:
    as_(cast.group_head).post("/staff/reports/windows/new/", form())
    return Window.objects.get()


def test_a_head_makes_a_window_in_one_form(cast: Cast) -> None:
    client = as_(cast.group_head)
    assert "now 15 days" in client.get("/staff/reports/windows/new/").content.decode()
    page = client.post("/staff/reports/windows/new/", form(), follow=True).content.decode()
    made = Window.objects.get()
    assert made.settings["daily_by"] == 15 * 60 + 30
    assert made.settings["limits"] == {"accept": 5}
    assert "A daily report every day by 15:30." in page
    assert "planned" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"limit_accept": "16"}, "A limit may only be shorter"),
        ({"last_day": "2020-01-01"}, "The last day comes after the first"),
        ({"first_day": "2020-01-01"}, "This day is over already"),
        ({"title": "13912345678"}, "A telephone number stays out"),
        ({"title": ""}, "This must be filled in"),
        ({"daily_by": "x"}, "Give a day and a time"),
        ({"cover": "", "daily_by": "", "line_test": "", "limit_accept": ""}, "at least one thing"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    cast: Cast, changes: dict[str, str], said: str
) -> None:
    given = {name: value for name, value in form(**changes).items() if value}
    page = as_(cast.group_head).post("/staff/reports/windows/new/", given).content.decode()
    assert said in page
    assert not Window.objects.exists()


def test_it_is_tightened_opened_and_closed_and_every_version_shows(
    cast: Cast, window: Window
) -> None:
    client, at = as_(cast.group_head), f"/staff/reports/windows/{window.number}/"
    looser = client.post(f"{at}tighten/", form(daily_by="16:00"))
    assert "never for less than before" in looser.content.decode()
    page = client.post(f"{at}tighten/", form(daily_by="14:00"), follow=True).content.decode()
    assert "Version 2" in page
    assert "by 15:30" in page
    assert "by 14:00" in page
    client.post(f"{at}open/")
    assert "Close the window now" in client.get(at).content.decode()
    page = client.post(f"{at}close/", follow=True).content.decode()
    assert "over" in page
    assert "Tighten the window" not in page


def test_a_unit_names_its_group_and_confirms_and_the_head_sees_it(
    cast: Cast, window: Window
) -> None:
    at = f"/staff/reports/windows/{window.number}/"
    cook = as_(cast.cook)
    page = cook.post(f"{at}group/", {"overall": cast.cook.post.code}, follow=True)
    assert "This was recorded." in page.content.decode()
    foreign = cook.post(f"{at}group/", {"overall": cast.owner.post.code})
    assert "Please choose one of the entries offered." in foreign.content.decode()
    future = cook.post(f"{at}confirm/line/", {"on": "2999-01-01"})
    assert "This day has not come yet." in future.content.decode()
    cook.post(f"{at}confirm/line/", {"on": f"{timezone.localdate()}"})
    assert cook.get(f"{at}confirm/speech/").status_code == 404
    readiness.count_one(window.pk, timezone.now(), QUIET)
    head = as_(cast.group_head)
    seen = head.get(f"{at}units/{cast.canteen.pk}/").content.decode()
    assert str(cast.cook.post.full_name) in seen
    grid = head.get(f"{at}readiness/").content.decode()
    assert "3 of 4 missing" in grid
    assert "counted every five minutes" in grid
    wrong = head.get(f"{at}readiness/line/").content.decode()
    assert "Canteen" not in wrong
    assert "Machine Works" in wrong
    assert head.get(f"{at}readiness/secrets/").status_code == 404


def test_the_readiness_page_takes_at_most_ten_queries(
    cast: Cast, window: Window, django_assert_max_num_queries: object
) -> None:
    readiness.count_one(window.pk, timezone.now(), QUIET)
    client, at = as_(cast.group_head), f"/staff/reports/windows/{window.number}/readiness/"
    client.get(at)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert client.get(at).status_code == 200


def test_every_cell_has_a_sign_and_a_word_and_leads_to_its_evidence(
    cast: Cast, window: Window
) -> None:
    readiness.count_one(window.pk, timezone.now(), QUIET)
    page = as_(cast.group_head).get(f"/staff/reports/windows/{window.number}/readiness/")
    found = re.findall(
        r'<td class="(\w+)"><a href="([^"]+)">(.*?)</td>', page.content.decode(), re.S
    )
    assert len(found) == 3 * 5
    for state, address, inside in found:
        sign, word = {"bad": ("✗", "missing"), "good": ("✓", "")}.get(state, ("–", "not due"))
        assert sign in inside
        assert word in inside
        assert as_(cast.group_head).get(address.partition("#")[0]).status_code == 200


def test_after_it_a_post_says_why_and_everybody_above_reads_it(cast: Cast, window: Window) -> None:
    now = timezone.now()
    windows.open_window(cast.group_head, window.number, now=now)
    from huiyin.kernel.clock import actions as clock

    clock.start_until(
        "duty.check", subject="point:X", post=cast.works_head.post, now=now,
        due_at=now + timedelta(minutes=1), because=("检查", "a check"),
    )  # fmt: skip
    windows.close_window(cast.group_head, window.number, now=now + timedelta(hours=1))
    works, at = as_(cast.works_head), f"/staff/reports/windows/{window.number}/review/"
    assert "Say why something was missed" in works.get(at).content.decode()
    assert "This must be filled in." in works.post(f"{at}reply/", {}).content.decode()
    works.post(f"{at}reply/", {"cause": "检查表放错了地方。", "reply": "已移到值班室。"})
    assert WindowReply.objects.get().post == cast.works_head.post
    page = as_(cast.group_head).get(f"{at}?unit={cast.works.pk}").content.decode()
    assert "检查表放错了地方。" in page
    assert "Say why something was missed" not in works.get(at).content.decode()
