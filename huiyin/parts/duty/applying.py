"""What a solve gave, put into the draft that asked for it; and what it says, kept as plain JSON."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from huiyin.parts.duty.asking import Asked
from huiyin.parts.duty.models import Assignment, Capacity, Eligible, Roster, Shift, SolveRun
from huiyin.parts.duty.reading import check
from huiyin.parts.duty.solving.problem import Exceeded, Outcome
from huiyin.parts.duty.solving.problem import Roster as Solved


def put(roster: Roster, asked: Asked, solved: Solved, mode: str, now: datetime) -> int:
    """Let the draft hold what was solved, rules that it breaks marked; return how many rows changed.

    Shifts that have begun stay as they are; with FILL nobody is taken off a shift. Whoever led a
    shift before and is still on it goes on leading it.
    """
    before: dict[int, dict[int, Assignment]] = defaultdict(dict)
    for one in roster.assignments.select_related("shift"):
        before[one.shift_id][one.user_id] = one
    standing = _standing(asked, solved)
    eligible = {
        (one.point_id, one.user_id): one.capacity
        for one in Eligible.objects.filter(point__unit=roster.unit_id)
    }
    changed = 0
    for place, shift in asked.shifts.items():
        if shift.starts <= now:
            continue
        there = before.get(shift.pk, {})
        users = standing.get(place, [])
        if mode == SolveRun.Mode.FILL:
            users = _added(shift, list(there), users, solved.leaders.get(place, ()))
        fixed = {user: one.capacity for user, one in there.items()}
        if mode == SolveRun.Mode.ANEW:
            fixed = {}
        may = {user: eligible.get((shift.point_id, user), Capacity.MEMBER) for user in users}
        first = [int(name) for name in solved.leaders.get(place, ())]
        wanted = capacities(shift, users, may, first, fixed)
        changed += _write(roster, shift, there, wanted)
    check(roster)
    return changed


def _standing(asked: Asked, solved: Solved) -> Mapping[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for name, days in solved.days.items():
        for day, kind in enumerate(days):
            if kind is not None and (day, kind) in asked.shifts:
                found[day, kind].append(int(name))
    return found


def _added(
    shift: Shift, there: list[int], found: Iterable[int], leaders: Iterable[str]
) -> list[int]:
    """Return who is there with whoever was found for them, leaders first, up to what is needed."""
    first = [int(name) for name in leaders]
    more = sorted((one for one in found if one not in there), key=lambda one: one not in first)
    free = shift.leaders + shift.deputies + shift.members - len(there)
    return there + more[: max(0, free)]


def capacities(
    shift: Shift,
    users: Iterable[int],
    may: Mapping[int, str],
    first: Iterable[int],
    before: Mapping[int, str],
) -> dict[int, str]:
    """Return as what each of the people on a shift serves.

    Whoever had a capacity keeps it; then the leaders chosen `first`, then whoever may. `may` is the
    highest capacity of each.
    """
    wanted = list(users)
    found = {user: before[user] for user in wanted if user in before}
    chosen = list(first)
    wanted.sort(key=lambda user: (user not in chosen, user))
    for capacity, number, able in (
        (Capacity.LEADER, shift.leaders, {Capacity.LEADER}),
        (Capacity.DEPUTY, shift.deputies, {Capacity.LEADER, Capacity.DEPUTY}),
    ):
        missing = number - sum(1 for one in found.values() if one == capacity)
        for user in wanted:
            if missing > 0 and user not in found and may[user] in able:
                found[user] = str(capacity)
                missing -= 1
    return {user: found.get(user, str(Capacity.MEMBER)) for user in wanted}


def _write(
    roster: Roster, shift: Shift, there: Mapping[int, Assignment], wanted: Mapping[int, str]
) -> int:
    changed = 0
    for user, one in there.items():
        if user not in wanted:
            one.delete()
            changed += 1
        elif one.capacity != wanted[user]:
            one.capacity = wanted[user]
            one.save(update_fields=["capacity"])
            changed += 1
    for user in wanted.keys() - there.keys():
        Assignment.objects.create(roster=roster, shift=shift, user_id=user, capacity=wanted[user])
        changed += 1
    return changed


def told(outcome: Outcome, asked: Asked, changed: int) -> dict[str, Any]:
    """Return what the page says of a solve: whether it is proven, exceptions and conflict by date."""
    return {
        "found": outcome.roster is not None,
        "proven": outcome.proven,
        "stopped": outcome.stopped,
        "seconds": round(outcome.seconds, 1),
        "costs": dict(outcome.costs),
        "bounds": dict(outcome.bounds),
        "changed": changed,
        "exceptions": [_exceeded(one, asked) for one in outcome.exceptions],
        "conflict": [_exceeded(one, asked) for one in outcome.conflict],
    }


def _exceeded(one: Exceeded, asked: Asked) -> dict[str, Any]:
    """Return one broken rule with real dates, accounts' ids and the pattern's id.

    `why` tells apart what the solver calls by one name: leave, a day that is forbidden, a shift that
    somebody stands at another unit.
    """
    whys = sorted(
        {
            asked.why[int(person), day, one.shift]
            for person in one.people
            for day in one.days
            if (int(person), day, one.shift) in asked.why
        }
    )
    return {
        "rule": one.rule,
        "days": [(asked.first_day + timedelta(days=day)).isoformat() for day in one.days],
        "people": [int(person) for person in one.people],
        "pattern": int(one.shift) if one.shift else None,
        "why": whys,
    }
