"""What a change of who stands a shift would break, and who could stand it: by the check of rosters.

Rest, overlaps, days in a row and weekly hours count what people stand at any point of any unit.
Nothing of this is kept: an order is made for one shift, when it is asked for.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Max

from huiyin.parts.duty import hours, reading, rules
from huiyin.parts.duty.access import IN_FORCE, in_force
from huiyin.parts.duty.actions.publishing import Move
from huiyin.parts.duty.history import stood
from huiyin.parts.duty.models import Absence, Assignment, Eligible, Roster, Shift

NEVER = ("not_eligible", "off", "overlap")  # what nobody can decide to do all the same
SHIFTWIDE = ("leaders", "deputies", "too_few", "too_many", "skill")


@dataclass(frozen=True)
class Candidate:
    """Somebody who may serve on the shift, and the rules that it would break (empty: can step in)."""

    user: User
    telephone: str
    broken: tuple[str, ...]


@dataclass(frozen=True)
class Broken:
    """A rule that a change breaks, and who breaks it; None where the shift as a whole does."""

    rule: str
    person: int | None
    shift: int


def whole(roster: Roster) -> rules.Case:
    """Return the roster in force with all that its people stand, without what they can't come to."""
    found = reading.case(roster)
    absent = Absence.objects.filter(user__in={one.person for one in found.stands})
    away = set(absent.filter(replaced_by=None).values_list("shift_id", "user_id"))
    stands = [one for one in found.stands if (one.shift.key, one.person) not in away]
    return replace(found, stands=stands)


def left(shift: Shift, now: datetime | None) -> rules.Needed:
    """Return the shift, or what is left of it at `now`, as plain data."""
    one = reading.needed(shift)
    if now is None or now <= shift.starts:
        return one
    return replace(one, span=hours.Span(now, shift.ends))


def broken_by(case: rules.Case, moves: Sequence[Move], now: datetime) -> list[Broken]:
    """Return the rules that the moves break: by whoever comes, or by the shift as a whole."""
    gone = {(one.shift.pk, one.leaves) for one in moves}
    come = [
        rules.Stands(one.comes, left(one.shift, now), one.capacity)
        for one in moves
        if one.comes is not None
    ]
    after = replace(
        case,
        stands=[*(one for one in case.stands if (one.shift.key, one.person) not in gone), *come],
    )
    keys = {one.shift.pk for one in moves}
    found = _personal(after, come)
    worse = _wide(after, keys) - _wide(case, keys)
    found += [Broken(rule, None, key) for rule, key, _ in worse]
    return sorted(found, key=lambda one: (one.person is None, one.shift, one.rule))


def _personal(case: rules.Case, come: Sequence[rules.Stands]) -> list[Broken]:
    found: list[Broken] = []
    for new in come:
        alone = replace(
            case,
            stands=[one for one in case.stands if one.person == new.person],
            bounds=[one for one in case.bounds if one[0] == new.person],
            uncovered=(),
        )
        for one in rules.check(alone):
            here = Broken(one.rule, new.person, new.shift.key)
            if new.person in one.people and new.shift.key in one.shifts and here not in found:
                found.append(here)
    return found


def _wide(case: rules.Case, keys: Collection[int]) -> set[tuple[str, int, str]]:
    shifts = [one for one in case.shifts if one.key in keys]
    stands = [one for one in case.stands if one.shift.key in keys]
    narrow = replace(case, shifts=shifts, stands=stands, bounds=(), uncovered=())
    return {
        (one.rule, one.shifts[0], f"{one.skill}{one.number}")
        for one in rules.check(narrow)
        if one.rule in SHIFTWIDE
    }


def _last(users: Collection[int], shift: Shift) -> Mapping[int, datetime]:
    """Return when the last shift of each before this one ended."""
    past = Assignment.objects.filter(
        user__in=users,
        roster__state__in=IN_FORCE,
        shift__cancelled_at=None,
        shift__starts__lt=shift.starts,
    )
    return dict(past.values_list("user").annotate(last=Max("shift__ends")).order_by())


def candidates(shift: Shift, leaves: int, capacity: str, now: datetime) -> list[Candidate]:
    """Return who may stand the shift instead of `leaves`, in fair order for this one shift.

    First whoever breaks no rule by it; then whoever stood fewest shifts of its class; then whoever
    stood none for longest. Of a shift that has begun only what is left of it counts.
    """
    standing = in_force(shift).filter(user=leaves).select_related("roster__unit").first()
    if standing is None:
        return []
    case = whole(standing.roster)
    away = set(Absence.objects.filter(shift=shift).values_list("user_id", flat=True))
    on_it = set(in_force(shift).values_list("user_id", flat=True)) | away
    may = {
        one.user_id: one
        for one in Eligible.objects.filter(point=shift.point_id, user__is_active=True)
        .exclude(user__in=on_it)
        .select_related("user")
    }
    found = []
    for user_id, one in may.items():
        broken = broken_by(case, [Move(shift, leaves, user_id, capacity)], now)
        names = tuple(dict.fromkeys(each.rule for each in broken))
        if "not_eligible" not in names:
            found.append(Candidate(one.user, one.telephone, names))
    counts = stood(standing.roster.unit, list(may), shift.day)
    last = _last(list(may), shift)
    never = datetime.min.replace(tzinfo=now.tzinfo)

    def place(one: Candidate) -> tuple[int, float, datetime, int]:
        pk = one.user.pk
        return len(one.broken), counts[pk].get(shift.klass, 0), last.get(pk, never), pk

    return sorted(found, key=place)
