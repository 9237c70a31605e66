"""Places in a list, as its pages name them in `after`: read here and nowhere else. Pure."""

import re
from datetime import UTC, datetime

_NUMBER = re.compile(r"[0-9]{1,18}")


def newest(text: str) -> int | None:
    """Return the number after which a list from the newest goes on, None for anything else."""
    return int(text) if _NUMBER.fullmatch(text) else None


def due(text: str) -> tuple[datetime, int] | None:
    """Return due time (UTC) and number after which a list by due time goes on, or None."""
    moment, _mark, number = text.rpartition("_")
    if not _NUMBER.fullmatch(number):
        return None
    try:
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC), int(number)) if at.tzinfo is not None else None
    except (ValueError, OverflowError):  # no time, or one beyond the calendar
        return None
