"""Walks past the pages of the reception desk, of the hall, and of who stands when."""

from collections.abc import Iterator

from tests.browser.people import Staff, Writer

DESK = "/staff/duty/reception/YS-DESK/"
PRESSED = {"duty_call", "duty_turn", "duty_room_open", "duty_group_give_up", "duty_feed_revoke"}


def desk(staff: Staff) -> Iterator[str]:
    """Walk past every page of the desk, and receive somebody."""
    staff.becomes("ys.clerk")
    staff.go("/staff/duty/reception/")
    yield "the reception desk"
    staff.press("Give a number")
    yield "a number was given"
    received = staff.page.get_by_role("button", name=staff.words("Was received"))
    if received.count():
        received.first.click()
        yield "somebody was received"
    staff.go(DESK)
    if staff.page.locator("[name=room]").count():
        staff.press("Call the next")
        yield "somebody was called"
    staff.follow("For a group, or with help")
    yield "a number with help"
    staff.page.locator("[name=people]").fill("0")
    staff.press("Give a number")
    yield "a number with help, with errors"
    staff.page.locator("[name=people]").fill("9")
    staff.page.locator("[name=needs]").first.check()
    staff.press("Give a number")
    staff.follow("Agree on a room and a time")
    yield "rooms for groups"
    staff.press("Keep the room")
    yield "rooms for groups, with errors"
    staff.go(f"{DESK}rooms/")
    yield "rooms"
    staff.follow("Add a room")
    yield "adding a room"
    staff.press("Save")
    yield "adding a room, with errors"
    staff.go(f"{DESK}rooms/")
    staff.page.locator("main ul.tasks a").first.click()
    yield "a room"
    staff.becomes("equip.handler")
    staff.go("/staff/duty/reception/")
    yield "no reception desk of one's own"


def views(staff: Staff) -> Iterator[str]:
    """Walk past who stands when, as somebody who does."""
    staff.becomes("duty.05")
    for path, name in (
        ("now/", "on duty now"),
        ("mine/", "my duty"),
        ("tables/", "points"),
        ("tables/YS-DESK/", "a month"),
        ("tables/YS-DESK/?span=week", "a week"),
        ("tables/YS-DESK/?by=colleague", "a month by colleague"),
        ("tables/YS-DESK/?on=2001-01-01", "a month without a roster"),
        ("tables/YS-DESK/paper/", "a month on paper"),
        ("feeds/", "calendar addresses"),
    ):
        staff.go(f"/staff/duty/{path}")
        yield name
    staff.go("/staff/duty/tables/YS-DESK/?by=colleague")
    staff.page.locator("main tbody th a").first.click()
    yield "a colleague's month"
    staff.go("/staff/duty/feeds/")
    staff.press("Make an address")
    yield "a calendar address, shown once"
    staff.page.locator("main ul.tasks button").first.click()
    yield "a calendar address, revoked"


def hall(clerk: Staff, writer: Writer) -> Iterator[str]:
    """Walk past the screen of the hall and the kiosk, whose address the desk's page gives."""
    clerk.becomes("ys.clerk")
    clerk.go(DESK)
    kiosk = clerk.page.get_by_role(
        "link", name=clerk.words("Page for taking a number oneself")
    ).get_attribute("href")
    clerk.page.context.clear_cookies()
    writer.go("/screen/YS-DESK/?still=1")
    yield "the screen of the hall"
    writer.go(str(kiosk))
    yield "taking a number"
    writer.page.locator("[name=people]").fill("999")
    writer.press("Take a number")
    yield "taking a number, with errors"
    writer.page.locator("[name=people]").fill("1")
    writer.press("Take a number")
    yield "one’s number"
