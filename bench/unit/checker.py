"""The unit's rules and costs by themselves: nothing here is shared with the solver or the peer.

`check(case, answer)` reads plain JSON on both sides and recomputes every hard rule, the cost of
fairness by the published measure (docs/benchmarks.md), and the wishes that were not met.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

Case = dict[str, Any]
DAY = 24 * 60


def check(case: Case, answer: Case) -> Case:
    """What is wrong with an answer (`broken`, sentences) and what it costs."""
    rows: dict[str, list[str | None]] = answer["days"]
    broken = [*_people(case, rows), *_shifts(case, rows)]
    if "leaders" in answer:
        broken += _leaders(case, rows, answer["leaders"])
    return {
        "feasible": not broken,
        "broken": broken,
        "fairness": fairness(case, rows),
        "wishes": sum(
            wish["weight"]
            for wish in case["wishes"]
            if (rows[wish["person"]][wish["day"]] == wish["shift"]) is not wish["wanted"]
        ),
    }


def _people(case: Case, rows: dict[str, list[str | None]]) -> list[str]:
    times = {s["id"]: (s["starts"], s["starts"] + s["minutes"]) for s in case["shifts"]}
    broken = []
    for person in case["people"]:
        name, row = person["id"], rows[person["id"]]
        if len(row) != case["days"]:
            broken.append(f"{name}: {len(row)} days")
        forbidden = {(day, shift) for day, shift in person["forbidden"]}
        for day, shift in enumerate(row):
            if shift is None:
                continue
            if shift not in person["serves"]:
                broken.append(f"{name} does not serve {shift}")
            if day in person["off"] or (day, shift) in forbidden:
                broken.append(f"{name} is away on day {day}")
        broken += [f"{name} is fixed on day {d}" for d, shift in person["fixed"] if row[d] != shift]
        whole = [*person["before"], *row]
        past = len(person["before"])
        spans = [
            ((day - past) * DAY + times[shift][0], (day - past) * DAY + times[shift][1])
            for day, shift in enumerate(whole)
            if shift is not None
        ]
        broken += [
            f"{name} rests {(then - end) / 60} h before minute {then}"
            for (_, end), (then, _) in pairwise(spans)
            if then - end < case["rest"] and then >= 0
        ]
        broken += _sums(case, person, whole, past, times)
    return broken


def _sums(
    case: Case, person: Case, whole: list[str | None], past: int, times: dict[str, tuple[int, int]]
) -> list[str]:
    name, broken = person["id"], []
    weeks: dict[int, int] = {}
    weekends = set()
    run = 0
    for place, shift in enumerate(whole):
        day = place - past
        run = run + 1 if shift is not None else 0
        if day >= 0 and run > person["most_in_row"]:
            broken.append(f"{name} has {run} days in a row by day {day}")
        if shift is None:
            continue
        week, weekday = divmod(day + case["first_weekday"], 7)
        weeks[week] = weeks.get(week, 0) + times[shift][1] - times[shift][0]
        if weekday >= 5 and day >= 0:
            weekends.add(week)
    broken += [
        f"{name} has {minutes} minutes in week {week}"
        for week, minutes in weeks.items()
        if week >= 0 and minutes > person["most_week_minutes"]
    ]
    if len(weekends) > person["most_weekends"]:
        broken.append(f"{name} has {len(weekends)} weekends")
    return broken


def _shifts(case: Case, rows: dict[str, list[str | None]]) -> list[str]:
    broken = []
    for cover in case["cover"]:
        day, shift = cover["day"], cover["shift"]
        there = [p for p in case["people"] if rows[p["id"]][day] == shift]
        if len(there) != cover["needed"]:
            broken.append(f"{shift} of day {day} has {len(there)}")
        if sum(shift in p["leads"] for p in there) < cover["leaders"]:
            broken.append(f"{shift} of day {day} has no leader")
        for skill, number in cover["skills"].items():
            if sum(skill in p["skills"] for p in there) < number:
                broken.append(f"{shift} of day {day} has no {skill}")
    return broken


def _leaders(case: Case, rows: dict[str, list[str | None]], leaders: list[Any]) -> list[str]:
    may = {(p["id"], shift) for p in case["people"] for shift in p["leads"]}
    named = {(day, shift): who for day, shift, who in leaders}
    broken = []
    for cover in case["cover"]:
        who = named.get((cover["day"], cover["shift"]), [])
        if len(who) < cover["leaders"]:
            broken.append(f"{cover['shift']} of day {cover['day']} names no leader")
        for name in who:
            if rows[name][cover["day"]] != cover["shift"] or (name, cover["shift"]) not in may:
                broken.append(f"{name} can't lead {cover['shift']} of day {cover['day']}")
    return broken


def tables(case: Case) -> dict[str, dict[str, list[int]]]:
    """For each person and class the cost of standing 0, 1, 2, … shifts of it in the month."""
    kinds: dict[str, int] = {}
    kind_of = {(day, shift): kind for day, shift, kind in case["classes"]}
    for cover in case["cover"]:
        kind = kind_of[cover["day"], cover["shift"]]
        kinds[kind] = kinds.get(kind, 0) + cover["needed"]
    may = {
        p["id"]: {kind for (_, shift), kind in kind_of.items() if shift in p["serves"]}
        for p in case["people"]
    }
    due: dict[str, dict[str, Fraction]] = {p["id"]: {} for p in case["people"]}
    for kind, needed in [*kinds.items(), ("all", sum(kinds.values()))]:
        able = [p for p in case["people"] if kind == "all" or kind in may[p["id"]]]
        stood = {p["id"]: _stood(p, kind, kinds) for p in able}
        whole = needed + sum(stood.values())
        shares = sum(Fraction(p["share"]) for p in able)
        for p in able:
            due[p["id"]][kind] = whole * Fraction(p["share"]) / shares - stood[p["id"]]
    lightest = min(kinds, key=lambda kind: (case["weights"][kind], -kinds[kind]))
    for numbers in due.values():
        if lightest in numbers:
            rest = sum(n for kind, n in numbers.items() if kind not in {"all", lightest})
            numbers[lightest] = numbers["all"] - rest
    shares_of = {p["id"]: Fraction(p["share"]) for p in case["people"]}
    return {
        name: {
            kind: [
                case["weights"][kind] * round(100 * (x - number) ** 2 / shares_of[name])
                for x in range(case["days"] + 1)
            ]
            for kind, number in numbers.items()
        }
        for name, numbers in due.items()
    }


def _stood(person: Case, kind: str, kinds: dict[str, int]) -> Fraction:
    past = person["served"]
    if kind == "all":
        return sum((Fraction(past.get(k, 0)) for k in kinds), Fraction())
    return Fraction(past.get(kind, 0))


def fairness(case: Case, rows: dict[str, list[str | None]]) -> int:
    """The cost of how duty is shared out."""
    kind_of = {(day, shift): kind for day, shift, kind in case["classes"]}
    total = 0
    for name, costs in tables(case).items():
        stood = dict.fromkeys(costs, 0)
        for day, shift in enumerate(rows[name]):
            if shift is not None:
                stood["all"] += 1
                stood[kind_of[day, shift]] += 1
        total += sum(costs[kind][number] for kind, number in stood.items())
    return total
