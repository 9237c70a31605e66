"""Every staff page is in the reader's language: no English word is left on a Chinese page."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from huiyin.parts.cases.actions import answering, forwarding, handling
from huiyin.parts.cases.actions.answering import Promise
from huiyin.web.staff.moves import PAGES
from tests.cast import Cast
from tests.support.answers import ANSWER

SAME = {"Huiyin", "English", "AGPL-3", "0-or-later", "Word", "PDF", "MB", "clerk", "owner"} | {
    "wages", "safety", "labour",  # codes of categories
}  # fmt: skip
CODES = re.compile(r"HX(-[A-Z]+)*|[0-9A-Z]{8}|[0-9A-Z]{4}")


class Text(HTMLParser):
    """Collects what a reader sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.mute += tag in {"script", "style", "code"}
        self.said += [v for k, v in attrs if k in {"aria-label", "placeholder", "title"} and v]

    def handle_endtag(self, tag: str) -> None:
        self.mute -= tag in {"script", "style", "code"}

    def handle_data(self, data: str) -> None:
        if not self.mute:
            self.said.append(data)


def english_words(page: str) -> set[str]:
    reader = Text()
    reader.feed(page)
    found = re.findall(r"[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*", " ".join(reader.said))
    named = {"works_deputy", "works_head", "works_clerk"}
    words = {word for word in found if not CODES.fullmatch(word)} - SAME
    return {word for word in words if not any(word in name for name in named)}


def chinese(cast: Cast, who: str) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(getattr(cast, who).user)
    return client


@pytest.fixture
def locator(cast: Cast, now: datetime) -> str:
    for acting in (cast.owner, cast.clerk):  # titles as an organisation would give them
        acting.post.title = "承办岗"
        acting.post.save()
    locator = cast.file(now, naming="named", identity={"name": "王小明"}).case.locator
    forwarding.forward(cast.clerk, locator, cast.works, now=now, reason="由机械厂答复")
    handling.accept(cast.owner, locator, now=now)
    day = now.date() + timedelta(days=400)
    answering.answer(cast.owner, locator, ANSWER, now=now, promises=[Promise("补发工资", day)])
    return locator


@pytest.mark.parametrize(
    "name", ["owed", "notices", "letters", "search", "new", "categories", "calendar", "units"]
)
def test_no_english_word_is_left_on_a_chinese_page(name: str, cast: Cast, locator: str) -> None:
    page = chinese(cast, "clerk").get(reverse(f"staff:{name}")).content.decode()
    assert english_words(page) == set()


def test_the_letter_and_every_move_speak_chinese(cast: Cast, locator: str) -> None:
    client = chinese(cast, "owner")
    page = client.get(reverse("staff:letter", args=[locator])).content.decode()
    assert english_words(page) == set()
    for name in PAGES:
        if name == "transfer":
            continue  # it lists posts of the cast, whose titles are in the language of the tests
        page = client.get(reverse("staff:move", args=[locator, name])).content.decode()
        assert english_words(page) == set(), name


def test_a_refusal_speaks_chinese(cast: Cast, locator: str) -> None:
    client = chinese(cast, "owner")
    response = client.post(reverse("staff:move", args=[locator, "note"]), {"text": ""})
    assert english_words(response.content.decode()) == set()
    absent = client.get(reverse("staff:letter", args=["ZZZZZZZZ"])).content.decode()
    assert english_words(absent) == set()


def test_the_sign_in_speaks_chinese(cast: Cast) -> None:
    page = Client(headers={"accept-language": "zh-CN"}).get("/accounts/login/").content.decode()
    assert english_words(page) - {"JavaScript"} == set()
