"""What is plugged in where: everything that the kernel calls back, in one place; no signals."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.kernel.clock import queries as clock
from huiyin.kernel.clock.sweep import Handler
from huiyin.kernel.clock.testimony import DAYS, LIMITS
from huiyin.kernel.holding.testimony import ROWS
from huiyin.kernel.ledger import cover, sequencer
from huiyin.kernel.notices import damage
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

log = logging.getLogger("huiyin.wiring")
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
EVERY_ROUND: tuple[Callable[[datetime], int], ...] = (
    counting.count_new,
    count_readiness,
    cover.now_and_then,
)


def look_after_log(now: datetime) -> int:
    """Mend the log's files; a log that can't be mended stops nothing else."""
    try:
        return sequencer.look_after(now)
    except (OSError, sequencer.Forked):
        log.exception("the files of the public log could not be looked after")
        return 0


# What is looked after once an hour, besides what has its time.
EVERY_HOUR: tuple[Callable[[datetime], int], ...] = (
    coming.open_coming,
    publishing.freeze_due,
    daily.open_day,
    look_for_silence,
    damage.forget_mended,
    look_after_log,
    limits.purge,
)


def answered(found: Sequence[Notice]) -> set[int]:
    """Return the ids of urgent notices that nobody waits for an answer to any more."""
    return clock.answered(found) | reports.answered(found)


NOTICES = OF_LETTERS | OF_DUTY | OF_REPORTS

# Which parts an audit of the log hears.
AUDITED = (
    UNITS, POSTS, TOKENS, DAYS, LIMITS, LETTERS, ROSTERS, SHIFTS, POINTS, REPORTS, MARKS, RULES,
    INCIDENTS, WINDOWS, ROWS,
)  # fmt: skip


LISTED = 40  # notices that one message names


def digest_wording(found: Sequence[Notice]) -> tuple[str, str]:
    """Return title and text of several notices to one post: what is overdue first, by its time."""
    ordered = sorted(_most_severe(found), key=_urgency)
    lines = [notice_wording(notice)[1] for notice in ordered[:LISTED]]
    if more := len(ordered) - len(lines):
        lines.append(_("And %(count)d more on your first page.") % {"count": more})
    title = _("%(count)d notices, the most urgent first") % {"count": len(ordered)}
    return title, "\n".join([*_standstill(found), *lines])


def _standstill(found: Sequence[Notice]) -> list[str]:
    stood = clock.standstill_before(found)
    if stood is None:
        return []
    since, until = (f"{timezone.localtime(at):%F %R}" for at in (stood.since, stood.until))
    return [
        _("The service stood still from %(since)s to %(until)s; this became due meanwhile.")
        % {"since": since, "until": until}
    ]


def _most_severe(found: Sequence[Notice]) -> list[Notice]:
    """Of several notices of one deadline keep the last: who is late is not told "due soon" too."""
    kept: dict[object, Notice] = {}
    for notice in sorted(found, key=lambda one: one.pk):
        of = notice.facts.get("deadline") if notice.kind.startswith("clock.") else None
        kept[(notice.subject, of) if of else notice.pk] = notice
    return list(kept.values())


def _urgency(notice: Notice) -> tuple[bool, bool, str, int]:
    clocked = notice.kind.startswith("clock.")
    due = str(notice.facts.get("due", "")) if clocked else ""
    return notice.kind != "clock.escalate", not clocked, due, notice.pk


def may_have_gone(words: tuple[str, str]) -> tuple[str, str]:
    """Return the words of what is sent once more after an interruption."""
    title, text = words
    return title, _("This may have been sent to you before.") + "\n" + text


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
