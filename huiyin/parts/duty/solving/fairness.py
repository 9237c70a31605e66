"""What is fair: each class of shift shared out by share of duty, with the past carried in.

The measure, for each class of shift that is needed now, and for all of them together:

- A person's *fair load* is their part (`share` over the shares of all who may serve the class) of
  everything stood in the past by those people and everything needed now. What they stood in the
  past is taken off it; what is left is their fair number of shifts in this roster.
- The lightest class (weekdays, say) is what is left: a person's fair load of it is that of all
  classes less those of the others. So whoever may not serve nights stands more weekdays instead,
  and no two goals pull against each other.
- Standing x shifts costs (x - fair number)² / share, times the weight of the class. It is the
  measure that the method of Sainte-Laguë (1910) makes least: convex, so that the one who is
  furthest from their fair load counts most, and whoever stood more before stands less now, until
  over the years the past has evened out.

A square is worth `SCALE`, and all costs are whole numbers. Leave in this roster does not lessen
anybody's fair number; whoever plans lessens `share`, or credits `served`, where it should.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from huiyin.parts.duty.solving.problem import ALL, LEADS, Person, Problem, Roster

SCALE = 100
LEAST_SHARE = Fraction(1, 20)


@dataclass(frozen=True)
class Load:
    """What a person may stand of a class (`ALL`: of any class; `LEADS`: as leader).

    `fair` is their fair number in this roster, below zero where they stood too much before;
    `costs[x]` is the cost of standing x shifts of it.
    """

    person: str
    kind: str
    fair: Fraction
    costs: tuple[int, ...]

    @property
    def steps(self) -> tuple[int, ...]:
        """What each further shift costs; never falls."""
        return tuple(b - a for a, b in zip(self.costs, self.costs[1:], strict=False))


def loads(problem: Problem) -> tuple[Load, ...]:
    """Every person's load of each class that is needed in this roster; none without classes."""
    needed: dict[str, int] = {}
    for cover in problem.cover:
        if kind := problem.classes.get((cover.day, cover.shift)):
            needed[kind] = needed.get(kind, 0) + cover.needed
    if not needed:
        return ()
    places = _places(problem)
    most = {
        kind: {person: len(days.get(kind, ())) for person, days in places.items()}
        for kind in needed
    }
    lightest = min(needed, key=lambda kind: (problem.weights.get(kind, 1), -needed[kind], kind))
    fair = {
        kind: _fair(problem, [kind], number, most[kind])
        for kind, number in needed.items()
        if kind != lightest
    }
    most[ALL] = {person: len(set().union(*days.values())) for person, days in places.items()}
    fair[ALL] = _fair(problem, list(needed), sum(needed.values()), most[ALL])
    if len(needed) == 1:
        fair = {lightest: fair[ALL]}
    else:
        fair[lightest] = {
            person: number
            - sum((fair[k].get(person, Fraction()) for k in needed if k != lightest), Fraction())
            for person, number in fair[ALL].items()
            if most[lightest][person]
        }
    return tuple(
        load for kind in sorted(fair) for load in _loads(problem, kind, fair[kind], most[kind])
    )


def leading_loads(problem: Problem) -> tuple[Load, ...]:
    """The load of leading of everyone who may lead something that needs a leader."""
    number = sum(cover.leaders for cover in problem.cover)
    days: dict[str, set[int]] = {person.id: set() for person in problem.people}
    for cover in problem.cover:
        if cover.leaders:
            for person in problem.people:
                if cover.shift in person.leads and serves(person, cover.shift):
                    days[person.id].add(cover.day)
    most = {person: len(those) for person, those in days.items()}
    return tuple(_loads(problem, LEADS, _fair(problem, [LEADS], number, most), most))


def serves(person: Person, shift: str) -> bool:
    """Whether a person may serve a shift at all."""
    return person.serves is None or shift in person.serves


def fairness_cost(problem: Problem, roster: Roster, whole: Iterable[Load] | None = None) -> int:
    """The cost of how a roster shares duty out; the same number that the solver makes least.

    With `whole`, the loads of the whole problem, `problem` may be a part: some of its people.
    """
    stood: dict[tuple[str, str], int] = {}
    people = {person.id for person in problem.people}
    for person in people:
        for day, shift in enumerate(roster.days[person]):
            if shift is not None and (kind := problem.classes.get((day, shift))):
                for key in ((person, kind), (person, ALL)):
                    stood[key] = stood.get(key, 0) + 1
    return sum(
        load.costs[stood.get((load.person, load.kind), 0)]
        for load in (loads(problem) if whole is None else whole)
        if load.person in people
    )


def wish_cost(problem: Problem, roster: Roster) -> int:
    """The weights of all wishes that a roster does not meet."""
    return sum(
        wish.weight
        for wish in problem.wishes
        if (roster.days[wish.person][wish.day] == wish.shift) != wish.wanted
    )


def _places(problem: Problem) -> Mapping[str, dict[str, set[int]]]:
    """For each person and class the days on which they may serve it."""
    places: dict[str, dict[str, set[int]]] = {person.id: {} for person in problem.people}
    for person in problem.people:
        for (day, shift), kind in problem.classes.items():
            if serves(person, shift):
                places[person.id].setdefault(kind, set()).add(day)
    return places


def _fair(
    problem: Problem, kinds: list[str], needed: int, most: Mapping[str, int]
) -> dict[str, Fraction]:
    """The fair number of shifts of `kinds` together for each who may stand any of them."""
    able = [person for person in problem.people if most[person.id]]
    past = {p.id: sum((Fraction(p.served.get(k, 0)) for k in kinds), Fraction()) for p in able}
    whole = sum(past.values()) + needed
    shares = sum((_share(person) for person in able), Fraction())
    return {person.id: _share(person) / shares * whole - past[person.id] for person in able}


def _loads(
    problem: Problem, kind: str, fair: Mapping[str, Fraction], most: Mapping[str, int]
) -> list[Load]:
    weight = problem.weights.get(kind, 1)
    return [
        Load(
            person.id,
            kind,
            number,
            tuple(
                weight * round(SCALE * (x - number) ** 2 / _share(person))
                for x in range(most[person.id] + 1)
            ),
        )
        for person in problem.people
        if (number := fair.get(person.id)) is not None
    ]


def _share(person: Person) -> Fraction:
    return max(Fraction(person.share), LEAST_SHARE)
