"""Somebody comes in person: takes a number, sees it called, tells their matter, goes with a receipt."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opened
from tests.browser.desk_tours import DESK
from tests.browser.people import Person, Staff


def _free_the_rooms(clerk: Staff) -> None:
    received = clerk.page.get_by_role("button", name=clerk.words("Was received"))
    while received.count():
        received.first.click()


def test_who_comes_is_called_by_number_and_leaves_with_a_receipt(
    opened: Opened, size: str, language: str
) -> None:
    clerk = Staff(opened(language, "desktop"), language)
    clerk.signs_in("ys.clerk")
    clerk.go(DESK)
    link = clerk.page.get_by_role("link", name=clerk.words("Page for taking a number oneself"))
    kiosk = Person(opened(language, size), language)
    kiosk.go(str(link.get_attribute("href")))
    kiosk.tick("Help with writing")
    kiosk.press("Take a number")
    number = kiosk.page.locator(".ticket b").inner_text()

    hall = opened("zh-hans", size)
    hall.goto("/screen/YS-DESK/?still=1")
    expect(hall.locator(".screen-next")).to_contain_text(number)

    mine = clerk.page.locator(".turn-number", has_text=re.compile(f"^{number}$"))
    turn = clerk.page.locator(".turns > li").filter(has=mine)
    for _ in range(30):
        clerk.go(DESK)
        if turn.count():
            break
        _free_the_rooms(clerk)
        clerk.press("Call the next")
    expect(turn).to_contain_text(clerk.words("Help with writing"))
    hall.goto("/screen/YS-DESK/?still=1")
    expect(hall.locator(".screen-called")).to_contain_text(number)

    turn.get_by_role("link", name=clerk.words("Write down their letter")).click()
    clerk.page.locator("[name=title]").fill("食堂饭菜偏凉")
    clerk.page.locator("[name=text]").fill("来人说二食堂中午的饭菜经常是凉的。")
    clerk.page.locator("[name=naming]").first.check()
    clerk.press("Send it and print the receipt")
    clerk.heading("Receipt for the writer")
    clerk.follow("Handed over")
    expect(clerk.page).to_have_url(re.compile(f"{DESK}$"))
    turn.get_by_role("button", name=clerk.words("Was received")).click()
    hall.goto("/screen/YS-DESK/?still=1")
    expect(hall.locator("main")).not_to_contain_text("食堂")
    assert not hall.locator(".screen-called b").get_by_text(re.compile(f"^{number}$")).count()
