"""A rehearsal from its beginning to its end, in the database of this process."""

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from huiyin import wiring
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.ledger import sequencer
from huiyin.parts.reports.templates import times
from huiyin.rehearsal import world
from huiyin.rehearsal.faults import Outcome, compare
from huiyin.rehearsal.letters import add_letters
from huiyin.rehearsal.noticed import gather
from huiyin.rehearsal.reports import add_days, add_incidents
from huiyin.rehearsal.script import Planned, Script
from huiyin.rehearsal.watch import add_watch
from huiyin.rehearsal.window import MADE, add_window
from huiyin.timeline import Event, play

SET_UP = timedelta(days=30)  # before the first day: when the organisation is built
ROUND = timedelta(minutes=30)  # the worker's second, at the pace of a rehearsal
OFTEN = 4  # hours
HOUR = timedelta(hours=1)
LEAST_DAYS, MOST_DAYS = 3, 60


@dataclass
class Rehearsed:
    """How far a rehearsal came, and what it showed."""

    script: Script
    until: datetime
    events: int
    stopped: bool
    outcome: Outcome


class Clock:
    """The worker of a rehearsal: its rounds and hours, only where something can be due.

    A round is taken before something happens, at most every half hour. An hour's look is taken every
    fourth hour from midnight on, and besides in each hour in which a danger has ripened: what else
    it looks after begins with a day.
    """

    def __init__(self, script: Script) -> None:
        self._zone, self._start, self._end = script.zone, script.start, script.end
        self._round_at = self._hour_at = script.at(MADE, 0)

    def round(self, now: datetime) -> None:
        """Give pending entries their places and do what is done in every round."""
        if now - self._round_at < ROUND:
            return
        self._round_at = now
        with sequencer.alone():
            while sequencer.integrate(now) == sequencer.BATCH:
                pass
        for do in wiring.EVERY_ROUND:
            do(now)

    def hour(self, now: datetime) -> None:
        """Do what is done every hour, where anything can have ripened."""
        if now.astimezone(self._zone).hour % OFTEN == 0 or self._ripened(now):
            self._hour_at = now
            self.round(now)
            for do in wiring.EVERY_HOUR:
                do(now)

    def _ripened(self, now: datetime) -> bool:
        limit = timedelta(minutes=times().danger_minutes)
        return any(
            self._hour_at < one.since + limit <= now
            for source in wiring.DANGERS
            for one in source(now)
        )

    def hours(self) -> Iterator[Planned]:
        """Return the hours of the window, to be merged with what happens; they come first."""
        at = self._start
        while at <= self._end:
            yield at, -1, self.hour
            at += HOUR


def _together(clock: Clock, some: Sequence[Planned], now: datetime) -> None:
    """Let happen what happens at the same time: an hour's look, then the rest in its order."""
    for _at, order, act in some:
        if order >= 0:
            clock.round(now)
        act(now)


def prepare(first: date, days: int, seed: int, each: int | None, now: datetime) -> Script:
    """Return all that will happen in the organisation of this database; raises world.Unfit.

    `now` is when the organisation was built; with `each` None the faults of every kind are one to
    600 days of a unit.
    """
    found = world.read(now)
    size = len(found.below) * days
    script = Script(
        found, first, days, ZoneInfo(policy().calendar.zone),
        random.Random(seed),  # noqa: S311 - the same seed gives the same rehearsal
        each or max(1, min(20, round(size / 600))),
    )  # fmt: skip
    add_watch(script, now + timedelta(days=1))
    add_window(script)
    add_days(script)
    usual = max(1, len(found.below) // 60)
    add_incidents(script, usual)
    add_letters(script, usual)
    return script


def run(script: Script, *, days_done: Callable[[int], None], stop: Callable[[], bool]) -> Rehearsed:
    """Let everything happen in its order, with the worker's own functions in between."""
    clock = Clock(script)
    reached, count = script.at(MADE, 0), 0

    def told() -> Iterator[Event]:
        nonlocal reached, count
        whole = heapq.merge(sorted(script.events, key=itemgetter(0, 1)), clock.hours())
        for at, some in groupby(whole, itemgetter(0)):
            if at > script.end:
                return
            whatever = list(some)
            yield at, partial(_together, clock, whatever)
            reached, count = at, count + len(whatever)
            days_done(max(0, (at - script.start).days))

    asked = False

    def stopping() -> bool:
        nonlocal asked
        asked = asked or stop()
        return asked

    play(told(), wiring.DEADLINE_HANDLERS, until=script.end, stop=stopping)
    until = reached if asked else script.end
    return Rehearsed(script, until, count, asked, compare(script.faults, gather(), until))
