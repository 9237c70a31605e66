"""What is plugged in where: everything that the kernel calls back, in one place; no signals."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.kernel.clock import queries as clock
from huiyin.kernel.clock.sweep import Handler
from huiyin.kernel.clock.testimony import DAYS, LIMITS
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.queries import NoOrganisation, organisation
from huiyin.kernel.units.testimony import POSTS, UNITS
from huiyin.parts.cases.actions import closing
from huiyin.parts.cases.dangers import in_danger
from huiyin.parts.cases.lateness import late_below
from huiyin.parts.cases.messages import NOTICES as OF_LETTERS
from huiyin.parts.cases.testimony import LETTERS
from huiyin.parts.duty.actions import checklists, coming, publishing, swaps
from huiyin.parts.duty.covering import covered_until, unchecked
from huiyin.parts.duty.messages import NOTICES as OF_DUTY
from huiyin.parts.duty.testimony import POINTS, ROSTERS, SHIFTS
from huiyin.parts.reports import counting
from huiyin.parts.reports import queries as reports
from huiyin.parts.reports.actions import daily, marks, readiness, reporting, windows
from huiyin.parts.reports.dangers import Danger, Source, of_incidents
from huiyin.parts.reports.messages import NOTICES as OF_REPORTS
from huiyin.parts.reports.readiness import Sources
from huiyin.parts.reports.testimony import REPORTS
from huiyin.parts.reports.testimony_of_incidents import INCIDENTS
from huiyin.parts.reports.testimony_of_marks import MARKS, RULES
from huiyin.parts.reports.testimony_of_windows import WINDOWS
from huiyin.web.api.testimony import TOKENS
from huiyin.web.portal import limits

DEADLINE_HANDLERS: dict[str, Handler] = {
    "case.object": closing.on_objection_over,
    "case.ask_review": closing.on_asking_over,
    "case.ask_final_review": closing.on_asking_over,
    "case.close_question": closing.on_question_over,
    "case.remedy_check": closing.on_check_over,
    checklists.NEXT: checklists.on_next,
    swaps.LAPSES: swaps.on_lapse,
    reporting.LOOK: marks.on_look,
    windows.OPENS: windows.on_opens,
    windows.CLOSES: windows.on_closes,
}


def of_letters(now: datetime) -> list[Danger]:
    """Return the letters that speak of a danger to life, as the reports part hears of them."""
    return [Danger(unit, subject, since) for unit, subject, since in in_danger(now)]


# What says that life or health is in danger, so that a missing urgent report is noticed.
DANGERS: tuple[Source, ...] = (of_incidents, of_letters)


def look_for_silence(now: datetime) -> int:
    """Mark what was owed and did not come, and dangers without an urgent report."""
    return marks.look(now, DANGERS)


# What other parts know of how ready the units of a window are.
READINESS = Sources(covered=covered_until, checks=unchecked, late=late_below)


def count_readiness(now: datetime) -> int:
    """Count how ready the units of windows are, where the last count is some minutes old."""
    return readiness.count(now, READINESS)


# What is done in every round, besides what has its time.
EVERY_ROUND: tuple[Callable[[datetime], int], ...] = (counting.count_new, count_readiness)

# What is looked after once an hour, besides what has its time.
EVERY_HOUR: tuple[Callable[[datetime], int], ...] = (
    coming.open_coming,
    publishing.freeze_due,
    daily.open_day,
    look_for_silence,
    limits.purge,
)


def answered(found: Sequence[Notice]) -> set[int]:
    """Return the ids of urgent notices that nobody waits for an answer to any more."""
    return clock.answered(found) | reports.answered(found)


NOTICES = OF_LETTERS | OF_DUTY | OF_REPORTS

# Which parts an audit of the log hears.
AUDITED = (
    UNITS, POSTS, TOKENS, DAYS, LIMITS, LETTERS, ROSTERS, SHIFTS, POINTS, REPORTS, MARKS, RULES,
    INCIDENTS, WINDOWS,
)  # fmt: skip


def language_of_notices() -> str:
    """Return the language in which posts are told; before set-up nobody is."""
    try:
        return organisation().language
    except NoOrganisation:
        return settings.LANGUAGE_CODE


def notice_wording(notice: Notice) -> tuple[str, str]:
    """Return title and text of a notice: never what was written, nor by whom."""
    title = str(NOTICES[notice.kind])
    of, _colon, number = notice.subject.partition(":")
    if of != "case":
        return title, _("%(title)s. Please sign in to see it.") % {"title": title}
    return title, _("%(title)s (No. %(number)s). Please sign in to see it.") % {
        "title": title,
        "number": number,
    }
