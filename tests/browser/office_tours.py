"""Walks past the pages of letters, units, categories and the calendar, as a clerk."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.browser.people import Staff

PRESSED = {"act", "notices_read", "remove_claim", "release", "close_category"}


def letters(staff: Staff) -> Iterator[str]:
    """Walk past the pages of letters, search and notices; take a letter down."""
    staff.becomes("ys.clerk")
    for path, name in (
        ("/staff/", "what I owe"),
        ("/staff/letters/", "letters"),
        ("/staff/letters/?words=不存在的词", "no letters"),
        ("/staff/search/", "search"),
        ("/staff/search/?words=工资", "found"),
        ("/staff/search/?words=不存在的词", "nothing found"),
        ("/staff/notices/", "notices"),
        ("/staff/letters/00000000/", "no such letter"),
        ("/staff/letters/new/", "taking down a letter"),
    ):
        staff.go(path)
        yield name
    staff.press("Send it and print the receipt")
    yield "taking down a letter, with errors"
    staff.page.locator("[name=channel]").first.check()
    staff.page.locator("[name=title]").fill("窗口反映的事情")
    staff.page.locator("[name=text]").fill("来人说车棚漏雨，希望修好。")
    staff.page.locator("[name=naming]").first.check()
    staff.press("Send it and print the receipt")
    yield "the receipt to hand over"


def organisation(staff: Staff) -> Iterator[str]:
    """Walk past units, posts, accounts, categories and the calendar."""
    staff.becomes("ys.clerk")
    staff.go("/staff/units/?words=食堂")
    yield "units found"
    staff.go("/staff/units/")
    yield "units"
    staff.page.locator("main ul.tasks a").nth(4).click()
    yield "a unit"
    unit = urlsplit(staff.page.url).path
    for name in ("add-unit", "add-post", "add-claim", "add-account"):
        staff.go(f"{unit}{name}/")
        yield name
    staff.press("Save")
    yield "add-account, with errors"
    staff.go(unit)
    staff.page.locator("main a[href*='/appoint/']").first.click()
    yield "appointing"
    for path in ("categories/", "categories/add/", "independence/", "calendar/", "calendar/day/"):
        staff.go(f"/staff/{path}")
        yield path
    staff.go("/staff/calendar/conclude/shorten/")
    yield "shortening a limit"


def strangers(staff: Staff) -> Iterator[str]:
    """Open an account, and sign in with it while it holds no post."""
    staff.becomes("ys.clerk")
    staff.go("/staff/units/")
    staff.page.locator("main ul.tasks a").nth(4).click()
    staff.go(f"{urlsplit(staff.page.url).path}add-account/")
    for name in staff.page.locator("main form input[type=text]").all():
        name.fill(f"visitor-{staff.language}")
    staff.press("Save")
    yield "an account is open"
    user, password = staff.page.locator("dl.summary dd").all_inner_texts()[:2]
    staff.page.context.clear_cookies()
    staff.signs_in(user, password)
    yield "no post"
    staff.go("/accounts/logout/")
    yield "signing out"
