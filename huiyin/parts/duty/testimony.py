"""What the tables of duty say, for the auditor: rosters, shifts, points; and shifts nobody stood.

Each subject (a roster with all its versions, a shift, a point) is held against its own entries: what
an entry stands for must be there as it was bound, and what is there must have its entry.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db import models

from huiyin.kernel.ledger.said import Said, binds, said_of, same_time
from huiyin.kernel.ledger.testimony import Part, Problem, Testimony
from huiyin.parts.duty.actions import handover
from huiyin.parts.duty.actions.publishing import contents
from huiyin.parts.duty.actions.setup import rules_of
from huiyin.parts.duty.models import (
    Absence,
    Check,
    Checklist,
    DutyPoint,
    Handover,
    LogLine,
    Roster,
    Shift,
    SignIn,
    Swap,
)

BATCH = 100
RATHER = (Roster.State.PUBLISHED, Roster.State.FROZEN, Roster.State.REPLACED)
Row = TypeVar("Row", bound=models.Model)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while some := list(islice(left, BATCH)):
        yield some


def _grouped(rows: Iterable[Row], key: Callable[[Row], int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _testimony(subject: str, problems: Sequence[Problem]) -> Testimony:
    return Testimony(subject, problems=tuple(problems), keeps_next=False)


def _rosters() -> Iterator[Testimony]:
    """Yield each roster: every version that was ever in force stands as it was published."""
    names = Roster.objects.order_by("unit", "first_day").values_list("unit", "first_day")
    for unit, first_day in names.distinct():
        versions = list(
            Roster.objects.filter(unit=unit, first_day=first_day)
            .select_related("unit")
            .order_by("version")
        )
        said = said_of([versions[0].ref], "duty.")[versions[0].ref]
        for one in versions:
            if one.published_at is None:
                continue
            said.take(
                "duty.published",
                one.published_at,
                f"version {one.version}",
                facts={"version": one.version},
                bound=("roster", contents(one), bytes(one.salt_key)),
            )
        said.missing("duty.published")
        for one in versions:
            if one.state in RATHER and one.published_at is None:
                detail = f"version {one.version} is in force and was never published"
                said.problems.append(Problem("unlogged", detail))
        yield _testimony(versions[0].ref, said.problems)


def _present(refs: Sequence[str]) -> set[str]:
    """Return those of the rosters that are kept."""
    names = {one.split(":")[1] for one in refs}
    kept = Roster.objects.filter(unit__code__in=names).select_related("unit")
    return {one.ref for one in kept}.intersection(refs)


def _points() -> Iterator[Testimony]:
    """Yield each point: its checks of days, weeks and months."""
    for points in _batches(DutyPoint.objects.order_by("pk").iterator()):
        said = said_of([one.ref for one in points], "duty.")
        checks = _grouped(
            Check.objects.filter(checklist__point__in=points)
            .exclude(checklist__every=Checklist.Every.SHIFT)
            .prefetch_related("results"),
            lambda one: one.checklist.point_id,
        )
        for point in points:
            for check in checks[point.pk]:
                _check(said[point.ref], check)
            said[point.ref].missing("duty.checked")
            yield _testimony(point.ref, said[point.ref].problems)


def _check(said: Said, check: Check) -> None:
    failed = sum(not one.ok for one in check.results.all())
    said.take("duty.checked", check.done_at, "a check", facts={"failed": failed})
    if check.failed != bool(failed):
        said.problems.append(Problem("altered", f"a check of {check.done_at}: what failed in it"))


def _shifts(now: datetime) -> Iterator[Testimony]:
    """Yield each shift that a roster in force ever had: who stood it, and what was written on it."""
    shifts = (
        Shift.objects.filter(assignments__roster__published_at__isnull=False)
        .annotate(known=models.Min("assignments__roster__published_at"))
        .select_related("point__unit")
        .order_by("pk")
    )
    minutes: dict[int, int] = {}
    for some in _batches(shifts.iterator(chunk_size=BATCH)):
        for one in some:
            unit = one.point.unit
            minutes.setdefault(unit.pk, rules_of(unit).sign_in_minutes)
        yield from _some_shifts(some, minutes, now)


def _some_shifts(
    some: Sequence[Any], minutes: Mapping[int, int], now: datetime
) -> Iterator[Testimony]:
    said = said_of([one.ref for one in some], "duty.")
    pks = [one.pk for one in some]
    sign_ins = _grouped(SignIn.objects.filter(shift__in=pks), lambda row: row.shift_id)
    lines = _grouped(LogLine.objects.filter(shift__in=pks), lambda row: row.shift_id or 0)
    hands = _grouped(Handover.objects.filter(giving__in=pks), lambda row: row.giving_id)
    away = _grouped(Absence.objects.filter(shift__in=pks), lambda row: row.shift_id)
    approved = Swap.objects.filter(state=Swap.State.APPROVED)
    swaps = _grouped(approved.filter(shift__in=pks), lambda row: row.shift_id)
    returned = _grouped(approved.filter(in_return__in=pks), lambda row: row.in_return_id or 0)
    lists = Check.objects.filter(
        checklist__every=Checklist.Every.SHIFT,
        checklist__point__in={one.point_id for one in some},
        period__in={one.starts for one in some},
    ).prefetch_related("results")
    checks = {
        (row.checklist.point_id, row.period): row for row in lists.select_related("checklist")
    }
    for one in some:
        mine = said[one.ref]
        _signed_in(mine, sign_ins[one.pk])
        _log(mine, lines[one.pk])
        for row in hands[one.pk]:
            _handed(mine, row)
        mine.missing("duty.given", "duty.taken")
        _absent(mine, away[one.pk])
        for swap in (*swaps[one.pk], *returned[one.pk]):
            mine.take("duty.swapped", swap.decided_at or swap.asked_at, "a swap")
        mine.missing("duty.swapped")
        check = checks.get((one.point_id, one.starts))
        if check is not None and mine.of("duty.checked"):
            _check(mine, check)
        due = timedelta(minutes=minutes[one.point.unit_id])
        if one.cancelled_at is None and one.known < one.starts and one.starts + due <= now:
            _stood(mine, one, sign_ins[one.pk])
        yield _testimony(one.ref, mine.problems)


def _stood(said: Said, shift: Shift, sign_ins: Sequence[SignIn]) -> None:
    if not sign_ins:
        said.problems.append(Problem("unstood", "nobody signed in"))
    elif shift.leaders and not any(one.capacity == "leader" for one in sign_ins):
        said.problems.append(Problem("unstood", "no leader signed in"))


def _signed_in(said: Said, rows: Sequence[SignIn]) -> None:
    """Whoever came back has one row and more than one entry: the latest one is that of the row."""
    came, left = said.of("duty.signed_in"), said.of("duty.left")
    for row in rows:
        mine = [leaf for leaf in came if same_time(leaf["time"], row.at)]
        if not any(leaf["facts"].get("capacity") == row.capacity for leaf in mine):
            what = "altered" if mine else "unlogged"
            said.problems.append(Problem(what, f"a sign-in of {row.at} is not as in the log"))
        if row.left_at and not any(same_time(leaf["time"], row.left_at) for leaf in left):
            said.problems.append(Problem("unlogged", f"leaving at {row.left_at} has no entry"))
    here = most = 0
    for leaf in sorted([*came, *left], key=lambda leaf: leaf["time"]):
        here += 1 if leaf["kind"] == "duty.signed_in" else -1
        most = max(most, here)
    if most > len(rows):
        detail = f"{most} people were on it at once, {len(rows)} sign-ins are kept"
        said.problems.append(Problem("missing", detail))
    elif here != sum(row.left_at is None for row in rows):
        said.problems.append(Problem("altered", "who is on it is not as in the log"))


def _log(said: Said, rows: Sequence[LogLine]) -> None:
    """Hold each line against the entry whose hash it keeps, in both directions."""
    logged = {
        digest: (pk, leaf) for pk, digest, leaf in said.entries if leaf["kind"] == "duty.logged"
    }
    for row in rows:
        pk, leaf = logged.pop(bytes(row.entry_digest), (None, None))
        if leaf is None:
            said.problems.append(Problem("unlogged", f"a line of the log of {row.at}"))
        elif not binds(leaf, "text", row.text.encode(), bytes(row.salt_key)):
            said.problems.append(Problem("commitment", f"a line of the log of {row.at}", pk))
        elif not same_time(leaf["time"], row.at):
            said.problems.append(Problem("altered", f"the time of a line of {row.at}", pk))
    for pk, leaf in logged.values():
        said.problems.append(Problem("missing", f"a line of the log of {leaf['time']}", pk))


def _handed(said: Said, row: Handover) -> None:
    """Hold both signatures against their entries; an unsigned one must be owed (see Deadline)."""
    items = handover.content(row)
    for kind, at in (("duty.given", row.given_at), ("duty.taken", row.taken_at)):
        if at is not None:
            said.take(
                kind,
                at,
                "a signature of the handover",
                facts={"items": len(items)},
                bound=("items", handover.packed(items), bytes(row.salt_key)),
            )
    open_still = row.taking_id is not None and not (row.given_at and row.taken_at)
    if open_still and not handover.is_owed(row):
        said.problems.append(Problem("unmarked", "its handover is not signed, and nobody owes it"))


def _absent(said: Said, rows: Sequence[Absence]) -> None:
    told, stepped = said.of("duty.absent"), said.of("duty.stepped_in")
    for row in rows:
        if not any(same_time(leaf["time"], row.told_at) for leaf in told):
            said.problems.append(Problem("unlogged", f"an absence of {row.told_at}"))
        if row.replaced_at and not any(
            same_time(leaf["time"], row.replaced_at) for leaf in stepped
        ):
            said.problems.append(Problem("unlogged", f"stepping in at {row.replaced_at}"))
    if (told or stepped) and not rows:
        said.problems.append(Problem("missing", "an absence is gone"))


def _part(
    prefix: str,
    count: Callable[[], int],
    testify: Callable[[datetime], Iterator[Testimony]],
    opens: str = "",
    present: Callable[[Sequence[str]], set[str]] = set,
) -> Part:
    return Part(
        prefix=prefix,
        opens=opens,
        rows=lambda kind: False,  # this module holds them against their entries itself
        count=count,
        present=present,
        testify=testify,
        derive=lambda entries: {},
    )


ROSTERS = _part("roster:", Roster.objects.count, lambda now: _rosters(), "duty.published", _present)
SHIFTS = _part("shift:", Shift.objects.count, _shifts)
POINTS = _part("point:", DutyPoint.objects.count, lambda now: _points())
