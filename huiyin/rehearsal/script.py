"""What a rehearsal is made of: its days, its chance, the events that happen and the faults among them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from huiyin.rehearsal.faults import Fault
from huiyin.rehearsal.world import World

Act = Callable[[datetime], object]
Planned = tuple[datetime, int, Act]  # when, in which order at that time, what
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def doing(action: Callable[..., object], *given: object, **named: object) -> Act:
    """Return the action with what it is given, ready to happen at a time that it is told then."""
    return lambda now: action(*given, now=now, **named)


@dataclass
class Script:
    """A window's days from `first` on, with `each` faults of every kind where there is room.

    The same seed, organisation and first day give the same events and faults. `busy` are units and
    days on which an incident happens: two on one day could not be told apart.
    """

    world: World
    first: date
    days: int
    zone: ZoneInfo
    chance: random.Random
    each: int
    cut_off: int = 17 * 60
    events: list[Planned] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    busy: set[tuple[int, int]] = field(default_factory=set)
    left_out: dict[str, int] = field(default_factory=dict)

    def day(self, number: int) -> date:
        """Return the local date of the window's day of that number, from 0."""
        return self.first + timedelta(days=number)

    def at(self, number: int, minutes: int) -> datetime:
        """Return the instant, so many minutes after local midnight by the clock on the wall."""
        wall = datetime.combine(self.day(number), datetime.min.time()) + timedelta(minutes=minutes)
        return wall.replace(tzinfo=self.zone).astimezone(ZoneInfo("UTC"))

    @property
    def start(self) -> datetime:
        """The beginning of the first day."""
        return self.at(0, 0)

    @property
    def end(self) -> datetime:
        """The end of the last day."""
        return self.at(self.days, 0)

    def happen(self, at: datetime, act: Act) -> None:
        """Let it happen at that time, after what was added before for the same time."""
        self.events.append((at, len(self.events), act))

    def put_in(self, fault: Fault) -> Fault:
        """Keep a fault that is known beforehand."""
        self.faults.append(fault)
        return fault

    def number(self, day: int) -> str:
        """Return the number of a report, drawn by the seed, so that it is known beforehand."""
        return f"{self.day(day):%y%m%d}-" + "".join(self.chance.choices(_LETTERS, k=8))

    def minute(self, begin: int, end: int, step: int = 5) -> int:
        """Draw a minute of the day."""
        return self.chance.randrange(begin, end, step)

    def quiet(self, units: list[int], last_day: int | None = None) -> tuple[int, int] | None:
        """Draw a unit and a day without an incident and take it; None where there is none left."""
        upto = self.days if last_day is None else last_day
        if not units or upto <= 0:
            return None
        for _ in range(50):
            found = (self.chance.choice(units), self.chance.randrange(upto))
            if found not in self.busy:
                self.busy.add(found)
                return found
        left = [(u, d) for u in units for d in range(upto) if (u, d) not in self.busy]
        if not left:
            return None
        found = self.chance.choice(left)
        self.busy.add(found)
        return found

    def no_room(self, kind: str, wanted: int, placed: int) -> None:
        """Remember how many faults of a kind found no room."""
        if placed < wanted:
            self.left_out[kind] = wanted - placed
