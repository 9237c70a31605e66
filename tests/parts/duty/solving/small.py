"""Small problems for the solver's tests, and every roster of one, judged without the solver."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from huiyin.parts.duty.solving.problem import (
    Cover,
    Outcome,
    Person,
    Problem,
    Progress,
    Roster,
    Shift,
)
from huiyin.parts.duty.solving.solve import solve

DAY = Shift("day", 8 * 60, 8 * 60)
NIGHT = Shift("night", 8 * 60, 22 * 60)


def one_a_day(days: int, needed: int = 1, leaders: int = 0) -> tuple[Cover, ...]:
    """The day shift covered on each of so many days."""
    return tuple(Cover(day, "day", needed, leaders=leaders) for day in range(days))


def people(names: str, **rest: object) -> tuple[Person, ...]:
    """A person for each letter, all alike."""
    return tuple(Person(name, **rest) for name in names)  # type: ignore[arg-type]


def solved(
    problem: Problem,
    *,
    seconds: float = 20.0,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _: None,
    **rest: object,
) -> Outcome:
    """What solving a problem gives."""
    return solve(problem, seconds=seconds, stop=stop, progress=progress, **rest)  # type: ignore[arg-type]


def rosters(problem: Problem) -> Iterator[Roster]:
    """Every roster in which each person stands only what they serve."""
    rows = []
    for person in problem.people:
        may = [s.id for s in problem.shifts if person.serves is None or s.id in person.serves]
        rows.append(itertools.product([None, *may], repeat=problem.days))
    names = [person.id for person in problem.people]
    for choice in itertools.product(*(list(row) for row in rows)):
        yield Roster(dict(zip(names, choice, strict=True)))


def holds(problem: Problem, roster: Roster) -> bool:
    """Whether a roster holds cover, leaders, rest, leave, rows and hours (hard ones)."""
    return all(_person_holds(problem, p, roster.days[p.id]) for p in problem.people) and all(
        _cover_holds(problem, cover, roster) for cover in problem.cover
    )


def _cover_holds(problem: Problem, cover: Cover, roster: Roster) -> bool:
    there = [p for p in problem.people if roster.days[p.id][cover.day] == cover.shift]
    return (
        len(there) == cover.needed
        and sum(cover.shift in p.leads for p in there) >= cover.leaders
        and all(sum(s in p.skills for p in there) >= n for s, n in cover.skills.items())
    )


def _person_holds(problem: Problem, person: Person, row: tuple[str | None, ...]) -> bool:
    times = {shift.id: shift for shift in problem.shifts}
    stood = [(day, times[shift]) for day, shift in enumerate(row) if shift is not None]
    rests = all(
        (then - day) * 24 * 60 + late.starts - early.starts - early.minutes >= problem.rest
        for (day, early), (then, late) in itertools.pairwise(stood)
    )
    run = longest = 0
    for shift in row:
        run = run + 1 if shift is not None else 0
        longest = max(longest, run)
    return (
        rests
        and not any(day in person.off for day, _ in stood)
        and (person.most_in_row is None or longest <= person.most_in_row)
        and all(
            person.most_week_minutes is None or sum(week) <= person.most_week_minutes
            for week in _weeks(problem, stood)
        )
    )


def _weeks(problem: Problem, stood: list[tuple[int, Shift]]) -> list[list[int]]:
    weeks: dict[int, list[int]] = {}
    for day, shift in stood:
        weeks.setdefault((day + problem.first_weekday) // 7, []).append(shift.minutes)
    return list(weeks.values())
