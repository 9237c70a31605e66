"""Dangers to life that are known of, for which an urgent report is owed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    found = Incident.objects.filter(danger=True, event_at__gt=now - BACK, event_at__lte=now)
    return [
        Danger(unit_id, f"danger:{number}", at)
        for unit_id, number, at in found.values_list("unit_id", "number", "event_at")
    ]
