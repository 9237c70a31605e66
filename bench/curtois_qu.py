"""Reads an employee shift scheduling instance of Curtois and Qu (2014) as a Problem.

The format: sections of comma-separated lines under SECTION_ names; `#` begins a comment. A day off
binds, a request that is not met costs its weight, cover too low or too high costs its two weights.
"""

from collections import defaultdict
from pathlib import Path

from huiyin.parts.duty.solving.problem import FREE, Cover, Person, Problem, Shift, Wish


def sections(text: str) -> dict[str, list[list[str]]]:
    """The fields of each line under each section's name (without SECTION_)."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    name = ""
    for raw in text.lstrip("\ufeff").splitlines():
        line = raw.split("#", 1)[0].strip()
        if line.upper().startswith("SECTION_"):
            name = line.upper().removeprefix("SECTION_")
        elif line:
            found[name].append([field.strip() for field in line.split(",")])
    return found


def _number(field: str) -> int | None:
    return int(field) if field else None


def _parts(field: str) -> list[str]:
    return [part.strip() for part in field.split("|") if part.strip()]


def read(path: Path) -> Problem:
    """The Problem in a file. Raises ValueError or KeyError on a file that is not one."""
    found = sections(path.read_text(encoding="utf-8"))
    horizon = int(found["HORIZON"][0][0])
    shifts = tuple(
        Shift(
            line[0],
            int(line[1]),
            not_before=frozenset(_parts(line[2])) if len(line) > 2 else frozenset(),
        )
        for line in found["SHIFTS"]
    )
    off: dict[str, set[int]] = defaultdict(set)
    for name, *days in found["DAYS_OFF"]:
        off[name].update(int(day) for day in days if day)
    people = tuple(_person(line, shifts, off) for line in found["STAFF"])
    return Problem(
        days=horizon,
        shifts=shifts,
        people=people,
        cover=tuple(
            Cover(int(day), shift, int(needed), under=int(under) or FREE, over=int(over) or FREE)
            for day, shift, needed, under, over in found["COVER"]
        ),
        wishes=tuple(
            Wish(person, int(day), shift, wanted, int(weight))
            for section, wanted in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False))
            for person, day, shift, weight in found[section]
        ),
    )


def _person(line: list[str], shifts: tuple[Shift, ...], off: dict[str, set[int]]) -> Person:
    name, limits, most, least, most_row, least_row, least_off, most_weekends = line[:8]
    most_of = {}
    for part in _parts(limits):
        shift, number = part.split("=")
        most_of[shift.strip()] = int(number)
    return Person(
        id=name,
        serves=frozenset(s.id for s in shifts if most_of.get(s.id, 1) > 0),
        most_of={shift: number for shift, number in most_of.items() if number > 0},
        most_minutes=_number(most),
        least_minutes=_number(least),
        most_in_row=_number(most_row),
        least_in_row=_number(least_row),
        least_off_in_row=_number(least_off),
        most_weekends=_number(most_weekends),
        off=frozenset(off[name]),
    )
