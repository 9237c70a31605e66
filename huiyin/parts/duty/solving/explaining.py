"""When the rules can't all hold: which can't, and the roster with the fewest exceptions.

`conflict` is irreducible: a set of rules that can't hold together, while any of them left out the
rest can (found by assumptions, then by deletion; Chinneck and Dravnieks 1991). It is looked for in
the shortest stretch of days that has one, so that what is named is near together.

`fewest` breaks as few rules as possible; rest, leave and what is forbidden only where without that no
roster would be found. A shift one person short is one exception for each person who is lacking.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import floor

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import IntVar, LinearExpr, LinearExprT

from huiyin.parts.duty.solving.model import Model, Rule
from huiyin.parts.duty.solving.parts import FAR, Counted, Days, between
from huiyin.parts.duty.solving.problem import Exceeded, Person, Problem, Roster
from huiyin.parts.duty.solving.rules import every
from huiyin.parts.duty.solving.watch import Watch

#: Broken last of all.
LAST = frozenset({"rest", "not_before", "off", "forbidden"})
#: Counted by the person who is lacking or too many; all other rules are broken or not.
COUNTED = frozenset({"too_few", "too_many", "leaders", "skill"})
BROKEN = 10**6  # what a broken rule costs beside by how much it is broken
WORST = 10**3  # how many other exceptions are better than one of LAST
CHECK = 5.0  # seconds for one question whether rules can hold together


@dataclass(frozen=True)
class Exceptions:
    """The rules that a roster breaks and by how much, and what is left of the problem then.

    `problem` asks of cover only what the roster gives; `waived` are the other rules.
    """

    broken: dict[Exceeded, int]
    days: Days
    problem: Problem
    proven: bool
    bound: int

    @property
    def cost(self) -> int:
        """How many exceptions there are."""
        return sum(n if e.rule in COUNTED else 1 for e, n in self.broken.items())

    @property
    def waived(self) -> dict[Exceeded, int]:
        """The rules of people that are broken, and by how much."""
        return {e: n for e, n in self.broken.items() if e.rule not in COUNTED}

    def marked(self) -> list[Exceeded]:
        """Each exception once, by day."""
        return sorted(self.broken, key=lambda e: (e.days, e.rule, e.shift, e.people))


def fewest(
    problem: Problem, watch: Watch, *, seconds: float, workers: int, seed: int,
    start: Roster | None = None,
) -> Exceptions | None:  # fmt: skip
    """The roster with the fewest exceptions that is found in the time, or None."""
    until = watch.seconds + seconds
    for hard in (LAST, frozenset[str]()):
        if watch.over:
            break
        model = Model(problem)
        paid = list(_pay(model, hard))
        model.cp.minimize(LinearExpr.sum([cost for _, _, cost in paid]))
        if start is not None:
            model.hint(start)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed
        left = min(until - watch.seconds, watch.left)
        solver.parameters.max_time_in_seconds = max(0.0, left * (0.7 if hard else 1.0))
        with watch.running(solver.stop_search):
            status = solver.solve(model.cp)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            broken = {rule: solver.value(by) for rule, by, _ in paid if solver.value(by)}
            days = model.roster(solver.value).days
            found = Exceptions(
                broken, days, _lessened(problem, days), status == cp_model.OPTIMAL, 0
            )
            unit = BROKEN if hard else BROKEN * WORST
            least = found.cost if found.proven else floor(solver.best_objective_bound / unit)
            return replace(found, bound=max(0, least))
    return None


def _pay(model: Model, hard: frozenset[str]) -> Iterator[tuple[Exceeded, IntVar, LinearExprT]]:
    """Post every rule; those that aren't hard with the amount by which it is broken, and its cost."""
    for number, rule in enumerate(every(model)):
        if rule.exceeded.rule in hard or rule.holds is True:
            model.post([rule])
            continue
        heavy = BROKEN * (WORST if rule.exceeded.rule in LAST else 1)
        if isinstance(rule.holds, bool):  # nothing could make it hold
            yield rule.exceeded, model.cp.new_constant(1), heavy
            continue
        total, low, high = between(rule.holds)
        by = model.cp.new_int_var(0, _most(model.problem, rule.exceeded), f"by {number}")
        if high < FAR:
            model.cp.add(total <= high + by)
        if low > -FAR:
            model.cp.add(total >= low - by)
        if rule.exceeded.rule in COUNTED:
            yield rule.exceeded, by, heavy * by
        else:
            broken = model.cp.new_bool_var(f"broken {number}")
            model.cp.add(by == 0).only_enforce_if(~broken)
            yield rule.exceeded, by, heavy * broken + by


def _most(problem: Problem, about: Exceeded) -> int:
    """By how much a rule could be broken at most."""
    if about.rule in {"least_minutes", "most_minutes", "most_week_minutes"}:
        return problem.days * max((shift.minutes for shift in problem.shifts), default=0)
    return max(problem.days, len(problem.people))


def _lessened(problem: Problem, days: Days) -> Problem:
    """The problem with no more cover asked, and no less allowed, than the roster has."""
    have = Counted(problem, days)
    cover = []
    for wanted in problem.cover:
        at = (wanted.day, wanted.shift)
        number = wanted.needed
        if not have.enough(replace(wanted, leaders=0, skills={})):
            number = have.stand[at]
        able = replace(have.at_most(wanted), needed=number)
        cover.append(replace(able, skills={s: n for s, n in able.skills.items() if n}))
    return replace(problem, cover=tuple(cover))


def conflict(problem: Problem, watch: Watch, seconds: float) -> tuple[Exceeded, ...]:
    """A smallest set of rules that can't all hold, joined where they are alike; empty if not found.

    None of them could be left out, unless the time ended before that was sure.
    """
    until = watch.seconds + seconds
    length = 1
    while True:
        for first in range(0, max(1, problem.days - length + 1), max(1, length // 2)):
            if until <= watch.seconds or watch.over:
                return ()
            stretch = cut(problem, first, min(problem.days, first + length))
            question = _Question(stretch, watch, until)
            everything = list(range(len(question.rules)))
            if question.impossible(everything):
                core = question.irreducible(question.core(everything))
                return together(
                    replace(rule, days=tuple(day + first for day in rule.days))
                    for rule in (question.rules[number].exceeded for number in core)
                )
        if length >= problem.days:
            return ()
        length = min(2 * length, problem.days)


def cut(problem: Problem, first: int, end: int) -> Problem:
    """The days from `first` to before `end` by themselves, without what concerns all days.

    Whatever can't hold there can't hold in the whole either.
    """
    if (first, end) == (0, problem.days):
        return problem

    def within(person: Person) -> Person:
        return replace(
            person,
            most_of={},
            least_minutes=None,
            most_minutes=None,
            most_weekends=None,
            least_in_row=None,
            least_off_in_row=None,
            off=frozenset(day - first for day in person.off if first <= day < end),
            fixed={day - first: s for day, s in person.fixed.items() if first <= day < end},
            forbidden=frozenset((d - first, s) for d, s in person.forbidden if first <= d < end),
            before=person.before if first == 0 else (),
        )

    return replace(
        problem,
        days=end - first,
        first_weekday=(problem.first_weekday + first) % 7,
        people=tuple(within(person) for person in problem.people),
        cover=tuple(
            replace(cover, day=cover.day - first)
            for cover in problem.cover
            if first <= cover.day < end
        ),
        wishes=(),
        classes={},
        kept=None,
    )


class _Question:
    """Whether some of a problem's rules can hold together."""

    def __init__(self, problem: Problem, watch: Watch, until: float) -> None:
        self.problem = problem
        self.watch = watch
        self.until = until
        self.rules: list[Rule] = list(every(Model(problem)))

    def impossible(self, numbers: Iterable[int]) -> bool:
        """Whether it is sure that these rules can't hold together."""
        model = Model(self.problem)
        rules = list(every(model))
        model.post(rules[number] for number in numbers)
        return self._solve(model) is not None

    def core(self, numbers: list[int]) -> list[int]:
        """Those of some impossible rules that a proof of it needed."""
        model = Model(self.problem)
        rules = list(every(model))
        marked = model.post_marked(rules[number] for number in numbers)
        literals = {literal.index: n for (_, literal), n in zip(marked, numbers, strict=True)}
        model.cp.add_assumptions([literal for _, literal in marked])
        solver = self._solve(model)
        if solver is None:
            return numbers
        core = {literals[k] for k in solver.sufficient_assumptions_for_infeasibility()}
        return sorted(core) if core and self.impossible(core) else numbers

    def irreducible(self, numbers: list[int]) -> list[int]:
        """Leave out whatever can be left out, many at a time at first, then one by one."""
        block = max(1, len(numbers) // 2)
        while True:
            place = 0
            while place < len(numbers):
                fewer = numbers[:place] + numbers[place + block :]
                if self.watch.over or self.watch.seconds > self.until:
                    return numbers
                if fewer and self.impossible(fewer):
                    numbers = fewer
                else:
                    place += block
            if block == 1:
                return numbers
            block = max(1, min(block, len(numbers)) // 2)

    def _solve(self, model: Model) -> cp_model.CpSolver | None:
        """The solver if it proved that the model can't hold."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        left = min(self.until - self.watch.seconds, self.watch.left, CHECK)
        solver.parameters.max_time_in_seconds = max(0.0, left)
        with self.watch.running(solver.stop_search):
            status = solver.solve(model.cp)
        return solver if status == cp_model.INFEASIBLE else None


def together(rules: Iterable[Exceeded]) -> tuple[Exceeded, ...]:
    """Join rules that differ only in their people, then those that differ only in their days."""
    people: dict[tuple[str, str, tuple[int, ...]], set[str]] = defaultdict(set)
    for e in rules:
        people[e.rule, e.shift, e.days].update(e.people)
    days: dict[tuple[str, str, tuple[str, ...]], set[int]] = defaultdict(set)
    for (rule, shift, those), who in people.items():
        days[rule, shift, tuple(sorted(who))].update(those)
    joined = (
        Exceeded(rule, tuple(sorted(those)), who, shift)
        for (rule, shift, who), those in days.items()
    )
    return tuple(sorted(joined, key=lambda e: (e.days, e.rule, e.shift, e.people)))
