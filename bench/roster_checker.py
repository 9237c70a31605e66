"""Says what a roster for an instance of Curtois and Qu costs and every rule that it breaks.

Reads the instance by itself and counts day by day; it shares no code with the solver, so that a
mistake in one does not hide in the other. A roster is a mapping of staff id to a list of shift ids
by day, "" for a day off.

The benchmark's conventions: the horizon begins on a Monday; a row of shifts or of days off that
touches the first or the last day is not held to a least length; before the horizon nobody stood a
shift as far as the most in a row goes; a weekend counts if its Saturday or its Sunday is worked.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path


@dataclass
class Verdict:
    """What a roster costs and which rules it breaks, each as "person, rule, where"."""

    cost: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def feasible(self) -> bool:
        return not self.broken


def _lines(text: str) -> dict[str, list[list[str]]]:
    out: dict[str, list[list[str]]] = {}
    current: list[list[str]] = []
    for raw in text.replace("\ufeff", "").splitlines():
        line = raw.partition("#")[0].strip()
        if line.upper().startswith("SECTION"):
            current = out.setdefault(line.upper(), [])
        elif line:
            current.append([piece.strip() for piece in line.split(",")])
    return out


def check(instance: str, roster: Mapping[str, Sequence[str]]) -> Verdict:
    """Judge a roster by the text of an instance file."""
    parts = _lines(instance)
    horizon = int(parts["SECTION_HORIZON"][0][0])
    length: dict[str, int] = {}
    barred: set[tuple[str, str]] = set()
    for line in parts["SECTION_SHIFTS"]:
        length[line[0]] = int(line[1])
        for other in (line[2] if len(line) > 2 else "").split("|"):
            if other.strip():
                barred.add((line[0], other.strip()))
    verdict = Verdict()
    staff = {line[0]: line[1:] for line in parts["SECTION_STAFF"]}
    for name in sorted(set(roster) - set(staff)):
        verdict.broken.append(f"{name}, unknown, not on the staff")
    off = {
        (line[0], int(day)) for line in parts.get("SECTION_DAYS_OFF", []) for day in line[1:] if day
    }
    for name, limits in staff.items():
        days = list(roster.get(name, []))
        if len(days) != horizon:
            verdict.broken.append(f"{name}, days, {len(days)} instead of {horizon}")
            continue
        unknown = sorted({shift for shift in days if shift and shift not in length})
        if unknown:
            verdict.broken.append(f"{name}, unknown shift, {unknown}")
            continue
        _check_person(name, days, limits, length, barred, off, verdict)
    if all(len(roster.get(name, [])) == horizon for name in staff):
        verdict.cost = _cost(parts, roster)
    return verdict


def _check_person(
    name: str,
    days: list[str],
    limits: list[str],
    length: dict[str, int],
    barred: set[tuple[str, str]],
    off: set[tuple[str, int]],
    verdict: Verdict,
) -> None:
    def broken(rule: str, where: object) -> None:
        verdict.broken.append(f"{name}, {rule}, {where}")

    most_of = dict(pair.split("=") for pair in limits[0].split("|") if pair.strip())
    for shift, most in most_of.items():
        if days.count(shift.strip()) > int(most):
            broken("MaxShifts", shift)
    minutes = sum(length[shift] for shift in days if shift)
    if limits[1] and minutes > int(limits[1]):
        broken("MaxTotalMinutes", minutes)
    if limits[2] and minutes < int(limits[2]):
        broken("MinTotalMinutes", minutes)
    at = 0
    for works, run in groupby(days, key=bool):
        size = len(list(run))
        inner = at > 0 and at + size < len(days)
        if works and limits[3] and size > int(limits[3]):
            broken("MaxConsecutiveShifts", at)
        if works and inner and limits[4] and size < int(limits[4]):
            broken("MinConsecutiveShifts", at)
        if not works and inner and limits[5] and size < int(limits[5]):
            broken("MinConsecutiveDaysOff", at)
        at += size
    worked = sum(any(days[saturday : saturday + 2]) for saturday in range(5, len(days), 7))
    if limits[6] and worked > int(limits[6]):
        broken("MaxWeekends", worked)
    for day, shift in enumerate(days):
        if shift and (name, day) in off:
            broken("DaysOff", day)
        if shift and day + 1 < len(days) and (shift, days[day + 1]) in barred:
            broken("Succession", day)


def _cost(parts: dict[str, list[list[str]]], roster: Mapping[str, Sequence[str]]) -> int:
    cost = 0
    for name, day, shift, weight in parts.get("SECTION_SHIFT_ON_REQUESTS", []):
        if roster[name][int(day)] != shift:
            cost += int(weight)
    for name, day, shift, weight in parts.get("SECTION_SHIFT_OFF_REQUESTS", []):
        if roster[name][int(day)] == shift:
            cost += int(weight)
    for day, shift, needed, under, over in parts.get("SECTION_COVER", []):
        standing = sum(days[int(day)] == shift for days in roster.values())
        cost += max(0, int(needed) - standing) * int(under)
        cost += max(0, standing - int(needed)) * int(over)
    return cost


def main() -> None:
    """`roster_checker.py INSTANCE.txt ROSTER.json`: print the cost and what is broken."""
    instance, roster = (Path(argument).read_text(encoding="utf-8") for argument in sys.argv[1:3])
    verdict = check(instance, json.loads(roster))
    print("\n".join(verdict.broken))
    print(json.dumps({"cost": verdict.cost, "feasible": verdict.feasible}))


if __name__ == "__main__":
    main()
