"""The limits and the calendar in force, as the organisation has them."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from huiyin.kernel.clock.calendars import Calendar
from huiyin.kernel.clock.limits import Pack, Rule, load_pack
from huiyin.kernel.clock.models import CalendarDay, LimitOverride, UnitLimit
from huiyin.kernel.clock.pack import PERSONS_OWN
from huiyin.kernel.units import queries as units

# unit, rule, days, since, until: a limit that is shorter below a unit for some time
Shorter = tuple[int, str, int, datetime, datetime]


@dataclass(frozen=True)
class Policy:
    """A pack, shortened where the organisation did so, and the calendar it is counted in."""

    pack: Pack
    calendar: Calendar
    shorter: tuple[Shorter, ...] = ()

    def rule(self, key: str) -> Rule:
        """Return the rule of that key."""
        return self.pack.rules[key]

    def rule_for(self, key: str, unit_id: int | None, at: datetime) -> Rule:
        """Return the rule for what a unit comes to owe at that time, as short as it is there.

        What nobody owes (`unit_id` None) is a person's own time: nothing shortens it.
        """
        rule = self.rule(key)
        held = [one for one in self.shorter if one[1] == key and one[3] <= at < one[4]]
        if not held or unit_id is None or key in PERSONS_OWN:
            return rule
        line = set(units.line_of(unit_id))
        days = min((one[2] for one in held if one[0] in line), default=rule.days)
        return rule.changed(days) if days < rule.days else rule


FRESH = 2.0  # seconds for which one process may go on with what it has read
_cached: tuple[float, Policy] | None = None


@lru_cache(maxsize=8)
def _build(
    zone: str,
    country: str,
    pack: str,
    days: tuple[tuple[object, bool], ...],
    shortened: tuple[tuple[str, int], ...],
    shorter: tuple[Shorter, ...],
) -> Policy:
    calendar = Calendar(zone, country or None, dict(days))  # type: ignore[arg-type]
    return Policy(load_pack(pack).shortened(dict(shortened)), calendar, shorter)


def policy() -> Policy:
    """Return the policy in force; a change reaches every process within two seconds."""
    global _cached  # noqa: PLW0603
    if _cached is None or time.monotonic() - _cached[0] > FRESH:
        mine = units.organisation()
        _cached = (
            time.monotonic(),
            _build(
                mine.zone,
                mine.country,
                mine.pack,
                tuple(CalendarDay.objects.order_by("day").values_list("day", "working")),
                tuple(LimitOverride.objects.order_by("rule").values_list("rule", "days")),
                tuple(
                    UnitLimit.objects.order_by("pk").values_list(
                        "unit_id", "rule", "days", "since", "until"
                    )
                ),
            ),
        )
    return _cached[1]


def forget() -> None:
    """Read the policy anew at the next use."""
    global _cached  # noqa: PLW0603
    _cached = None
    units.forget()
