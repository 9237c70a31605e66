"""The variables of a roster in CP-SAT, what they cost, and the way back from values to a Roster.

`Model(problem)` holds only what is true of every roster (one shift a day, whom a shift may have,
what weekends and soft cover are); the rules are in rules.py, each of them a `Rule` that is posted
here as it is, or under a literal:

    model = Model(problem)
    model.post(rules.every(model))                      # all hard
    marked = model.post_marked(rules.every(model))      # [(Exceeded, literal)]: holds if literal
    model.cp.minimize(model.cover_cost() + model.wish_cost())
    roster = model.roster(solver.value)
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import CpModel, IntVar, LinearExpr, LinearExprT

from huiyin.parts.duty.solving.problem import (
    FREE,
    HARD,
    Cover,
    Exceeded,
    Person,
    Problem,
    Roster,
)

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Rule:
    """One rule about one thing: what is said when it is broken, and the linear constraint."""

    exceeded: Exceeded
    holds: cp_model.BoundedLinearExpression | bool


class Model:
    """A CP-SAT model of a Problem.

    `works[person, day, shift]` is true if they stand it; there is one for each shift that the person
    serves, on each day of the problem. `on[person, day]` is true if they stand any. `weekend[person,
    k]` is true if they stand any on a weekend's days inside the problem. `under` and `over` are, by
    place in `problem.cover`, how many are too few and too many where that costs instead of being
    forbidden.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cp = CpModel()
        self.people = {person.id: person for person in problem.people}
        self.shifts = {shift.id: shift for shift in problem.shifts}
        self.works: dict[tuple[str, int, str], IntVar] = {}
        self.on: dict[tuple[str, int], IntVar] = {}
        self.weekend: dict[tuple[str, int], IntVar] = {}
        self.under: dict[int, IntVar] = {}
        self.over: dict[int, IntVar] = {}
        for person in problem.people:
            self._add_days(person)
            if person.most_weekends is not None:
                self._add_weekends(person)
        self._standing: dict[tuple[int, str], list[tuple[Person, IntVar]]] = defaultdict(list)
        for (name, day, shift), var in self.works.items():
            self._standing[day, shift].append((self.people[name], var))
        for place, cover in enumerate(problem.cover):
            self._add_cover(place, cover)

    # What can be asked of a place in the roster, before day 0 as well.

    def stands(self, person: Person, day: int, shift: str) -> IntVar | int:
        """1 if the person stands the shift; a constant before day 0 and where they don't serve it."""
        if day < 0:
            known = -day <= len(person.before)
            return int(known and person.before[day] == shift)
        return self.works.get((person.id, day, shift), 0)

    def busy(self, person: Person, day: int) -> IntVar | int:
        """1 if the person stands any shift; a constant before day 0 (0 where nothing is known)."""
        if day < 0:
            return int(-day <= len(person.before) and person.before[day] is not None)
        return self.on[person.id, day]

    def standing(self, day: int, shift: str) -> list[tuple[Person, IntVar]]:
        """All who may stand a shift of a day, each with their variable."""
        return self._standing[day, shift]

    # Rules.

    def post(self, rules: Iterable[Rule], only_if: IntVar | None = None) -> None:
        """Make rules hold; with `only_if`, whenever that literal is true."""
        for rule in rules:
            constraint = self.cp.add(rule.holds)
            if only_if is not None:
                constraint.only_enforce_if(only_if)

    def post_marked(self, rules: Iterable[Rule]) -> list[tuple[Exceeded, IntVar]]:
        """Post each rule under a literal of its own: to be assumed, or to be paid for if false."""
        marked = []
        for number, rule in enumerate(rules):
            literal = self.cp.new_bool_var(f"{rule.exceeded.rule} {number}")
            self.cp.add(rule.holds).only_enforce_if(literal)
            marked.append((rule.exceeded, literal))
        return marked

    # Costs.

    def cover_cost(self) -> LinearExprT:
        """What all that is too few and too many costs."""
        cover = self.problem.cover
        return LinearExpr.weighted_sum(
            [*self.under.values(), *self.over.values()],
            [*(cover[k].under for k in self.under), *(cover[k].over for k in self.over)],
        )

    def wish_cost(self) -> LinearExprT:
        """What all wishes that are not met cost."""
        constant, variables, weights = 0, [], []
        for wish in self.problem.wishes:
            var = self.works.get((wish.person, wish.day, wish.shift))
            constant += wish.weight * wish.wanted
            if var is not None:
                variables.append(var)
                weights.append(-wish.weight if wish.wanted else wish.weight)
        return LinearExpr.weighted_sum(variables, weights) + constant

    # There and back.

    def hint(self, roster: Roster) -> None:
        """Start from a roster (people and days that it doesn't know are left open)."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        for (name, day, shift), var in self.works.items():
            days = roster.days.get(name)
            if days is not None and day < len(days):
                self.cp.add_hint(var, days[day] == shift)
        for (name, day), var in self.on.items():
            days = roster.days.get(name)
            if days is not None and day < len(days):
                self.cp.add_hint(var, days[day] is not None)

    def roster(self, value: Callable[[IntVar], int]) -> Roster:
        """The roster that values of the variables describe, with a leader wherever one is asked."""
        days: dict[str, list[str | None]] = {
            person.id: [None] * self.problem.days for person in self.problem.people
        }
        for (name, day, shift), var in self.works.items():
            if value(var):
                days[name][day] = shift
        fixed = {name: tuple(row) for name, row in days.items()}
        return Roster(fixed, leaders(self.problem, fixed))

    # Making the variables.

    def _add_days(self, person: Person) -> None:
        serves = [
            s.id for s in self.problem.shifts if person.serves is None or s.id in person.serves
        ]
        for day in range(self.problem.days):
            on = self.cp.new_bool_var("")
            self.on[person.id, day] = on
            those = [self.cp.new_bool_var("") for _ in serves]
            self.works.update(
                ((person.id, day, s), var) for s, var in zip(serves, those, strict=True)
            )
            self.cp.add_exactly_one([*those, ~on])

    def _add_weekends(self, person: Person) -> None:
        for number, days in enumerate(weekends(self.problem)):
            var = self.cp.new_bool_var("")
            self.weekend[person.id, number] = var
            self.cp.add_max_equality(var, [self.on[person.id, day] for day in days])

    def _add_cover(self, place: int, cover: Cover) -> None:
        those = [var for _, var in self.standing(cover.day, cover.shift)]
        total = LinearExpr.sum(those)
        if cover.under not in {HARD, FREE}:
            self.under[place] = self.cp.new_int_var(0, max(0, cover.needed), "")
        if cover.over not in {HARD, FREE}:
            self.over[place] = self.cp.new_int_var(0, max(0, len(those) - cover.needed), "")
        under, over = self.under.get(place), self.over.get(place)
        if under is not None and over is not None:
            self.cp.add(total + under - over == cover.needed)
        elif under is not None:
            self.cp.add(total + under >= cover.needed)
        elif over is not None:
            self.cp.add(total - over <= cover.needed)


def weekends(problem: Problem) -> list[tuple[int, ...]]:
    """The days of each weekend of which at least one day is in the problem."""
    found: dict[int, list[int]] = defaultdict(list)
    for day in range(problem.days):
        weekday = (day + problem.first_weekday) % 7
        if weekday in (SATURDAY, SUNDAY):
            found[(day + problem.first_weekday) // 7].append(day)
    return [tuple(days) for days in found.values()]


def leaders(
    problem: Problem, days: dict[str, tuple[str | None, ...]]
) -> dict[tuple[int, str], tuple[str, ...]]:
    """Who leads each shift: of those who stand it and may lead it, whoever led least so far."""
    led: dict[str, int] = defaultdict(int)
    chosen: dict[tuple[int, str], tuple[str, ...]] = {}
    for cover in problem.cover:
        if not cover.leaders:
            continue
        able = [
            person.id
            for person in problem.people
            if days[person.id][cover.day] == cover.shift and cover.shift in person.leads
        ]
        able.sort(key=lambda name: led[name])
        chosen[cover.day, cover.shift] = tuple(able[: cover.leaders])
        for name in able[: cover.leaders]:
            led[name] += 1
    return chosen
