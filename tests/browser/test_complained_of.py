"""Whoever a letter complains of finds no trace of it, wherever they look."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened
from tests.browser.people import Staff, Writer

WORD = "拖延"


@pytest.fixture
def letter(opened: Opened, size: str) -> Writer:
    """A letter that complains of the head of the works, filed as a writer files it."""
    writer = Writer(opened(size=size))
    writer.tells("负责人拖延签字", "总经理对工伤材料一再拖延签字，已经两个月。")
    writer.says_where(place_unit="装备制造公司", complained="总经理")
    writer.stays_anonymous()
    writer.sends()
    return writer


def finds(staff: Staff, letter: Writer) -> list[bool]:
    """Return whether the letter is found by its number: owed, list, search, notices, address."""
    found = []
    for path in (
        "/staff/",
        "/staff/letters/?order=newest&view=unit",
        "/staff/letters/?order=newest&view=mine",
        f"/staff/search/?words={WORD}",
        "/staff/notices/",
    ):
        staff.go(path)
        expect(staff.page.get_by_role("heading", level=1)).to_be_visible()
        found.append(letter.locator in staff.page.locator("main").inner_text())
    answer = staff.page.goto(f"/staff/letters/{letter.locator}/")
    assert answer is not None
    return [*found, answer.status == 200]


def test_the_head_complained_of_finds_nothing_and_the_reception_finds_it(
    opened: Opened, size: str, letter: Writer
) -> None:
    clerk, head = Staff(opened(size=size)), Staff(opened(size=size))
    clerk.signs_in("ys.clerk")
    assert finds(clerk, letter) == [True] * 6
    head.signs_in("equip.head")
    assert finds(head, letter) == [False] * 6
    unknown = head.page.goto("/staff/letters/00000000/")
    assert unknown is not None
    assert unknown.status == 404
    words = head.page.locator("main").inner_text()
    head.opens(letter.locator)
    assert head.page.locator("main").inner_text() == words
