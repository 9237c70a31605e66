"""What the pages of planning show: rosters as tables, how far each unit is, what is owed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from huiyin.kernel.clock import queries as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import OVERSEEING, Post, Unit
from huiyin.kernel.units.queries import below
from huiyin.parts.duty import classes, history, rules
from huiyin.parts.duty.access import IN_FORCE, decides, plans, serving
from huiyin.parts.duty.actions.alarms import STAND, lacking
from huiyin.parts.duty.actions.coming import next_days
from huiyin.parts.duty.actions.rosters import OWED, shifts_of, zone
from huiyin.parts.duty.models import (
    Assignment,
    Capacity,
    DutyPoint,
    Eligible,
    Pattern,
    Roster,
    Shift,
    SolveRun,
)
from huiyin.parts.duty.reading import case

State = Roster.State
UNDER_WAY = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.APPROVED)
SOON = timedelta(days=1)  # what is to be stood is owed by everybody; only what is near is shown
ORDER = {Capacity.LEADER: 0, Capacity.DEPUTY: 1, Capacity.MEMBER: 2}


@dataclass(frozen=True)
class Cell:
    """One shift of a roster: who is on it, leaders first, and how many are lacking, by capacity."""

    shift: Shift
    on: Sequence[Assignment]
    lacking: Mapping[str, int]

    @property
    def marked(self) -> bool:
        """Whether somebody on it breaks a rule."""
        return any(one.marks for one in self.on)


@dataclass(frozen=True)
class Row:
    """One day of a point: what kind of day it is, and a cell (or none) for each column."""

    day: date
    kind: str
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class Table:
    """The roster of one point: a column for each pattern, a row for each day."""

    point: DutyPoint
    columns: Sequence[Pattern]
    rows: Sequence[Row]


def tables(roster: Roster) -> list[Table]:
    """Return a roster point by point, whatever its stage."""
    shifts = shifts_of(roster)
    on: dict[int, list[Assignment]] = defaultdict(list)
    for one in roster.assignments.select_related("user"):
        on[one.shift_id].append(one)
    days = [
        roster.first_day + timedelta(days=n)
        for n in range((roster.end_day - roster.first_day).days)
    ]
    kinds = {day: _kind(day) for day in days}
    found = []
    by_point: dict[int, list[Shift]] = defaultdict(list)
    for shift in shifts:
        by_point[shift.point_id].append(shift)
    for of_point in by_point.values():
        columns = sorted(
            {one.pattern_id: one.pattern for one in of_point}.values(),
            key=lambda one: (one.starts, one.pk),
        )
        places = {(one.day, one.pattern_id): one for one in of_point}
        rows = [
            Row(day, kinds[day], [_cell(places.get((day, one.pk)), on) for one in columns])
            for day in days
        ]
        found.append(Table(of_point[0].point, columns, rows))
    return found


def _kind(day: date) -> str:
    return classes.of_day(day, policy().calendar)


def cell(roster: Roster, shift: Shift) -> Cell:
    """Return one shift of a roster."""
    found = _cell(
        shift, {shift.pk: list(roster.assignments.filter(shift=shift).select_related("user"))}
    )
    assert found is not None
    return found


def _cell(shift: Shift | None, on: Mapping[int, list[Assignment]]) -> Cell | None:
    if shift is None:
        return None
    here = sorted(on.get(shift.pk, ()), key=lambda one: (ORDER[Capacity(one.capacity)], one.pk))
    return Cell(shift, here, lacking(shift, here))


@dataclass(frozen=True)
class Candidate:
    """Somebody who may serve on a shift of a draft, as what at most, and what it would break."""

    user: User
    capacity: str
    broken: Sequence[str]


def candidates(roster: Roster, shift: Shift) -> list[Candidate]:
    """Return who may serve on the shift and is not on it: first who would break no rule by it."""
    whole = case(roster)
    needed = next(one for one in whole.shifts if one.key == shift.pk)
    on_it = {one.person for one in whole.stands if one.shift.key == shift.pk and one.ours}
    found = []
    for one in Eligible.objects.filter(point=shift.point_id, user__is_active=True).select_related(
        "user"
    ):
        may = rules.Allowed(one.user_id, one.point_id, one.capacity, one.begins, one.until)
        if one.user_id in on_it or not may.on(shift.day):
            continue
        theirs = [there for there in whole.stands if there.person == one.user_id]
        asked = rules.Case(
            [],
            [*theirs, rules.Stands(one.user_id, needed, one.capacity)],
            whole.allowed,
            whole.limits,
            whole.away,
            [bound for bound in whole.bounds if bound[0] == one.user_id and not bound[3]],
        )
        broken = [finding.rule for finding in rules.check(asked) if shift.pk in finding.shifts]
        if (one.user_id, needed.pattern, needed.day, False) in whole.bounds:
            broken.append("forbidden")
        found.append(Candidate(one.user, one.capacity, tuple(dict.fromkeys(broken))))
    return sorted(found, key=lambda one: (len(one.broken), one.user.pk))


@dataclass(frozen=True)
class Share:
    """What somebody stood of each class before, and stands in this roster; for planning alone."""

    user: User
    before: Mapping[str, float]
    here: Mapping[str, int]


def shares(roster: Roster) -> list[Share]:
    """Return how duty of the roster is shared out, in no order of merit: as accounts were opened."""
    users = {
        one.user_id: one.user
        for one in Eligible.objects.filter(point__unit=roster.unit_id).select_related("user")
    }
    here: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in roster.assignments.filter(shift__cancelled_at=None).select_related("user", "shift"):
        users.setdefault(one.user_id, one.user)
        here[one.user_id][one.shift.klass] += 1
    before = history.carried(roster.unit, list(users), roster.first_day)
    return [Share(users[pk], before[pk], here[pk]) for pk in sorted(users)]


@dataclass(frozen=True)
class Standing:
    """How far a unit is with its next roster. `word` is missing, late, waiting, approved or in."""

    unit: Unit
    roster: Roster | None
    first_day: date
    word: str
    due_at: datetime | None = None


def standing(acting: Acting, now: datetime) -> list[Standing]:
    """Return how far every unit at and below the post's is with its next roster, worst first."""
    if acting.post.role not in OVERSEEING:
        return []
    units = (
        Unit.objects.filter(
            pk__in=below(acting.post.unit_id),
            closed_at=None,
            duty_points__closed_at=None,
            duty_points__patterns__closed_at=None,
            duty_points__patterns__isnull=False,
        )
        .distinct()
        .order_by("pk")
    )
    today = now.astimezone(zone()).date()
    latest: dict[int, Roster] = {}
    coming = Roster.objects.filter(unit__in=units, first_day__gt=today).select_related("unit")
    for roster in coming.order_by("first_day", "-version"):
        latest.setdefault(roster.unit_id, roster)
    due = dict(
        Deadline.objects.filter(
            subject__in=[one.ref for one in latest.values()],
            kind=OWED,
            state=Deadline.State.OPEN,
        ).values_list("subject", "due_at")
    )
    found = [_standing(unit, latest.get(unit.pk), due, today, now) for unit in units]
    worst = ("late", "missing", "returned", "waiting", "approved", "in")
    return sorted(found, key=lambda one: worst.index(one.word))


def _standing(
    unit: Unit, latest: Roster | None, due: Mapping[str, datetime], today: date, now: datetime
) -> Standing:
    if latest is None:
        return Standing(unit, None, next_days(unit, today)[0], "missing")
    words = {
        State.DRAFT: "missing",
        State.RETURNED: "returned",
        State.SUBMITTED: "waiting",
        State.APPROVED: "approved",
    }
    due_at = due.get(latest.ref)
    word = words.get(State(latest.state), "in")
    if due_at is not None and due_at <= now and word in {"missing", "returned"}:
        word = "late"
    return Standing(unit, latest, latest.first_day, word, due_at)


def to_decide(acting: Acting) -> list[Roster]:
    """Return the submitted rosters that the post decides on, the oldest first."""
    waiting = Roster.objects.filter(state=State.SUBMITTED).filter(
        Q(unit__parent=acting.post.unit_id) | Q(unit=acting.post.unit_id, unit__parent=None)
    )
    found = waiting.select_related("unit").order_by("submitted_at", "pk")
    return [one for one in found if decides(acting.post, one.unit)]


def rosters_of(unit_id: int, now: datetime) -> list[Roster]:
    """Return the unit's rosters that run or are to come: those under way, and what is in force."""
    today = now.astimezone(zone()).date()
    found = Roster.objects.filter(
        Q(state__in=UNDER_WAY) | Q(state__in=IN_FORCE, end_day__gt=today - timedelta(days=31)),
        unit=unit_id,
    )
    return list(found.select_related("unit").order_by("-first_day", "-version"))


def in_force_between(unit_id: int, first: date, end: date) -> list[Roster]:
    """Return the unit's rosters in force that have a day from `first` up to `end`."""
    found = Roster.objects.filter(
        unit=unit_id, state__in=IN_FORCE, first_day__lt=end, end_day__gt=first
    )
    return list(found.select_related("unit").order_by("first_day"))


def running(roster: Roster) -> SolveRun | None:
    """Return the solve that waits or runs."""
    states = (SolveRun.State.WAITING, SolveRun.State.RUNNING)
    return roster.runs.filter(state__in=states).first()


def last_run(roster: Roster) -> SolveRun | None:
    """Return the latest solve, whatever became of it."""
    return roster.runs.order_by("-pk").first()


@dataclass
class Overview:
    """The first page of duty for one post."""

    plans: bool
    serves: bool
    points: Sequence[DutyPoint] = ()
    rosters: Sequence[Roster] = ()
    decide: Sequence[Roster] = ()
    units: Sequence[Standing] = ()
    owed: Sequence[Deadline] = field(default_factory=tuple)


def overview(acting: Acting, now: datetime) -> Overview:
    """Return what the post and its holder have to do with duty now."""
    unit = acting.post.unit
    mine = plans(acting.post, unit.pk)
    return Overview(
        mine,
        serving(now).filter(user=acting.user).exists(),
        list(DutyPoint.objects.filter(unit=unit, closed_at=None).order_by("pk")) if mine else [],
        rosters_of(unit.pk, now) if mine else [],
        to_decide(acting),
        standing(acting, now),
        owed(acting.post, now),
    )


def owed(post: Post, now: datetime) -> list[Deadline]:
    """Return what the post owes of duty, the first 50; that a shift is stood only when near."""
    found: QuerySet[Deadline] = Deadline.objects.filter(
        post=post, state=Deadline.State.OPEN, kind__startswith="duty."
    )
    near = ~Q(kind=STAND) | Q(due_at__lte=now + SOON)
    return list(found.filter(near).order_by("due_at", "pk")[:50])


def untaken() -> list[Deadline]:
    """Return what is owed of duty of which a warning or escalation reached no post."""
    return list(clock.untaken().filter(subject__regex=r"^(roster|shift|point):")[:20])


def unit_eligible(unit_id: int) -> list[tuple[User, Sequence[Eligible]]]:
    """Return who may serve at the unit's points, each with where and as what."""
    by: dict[int, list[Eligible]] = defaultdict(list)
    found: Iterable[Eligible] = (
        Eligible.objects.filter(point__unit=unit_id, point__closed_at=None)
        .select_related("user", "point")
        .order_by("user_id", "point_id")
    )
    for one in found:
        by[one.user_id].append(one)
    return [(of[0].user, of) for of in by.values()]
