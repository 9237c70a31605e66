"""Make the unit: 40 people, 3 points, 24 h, 31 days, one public holiday, a past of two years.

The month is October 2026 (its first day, a Thursday, is the holiday). Each point has an early, a
late and a night shift; every shift needs a leader, the desk by day an interpreter. What comes out
is plain JSON, so that the solver, the peer and the checker each read it in their own way.
"""

from __future__ import annotations

import random
from typing import Any

DAYS = 31
FIRST_WEEKDAY = 3
HOLIDAYS = {0}
REST = 11 * 60
LENGTH = 8 * 60
HOURS = {"early": 6 * 60, "late": 14 * 60, "night": 22 * 60}
POINTS = {
    "desk": {"early": 3, "late": 3, "night": 2},
    "line": {"early": 3, "late": 3, "night": 2},
    "gate": {"early": 2, "late": 2, "night": 1},
}
WEIGHTS = {"weekday": 1, "night": 2, "weekend": 3, "holiday": 5, "all": 1}
PAST = {"weekday": 210.0, "night": 95.0, "weekend": 110.0, "holiday": 14.0}
PEOPLE = 40
LEADERS = 22
INTERPRETERS = 12
Case = dict[str, Any]


def make(seed: int) -> Case:
    """The unit of this seed, as JSON."""
    dice = random.Random(seed)
    shifts = [
        {"id": f"{point}-{name}", "starts": starts, "minutes": LENGTH}
        for point in POINTS
        for name, starts in HOURS.items()
    ]
    people = [_person(number, dice) for number in range(PEOPLE)]
    return {
        "days": DAYS,
        "first_weekday": FIRST_WEEKDAY,
        "rest": REST,
        "shifts": shifts,
        "people": people,
        "cover": [_cover(day, point, name) for day in range(DAYS) for point in POINTS for name in HOURS],
        "classes": [
            [day, shift["id"], _class(day, str(shift["id"]))] for day in range(DAYS) for shift in shifts
        ],
        "weights": WEIGHTS,
        "wishes": _wishes(people, dice),
    }  # fmt: skip


def _class(day: int, shift: str) -> str:
    if day in HOLIDAYS:
        return "holiday"
    if (day + FIRST_WEEKDAY) % 7 >= 5:
        return "weekend"
    return "night" if shift.endswith("night") else "weekday"


def _cover(day: int, point: str, name: str) -> Case:
    skills = {"interpreter": 1} if point == "desk" and name != "night" else {}
    return {
        "day": day, "shift": f"{point}-{name}", "needed": POINTS[point][name],
        "leaders": 1, "skills": skills,
    }  # fmt: skip


def _person(number: int, dice: random.Random) -> Case:
    """One person: two points of three (one in four: all), every twelfth no nights."""
    names = list(POINTS)
    mine = [names[number % 3], names[(number + 1 + number // 3 % 2) % 3]]
    if number % 4 == 0:
        mine = names
    nights = number % 12 != 11
    serves = [f"{point}-{name}" for point in mine for name in HOURS if nights or name != "night"]
    share = 0.5 if number % 13 == 12 else 1.0
    off, forbidden = _away(number, dice)
    before: list[str | None] = [None] * 7
    for back in range(1, 1 + dice.choice([0, 0, 1, 2, 3])):
        before[-back] = f"{mine[0]}-early"
    if before[-1] is None and nights and dice.random() < 0.2:
        before[-1] = f"{mine[0]}-night"
    past = PAST if nights else PAST | {"weekday": PAST["weekday"] + PAST["night"], "night": 0.0}
    served = {
        kind: float(max(0, round(share * number + dice.gauss(0, 1.5 if number < 20 else 3))))
        for kind, number in past.items()
        if number
    }
    return {
        "id": f"p{number + 1:02}",
        "serves": serves,
        "leads": serves if number * LEADERS // PEOPLE != (number + 1) * LEADERS // PEOPLE else [],
        "skills": ["interpreter"] if dice.random() < INTERPRETERS / PEOPLE or number < 4 else [],
        "most_week_minutes": 5 * LENGTH if share == 1.0 else 3 * LENGTH,
        "most_in_row": 5,
        "most_weekends": 4,
        "off": off,
        "forbidden": forbidden,
        "fixed": [],
        "before": before,
        "served": served,
        "share": share,
    }


def _away(number: int, dice: random.Random) -> tuple[list[int], list[list[Any]]]:
    """Leave for one in three, from three days to a week; a training by day for one in five."""
    off: list[int] = []
    if number % 3 == 1:
        length = dice.randint(3, 7)
        first = dice.randint(0, DAYS - length)
        off = list(range(first, first + length))
    forbidden: list[list[Any]] = []
    if number % 5 == 2:
        day = dice.randrange(1, DAYS)
        forbidden = [[day, f"{point}-early"] for point in POINTS]
    return off, forbidden


def _wishes(people: list[Case], dice: random.Random) -> list[Case]:
    """Three wishes each: a shift on a day, or none of a day's nights."""
    wishes = []
    for person in people:
        for _ in range(3):
            day = dice.randrange(DAYS)
            wishes.append(
                {
                    "person": person["id"], "day": day, "shift": dice.choice(person["serves"]),
                    "wanted": dice.random() < 0.4, "weight": dice.randint(1, 3),
                }
            )  # fmt: skip
    return wishes
