"""Walks past the pages of an incident's room, as whoever leads it and as the desk above."""

from collections.abc import Iterator

from tests.browser.people import Staff


def _as(staff: Staff, name: str) -> str:
    """Sign in, open the newest incident's room; return its address."""
    staff.becomes(name)
    staff.go("/staff/rooms/")
    link = staff.page.locator("main ul.tasks a").first.get_attribute("href")
    return str(link)


def rooms(staff: Staff) -> Iterator[str]:
    """Walk past every page of a room that goes on, and of one that is over."""
    room = _as(staff, "heat.deputy")
    yield "incidents"
    staff.go("/staff/reports/new/urgent/")
    yield "an urgent report that may join an incident"
    staff.go(f"{room}log/")
    staff.press("Save")
    yield "the log of a room, with errors"
    staff.go(room)
    staff.page.locator("main .correct").first.click()
    yield "a correction in a room"
    for name in ("decide", "lead", "task", "tasks/1/done", "tasks/1/hand", "stand-down"):
        staff.go(f"{room}{name}/")
        yield f"a room: {name}"
    staff.go(f"{room}task/")
    staff.press("Save")
    yield "a room: task, with errors"
    staff.go("/staff/")
    yield "what I owe, of incidents"
    staff.go(room)
    yield "a room"
    over = _as(staff, "logistics-bus.handler")
    staff.go("/staff/")
    yield "what I owe, of a review"
    staff.go(over)
    yield "a room that is over"
    for name in ("stand-down", "review"):
        staff.go(f"{over}{name}/")
        yield f"a room that is over: {name}"
    staff.press("Save")
    yield "a review, with errors"
