"""A walk past every move of a letter, each open to somebody who may make it."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from huiyin.demo.organisation import POSTS
from huiyin.web.staff.moves import PAGES
from tests.browser.people import Staff

LIKELY = (
    "ys.head", "ys.clerk", "ys.deputy", "equip.deputy", "equip.handler", "ys-audit.handler"
)  # fmt: skip


def moves_offered(staff: Staff) -> dict[str, tuple[str, str]]:
    """Return for each move somebody to whom a letter offers it, and the address."""
    found: dict[str, tuple[str, str]] = {}
    everybody = [f"{unit}.{role}" for unit, roles in POSTS.items() for role in roles]
    for name in dict.fromkeys((*LIKELY, *everybody)):
        staff.becomes(name)
        request = staff.page.context.request
        listed = ""
        for path in ("/staff/", "/staff/letters/", "/staff/letters/?view=involved"):
            listed += request.get(path).text()
        for letter in sorted(set(re.findall(r"/staff/letters/([0-9A-Z]{8})/", listed))):
            shown = request.get(f"/staff/letters/{letter}/").text()
            for move in re.findall(rf"/staff/letters/{letter}/(\w+)/\"", shown):
                found.setdefault(move, (name, f"/staff/letters/{letter}/{move}/"))
        if set(PAGES) - {"hold_hearing"} <= set(found):
            break
    return found


def moves(staff: Staff) -> Iterator[str]:
    """Walk past each move, open to somebody who may make it; set a hearing, and open a name."""
    moves = moves_offered(staff)
    letters: set[str] = set()
    signed_in = ""
    for move, (name, path) in sorted(moves.items(), key=lambda one: one[1]):
        if name != signed_in:
            staff.becomes(name)
            signed_in = name
        letter = path.removesuffix(f"{move}/")
        if letter not in letters:
            letters.add(letter)
            staff.go(letter)
            yield f"the letter {letter}"
        staff.go(path)
        if "/accounts/reauthenticate/" in staff.page.url:  # not if it was asked a moment ago
            yield "confirming who one is"
            staff.confirms()
        yield move
        if move == "set_hearing":
            staff.page.get_by_role("radio").first.check()
            when = timezone.localtime() + timedelta(days=3)
            staff.page.locator("[name=at]").fill(when.strftime("%Y-%m-%dT%H:%M"))
            staff.page.locator("textarea").fill("三天后在会议室，请带工资条。")
            staff.press("Set it")
            staff.go(f"{letter}hold_hearing/")
            yield "hold_hearing"
        if move == "open_identity":
            staff.page.locator("textarea").fill("核对来信人的工号，以便补发。")
            staff.press("Open it now")
            yield "who wrote"
