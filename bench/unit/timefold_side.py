"""The peer's side, run by the Python of its own environment: the unit as Timefold has it.

    python timefold_side.py CASE.json SECONDS SEED > ANSWER.json

Hard score: every hard rule; medium: fairness by the same table of costs; soft: wishes. Everything
else is Timefold's default (construction heuristic, then late acceptance with changes and swaps).
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Annotated

from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    EnvironmentMode,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardMediumSoftScore,
    Joiners,
    constraint_provider,
)

DAY = 1440


@dataclass(unsafe_hash=True)
class Person:
    id: Annotated[str, PlanningId]
    most_in_row: int = field(hash=False, default=0)
    most_weekends: int = field(hash=False, default=0)
    most_week: int = field(hash=False, default=0)
    run_before: int = field(hash=False, default=0)
    week_before: int = field(hash=False, default=0)
    leads: bool = field(hash=False, default=False)
    interprets: bool = field(hash=False, default=False)
    able: dict[str, int] = field(hash=False, default_factory=dict)


@dataclass(unsafe_hash=True)
class Load:
    id: int
    person: Person = field(hash=False)
    kind: str = field(hash=False)
    whole: bool = field(hash=False)
    costs: list[int] = field(hash=False)


@dataclass(unsafe_hash=True)
class Wish:
    id: int
    person: str = field(hash=False)
    place: str = field(hash=False)
    wanted: bool = field(hash=False)
    weight: int = field(hash=False)


@planning_entity
@dataclass(unsafe_hash=True)
class Slot:
    id: Annotated[int, PlanningId]
    day: int = field(hash=False)
    week: int = field(hash=False)
    weekend: int = field(hash=False)
    place: str = field(hash=False)
    kind: str = field(hash=False)
    starts: int = field(hash=False)
    ends: int = field(hash=False)
    rest: int = field(hash=False)
    leaders: int = field(hash=False)
    interpreters: int = field(hash=False)
    person: Annotated[Person | None, PlanningVariable] = field(hash=False, default=None)


def cannot(slot: Slot) -> bool:
    return slot.place not in slot.person.able


def too_near(one: Slot, other: Slot) -> bool:
    if one.starts <= other.starts:
        return one.day == other.day or other.starts - one.ends < one.rest
    return one.day == other.day or one.starts - other.ends < one.rest


def over_week(person: Person, week: int, minutes: int) -> int:
    total = minutes
    if week == 0:
        total = minutes + person.week_before
    if total > person.most_week:
        return (total - person.most_week) // 60
    return 0


def over_row(person: Person, first: Slot, length: int) -> int:
    days = length
    if first.day == 0:
        days = length + person.run_before
    if days > person.most_in_row:
        return days - person.most_in_row
    return 0


@constraint_provider
def rules(f: ConstraintFactory) -> list[Constraint]:
    return [
        f.for_each(Slot).filter(cannot).penalize(HardMediumSoftScore.ONE_HARD).as_constraint("may"),
        f.for_each_unique_pair(Slot, Joiners.equal(lambda s: s.person))
        .filter(too_near)
        .penalize(HardMediumSoftScore.ONE_HARD)
        .as_constraint("rest"),
        f.for_each(Slot)
        .group_by(
            lambda s: s.person,
            lambda s: s.week,
            ConstraintCollectors.sum(lambda s: s.ends - s.starts),
        )
        .filter(lambda p, w, m: over_week(p, w, m) > 0)
        .penalize(HardMediumSoftScore.ONE_HARD, over_week)
        .as_constraint("week"),
        f.for_each(Slot)
        .group_by(
            lambda s: s.person, ConstraintCollectors.to_consecutive_sequences(lambda s: s.day)
        )
        .flatten_last(lambda chain: chain.getConsecutiveSequences())
        .filter(lambda p, row: over_row(p, row.getFirstItem(), row.getLength()) > 0)
        .penalize(
            HardMediumSoftScore.ONE_HARD,
            lambda p, row: over_row(p, row.getFirstItem(), row.getLength()),
        )
        .as_constraint("row"),
        f.for_each(Slot)
        .filter(lambda s: s.weekend >= 0)
        .group_by(lambda s: s.person, ConstraintCollectors.count_distinct(lambda s: s.weekend))
        .filter(lambda p, number: number > p.most_weekends)
        .penalize(HardMediumSoftScore.ONE_HARD, lambda p, number: number - p.most_weekends)
        .as_constraint("weekends"),
        f.for_each(Slot)
        .filter(lambda s: s.leaders > 0)
        .group_by(lambda s: s.place, ConstraintCollectors.sum(lambda s: 1 if s.person.leads else 0))
        .filter(lambda place, leaders: leaders < 1)
        .penalize(HardMediumSoftScore.ONE_HARD)
        .as_constraint("leader"),
        f.for_each(Slot)
        .filter(lambda s: s.interpreters > 0)
        .group_by(
            lambda s: s.place, ConstraintCollectors.sum(lambda s: 1 if s.person.interprets else 0)
        )
        .filter(lambda place, able: able < 1)
        .penalize(HardMediumSoftScore.ONE_HARD)
        .as_constraint("interpreter"),
        f.for_each(Load)
        .filter(lambda load: not load.whole)
        .join(
            Slot,
            Joiners.equal(lambda load: load.person, lambda s: s.person),
            Joiners.equal(lambda load: load.kind, lambda s: s.kind),
        )
        .group_by(lambda load, s: load, ConstraintCollectors.count_bi())
        .penalize(HardMediumSoftScore.ONE_MEDIUM, lambda load, number: load.costs[number])
        .as_constraint("fair class"),
        f.for_each(Load)
        .filter(lambda load: not load.whole)
        .if_not_exists(
            Slot,
            Joiners.equal(lambda load: load.person, lambda s: s.person),
            Joiners.equal(lambda load: load.kind, lambda s: s.kind),
        )
        .penalize(HardMediumSoftScore.ONE_MEDIUM, lambda load: load.costs[0])
        .as_constraint("fair class, none"),
        f.for_each(Load)
        .filter(lambda load: load.whole)
        .join(Slot, Joiners.equal(lambda load: load.person, lambda s: s.person))
        .group_by(lambda load, s: load, ConstraintCollectors.count_bi())
        .penalize(HardMediumSoftScore.ONE_MEDIUM, lambda load, number: load.costs[number])
        .as_constraint("fair whole"),
        f.for_each(Load)
        .filter(lambda load: load.whole)
        .if_not_exists(Slot, Joiners.equal(lambda load: load.person, lambda s: s.person))
        .penalize(HardMediumSoftScore.ONE_MEDIUM, lambda load: load.costs[0])
        .as_constraint("fair whole, none"),
        f.for_each(Wish)
        .filter(lambda w: w.wanted)
        .if_not_exists(
            Slot,
            Joiners.equal(lambda w: w.place, lambda s: s.place),
            Joiners.equal(lambda w: w.person, lambda s: s.person.id),
        )
        .penalize(HardMediumSoftScore.ONE_SOFT, lambda w: w.weight)
        .as_constraint("wanted"),
        f.for_each(Wish)
        .filter(lambda w: not w.wanted)
        .if_exists(
            Slot,
            Joiners.equal(lambda w: w.place, lambda s: s.place),
            Joiners.equal(lambda w: w.person, lambda s: s.person.id),
        )
        .penalize(HardMediumSoftScore.ONE_SOFT, lambda w: w.weight)
        .as_constraint("unwanted"),
    ]


@planning_solution
@dataclass
class Month:
    people: Annotated[list[Person], ProblemFactCollectionProperty, ValueRangeProvider]
    wishes: Annotated[list[Wish], ProblemFactCollectionProperty]
    loads: Annotated[list[Load], ProblemFactCollectionProperty]
    slots: Annotated[list[Slot], PlanningEntityCollectionProperty]
    score: Annotated[HardMediumSoftScore | None, PlanningScore] = field(default=None)


def month(case: dict) -> Month:
    """The case as Timefold has it; what happened before the month is worked into each person."""
    shifts = {s["id"]: s for s in case["shifts"]}
    first = case["first_weekday"]
    people = []
    for p in case["people"]:
        before = p["before"]
        run = 0
        for shift in reversed(before):
            if shift is None:
                break
            run += 1
        ends = -(10**6)
        if before[-1] is not None:
            ends = shifts[before[-1]]["starts"] + shifts[before[-1]]["minutes"] - DAY
        forbidden = {(day, shift) for day, shift in p["forbidden"]}
        able = {
            f"{day} {shift}": 1
            for day in range(case["days"])
            for shift in p["serves"]
            if day not in p["off"]
            and (day, shift) not in forbidden
            and day * DAY + shifts[shift]["starts"] - ends >= case["rest"]
        }
        minutes = sum(shifts[s]["minutes"] for s in before[len(before) - first :] if s)
        people.append(
            Person(
                p["id"], p["most_in_row"], p["most_weekends"], p["most_week_minutes"], run, minutes,
                bool(p["leads"]), "interpreter" in p["skills"], able,
            )
        )  # fmt: skip
    kinds = {(day, shift): kind for day, shift, kind in case["classes"]}
    slots = []
    for c in case["cover"]:
        day, shift = c["day"], shifts[c["shift"]]
        week, weekday = divmod(day + first, 7)
        starts = day * DAY + shift["starts"]
        for _ in range(c["needed"]):
            slots.append(
                Slot(
                    len(slots), day, week, week if weekday >= 5 else -1, f"{day} {shift['id']}",
                    kinds[day, shift["id"]], starts, starts + shift["minutes"], case["rest"],
                    c["leaders"], c["skills"].get("interpreter", 0),
                )
            )  # fmt: skip
    wishes = [
        Wish(number, w["person"], f"{w['day']} {w['shift']}", w["wanted"], w["weight"])
        for number, w in enumerate(case["wishes"])
    ]
    loads = []
    for p, person in zip(case["people"], people, strict=True):
        for kind, costs in p["costs"].items():
            loads.append(Load(len(loads), person, kind, kind == "all", [*costs, *costs[-1:] * 40]))
    return Month(people, wishes, loads, slots)


def main() -> None:
    case = json.load(open(sys.argv[1]))  # noqa: SIM115
    solver = SolverFactory.create(
        SolverConfig(
            solution_class=Month,
            entity_class_list=[Slot],
            score_director_factory_config=ScoreDirectorFactoryConfig(
                constraint_provider_function=rules
            ),
            termination_config=TerminationConfig(spent_limit=Duration(seconds=int(sys.argv[2]))),
            environment_mode=EnvironmentMode.NO_ASSERT,
            random_seed=int(sys.argv[3]),
        )
    ).build_solver()
    best = solver.solve(month(case))
    rows = {p["id"]: [None] * case["days"] for p in case["people"]}
    doubled = 0
    for slot in best.slots:
        if slot.person is None:
            continue
        row = rows[slot.person.id]
        doubled += row[slot.day] is not None
        row[slot.day] = slot.place.split(" ")[1]
    print(json.dumps({"days": rows, "score": str(best.score), "doubled": doubled}))


if __name__ == "__main__":
    main()
