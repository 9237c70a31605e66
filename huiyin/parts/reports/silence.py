"""What does not fit: late, missing, contradicting. Pure: what is known goes in, evidence comes out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Daily:
    """A rule that a unit above made: by so many minutes after midnight, on which days."""

    minutes: int
    every_day: bool


def cut_off(day: date, minutes: int, zone: str) -> datetime:
    """Return the instant, `minutes` after the local midnight of the day by the clock on the wall."""
    wall = datetime.combine(day, time(0), ZoneInfo(zone)) + timedelta(minutes=minutes)
    return wall.astimezone(ZoneInfo("UTC"))


def tightest(rules: Iterable[Daily], *, working: bool) -> int | None:
    """Return the earliest cut-off of the rules that hold on such a day; None where none does."""
    return min((one.minutes for one in rules if working or one.every_day), default=None)


def contradictions(
    said: Mapping[str, Any],
    counted: Mapping[str, int],
    seen: Mapping[str, int] | None = None,
) -> list[dict[str, Any]]:
    """Return each number that is not what the ledger counts: field, said, counted.

    `seen` is what the ledger counted when the draft was made: anything from that to `counted` is
    right, for things happen while a report is written. A number left open contradicts nothing.
    """
    found = []
    for name, number in counted.items():
        told = said.get(name)
        if told is None:
            continue
        drafted = (seen or {}).get(name, number)
        if not min(drafted, number) <= int(told) <= max(drafted, number):
            found.append({"field": name, "said": int(told), "counted": number})
    return found


def minutes_late(event_at: datetime, sent_at: datetime, limit: int) -> int:
    """Return by how many minutes a report came after its limit; 0 in time."""
    over = sent_at - event_at - timedelta(minutes=limit)
    return max(0, int(over.total_seconds() // 60))


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Return what changed between two versions, field by field in the template's order."""
    return [
        {"field": name, "from": before.get(name), "to": after.get(name)}
        for name in names
        if before.get(name) != after.get(name)
    ]
