"""Lists: few queries, filters, words of two characters, pages without gaps."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from huiyin.parts.cases import queries
from huiyin.parts.cases.actions import forwarding
from tests.cast import Cast
from tests.web.staff.conftest import SignIn

MOST = 8


@pytest.fixture
def many(cast: Cast, now: datetime) -> list[str]:
    """Sixty letters, half of them forwarded to the Machine Works."""
    locators = []
    for number in range(60):
        at = now - timedelta(hours=60 - number)
        filed = cast.file(at, title=f"第{number}封信", text="食堂的饭菜变质了，请查一查。")
        if number % 2:
            forwarding.forward(cast.clerk, filed.case.locator, cast.works, now=at)
        locators.append(filed.case.locator)
    return locators


@pytest.mark.parametrize("query", ["", "?order=newest", "?words=食堂", "?stage=forwarded&late=1"])
def test_a_worklist_takes_at_most_eight_queries_and_one_more_to_read_what_a_search_finds(
    query: str,
    cast: Cast,
    many: list[str],
    sign_in: SignIn,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = sign_in(cast.clerk.user)
    client.get(reverse("staff:letters"))
    with django_assert_max_num_queries(MOST + ("words" in query)):  # type: ignore[attr-defined]
        assert client.get(reverse("staff:letters") + query).status_code == 200


def test_what_i_owe_takes_at_most_nine_queries(
    cast: Cast,
    many: list[str],
    sign_in: SignIn,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = sign_in(cast.owner.user)
    client.get(reverse("staff:owed"))
    with django_assert_max_num_queries(MOST + 1):  # type: ignore[attr-defined]
        response = client.get(reverse("staff:owed"))
    assert response.content.count(b'class="owed-title"') == 30


def walk(client: Client, query: str) -> list[str]:
    found, after = [], ""
    while True:
        page = client.get(reverse("staff:letters"), {"after": after, **dict([query.split("=")])})
        found += [row.case.locator for row, _tone in page.context["rows"]]
        after = page.context["after"]
        if not after:
            return found


@pytest.mark.parametrize("query", ["order=due", "order=newest", "words=食堂"])
def test_pages_show_each_letter_once(
    query: str, cast: Cast, many: list[str], sign_in: SignIn
) -> None:
    found = walk(sign_in(cast.clerk.user), query)
    assert len(found) == len(set(found)) == 60
    assert set(found) == set(many)


def test_a_two_character_word_is_found_and_only_where_the_post_may_look(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    mine = cast.file(now, text="班车又晚点了，车上没有空调。").case.locator
    forwarding.forward(cast.clerk, mine, cast.transport, now=now)
    for who, seen in ((cast.clerk, True), (cast.driver, True), (cast.cook, False)):
        page = sign_in(who.user).get(reverse("staff:search"), {"words": "班车"})
        assert (mine.encode() in page.content) is seen


def test_a_bad_cursor_or_filter_counts_as_absent(
    cast: Cast, many: list[str], sign_in: SignIn
) -> None:
    client = sign_in(cast.clerk.user)
    for query in ("after=x", "after=2026_1", "after=5", "stage=no&unit=x&category=-1&view=all"):
        page = client.get(reverse("staff:letters") + "?" + query)
        assert len(page.context["rows"]) == queries.SIZE


def test_the_one_complained_of_finds_nothing_about_it(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    filed = cast.file(now, text="厂长包庇亲属，请查。", complained_post=cast.works_head.post)
    locator = filed.case.locator
    for who in (cast.works_head, cast.works_deputy, cast.works_clerk, cast.owner, cast.cook):
        client = sign_in(who.user)
        for address in (
            reverse("staff:letters"),
            reverse("staff:search") + "?words=包庇",
            reverse("staff:owed"),
            reverse("staff:notices"),
        ):
            assert locator.encode() not in client.get(address).content
        assert client.get(reverse("staff:letter", args=[locator])).status_code == 404


def test_absent_and_not_yours_look_the_same(cast: Cast, now: datetime, sign_in: SignIn) -> None:
    locator = cast.file(now).case.locator
    client = sign_in(cast.cook.user)
    client.get(reverse("staff:owed"))
    pages = [
        client.get(reverse("staff:letter", args=[one])).content.replace(one.encode(), b"")
        for one in (locator, "ZZZZZZZZ")
    ]
    strip = [b"".join(p.split(b"csrfmiddlewaretoken")[::2])[:400] for p in pages]
    assert strip[0] == strip[1]


def test_a_number_leads_to_its_letter_where_the_post_may_see_it(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    locator = cast.file(now).case.locator
    found = sign_in(cast.clerk.user).get(reverse("staff:search"), {"words": locator.lower()})
    assert found.headers["Location"] == reverse("staff:letter", args=[locator])
    hidden = sign_in(cast.cook.user).get(reverse("staff:search"), {"words": locator})
    absent = sign_in(cast.cook.user).get(reverse("staff:search"), {"words": "ZZZZZZZZ"})
    assert hidden.status_code == absent.status_code == 200


def test_notices_are_of_the_post_and_marked_read_by_it_alone(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    from huiyin.kernel.notices.models import Notice

    locator = cast.file(now).case.locator
    forwarding.forward(cast.clerk, locator, cast.works, now=now)
    client = sign_in(cast.owner.user)
    assert "A letter was forwarded to you" in client.get("/staff/").content.decode()
    last = Notice.objects.latest("id").pk
    client.post(reverse("staff:notices_read"), {"upto": last})
    assert "A letter was forwarded to you" not in client.get("/staff/").content.decode()
    assert "A new letter has come in" in sign_in(cast.clerk.user).get("/staff/").content.decode()
