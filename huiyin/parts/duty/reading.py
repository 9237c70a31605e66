"""What bears on a roster, read from the database: who may serve, what they stand besides, leave."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Q

from huiyin.parts.duty import hours, rules
from huiyin.parts.duty.access import IN_FORCE
from huiyin.parts.duty.actions.rosters import patterns_of, shifts_of, weekly, zone
from huiyin.parts.duty.actions.setup import rules_of
from huiyin.parts.duty.models import (
    Assignment,
    Bound,
    DutyRules,
    Eligible,
    Leave,
    Opening,
    Roster,
    Shift,
)

LEAST_AROUND = 8  # days before and after a roster that weeks and rests may reach into
State = Roster.State


@dataclass(frozen=True)
class Facts:
    """What a roster is made of and held against. `besides` is what its people stand elsewhere, in
    the rosters before and after, and at other units."""

    roster: Roster
    rules: DutyRules
    shifts: Sequence[Shift]
    eligible: Sequence[Eligible]
    leaves: Sequence[Leave]
    bounds: Sequence[Bound]
    besides: Sequence[Assignment]

    @property
    def span(self) -> hours.Span:
        """From the first local midnight of the roster to its last."""
        return hours.whole(self.roster.first_day, self.roster.end_day, zone())


def facts(roster: Roster) -> Facts:
    """Read what bears on the roster, whatever its stage."""
    of_unit = rules_of(roster.unit)
    eligible = list(
        Eligible.objects.filter(
            Q(begins=None) | Q(begins__lt=roster.end_day),
            Q(until=None) | Q(until__gt=roster.first_day),
            point__unit=roster.unit_id,
            user__is_active=True,
        )
        .select_related("user", "point")
        .order_by("user_id", "point_id")
    )
    users = {one.user_id for one in eligible}
    users |= set(roster.assignments.values_list("user_id", flat=True))
    span = hours.whole(roster.first_day, roster.end_day, zone())
    return Facts(
        roster,
        of_unit,
        shifts_of(roster),
        eligible,
        list(
            Leave.objects.filter(
                user__in=users,
                cancelled_at=None,
                starts__lt=span.ends + timedelta(days=hours.LONGEST),
                ends__gt=span.starts,
            ).order_by("starts")
        ),
        list(
            Bound.objects.filter(
                pattern__point__unit=roster.unit_id,
                day__gte=roster.first_day,
                day__lt=roster.end_day,
            ).order_by("pk")
        ),
        besides(roster, users, max(LEAST_AROUND, of_unit.most_in_row + 1)),
    )


def besides(roster: Roster, users: Collection[int], reach: int) -> list[Assignment]:
    """Return what the people stand by other rosters, `reach` days around this one.

    Of each other roster the version in force counts, else the one that waits for approval or
    publication, and of this unit's own the draft.
    """
    begun = (*IN_FORCE, State.SUBMITTED, State.APPROVED)
    found = (
        Assignment.objects.filter(
            Q(roster__state__in=begun)
            | Q(roster__state__in=(State.DRAFT, State.RETURNED), roster__unit=roster.unit_id),
            user__in=users,
            shift__cancelled_at=None,
            shift__day__gte=roster.first_day - timedelta(days=reach),
            shift__day__lt=roster.end_day + timedelta(days=reach),
        )
        .exclude(roster__unit=roster.unit_id, roster__first_day=roster.first_day)
        .select_related("roster", "shift__point", "shift__pattern")
        .order_by("roster__unit_id", "roster__first_day", "roster__version", "shift__starts")
    )
    kept: list[Assignment] = []
    for _, same in groupby(found, key=lambda one: (one.roster.unit_id, one.roster.first_day)):
        versions = list(same)
        in_force = [one for one in versions if one.roster.state in IN_FORCE]
        last = (in_force or versions)[-1].roster_id
        kept += [one for one in versions if one.roster_id == last]
    return sorted(kept, key=lambda one: one.shift.starts)


def needed(shift: Shift) -> rules.Needed:
    """Return the shift as plain data."""
    return rules.Needed(
        shift.pk,
        shift.point_id,
        shift.pattern_id,
        shift.day,
        hours.Span(shift.starts, shift.ends),
        shift.leaders,
        shift.deputies,
        shift.members,
        shift.pattern.skills,
    )


def uncovered(roster: Roster, shifts: Iterable[Shift]) -> list[tuple[int, date, hours.Span]]:
    """Return the opening hours within the roster's days that no shift covers: (point, day, span).

    What the pattern of the day before covers counts, whether or not a roster was made for it.
    """
    where = zone()
    begun = roster.first_day - timedelta(days=hours.LONGEST)
    given: dict[int, list[hours.Span]] = {}
    for pattern in patterns_of(roster.unit):
        for _, span in hours.instances(weekly(pattern), begun, roster.first_day, where):
            given.setdefault(pattern.point_id, []).append(span)
    for shift in shifts:
        given.setdefault(shift.point_id, []).append(hours.Span(shift.starts, shift.ends))
    openings: dict[int, list[hours.Weekly]] = {}
    for one in Opening.objects.filter(point__unit=roster.unit_id, point__closed_at=None):
        openings.setdefault(one.point_id, []).append(
            hours.Weekly(one.weekdays, one.starts, one.minutes, one.begins, one.until)
        )
    return [
        (point, gap.starts.astimezone(where).date(), gap)
        for point, weeklies in sorted(openings.items())
        for gap in hours.gaps(
            hours.opened(weeklies, roster.first_day, roster.end_day, where), given.get(point, [])
        )
    ]


def case(roster: Roster, read: Facts | None = None) -> rules.Case:
    """Return the roster as it stands now, ready to be checked."""
    read = read or facts(roster)
    ours = roster.assignments.select_related("shift__pattern").filter(shift__cancelled_at=None)
    away: dict[int, list[hours.Span]] = {}
    for leave in read.leaves:
        away.setdefault(leave.user_id, []).append(hours.Span(leave.starts, leave.ends))
    return rules.Case(
        [needed(one) for one in read.shifts],
        [
            *(rules.Stands(one.user_id, needed(one.shift), one.capacity) for one in ours),
            *(
                rules.Stands(one.user_id, needed(one.shift), one.capacity, ours=False)
                for one in read.besides
            ),
        ],
        [
            rules.Allowed(
                one.user_id,
                one.point_id,
                one.capacity,
                one.begins,
                one.until,
                frozenset(one.skills),
            )
            for one in read.eligible
        ],
        rules.Limits(read.rules.rest_minutes, read.rules.most_in_row, read.rules.most_week_minutes),
        away,
        [(one.user_id, one.pattern_id, one.day, one.fixed) for one in read.bounds],
        uncovered(roster, read.shifts),
    )


def check(roster: Roster, *, mark: bool = True) -> list[rules.Finding]:
    """Return every rule that the roster breaks; `mark` keeps them with the assignments."""
    findings = rules.check(case(roster))
    if mark:
        wanted = rules.marks(findings)
        for one in roster.assignments.all():
            marks = wanted.get((one.shift_id, one.user_id), [])
            if one.marks != marks:
                one.marks = marks
                one.save(update_fields=["marks"])
    return findings


def two_at_once(roster: Roster) -> bool:
    """Whether somebody would have two shifts at once by this roster and all others in force."""
    read = facts(roster)
    in_force = [one for one in read.besides if one.roster.state in IN_FORCE]
    found = rules.check(case(roster, replace(read, besides=in_force)))
    return any(one.rule == "overlap" for one in found)
