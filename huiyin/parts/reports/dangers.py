"""Dangers to life that are known of, for which an urgent report is owed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from huiyin.kernel.statements import Statement
from huiyin.parts.reports.models import Incident

BACK = timedelta(days=7)


@dataclass(frozen=True)
class Danger:
    """Where and since when; `subject` tells it apart and never leads to a letter."""

    unit_id: int
    subject: str
    since: datetime


Source = Callable[[datetime], Iterable[Danger]]


def of_incidents(now: datetime) -> list[Danger]:
    """Return the incidents in which life or health was said to be in danger."""
    return [
        Danger(unit_id, f"danger:{number}", at)
        for unit_id, number, at in _in_danger(now - BACK, now)
    ]


@Statement
def _in_danger(since: datetime, now: datetime) -> QuerySet[Incident, tuple[int, str, datetime]]:
    found = Incident.objects.filter(danger=True, event_at__gt=since, event_at__lte=now)
    return found.values_list("unit_id", "number", "event_at")
