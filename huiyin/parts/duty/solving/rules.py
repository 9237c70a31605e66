"""The rules that a roster must hold, one function a rule, each yielding linear constraints.

A name in `Exceeded.rule` is the name of the function that makes it, but for cover, which has four:
too_few, too_many, leaders, skill. What was stood before day 0 counts in successions, rest, weeks
and rows; a row that reaches back beyond what is known of it is not held to a least length.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from ortools.sat.python.cp_model import LinearExpr

from huiyin.parts.duty.solving.model import Model, Rule, weekends
from huiyin.parts.duty.solving.problem import HARD, Exceeded, Person, Problem, Shift

DAY = 24 * 60


def off(model: Model) -> Iterator[Rule]:
    """Nobody stands a shift on a day off (leave)."""
    for person in model.problem.people:
        for day in sorted(person.off):
            if 0 <= day < model.problem.days:
                yield Rule(Exceeded("off", (day,), (person.id,)), model.busy(person, day) == 0)


def fixed(model: Model) -> Iterator[Rule]:
    """Whoever is fixed to a shift stands it."""
    for person in model.problem.people:
        for day, shift in sorted(person.fixed.items()):
            about = Exceeded("fixed", (day,), (person.id,), shift)
            yield Rule(about, model.stands(person, day, shift) == 1)


def forbidden(model: Model) -> Iterator[Rule]:
    """Nobody stands a shift that is forbidden to them on that day."""
    for person in model.problem.people:
        for day, shift in sorted(person.forbidden):
            about = Exceeded("forbidden", (day,), (person.id,), shift)
            yield Rule(about, model.stands(person, day, shift) == 0)


def too_soon(problem: Problem) -> dict[tuple[str, int], list[str]]:
    """For each shift and number of days later (1, 2, …) the shifts that may not follow, for rest."""
    followers: dict[tuple[str, int], list[str]] = defaultdict(list)
    for first in problem.shifts:
        ends = first.starts + first.minutes
        for then in problem.shifts:
            later = 1
            while later * DAY + then.starts - ends < problem.rest:
                followers[first.id, later].append(then.id)
                later += 1
    return dict(followers)


def rest(model: Model) -> Iterator[Rule]:
    """Between the end of a shift and the start of the next there are `rest` minutes."""
    followers = too_soon(model.problem)
    yield from _successions(model, "rest", followers)


def not_before(model: Model) -> Iterator[Rule]:
    """A shift is not followed on the next day by one that its `not_before` names."""
    followers = {(s.id, 1): sorted(s.not_before) for s in model.problem.shifts if s.not_before}
    yield from _successions(model, "not_before", followers)


def _successions(
    model: Model, name: str, followers: dict[tuple[str, int], list[str]]
) -> Iterator[Rule]:
    for person in model.problem.people:
        for (shift, later), those in followers.items():
            for day in range(-later, model.problem.days - later):
                first = model.stands(person, day, shift)
                then = [model.stands(person, day + later, s) for s in those]
                if (isinstance(first, int) and not first) or all(isinstance(v, int) for v in then):
                    continue
                about = Exceeded(name, (day, day + later), (person.id,), shift)
                yield Rule(about, first + LinearExpr.sum(then) <= 1)


def most_of(model: Model) -> Iterator[Rule]:
    """Nobody stands a shift more often than they may in all."""
    for person in model.problem.people:
        for shift, most in sorted(person.most_of.items()):
            if most < model.problem.days:
                count = LinearExpr.sum(
                    [model.stands(person, day, shift) for day in range(model.problem.days)]
                )
                yield Rule(Exceeded("most_of", (), (person.id,), shift), count <= most)


def _minutes(model: Model, person: Person, days: range) -> LinearExpr:
    places = [(day, shift) for day in days for shift in model.problem.shifts]
    return LinearExpr.weighted_sum(
        [model.stands(person, day, shift.id) for day, shift in places],
        [shift.minutes for _, shift in places],
    )


def least_minutes(model: Model) -> Iterator[Rule]:
    """Everybody stands at least so many minutes in all."""
    for person in model.problem.people:
        if person.least_minutes:
            total = _minutes(model, person, range(model.problem.days))
            about = Exceeded("least_minutes", (), (person.id,))
            yield Rule(about, total >= person.least_minutes)


def most_minutes(model: Model) -> Iterator[Rule]:
    """Nobody stands more minutes in all than they may."""
    for person in model.problem.people:
        if person.most_minutes is not None:
            total = _minutes(model, person, range(model.problem.days))
            yield Rule(Exceeded("most_minutes", (), (person.id,)), total <= person.most_minutes)


def most_week_minutes(model: Model) -> Iterator[Rule]:
    """Nobody stands more minutes in a week, Monday to Sunday, than they may."""
    for person in model.problem.people:
        if person.most_week_minutes is None:
            continue
        for monday in range(-model.problem.first_weekday, model.problem.days, 7):
            week = range(monday, min(monday + 7, model.problem.days))
            about = Exceeded("most_week_minutes", tuple(week), (person.id,))
            yield Rule(about, _minutes(model, person, week) <= person.most_week_minutes)


def most_in_row(model: Model) -> Iterator[Rule]:
    """Nobody stands shifts on more days in a row than they may."""
    for person in model.problem.people:
        most = person.most_in_row
        if most is None:
            continue
        for day in range(-min(most, len(person.before)), model.problem.days - most):
            row = range(day, day + most + 1)
            total = LinearExpr.sum([model.busy(person, d) for d in row])
            yield Rule(Exceeded("most_in_row", tuple(row), (person.id,)), total <= most)


def least_in_row(model: Model) -> Iterator[Rule]:
    """Shifts come on at least so many days in a row."""
    for person in model.problem.people:
        for row in _short_rows(model, person, person.least_in_row):
            before, *inside, after = [model.busy(person, day) for day in row]
            about = Exceeded("least_in_row", tuple(row[1:-1]), (person.id,))
            yield Rule(about, before - LinearExpr.sum(inside) + after >= 1 - len(inside))


def least_off_in_row(model: Model) -> Iterator[Rule]:
    """Days off come at least so many in a row."""
    for person in model.problem.people:
        for row in _short_rows(model, person, person.least_off_in_row):
            before, *inside, after = [model.busy(person, day) for day in row]
            about = Exceeded("least_off_in_row", tuple(row[1:-1]), (person.id,))
            yield Rule(about, before - LinearExpr.sum(inside) + after <= 1)


def _short_rows(model: Model, person: Person, least: int | None) -> Iterator[range]:
    """Each row of days that is too short, with the day before it and the day after it."""
    for length in range(1, least or 1):
        for first in range(-len(person.before), model.problem.days - length - 1):
            row = range(first, first + length + 2)
            if row[-1] >= 0:
                yield row


def most_weekends(model: Model) -> Iterator[Rule]:
    """Nobody stands shifts on more weekends (Saturday, Sunday or both) than they may."""
    numbers = range(len(weekends(model.problem)))
    for person in model.problem.people:
        if person.most_weekends is not None:
            total = LinearExpr.sum([model.weekend[person.id, number] for number in numbers])
            about = Exceeded("most_weekends", (), (person.id,))
            yield Rule(about, total <= person.most_weekends)


def cover(model: Model) -> Iterator[Rule]:
    """Each shift has the people it needs (where that is hard), its leaders and its skills."""
    for wanted in model.problem.cover:
        day, shift = wanted.day, wanted.shift
        standing = model.standing(day, shift)
        total = LinearExpr.sum([var for _, var in standing])
        if wanted.under == HARD and wanted.needed > 0:
            yield Rule(Exceeded("too_few", (day,), (), shift), total >= wanted.needed)
        if wanted.over == HARD:
            yield Rule(Exceeded("too_many", (day,), (), shift), total <= wanted.needed)
        if wanted.leaders:
            able = LinearExpr.sum([var for person, var in standing if shift in person.leads])
            yield Rule(Exceeded("leaders", (day,), (), shift), able >= wanted.leaders)
        for skill, number in sorted(wanted.skills.items()):
            able = LinearExpr.sum([var for person, var in standing if skill in person.skills])
            yield Rule(Exceeded("skill", (day,), (), shift), able >= number)


FAMILIES: tuple[Callable[[Model], Iterator[Rule]], ...] = (
    off,
    fixed,
    forbidden,
    rest,
    not_before,
    most_of,
    least_minutes,
    most_minutes,
    most_week_minutes,
    most_in_row,
    least_in_row,
    least_off_in_row,
    most_weekends,
    cover,
)


def every(model: Model) -> Iterator[Rule]:
    """All rules of a problem."""
    for family in FAMILIES:
        yield from family(model)


__all__ = ["FAMILIES", "Shift", "every", "too_soon"]
