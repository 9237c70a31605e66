"""What the pages of planning call things: stages, classes, rules, days of the week."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.units.models import in_language
from huiyin.parts.duty import classes
from huiyin.parts.duty.messages import MESSAGES, OWED
from huiyin.parts.duty.models import Roster, SolveRun
from huiyin.parts.duty.models.setup import DAY, EVERY_DAY
from huiyin.web.staff.duty.about import about

CLASSES = {
    classes.WEEKDAY: lazy("Weekday"),
    classes.NIGHT: lazy("Night"),
    classes.WEEKEND: lazy("Weekend"),
    classes.HOLIDAY: lazy("Public holiday"),
    classes.FESTIVAL: lazy("Major festival"),
}
WEEKDAYS = (
    lazy("Mon"),
    lazy("Tue"),
    lazy("Wed"),
    lazy("Thu"),
    lazy("Fri"),
    lazy("Sat"),
    lazy("Sun"),
)
TONES = {
    Roster.State.DRAFT: "warn",
    Roster.State.SUBMITTED: "accent",
    Roster.State.RETURNED: "danger",
    Roster.State.APPROVED: "accent",
    Roster.State.PUBLISHED: "good",
    Roster.State.REPLACED: "",
    Roster.State.FROZEN: "",
}
STANDING = {
    "late": (lazy("Late"), "danger"),
    "missing": (lazy("Not in yet"), "warn"),
    "returned": (lazy("Returned"), "warn"),
    "waiting": (lazy("Waits for a decision"), "accent"),
    "approved": (lazy("Approved, not published"), "accent"),
    "in": (lazy("In"), "good"),
}
STAGES = {
    "first": lazy("Looking for a roster that breaks no rule"),
    "exceptions": lazy("Breaking as few rules as possible"),
    "cover": lazy("Filling every shift"),
    "changes": lazy("Changing as little as possible"),
    "fairness": lazy("Sharing duty out fairly"),
    "wishes": lazy("Meeting wishes"),
}
FAILED = {
    "gone": lazy("The solve gave no sign of life any more. Please ask for it again."),
    "broken": lazy(
        "The solve broke off. Please ask for it again; the log of the service says why."
    ),
    "moved_on": lazy("Meanwhile the roster was submitted; what was found was not put in."),
    "no_solver": MESSAGES["no_solver"],
}


def period(roster: Roster) -> str:
    """Return the roster's days: a month by its name, anything else from first to last day."""
    first, last = roster.first_day, date.fromordinal(roster.end_day.toordinal() - 1)
    if first.day == 1 and roster.end_day == _month_after(first):
        return _month(first)
    return in_language(
        f"{first.year}年{first.month}月{first.day}日至{last.month}月{last.day}日",
        f"{first:%-d %B} – {last:%-d %B %Y}",
    )


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _month(day: date) -> str:
    return in_language(f"{day.year}年{day.month}月", f"{day:%B %Y}")


def tone(roster: Roster) -> str:
    """Return the tone of the stage's tag."""
    return TONES[Roster.State(roster.state)]


def weekdays(mask: int) -> str:
    """Return days of the week in words."""
    if mask == EVERY_DAY:
        return _("every day")
    if mask == 0b0011111:
        return _("Monday to Friday")
    chosen = [str(WEEKDAYS[day]) for day in range(7) if mask >> day & 1]
    return in_language("、", ", ").join(chosen)


def clock(minute: int) -> str:
    """Return minutes after midnight as a time; past midnight it is the next day's."""
    return f"{minute % DAY // 60:02}:{minute % 60:02}"


def span(starts: int, minutes: int) -> str:
    """Return hours that come back, as from and until."""
    if minutes == DAY and not starts:
        return _("round the clock")
    ends = starts + minutes
    after = _(" next day") if ends > DAY else ""
    return f"{clock(starts)}–{'24:00' if ends == DAY else clock(ends)}{after}"


def owed(found: Sequence[Deadline]) -> list[dict[str, Any]]:
    """Return what is owed of duty, each with what it is about and where that is."""
    return [
        {
            "deadline": one,
            "what": str(OWED.get(one.kind, one.kind)),
            "about": about(one.subject, one.kind),
        }
        for one in found
    ]


def stage(run: SolveRun) -> str:
    """Return what a running solve is doing now."""
    return str(STAGES.get(str(run.progress.get("stage")), _("Reading the rules")))
