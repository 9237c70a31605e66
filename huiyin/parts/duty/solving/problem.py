"""What a roster must be: days, shifts, people, cover, rules and wishes; and what a roster is.

Days are counted from 0, day 0 being a weekday of `Problem.first_weekday` (0 is Monday). One person
serves at most one shift a day. A shift that is never named in `cover` may still be assigned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

HARD = 0  # a weight of 0 on cover: the number must hold
FREE = -1  # the weight of that side of a cover which costs nothing
ALL = "all"  # every class together, in `Problem.weights` and `Person.served`
LEADS = "leads"  # shifts led, in `Problem.weights` and `Person.served`


@dataclass(frozen=True)
class Shift:
    """One shift as it comes back each day: `starts` minutes after local midnight, `minutes` long.

    `not_before` are the shifts that may not follow on the next day, beside what rest forbids.
    """

    id: str
    minutes: int
    starts: int = 0
    not_before: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Person:
    """Who may serve, and within what. None is no limit; minutes are those of shifts.

    `serves` are the shifts they may serve (None: all), `leads` those of them they may lead. `before`
    is what they stood on the days before day 0, the last one being day -1 (a shift's id, or None
    for a day off). `served` is how many shifts of each class they stood in the past. `share` is the
    part of a full share of duty that is theirs. `least_in_row` and `least_off_in_row` do not bind a
    run that touches the first or the last day.
    """

    id: str
    serves: frozenset[str] | None = None
    leads: frozenset[str] = frozenset()
    most_of: Mapping[str, int] = field(default_factory=dict)
    least_minutes: int | None = None
    most_minutes: int | None = None
    most_week_minutes: int | None = None
    most_in_row: int | None = None
    least_in_row: int | None = None
    least_off_in_row: int | None = None
    most_weekends: int | None = None
    off: frozenset[int] = frozenset()
    fixed: Mapping[int, str] = field(default_factory=dict)
    forbidden: frozenset[tuple[int, str]] = frozenset()
    skills: frozenset[str] = frozenset()
    before: tuple[str | None, ...] = ()
    served: Mapping[str, float] = field(default_factory=dict)
    share: float = 1.0


@dataclass(frozen=True)
class Cover:
    """`needed` people on a shift of a day; each one too few costs `under`, too many `over`.

    With weight HARD that side must hold exactly. `leaders` of them at least must be people who may
    lead it, and for each skill in `skills` so many must have it; both always must hold.
    """

    day: int
    shift: str
    needed: int
    under: int = HARD
    over: int = HARD
    leaders: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """A person would like (or like not) to serve a shift on a day; unmet it costs `weight`."""

    person: str
    day: int
    shift: str
    wanted: bool
    weight: int = 1


@dataclass(frozen=True)
class Problem:
    """All that a roster must hold. `classes` gives the class of a shift on a day (weekday, night,
    weekend, public holiday, festival) over which duty is shared fairly; empty: no fairness.
    `weights` is how heavy a class weighs in it (1 where not named; `ALL` is the total number).

    `rest` is the least number of minutes between the end of a shift and the start of the next;
    `kept` is a published roster of which as little as possible may change.
    """

    days: int
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    cover: tuple[Cover, ...]
    wishes: tuple[Wish, ...] = ()
    classes: Mapping[tuple[int, str], str] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    rest: int = 0
    first_weekday: int = 0
    kept: "Roster | None" = None


@dataclass(frozen=True)
class Roster:
    """Who stands what: for each person's id one entry a day, a shift's id or None for a day off.

    `leaders` names who leads a shift of a day.
    """

    days: Mapping[str, tuple[str | None, ...]]
    leaders: Mapping[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Exceeded:
    """A rule that a roster breaks: its name, and the days and people it is about."""

    rule: str
    days: tuple[int, ...] = ()
    people: tuple[str, ...] = ()
    shift: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a running solve is: seconds since it began, its best cost and bound so far.

    `stage` is what is being done now: "first" (a roster that holds all rules), "exceptions" (as few
    as possible), then made better: "cover", "changes", "fairness", "wishes".
    """

    stage: str
    seconds: float
    cost: float | None
    bound: float | None
    roster: Roster | None = None


@dataclass(frozen=True)
class Outcome:
    """What a solve gave. `roster` is None only when it was stopped before the first one was found.

    `proven` says that nothing better exists; `costs` and `bounds` are by stage. `exceptions` are the
    rules that could not be held, each marked; `conflict` is the smallest set of rules, days and
    people that can't all hold (empty when they can).
    """

    roster: Roster | None
    proven: bool
    stopped: bool
    seconds: float
    costs: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, float] = field(default_factory=dict)
    exceptions: tuple[Exceeded, ...] = ()
    conflict: tuple[Exceeded, ...] = ()
