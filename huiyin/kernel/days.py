"""Days that people may give: those of living memory and of any deadline. Pure.

Calendars, zones and sums of days hold for all of them; at the ends of time they do not.
"""

from datetime import date, datetime

FIRST, LAST = date(1949, 1, 1), date(2100, 12, 31)


def within(moment: date | datetime) -> bool:
    """Whether a day or time can be taken."""
    return FIRST.year <= moment.year <= LAST.year


def parse(text: str) -> date | None:
    """Return the day of an ISO text (YYYY-MM-DD), None for none or one that can't be taken."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if within(day) else None
