"""Walks past every page: each yields its name while it is open, for whoever looks at it.

Which addresses, moves and acts a walk met is read from the addresses of the pages themselves, so
that a page added later fails the test of completeness until a walk goes past it.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils import timezone
from playwright.sync_api import Page

from huiyin.demo.organisation import POSTS
from huiyin.web.portal.acts import ACTS
from huiyin.web.staff.moves import PAGES
from tests.browser import desk_tours, planning_tours, room_tours, shift_tours, window_tours
from tests.browser.people import Staff, Writer

PRESSED = {"leave", "act", "notices_read", "remove_claim", "release", "close_category"}
PRESSED |= (
    desk_tours.PRESSED | planning_tours.PRESSED | shift_tours.PRESSED | {"report_acknowledge"}
)
PRESSED |= window_tours.PRESSED
LIKELY = (
    "ys.head", "ys.clerk", "ys.deputy", "equip.deputy", "equip.handler", "ys-audit.handler"
)  # fmt: skip
DOWNLOADED = {
    "download",
    "official",
    "attachment",
    "slip",
    "receipt_file",
    "words_file",
    "duty_xlsx",
    "report_picture",
    "report_file",
    "reports_day_file",
    "reports_trend_file",
}


def met(page: Page) -> tuple[str, str]:
    """Return the name of the open page's address and, for a move or an act, which one."""
    try:
        found = resolve(urlsplit(page.url).path)
    except Resolver404:
        return "", ""
    return found.view_name, str(found.kwargs.get("name", ""))


def _writing(writer: Writer) -> Iterator[str]:
    writer.go("/file/")
    yield "the matter"
    writer.press("Continue")
    yield "the matter, with errors"
    writer.tells("通道堆放货物", "二号库房的安全通道一直堆着货物，请清理。")
    yield "the place"
    writer.page.locator("[name=find_place]").evaluate("one => one.closest('details').open = true")
    writer.page.locator("[name=find_place]").fill("食堂")
    writer.press("Find")
    yield "the place, searched for"
    writer.says_where(place="二号库房")
    yield "about you"
    writer.press("Continue")
    yield "about you, with errors"
    writer.choose("Joint letter")
    writer.press("Continue")
    yield "a joint letter"
    writer.press("Continue")
    yield "a joint letter, with errors"
    writer.press("Back")
    writer.choose("Named")
    writer.fill("Recovery phrase", "河边那棵老槐树下见面")
    writer.press("Continue")
    yield "contact"
    writer.page.locator("[name=name]").fill("方晓")
    writer.press("Continue")
    yield "check and send"
    name = "说明.txt"
    writer.attaches({"name": name, "mimeType": "text/plain", "buffer": "通道照片另寄".encode()})
    yield "check and send, with a file"
    writer.sends()
    yield "the receipt"
    writer.press("Continue")
    yield "the receipt, with errors"
    writer.saves_code()
    yield "the receipt, saved"


def _following(writer: Writer, codes: dict[str, str], ended: dict[str, str]) -> Iterator[str]:
    writer.go("/letter/")
    yield "the code"
    writer.opens_letter("ABC")
    yield "the code, mistyped"
    for name, code in (codes | ended).items():
        writer.opens_letter(code)
        yield f"the letter “{name}”"
        if name in {"declined", "reviewed"}:
            writer.follow("Read the answer")
            yield f"the answer to “{name}”"
    writer.opens_letter(codes["heating"])
    writer.go("/letter/case/answer/")
    yield "the answer"
    writer.go("/letter/paper/")
    yield "the receipt on paper"
    writer.go("/letter/case/promises/2/")
    yield "a promise"
    writer.press("Send")
    yield "a promise, with errors"
    for act in ACTS:
        writer.go(f"/letter/case/{act}/")
        yield f"to {act}"
    writer.page.locator("main form button").last.click()
    yield "the last act, with errors"
    writer.go("/letter/case/files/")
    yield "adding files"
    writer.press("Attach")
    yield "adding files, with errors"


def public(writer: Writer, codes: dict[str, str], ended: dict[str, str]) -> Iterator[str]:
    """Walk past every public page; `codes` and `ended` open letters that go on and that ended."""
    writer.go("/")
    yield "the first page"
    writer.go("/record/")
    yield "the public record"
    yield from _writing(writer)
    number = writer.number
    yield from _following(writer, codes, ended)
    writer.go("/letter/recover/")
    yield "recovery"
    writer.press("Get a new code")
    yield "recovery, with errors"
    writer.fill("Number of the letter", number)
    writer.fill("Recovery phrase", "河边那棵老槐树下见面")
    writer.press("Get a new code")
    yield "the new code"
    writer.press("Continue")
    yield "the new code, with errors"
    writer.reads_code()
    writer.saves_code()
    yield "the new code, saved"
    writer.go("/nowhere/")
    yield "no such page"
    writer.go("/accounts/login/")
    yield "signing in"
    writer.go("/accounts/signup/")
    yield "no sign-up"
    yield from desk_tours.hall(writer)


def moves_offered(staff: Staff) -> dict[str, tuple[str, str]]:
    """Return for each move somebody to whom a letter offers it, and the address."""
    found: dict[str, tuple[str, str]] = {}
    everybody = [f"{unit}.{role}" for unit, roles in POSTS.items() for role in roles]
    for name in dict.fromkeys((*LIKELY, *everybody)):
        staff.page.context.clear_cookies()
        staff.signs_in(name)
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


def _desk(staff: Staff) -> Iterator[str]:
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


def _organisation(staff: Staff) -> Iterator[str]:
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
    for path in ("categories/", "categories/add/", "calendar/", "calendar/day/"):
        staff.go(f"/staff/{path}")
        yield path
    staff.go("/staff/calendar/conclude/shorten/")
    yield "shortening a limit"


def _reports(staff: Staff) -> Iterator[str]:
    """Send an urgent report from below, correct it late, and look at it from above."""
    person = "equip.deputy"
    staff.page.context.clear_cookies()
    staff.signs_in(person)
    for path in ("reports/", "reports/new/daily/", "reports/new/early/", "reports/new/urgent/"):
        staff.go(f"/staff/{path}")
        yield path
    staff.page.locator("[name=event]").first.check()
    staff.page.locator("[name=what]").fill("二号库房基本稳定，明火已经扑灭。")
    past = timezone.localtime() - timedelta(hours=3)
    staff.page.locator("form.brief summary").click()
    staff.page.locator("[name=when]").fill(past.strftime("%Y-%m-%dT%H:%M"))
    staff.page.locator("form[enctype] .button").first.click()
    yield "an urgent report, with questions"
    staff.page.locator("[name=anyway]").click()
    yield "an urgent report, sent"
    report = urlsplit(staff.page.url).path
    staff.go(f"{report}correct/")
    yield "correcting a report"
    staff.go("/staff/reports/")
    staff.page.locator("main ul.links a").first.click()
    unit = urlsplit(staff.page.url).path
    yield "what did not fit"
    staff.page.locator("main a[href*='/reply/']").first.click()
    yield "replying to a mark"
    staff.page.context.clear_cookies()
    staff.signs_in("ys.head")
    staff.go(report)
    yield "a report that arrived"
    staff.go(f"{report}act/")
    yield "acting on a report"
    staff.go(unit)
    staff.page.locator("main a[href*='/withdraw/']").first.click()
    yield "withdrawing a mark"
    trend = f"{unit.removeprefix('/staff/')}trend/"
    for path in ("reports/day/", "reports/rule/", trend, f"{trend}?by=week&of=unit"):
        staff.go(f"/staff/{path}")
        yield path


def _strangers(staff: Staff) -> Iterator[str]:
    """Open an account, and sign in with it while it holds no post."""
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


def _moves(staff: Staff) -> Iterator[str]:
    """Walk past each move, open to somebody who may make it; set a hearing, and open a name."""
    moves = moves_offered(staff)
    letters: set[str] = set()
    signed_in = ""
    for move, (name, path) in sorted(moves.items(), key=lambda one: one[1]):
        if name != signed_in:
            staff.page.context.clear_cookies()
            staff.signs_in(name)
            signed_in = name
        letter = path.removesuffix(f"{move}/")
        if letter not in letters:
            letters.add(letter)
            staff.go(letter)
            yield f"the letter {letter}"
        staff.go(path)
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


def staff(person: Staff) -> Iterator[str]:
    """Walk past every page of those who answer."""
    yield from shift_tours.shift(person)
    yield from planning_tours.planning(person)
    person.page.context.clear_cookies()
    person.signs_in("ys.clerk")
    yield from _desk(person)
    yield from desk_tours.desk(person)
    yield from desk_tours.views(person)
    yield from _organisation(person)
    yield from _strangers(person)
    yield from _moves(person)
    yield from room_tours.rooms(person)
    yield from _reports(person)
    yield from window_tours.windows(person)
    person.go("/accounts/logout/")
    yield "signing out"
