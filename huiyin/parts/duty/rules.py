"""What a roster must hold, checked without a solver, and what is said where it does not: pure.

It shares no code with the solver, so that each finds the other's faults. Names of rules are the
solver's (solving/rules.py), with those that only the check knows: overlap, not_eligible, deputies,
uncovered. Rest and the minutes of a week are counted in time that really passes: where the clock is
changed between two shifts, an hour of rest by the clock on the wall may be missing, and is named.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from huiyin.parts.duty.hours import Span

LEADER, DEPUTY, MEMBER = "leader", "deputy", "member"
RANK = {LEADER: 3, DEPUTY: 2, MEMBER: 1}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Needed:
    """One shift and whom it needs. `key` tells it apart, `point` and `pattern` say what it is."""

    key: int
    point: int
    pattern: int
    day: date
    span: Span
    leaders: int = 0
    deputies: int = 0
    members: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many it needs in all."""
        return self.leaders + self.deputies + self.members


@dataclass(frozen=True)
class Stands:
    """A person stands a shift. `ours` is false for one of another roster, which only counts along."""

    person: int
    shift: Needed
    capacity: str = MEMBER
    ours: bool = True


@dataclass(frozen=True)
class Allowed:
    """As what a person may serve at a point, from when to when, and with which skills."""

    person: int
    point: int
    capacity: str
    begins: date | None = None
    until: date | None = None
    skills: frozenset[str] = frozenset()

    def on(self, day: date) -> bool:
        """Whether it holds on that day."""
        return (self.begins is None or self.begins <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True)
class Limits:
    """What binds everybody."""

    rest_minutes: int
    most_in_row: int
    most_week_minutes: int


@dataclass(frozen=True)
class Case:
    """A whole roster to be checked. `stands` holds also what its people stand elsewhere and around
    it; `bounds` are (person, pattern, day, fixed); `away` are leaves by person, `uncovered`
    are opening hours without any shift (point, local day, span)."""

    shifts: Sequence[Needed]
    stands: Sequence[Stands]
    allowed: Sequence[Allowed]
    limits: Limits
    away: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    bounds: Sequence[tuple[int, int, date, bool]] = ()
    uncovered: Sequence[tuple[int, date, Span]] = ()


@dataclass(frozen=True)
class Finding:
    """A rule that the roster breaks: which, on which days, by whom, on which shifts (keys).

    `number` is how many are missing or too many, or the minutes or days that there are.
    """

    rule: str
    days: tuple[date, ...] = ()
    people: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()
    point: int | None = None
    number: int | None = None
    skill: str = ""
    span: Span | None = None


def check(case: Case) -> list[Finding]:
    """Return every rule that the roster breaks, in the order of days within each rule."""
    found: list[Finding] = []
    for family in (
        _uncovered, _cover, _eligible, _away, _bounds, _pairs, _rows, _weeks
    ):  # fmt: skip
        found += family(case)
    return found


def marks(findings: Iterable[Finding]) -> dict[tuple[int, int], list[str]]:
    """Return by (shift's key, person) the names of the rules that this very assignment breaks."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for one in findings:
        for shift in one.shifts:
            for person in one.people:
                if one.rule not in found[shift, person]:
                    found[shift, person].append(one.rule)
    return dict(found)


def _uncovered(case: Case) -> Iterator[Finding]:
    """Opening hours for which no shift is set at all."""
    for point, day, span in case.uncovered:
        yield Finding("uncovered", (day,), point=point, span=span)


def _cover(case: Case) -> Iterator[Finding]:
    """Each shift has its leaders, deputies, members and skills, and nobody too many.

    Whoever is more than is needed in a capacity serves in a lower one.
    """
    allowed = {(one.person, one.point): one for one in case.allowed}
    on: dict[int, list[Stands]] = defaultdict(list)
    for one in case.stands:
        on[one.shift.key].append(one)
    for shift in sorted(case.shifts, key=lambda one: one.span):
        here = [one for one in on[shift.key] if one.ours]
        yield from _numbers(shift, here)
        free = max(0, shift.people - len(here))  # whoever is still to come may bring the skill
        for skill, number in sorted(shift.skills.items()):
            able = sum(
                1
                for one in here
                if (may := allowed.get((one.person, shift.point))) and skill in may.skills
            )
            if able + free < number:
                yield _of(shift, "skill", number - able - free, skill=skill)


def _numbers(shift: Needed, here: Sequence[Stands]) -> Iterator[Finding]:
    spare = 0
    needs = (
        ("leaders", LEADER, shift.leaders),
        ("deputies", DEPUTY, shift.deputies),
        ("too_few", MEMBER, shift.members),
    )
    for rule, capacity, needed in needs:
        short = needed - spare - sum(1 for one in here if one.capacity == capacity)
        spare = max(0, -short)
        if short > 0:
            yield _of(shift, rule, short)
    if len(here) > shift.people:
        yield _of(shift, "too_many", len(here) - shift.people)


def _of(shift: Needed, rule: str, number: int, skill: str = "") -> Finding:
    return Finding(rule, (shift.day,), (), (shift.key,), shift.point, number, skill, shift.span)


def _ours(case: Case) -> list[Stands]:
    return sorted(
        (one for one in case.stands if one.ours), key=lambda one: (one.shift.span, one.person)
    )


def _about(one: Stands, rule: str) -> Finding:
    return Finding(
        rule, (one.shift.day,), (one.person,), (one.shift.key,), one.shift.point,
        span=one.shift.span,
    )  # fmt: skip


def _eligible(case: Case) -> Iterator[Finding]:
    """Everyone may serve at the point, on that day, in that capacity."""
    allowed = {(one.person, one.point): one for one in case.allowed}
    for one in _ours(case):
        may = allowed.get((one.person, one.shift.point))
        if may is None or not may.on(one.shift.day) or RANK[may.capacity] < RANK[one.capacity]:
            yield _about(one, "not_eligible")


def _away(case: Case) -> Iterator[Finding]:
    """Nobody stands a shift in their leave."""
    for one in _ours(case):
        if any(one.shift.span.overlaps(leave) for leave in case.away.get(one.person, ())):
            yield _about(one, "off")


def _bounds(case: Case) -> Iterator[Finding]:
    """What was fixed is so, what was forbidden is not."""
    shifts = {(one.pattern, one.day): one for one in case.shifts}
    on = {(one.person, one.shift.key) for one in case.stands if one.ours}
    for person, pattern, day, fixed in case.bounds:
        shift = shifts.get((pattern, day))
        if shift is not None and fixed != ((person, shift.key) in on):
            yield Finding(
                "fixed" if fixed else "forbidden", (day,), (person,), (shift.key,), shift.point,
                span=shift.span,
            )  # fmt: skip


def _by_person(case: Case) -> Iterator[tuple[int, list[Stands]]]:
    by: dict[int, list[Stands]] = defaultdict(list)
    for one in case.stands:
        by[one.person].append(one)
    for person in sorted(by):
        if any(one.ours for one in by[person]):
            yield person, sorted(by[person], key=lambda one: one.shift.span)


def _pairs(case: Case) -> Iterator[Finding]:
    """Nobody stands two shifts at once, and there is rest between any two."""
    for person, turns in _by_person(case):
        first = turns[0]  # the one of those before that ends last
        for then in turns[1:]:
            before, first = first, max(first, then, key=lambda one: one.shift.span.ends)
            if not (before.ours or then.ours):
                continue
            pause = int((then.shift.span.starts - before.shift.span.ends).total_seconds() // 60)
            if pause >= case.limits.rest_minutes and pause >= 0:
                continue
            yield Finding(
                "overlap" if pause < 0 else "rest",
                (before.shift.day, then.shift.day),
                (person,),
                tuple(one.shift.key for one in (before, then) if one.ours),
                number=max(0, pause),
            )


def _rows(case: Case) -> Iterator[Finding]:
    """Nobody stands shifts on more days in a row than they may."""
    for person, turns in _by_person(case):
        days = sorted({one.shift.day for one in turns})
        row: list[date] = []
        for day in [*days, None]:
            if row and (day is None or day != row[-1] + ONE_DAY):
                ours = [one for one in turns if one.ours and one.shift.day in row]
                if len(row) > case.limits.most_in_row and ours:
                    keys = tuple(one.shift.key for one in ours)
                    yield Finding("most_in_row", tuple(row), (person,), keys, number=len(row))
                row = []
            if day is not None:
                row.append(day)


def _weeks(case: Case) -> Iterator[Finding]:
    """Nobody stands more minutes in a week, Monday to Sunday, than they may."""
    for person, turns in _by_person(case):
        weeks: dict[date, list[Stands]] = defaultdict(list)
        for one in turns:
            weeks[one.shift.day - one.shift.day.weekday() * ONE_DAY].append(one)
        for _, of_week in sorted(weeks.items()):
            minutes = sum(one.shift.span.minutes for one in of_week)
            ours = [one for one in of_week if one.ours]
            if minutes > case.limits.most_week_minutes and ours:
                yield Finding(
                    "most_week_minutes",
                    tuple(one.shift.day for one in of_week),
                    (person,),
                    tuple(one.shift.key for one in ours),
                    number=minutes,
                )
