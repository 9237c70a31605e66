"""What the calendar's tables say, for the auditor: a day or a limit changed unseen moves dates."""

from collections.abc import Iterator

from huiyin.kernel.clock.models import CalendarDay, LimitOverride
from huiyin.kernel.ledger.subjects import present
from huiyin.kernel.ledger.testimony import Derived, Entries, Part, Testimony


def _days() -> Iterator[Testimony]:
    for one in CalendarDay.objects.order_by("day"):
        yield Testimony(f"day:{one.day.isoformat()}", kept={"working": one.working})


def _limits() -> Iterator[Testimony]:
    for one in LimitOverride.objects.order_by("rule"):
        yield Testimony(f"rule:{one.rule}", kept={"days": one.days})


def _last(entries: Entries, fact: str) -> dict[str, Derived]:
    found = {}
    for number, entry in entries:
        found[fact] = Derived(entry["facts"][fact], number)
    return found


DAYS = Part(
    "day:",
    "clock.day",
    lambda kind: False,
    CalendarDay.objects.count,
    present("day:", CalendarDay.objects.all(), "day"),
    lambda now: _days(),
    lambda entries: _last(entries, "working"),
)
LIMITS = Part(
    "rule:",
    "clock.shortened",
    lambda kind: False,
    LimitOverride.objects.count,
    present("rule:", LimitOverride.objects.all(), "rule"),
    lambda now: _limits(),
    lambda entries: _last(entries, "days"),
)
