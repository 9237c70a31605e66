"""Declaring a day working or free: the dates of letters follow."""

from datetime import date, datetime

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.parts.cases.actions._common import refresh
from huiyin.parts.cases.queries import case_for_writer


@transaction.atomic
def set_day(day: date, working: bool, note: str, *, now: datetime) -> int:
    """Declare the day, and let lists show the dates that moved; return how many did."""
    moved = clock.set_day(day, working, note, now=now)
    for subject in dict.fromkeys(moved):
        if subject.startswith("case:"):
            refresh(case_for_writer(subject.removeprefix("case:"), lock=True))
    return len(moved)
