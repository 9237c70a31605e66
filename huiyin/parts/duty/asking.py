"""What the solver is asked: a unit's draft, with all that bears on it, as a plain Problem.

People are named by the ids of their accounts, shifts by the ids of their patterns. What somebody
stands at other units in the roster's days is fixed for them, so that rest, rows and weeks hold
across; what they stood before is `before`; what they stand afterwards forbids what is too near.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from huiyin.parts.duty import classes, history
from huiyin.parts.duty.actions.rosters import RANK
from huiyin.parts.duty.models import (
    Assignment,
    Capacity,
    Eligible,
    Leave,
    Pattern,
    Roster,
    Shift,
    SolveRun,
    Wish,
)
from huiyin.parts.duty.reading import Facts, facts
from huiyin.parts.duty.solving import problem as solving

WEIGHTS = {
    classes.WEEKDAY: 1,
    classes.NIGHT: 2,
    classes.WEEKEND: 3,
    classes.HOLIDAY: 5,
    classes.FESTIVAL: 8,
    solving.ALL: 1,
}
DEPUTIES = "may be deputy"  # the skill that stands for it; planners' own carry the point's code
Mode = SolveRun.Mode
Places = set[tuple[int, str]]


@dataclass
class Asked:
    """A problem and the way back: `shifts` gives for (day, shift's id) the shift of the database.

    `why` says by (user, day, shift's id) why something is fixed or forbidden: leave, dates,
    forbidden, after, begun, fixed, stays, elsewhere.
    """

    problem: solving.Problem
    first_day: date
    shifts: Mapping[tuple[int, str], Shift]
    start: solving.Roster | None = None
    why: Mapping[tuple[int, int, str], str] = field(default_factory=dict)


def ask(roster: Roster, mode: str, now: datetime) -> Asked:
    """Return what the solver is asked for the roster.

    FILL leaves whoever is assigned where they are, ANEW begins with nothing, KEEP changes as little
    as possible of the version that it is based on. Shifts that have begun stay as they are.
    """
    return _Asking(roster, mode, now).asked()


class _Asking:
    def __init__(self, roster: Roster, mode: str, now: datetime) -> None:
        self.roster, self.mode, self.now = roster, mode, now
        self.read: Facts = facts(roster)
        self.first = roster.first_day
        self.days = (roster.end_day - roster.first_day).days
        self.shifts = {(self.day(one.day), str(one.pattern_id)): one for one in self.read.shifts}
        self.by_user: dict[int, list[Eligible]] = defaultdict(list)
        for one in self.read.eligible:
            self.by_user[one.user_id].append(one)
        self.besides: dict[int, list[Shift]] = defaultdict(list)
        for other in self.read.besides:
            self.besides[other.user_id].append(other.shift)
        self.why: dict[tuple[int, int, str], str] = {}
        self.stays = self.kept_places()
        for user in self.stays:
            self.by_user.setdefault(user, [])
        self.served = history.carried(roster.unit, list(self.by_user), roster.first_day)

    def day(self, day: date) -> int:
        """Return the day as the problem counts it."""
        return (day - self.first).days

    def kept_places(self) -> dict[int, Places]:
        """Return by user the places that must stay: begun shifts, and what FILL leaves alone."""
        found: dict[int, Places] = defaultdict(set)
        for one in self.roster.assignments.select_related("shift"):
            place = (self.day(one.shift.day), str(one.shift.pattern_id))
            if place not in self.shifts:
                continue
            if self.mode == Mode.FILL or one.shift.starts <= self.now:
                found[one.user_id].add(place)
        return found

    def asked(self) -> Asked:
        people = tuple(self.person(user) for user in sorted(self.by_user))
        problem = solving.Problem(
            days=self.days,
            shifts=self.kinds(),
            people=people,
            cover=tuple(self.cover()),
            wishes=tuple(self.wishes()),
            classes={place: one.klass for place, one in self.shifts.items()},
            weights=WEIGHTS,
            rest=self.read.rules.rest_minutes,
            first_weekday=self.first.weekday(),
            kept=self.as_roster(self.roster.based_on) if self.mode == Mode.KEEP else None,
        )
        start = None if self.mode == Mode.ANEW else self.as_roster(self.roster)
        return Asked(problem, self.first, self.shifts, start, self.why)

    def kinds(self) -> tuple[solving.Shift, ...]:
        """Return our shifts, and those that our people stand elsewhere or stood before."""
        patterns: dict[int, Pattern] = {one.pattern_id: one.pattern for one in self.read.shifts}
        for shifts in self.besides.values():
            patterns.update((one.pattern_id, one.pattern) for one in shifts)
        return tuple(
            solving.Shift(str(pk), one.minutes, one.starts) for pk, one in sorted(patterns.items())
        )

    def cover(self) -> Iterable[solving.Cover]:
        standing: dict[tuple[int, str], int] = defaultdict(int)
        for places in self.stays.values():
            for place in places:
                standing[place] += 1
        for (day, kind), shift in sorted(self.shifts.items()):
            if shift.starts <= self.now:
                continue
            least = shift.leaders + shift.deputies + shift.members
            skills = {
                _skill(shift.point_id, name): number
                for name, number in shift.pattern.skills.items()
            }
            if shift.deputies:
                skills[_skill(shift.point_id, DEPUTIES)] = shift.leaders + shift.deputies
            yield solving.Cover(
                day,
                kind,
                max(least, standing[day, kind]),
                leaders=shift.leaders,
                skills=skills,
            )

    def person(self, user: int) -> solving.Person:
        may = self.by_user[user]
        fixed, elsewhere = self.fixed(user)
        ours = {
            kind
            for (_, kind), shift in self.shifts.items()
            if any(one.point_id == shift.point_id for one in may)
        } | {kind for _, kind in self.stays.get(user, ())}
        off, forbidden = self.away(user, ours)
        forbidden |= {
            (day, kind) for kind in elsewhere for day in range(self.days) if fixed.get(day) != kind
        }
        return solving.Person(
            id=str(user),
            serves=frozenset(ours | elsewhere),
            leads=frozenset(
                str(shift.pattern_id)
                for shift in self.shifts.values()
                for one in may
                if one.point_id == shift.point_id and one.capacity == Capacity.LEADER
            ),
            most_week_minutes=self.read.rules.most_week_minutes,
            most_in_row=self.read.rules.most_in_row,
            off=frozenset(off),
            fixed=fixed,
            forbidden=frozenset(forbidden),
            skills=frozenset(_skills(may)),
            before=self.before(user),
            served=self.served[user],
        )

    def fixed(self, user: int) -> tuple[dict[int, str], set[str]]:
        """Return what is fixed by day, and which of those shifts are other units'."""
        fixed: dict[int, str] = {}
        elsewhere = set()
        for one in self.read.bounds:
            place = (self.day(one.day), str(one.pattern_id))
            if one.fixed and one.user_id == user and place in self.shifts:
                self._fix(fixed, user, place, "fixed")
        for place in self.stays.get(user, ()):
            self._fix(fixed, user, place, "stays")
        for shift in self.besides[user]:
            place = (self.day(shift.day), str(shift.pattern_id))
            if 0 <= place[0] < self.days:
                self._fix(fixed, user, place, "elsewhere")
                elsewhere.add(place[1])
        return fixed, elsewhere

    def _fix(self, fixed: dict[int, str], user: int, place: tuple[int, str], why: str) -> None:
        fixed[place[0]] = place[1]
        self.why[user, *place] = why

    def away(self, user: int, ours: set[str]) -> tuple[set[int], Places]:
        """Return whole days off, and the single shifts that can't be, for whatever reason."""
        leaves = [one for one in self.read.leaves if one.user_id == user]
        later = [one for one in self.besides[user] if self.day(one.day) >= self.days]
        denied = {
            (self.day(one.day), str(one.pattern_id))
            for one in self.read.bounds
            if not one.fixed and one.user_id == user
        }
        stays = self.stays.get(user, set())
        on_leave: dict[int, list[bool]] = defaultdict(list)
        no: Places = set()
        for place, shift in self.shifts.items():
            if place[1] not in ours or place in stays:
                continue
            why = self._why_not(user, shift, leaves, later) or (
                "forbidden" if place in denied else ""
            )
            on_leave[place[0]].append(why == "leave")
            if why:
                no.add(place)
                self.why[user, *place] = why
        off = {day for day, those in on_leave.items() if all(those)} - {day for day, _ in stays}
        return off, {place for place in no if place[0] not in off}

    def _why_not(
        self, user: int, shift: Shift, leaves: Iterable[Leave], later: Iterable[Shift]
    ) -> str:
        rest = timedelta(minutes=self.read.rules.rest_minutes)
        if any(one.starts < shift.ends and shift.starts < one.ends for one in leaves):
            return "leave"
        at_point = (one for one in self.by_user[user] if one.point_id == shift.point_id)
        if not any(_on(one, shift.day) for one in at_point):
            return "dates"
        if any(one.starts < shift.ends + rest for one in later):
            return "after"
        return "begun" if shift.starts <= self.now else ""

    def before(self, user: int) -> tuple[str | None, ...]:
        reach = max(7, self.read.rules.most_in_row + 1)
        days: list[str | None] = [None] * reach
        for shift in self.besides[user]:
            if -reach <= self.day(shift.day) < 0:
                days[self.day(shift.day)] = str(shift.pattern_id)
        return tuple(days)

    def wishes(self) -> Iterable[solving.Wish]:
        found = Wish.objects.filter(
            user__in=list(self.by_user), day__gte=self.first, day__lt=self.roster.end_day
        )
        for one in found.order_by("pk"):
            if (self.day(one.day), str(one.pattern_id)) in self.shifts:
                yield solving.Wish(
                    str(one.user_id), self.day(one.day), str(one.pattern_id), one.wanted, one.weight
                )

    def as_roster(self, roster: Roster | None) -> solving.Roster | None:
        """Return who stands what in a version, with what they stand elsewhere; None if nothing."""
        found: Iterable[Assignment] = (
            roster.assignments.select_related("shift") if roster is not None else ()
        )
        rows: dict[str, list[str | None]] = {str(user): [None] * self.days for user in self.by_user}
        lead: dict[tuple[int, str], tuple[str, ...]] = {}
        some = False
        for one in found:
            place = (self.day(one.shift.day), str(one.shift.pattern_id))
            if place in self.shifts and str(one.user_id) in rows:
                rows[str(one.user_id)][place[0]] = place[1]
                some = True
                if one.capacity == Capacity.LEADER:
                    lead[place] = (*lead.get(place, ()), str(one.user_id))
        for user, shifts in self.besides.items():
            for shift in shifts:
                if str(user) in rows and 0 <= self.day(shift.day) < self.days:
                    rows[str(user)][self.day(shift.day)] = str(shift.pattern_id)
        return (
            solving.Roster({user: tuple(row) for user, row in rows.items()}, lead) if some else None
        )


def _on(one: Eligible, day: date) -> bool:
    return (one.begins is None or one.begins <= day) and (one.until is None or day < one.until)


def _skill(point: int, name: str) -> str:
    return f"{point} {name}"


def _skills(may: Iterable[Eligible]) -> Iterable[str]:
    for one in may:
        for name in one.skills:
            yield _skill(one.point_id, name)
        if RANK[Capacity(one.capacity)] >= RANK[Capacity.DEPUTY]:
            yield _skill(one.point_id, DEPUTIES)
