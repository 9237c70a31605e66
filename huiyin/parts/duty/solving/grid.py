"""A Problem as arrays, for search by one person's roster at a time.

Cover must be soft on both sides and without leaders or skills (`Grid` raises ValueError
otherwise): then any roster of one person that holds that person's rules fits with all others, and
what it costs beside theirs can be read off a table of prices.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np

from huiyin.parts.duty.solving.paths import OFF, Bools, Floats, Ints
from huiyin.parts.duty.solving.problem import FREE, HARD, Person, Problem, Roster
from huiyin.parts.duty.solving.rules import too_soon

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Row:
    """One person's rules as arrays; names as in `paths.cheapest`."""

    open_: Bools
    idle: Bools
    rows: Ints
    least_units: int
    most_units: int
    most_weekends: int
    limited: Ints
    limits: Ints
    alike: Ints
    wishes: Floats
    constant: float


class Grid:
    """The arrays of a problem. Axes: days, shifts, people, in the order of the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.days = problem.days
        self.names = [shift.id for shift in problem.shifts]
        self.place = {name: number for number, name in enumerate(self.names)}
        self.unit = gcd(*(shift.minutes for shift in problem.shifts)) or 1
        self.units = np.array([shift.minutes // self.unit for shift in problem.shifts])
        self._set_follows()
        self._set_cover()
        days = np.arange(self.days)
        weekday = (days + problem.first_weekday) % 7
        self.weekend = np.where(weekday == SATURDAY, 1, np.where(weekday == SUNDAY, 2, 0))
        if self.weekend[0] == 2:
            self.weekend[0] = 1
        self.rows = [self._row(person) for person in problem.people]
        self.constant = sum(row.constant for row in self.rows)

    @property
    def scale(self) -> float:
        """How dear the dearest of too few is, where 1 stands for 100."""
        return max(1.0, float(self.under.max())) / 100

    def _set_follows(self) -> None:
        problem = self.problem
        barred = {(s.id, other) for s in problem.shifts for other in s.not_before}
        for (shift, later), others in too_soon(problem).items():
            if later > 1:
                raise ValueError("rest over more than a day is not for this search")
            barred |= {(shift, other) for other in others}
        out = [tuple((a, b) not in barred for b in self.names) for a in self.names]
        kinds = sorted(set(out))
        self.group = np.array([kinds.index(row) for row in out])
        self.follows = np.array(kinds, dtype=np.bool_).reshape(len(kinds), len(self.names))

    def _set_cover(self) -> None:
        shape = (self.days, len(self.names))
        self.need = np.zeros(shape, dtype=np.int64)
        self.under = np.zeros(shape)
        self.over = np.zeros(shape)
        for cover in self.problem.cover:
            if HARD in {cover.under, cover.over} or cover.leaders or cover.skills:
                raise ValueError("cover that is hard is not for this search")
            at = cover.day, self.place[cover.shift]
            if self.need[at] or self.under[at] or self.over[at]:
                raise ValueError("cover named twice is not for this search")
            self.need[at] = cover.needed
            self.under[at] = 0 if cover.under == FREE else cover.under
            self.over[at] = 0 if cover.over == FREE else cover.over

    def _row(self, person: Person) -> Row:
        if person.most_week_minutes is not None or person.before:
            raise ValueError("weeks and what was before are not for this search")
        days, shifts = self.days, len(self.names)
        open_ = np.zeros((days, shifts), dtype=np.bool_)
        for name, s in self.place.items():
            open_[:, s] = person.serves is None or name in person.serves
        idle = np.ones(days, dtype=np.bool_)
        for day in person.off:
            open_[day] = False
        for day, name in person.forbidden:
            open_[day, self.place[name]] = False
        for day, name in person.fixed.items():
            kept = open_[day, self.place[name]]
            open_[day] = False
            open_[day, self.place[name]] = kept
            idle[day] = False
        wishes = np.zeros((days, shifts))
        constant = 0.0
        for wish in self.problem.wishes:
            if wish.person == person.id:
                at = wish.day, self.place[wish.shift]
                wishes[at] += -wish.weight if wish.wanted else wish.weight
                constant += wish.weight if wish.wanted else 0
        limited, limits = self._limits(person)
        least, most = person.least_in_row or 1, person.most_in_row
        rest = person.least_off_in_row or 1
        rows = np.array([least, most or least, int(most is not None), rest])
        least_units = -(-(person.least_minutes or 0) // self.unit)
        most_units = days * int(self.units.max())
        if person.most_minutes is not None:
            most_units = min(most_units, person.most_minutes // self.unit)
        weekends = int((self.weekend == 1).sum())
        most_weekends = weekends if person.most_weekends is None else person.most_weekends
        return Row(
            open_=open_, idle=idle, rows=rows, least_units=least_units, most_units=most_units,
            most_weekends=most_weekends, limited=limited, limits=limits,
            alike=self.alike(limited), wishes=wishes, constant=constant,
        )  # fmt: skip

    def _limits(self, person: Person) -> tuple[Ints, Ints]:
        limited = np.full(len(self.names), -1)
        limits: list[int] = []
        for name, most in person.most_of.items():
            serves = person.serves is None or name in person.serves
            if most < self.days and serves:
                limited[self.place[name]] = len(limits)
                limits.append(most)
        return limited, np.array(limits, dtype=np.int64)

    def alike(self, limited: Ints) -> Ints:
        """The number of a shift's class: shifts of one class differ in price alone."""
        seen: dict[tuple[object, ...], int] = {}
        alike = np.full(len(self.names), -1)
        for s in range(len(self.names)):
            if limited[s] < 0:
                key = (int(self.group[s]), int(self.units[s]), *self.follows[:, s].tolist())
                alike[s] = seen.setdefault(key, len(seen))
        return alike

    # All.

    def counts(self, plan: Ints) -> Ints:
        """How many stand each shift of each day (days, shifts) in a plan (people, days)."""
        counted = np.zeros(self.need.shape, dtype=np.int64)
        for row in plan:
            at = np.flatnonzero(row >= 0)
            counted[at, row[at]] += 1
        return counted

    def cover_cost(self, counts: Ints) -> float:
        """What those counts cost."""
        short = np.maximum(self.need - counts, 0)
        more = np.maximum(counts - self.need, 0)
        return float((short * self.under + more * self.over).sum())

    def marginal(self, counts: Ints) -> Floats:
        """What one more on each shift costs beside those counts."""
        return np.where(counts < self.need, -self.under, self.over)

    def wish_cost(self, who: int, row: Ints) -> float:
        """What a person's unmet wishes cost."""
        at = np.flatnonzero(row >= 0)
        return float(self.rows[who].wishes[at, row[at]].sum()) + self.rows[who].constant

    def cost(self, plan: Ints) -> float:
        """The whole cost of a plan (people, days)."""
        wishes = sum(self.wish_cost(who, row) for who, row in enumerate(plan))
        return self.cover_cost(self.counts(plan)) + wishes

    def roster(self, plan: Ints) -> Roster:
        """A plan as a Roster."""
        return Roster(
            {
                person.id: tuple(self.names[s] if s >= 0 else None for s in row.tolist())
                for person, row in zip(self.problem.people, plan, strict=True)
            }
        )

    def plan(self, roster: Roster) -> Ints:
        """A Roster as a plan."""
        return np.array(
            [
                [OFF if name is None else self.place[name] for name in roster.days[person.id]]
                for person in self.problem.people
            ],
            dtype=np.int64,
        )
