"""The unit as our solver reads it, and its roster as the checker reads it."""

from __future__ import annotations

from typing import Any

from huiyin.parts.duty.solving.problem import Cover, Person, Problem, Roster, Shift, Wish

Case = dict[str, Any]


def problem(case: Case) -> Problem:
    """The case as a Problem."""
    return Problem(
        days=case["days"],
        shifts=tuple(Shift(s["id"], s["minutes"], s["starts"]) for s in case["shifts"]),
        people=tuple(_person(p) for p in case["people"]),
        cover=tuple(
            Cover(c["day"], c["shift"], c["needed"], leaders=c["leaders"], skills=c["skills"])
            for c in case["cover"]
        ),
        wishes=tuple(Wish(**wish) for wish in case["wishes"]),
        classes={(day, shift): kind for day, shift, kind in case["classes"]},
        weights=case["weights"],
        rest=case["rest"],
        first_weekday=case["first_weekday"],
    )


def _person(p: Case) -> Person:
    return Person(
        p["id"],
        serves=frozenset(p["serves"]),
        leads=frozenset(p["leads"]),
        skills=frozenset(p["skills"]),
        most_week_minutes=p["most_week_minutes"],
        most_in_row=p["most_in_row"],
        most_weekends=p["most_weekends"],
        off=frozenset(p["off"]),
        fixed=dict(p["fixed"]),
        forbidden=frozenset((day, shift) for day, shift in p["forbidden"]),
        before=tuple(p["before"]),
        served=p["served"],
        share=p["share"],
    )


def plain(roster: Roster) -> Case:
    """A roster as JSON."""
    return {
        "days": {person: list(days) for person, days in roster.days.items()},
        "leaders": [[day, shift, list(who)] for (day, shift), who in roster.leaders.items()],
    }
