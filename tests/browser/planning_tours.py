"""Walks past the pages of planning, in the order of a roster's life."""

from collections.abc import Iterator

from tests.browser.people import Staff

PRESSED = {
    "duty_rules_drop", "duty_point_close", "duty_remove", "duty_leave_cancel", "duty_wish_drop",
    "duty_bound_drop", "duty_solve_stop", "duty_move", "duty_drop",
}  # fmt: skip
POINT = "/staff/duty/points/YS-DESK/"


def _form(staff: Staff, path: str, name: str) -> Iterator[str]:
    """Walk past a form, empty and with errors."""
    staff.go(path)
    yield name
    staff.page.locator("main form .actions button").click()
    yield f"{name}, with errors"


def planning(staff: Staff) -> Iterator[str]:
    """Walk past every page of planning."""
    staff.becomes("ys.duty_leader")
    staff.go("/staff/duty/")
    yield "duty"
    staff.follow("Points, people, rules")
    yield "points, people, rules"
    yield from _form(staff, "/staff/duty/setup/point/", "adding a point")
    staff.go("/staff/duty/setup/rules/")
    staff.page.locator("[name=most_in_row]").fill("0")
    staff.press("Save")
    yield "rules of duty, with errors"
    staff.go(POINT)
    yield "a duty point"
    for what in ("hours", "shifts", "serving"):
        yield from _form(staff, f"{POINT}{what}/", f"a duty point, {what}")
    staff.go(f"{POINT}change/")
    yield "changing a point"
    yield from _people(staff)
    yield from _roster(staff)
    staff.becomes("ys.clerk")
    staff.go("/staff/duty/units/")
    yield "rosters of the units"
    name = "District Heating" if staff.language == "en" else "供热公司"
    staff.page.locator("main tbody a", has_text=name).first.click()
    yield "a roster to decide on"
    staff.follow("Return with reasons")
    yield "returning a roster"
    staff.press("Return it")
    yield "returning a roster, with errors"


def _people(staff: Staff) -> Iterator[str]:
    staff.go("/staff/duty/leave/")
    yield "leave"
    yield from _form(staff, "/staff/duty/leave/add/", "entering leave")
    yield from _form(staff, "/staff/duty/wishes/", "wishes")
    yield from _form(staff, "/staff/duty/bounds/", "fixed and forbidden")
    staff.go("/staff/duty/past/")
    yield "shifts stood before"


def _roster(staff: Staff) -> Iterator[str]:
    staff.go("/staff/duty/rosters/open/")
    yield "opening a roster"
    staff.page.locator("[name=first]").fill("2026-01-01")
    staff.page.locator("[name=last]").fill("2025-01-01")
    staff.press("Open")
    yield "opening a roster, with errors"
    staff.go("/staff/duty/")
    links = staff.page.locator("main a[href*='/duty/rosters/']:not([href$='/open/'])")
    addresses = [str(one.get_attribute("href")) for one in links.all()]
    for address in addresses:  # a draft and one in force
        staff.go(address)
        if staff.page.get_by_role("link", name=staff.words("Let it be made")).count():
            yield "a draft"
            yield from _draft(staff, address)
        elif staff.page.get_by_role("link", name=staff.words("Begin a new version")).count():
            yield "a roster in force"
            staff.follow("Begin a new version")
            yield "beginning a new version"


def _draft(staff: Staff, address: str) -> Iterator[str]:
    staff.page.locator("table.roster td a").first.click()
    yield "a shift of a draft"
    for what in ("check", "shares", "versions"):
        staff.go(f"{address}{what}/")
        yield f"a roster, {what}"
    staff.go(f"{address}solve/?still=1")  # else it would refresh while it is looked at
    yield "a solve, to be asked for"
    staff.press("Begin")
    yield "a solve, running"
    stop = staff.page.get_by_role("button", name=staff.words("Stop with the best so far"))
    if stop.count():
        stop.click()
    yield "a solve, stopping"
