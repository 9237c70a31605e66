"""Walks past the pages of a shift: at the desk, and of whoever answers for it."""

import re
from collections.abc import Iterator

from tests.browser.people import Staff

PRESSED = {"duty_sign_in", "duty_mended", "duty_check_close"}
LEADERS = ("duty.01", "duty.02", "duty.03", "duty.04")


def _leads_now(staff: Staff) -> str:
    """Sign in as whoever leads the desk's running shift; return the address of its page."""
    for name in LEADERS:
        staff.becomes(name)
        staff.go("/staff/duty/shift/")
        if staff.page.get_by_role("button", name=staff.words("Add the line")).count():
            link = staff.page.get_by_role("link", name=staff.words("Hand over"), exact=True)
            return str(link.get_attribute("href")).removesuffix("handover/")
    raise AssertionError("nobody leads the desk now")


def shift(staff: Staff) -> Iterator[str]:
    """Walk past every page of a shift, and leave it as it was."""
    at = _leads_now(staff)
    yield "my shift"
    staff.press("Add the line")
    yield "the log, with errors"
    staff.go(at)
    yield "the shift"
    staff.page.locator(".log .correct").first.click()
    yield "a correction"
    staff.go(f"{at}handover/")
    yield "the handover"
    staff.press("Add")
    yield "the handover, with errors"
    for path, name in (("relief/", "not well"), ("leave/", "leaving")):
        staff.go(f"{at}{path}")
        yield name
    staff.go("/staff/duty/swaps/")
    yield "swaps"
    offer = staff.page.locator("main a[href$='/offer/']")
    if offer.count():
        offer.first.click()
        yield "offering a shift"
    staff.go("/staff/duty/checks/")
    staff.page.locator("main ul.tasks a").first.click()
    yield "a checklist"
    staff.press("Keep the check")
    yield "a checklist, with errors"
    yield from _answering(staff)


def _answering(staff: Staff) -> Iterator[str]:
    staff.becomes("ys.duty_leader")
    staff.go("/staff/duty/shift/")
    yield "no shift of one’s own"
    staff.go("/staff/duty/swaps/")
    yield "swaps to decide on"
    staff.page.locator("main ul.tasks a[href*='/duty/swaps/']").first.click()
    yield "a swap"
    staff.page.locator("main details summary").last.click()
    staff.page.locator("main details .button.grave").click()
    yield "a swap, with errors"
    staff.go("/staff/notices/")
    absent = staff.page.get_by_role("link", name=staff.words("Somebody can’t come to a shift"))
    absent.first.click()
    yield "a shift that lacks somebody"
    staff.page.locator("main a[href*='/duty/gaps/']").first.click()
    yield "who can step in"
    staff.go("/staff/duty/checks/")
    yield "checklists"
    for what in ("add", "medical"):
        staff.go(f"/staff/duty/checks/at/YS-DESK/{what}/")
        yield f"checklists, {what}"
    staff.go("/staff/duty/checks/at/YS-DESK/add/")
    staff.press("Save")
    yield "adding a list, with errors"
    staff.go("/staff/duty/shift/999999/")
    yield "no such shift"
    assert re.search("/999999/", staff.page.url)
