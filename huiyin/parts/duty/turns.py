"""Whose turn is next, how long one waits, how full a room is: pure, of numbers and times only.

Numbers are called in turn. One exception: a room that is step-free, or has a place for a child,
takes first those who can be received in no other room; they keep their turn meanwhile.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

WATCHED = 20  # the last so many receptions of today make the pace
LEAST = 3  # fewer receptions than that are no pace
ROUNDED = 5  # minutes
NEARLY = 0.8  # share of what a room holds, from which doors and exits are looked after


@dataclass(frozen=True)
class Turn:
    """Somebody who waits: their number, and which places they need a room to have."""

    number: int
    places: frozenset[str] = frozenset()


def next_turn(
    waiting: Sequence[Turn], here: Collection[str], elsewhere: Sequence[Collection[str]]
) -> Turn | None:
    """Return who is called into a room that has the places `here`; None when nobody waits for it.

    `waiting` is in order of coming, `elsewhere` what the other open rooms of the desk have. Needs
    that no open room meets keep nobody waiting: whoever has them is called in turn, and the desk
    helps.
    """
    rooms = [frozenset(here), *map(frozenset, elsewhere)]

    def fits(turn: Turn, room: frozenset[str]) -> bool:
        return turn.places <= room or not any(turn.places <= one for one in rooms)

    mine = [turn for turn in waiting if fits(turn, rooms[0])]
    bound = [turn for turn in mine if not any(fits(turn, room) for room in rooms[1:])]
    return next(iter(bound or mine), None)


def pace(receptions: Sequence[tuple[datetime, datetime]]) -> timedelta | None:
    """Return how long a reception takes today: the median of the last ones, None for too few.

    `receptions` are (called, ended), in order of their end.
    """
    last = receptions[-WATCHED:]
    if len(last) < LEAST:
        return None
    return timedelta(seconds=median((ended - called).total_seconds() for called, ended in last))


def wait(pace: timedelta | None, before: int, desks: int) -> int | None:
    """Return the minutes, rounded up to five, that somebody waits with `before` waiting before them.

    With `desks` receptions running side by side, one of them ends every pace / desks on average,
    and one's turn comes when `before` + 1 of them have ended (the mean wait in an M/M/c queue whose
    servers are all busy). None while there is no pace.
    """
    if pace is None:
        return None
    minutes = (before + 1) * pace.total_seconds() / 60 / max(desks, 1)
    return max(ROUNDED, ceil(minutes / ROUNDED) * ROUNDED)


@dataclass(frozen=True)
class Fill:
    """How many people are in a place, and how many it safely holds."""

    people: int
    holds: int

    @property
    def percent(self) -> int:
        """The share that is taken, in percent, rounded up; of a place that holds nobody, all."""
        return ceil(100 * self.people / self.holds) if self.holds else 100 * bool(self.people)

    @property
    def over(self) -> bool:
        """Whether more are there than it holds."""
        return self.people > self.holds

    @property
    def near(self) -> bool:
        """Whether it is so full that doors and exits must be looked after."""
        return self.people >= NEARLY * self.holds and self.people > 0
