"""The limits and the calendar in force, as the organisation has them."""

import time
from dataclasses import dataclass
from functools import lru_cache

from huiyin.kernel.clock.calendars import Calendar
from huiyin.kernel.clock.limits import Pack, Rule, load_pack
from huiyin.kernel.clock.models import CalendarDay, LimitOverride
from huiyin.kernel.units import queries as units


@dataclass(frozen=True)
class Policy:
    """A pack, shortened where the organisation did so, and the calendar it is counted in."""

    pack: Pack
    calendar: Calendar

    def rule(self, key: str) -> Rule:
        """Return the rule of that key."""
        return self.pack.rules[key]


FRESH = 2.0  # seconds for which one process may go on with what it has read
_cached: tuple[float, Policy] | None = None


@lru_cache(maxsize=8)
def _build(
    zone: str,
    country: str,
    pack: str,
    days: tuple[tuple[object, bool], ...],
    shortened: tuple[tuple[str, int], ...],
) -> Policy:
    calendar = Calendar(zone, country or None, dict(days))  # type: ignore[arg-type]
    return Policy(load_pack(pack).shortened(dict(shortened)), calendar)


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
            ),
        )
    return _cached[1]


def forget() -> None:
    """Read the policy anew at the next use."""
    global _cached  # noqa: PLW0603
    _cached = None
    units.forget()
