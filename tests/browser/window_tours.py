"""A walk past the pages of windows: made, tightened, opened, answered, looked at, closed, reviewed."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from tests.browser.people import Staff

PRESSED = {"window_open", "window_close"}


def windows(staff: Staff) -> Iterator[str]:
    """Walk past every page of windows, as the head who makes one and a post that answers."""
    staff.becomes("ys.head")
    staff.go("/staff/reports/windows/")
    yield "windows"
    past = [
        urlsplit(one.get_attribute("href") or "").path
        for one in staff.page.locator("main ul.tasks a[href*='/review/']").all()
    ][-1]
    staff.go("/staff/reports/windows/new/")
    yield "a window to make"
    staff.press("Make the window")
    yield "a window to make, with errors"
    today = timezone.localdate()
    staff.page.locator("[name=title]").fill("国庆特护期")
    staff.page.locator("[name=first_day]").fill(f"{today + timedelta(days=10)}")
    staff.page.locator("[name=last_day]").fill(f"{today + timedelta(days=17)}")
    staff.page.locator("[name=line_test]").check()
    staff.page.locator("[name=exercise]").check()
    staff.press("Make the window")
    yield "a window, planned"
    one = urlsplit(staff.page.url).path
    for path, name in (
        ("tighten/", "tightening a window"),
        ("group/", "who answers for what"),
        ("confirm/line/", "confirming a test of the line"),
        ("readiness/", "readiness"),
        ("readiness/line/", "units not in order"),
    ):
        staff.go(f"{one}{path}")
        yield name
    staff.page.locator("main ul.tasks a").first.click()
    yield "the evidence of a unit"
    staff.go(f"{one}tighten/")
    staff.page.locator("[name=line_test]").uncheck()
    staff.press("Tighten")
    yield "tightening a window, refused"
    staff.go(one)
    staff.press("Open the window now")
    yield "a window, open"
    staff.press("Close the window now")
    yield "a window, over"
    staff.go(past)
    yield "the review of a window"
    staff.go(f"{past}reply/")
    yield "speaking to the review"
    staff.press("Save")
    yield "speaking to the review, with errors"
