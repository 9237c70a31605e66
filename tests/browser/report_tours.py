"""A walk past the pages of reports: sent from below, corrected late, looked at from above."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from tests.browser.people import Staff

PRESSED = {"report_acknowledge"}


def reports(staff: Staff) -> Iterator[str]:
    """Send an urgent report from below, correct it late, and look at it from above."""
    staff.becomes("equip.deputy")
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
    staff.becomes("ys.head")
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
