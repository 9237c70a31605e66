"""What changed from one version of a roster to the next: who gains which shift, and who loses it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User

from huiyin.parts.duty.models import Assignment, Roster, Shift

State = Roster.State

Places = Mapping[tuple[int, int], Assignment]


@dataclass
class Change:
    """What a person gains, loses, and does in another capacity: shifts in order of time."""

    user: User
    gains: list[tuple[Shift, str]] = field(default_factory=list)
    loses: list[tuple[Shift, str]] = field(default_factory=list)
    differs: list[tuple[Shift, str, str]] = field(default_factory=list)


def _places(roster: Roster | None) -> Places:
    if roster is None:
        return {}
    rows = roster.assignments.filter(shift__cancelled_at=None).select_related(
        "user", "shift__point", "shift__pattern"
    )
    return {(one.shift_id, one.user_id): one for one in rows.order_by("shift__starts", "pk")}


def differences(before: Roster | None, after: Roster) -> list[Change]:
    """Return what `after` changes, person by person; everything is gained where there was nothing."""
    old, new = _places(before), _places(after)
    found: dict[int, Change] = {}

    def of(one: Assignment) -> Change:
        return found.setdefault(one.user_id, Change(one.user))

    for place, one in new.items():
        if place not in old:
            of(one).gains.append((one.shift, one.capacity))
        elif old[place].capacity != one.capacity:
            of(one).differs.append((one.shift, old[place].capacity, one.capacity))
    for place, one in old.items():
        if place not in new:
            of(one).loses.append((one.shift, one.capacity))
    return sorted(found.values(), key=lambda one: one.user.pk)


def versions(roster: Roster) -> list[Roster]:
    """Return every version for the same days, newest first."""
    same = Roster.objects.filter(unit=roster.unit_id, first_day=roster.first_day)
    return list(same.select_related("based_on", "decided_by").order_by("-version"))


def take_over(roster: Roster, now: datetime) -> int:
    """Bring into a draft what changed in force since it was begun; return how many shifts did.

    Who is on a shift that changed in force is taken from there; every other shift stays as the draft
    has it. The caller holds the lock and has checked that the draft may be changed.
    """
    in_force = Roster.objects.filter(
        unit=roster.unit_id, first_day=roster.first_day, state__in=(State.PUBLISHED, State.FROZEN)
    ).first()
    if in_force is None or in_force.pk == roster.based_on_id:
        return 0
    was, is_now = _by_shift(roster.based_on), _by_shift(in_force)
    changed = [pk for pk in was.keys() | is_now.keys() if was[pk] != is_now[pk]]
    roster.assignments.filter(shift__in=changed).delete()
    Assignment.objects.bulk_create(
        Assignment(roster=roster, shift_id=pk, user_id=user, capacity=capacity)
        for pk in changed
        for user, capacity in sorted(is_now[pk])
    )
    roster.based_on = in_force
    roster.save(update_fields=["based_on"])
    return len(changed)


def _by_shift(roster: Roster | None) -> Mapping[int, set[tuple[int, str]]]:
    found: dict[int, set[tuple[int, str]]] = defaultdict(set)
    if roster is not None:
        rows = roster.assignments.values_list("shift_id", "user_id", "capacity")
        for shift, user, capacity in rows:
            found[shift].add((user, capacity))
    return found
