"""A page that is kept for everybody holds nothing of anybody."""

import re

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.test import Client, RequestFactory

from huiyin.parts.cases.models import Case
from tests.web.portal.conftest import Person, write


def _receipt(title: str) -> tuple[str, Case]:
    person = Person(Client(headers={"accept-language": "en"}))
    write(person, title=title, naming="named", name="Li Xiaohe", telephone="13900001234")
    person.send(go="next")
    return person.text, Case.objects.latest("pk")


def _marks(page: str) -> set[str]:
    """All that is long and random in a page: codes, seeds, tokens, digests."""
    return {word for word in re.findall(r"[0-9A-Za-z_:=-]{8,}", page) if re.search(r"\d", word)}


def test_two_receipts_from_one_frame_share_no_code_number_seed_token_or_digest(
    person: Person,
) -> None:
    first, one = _receipt("Overtime of May not paid")
    second, other = _receipt("Hot water in the east hostel")
    assert one.locator in first
    assert other.locator in second
    assert one.locator not in second
    secret = re.findall(r"<li>(\w{4})</li>", first)
    assert re.findall(r"<li>(\w{4})</li>", second) != secret
    same = _marks(first) & _marks(second)
    assert not {mark for mark in same if len(mark) > 20}, same


def test_two_people_get_different_seeds_and_tokens_from_one_frame(person: Person) -> None:
    pages = [Client().get("/file/").content.decode() for _ in range(2)]
    for name in ("seed", "csrfmiddlewaretoken"):
        values = {re.search(rf'name="{name}" value="([^"]+)"', page)[1] for page in pages}
        assert len(values) == 2
        assert all(len(value) > 30 for value in values)


def test_a_frame_is_filled_with_escaped_words_and_leaves_no_mark(person: Person) -> None:
    cache.clear()
    first = Client().get("/file/").content.decode()
    again = Client().get("/file/").content.decode()
    assert "\ue000" not in first + again
    assert len(first) == len(again)


def test_a_message_waiting_for_one_visitor_is_never_kept_for_another(person: Person) -> None:
    cache.clear()
    visitor = Client()
    storage = CookieStorage(RequestFactory().get("/"))
    visitor.cookies["messages"] = storage._encode([Message(constants.SUCCESS, "Only for you")])
    assert "Only for you" in visitor.get("/file/").content.decode()
    assert "Only for you" not in Client().get("/file/").content.decode()
