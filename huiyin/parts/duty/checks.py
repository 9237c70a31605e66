"""What the pages of checklists show: what is owed of each list, what failed, what expires."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Q

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import DutyNotFound, access_point, plans, serving
from huiyin.parts.duty.actions import checklists
from huiyin.parts.duty.actions.rosters import zone
from huiyin.parts.duty.models import (
    Check,
    CheckItem,
    Checklist,
    CheckResult,
    DutyPoint,
    Shift,
)
from huiyin.parts.duty.periods import period


@dataclass(frozen=True)
class Due:
    """A checklist: by when it is owed, whether it was gone through for this period, by whom."""

    checklist: Checklist
    due: Deadline | None
    done: Check | None
    may: bool


def checks_of(acting: Acting, point: DutyPoint, now: datetime) -> list[Due]:
    """Return the open lists of a point with what is owed of each, soonest first."""
    lists = list(
        Checklist.objects.filter(point=point, closed_at=None)
        .select_related("point__unit", "post__unit")
        .order_by("pk")
    )
    here = checklists.shift_here(acting, point, now)
    found = []
    for one in lists:
        starts: datetime | None = period(one.every, now, zone()).starts
        if one.every == Checklist.Every.SHIFT:
            starts = here.starts if here else None
        checked = Check.objects.filter(checklist=one).select_related("user")
        done = checked.filter(period=starts).first() if starts else None
        due = None if done else _due(one, here)
        found.append(Due(one, due, done, checklists.may_check(acting, one, now)))
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(
        found, key=lambda each: (each.done is not None, each.due.due_at if each.due else far)
    )


def _due(one: Checklist, here: Shift | None) -> Deadline | None:
    owed = Deadline.objects.filter(kind=checklists.CHECK, state=Deadline.State.OPEN)
    if one.every == Checklist.Every.SHIFT:
        return owed.filter(subject=here.ref, of=str(one.pk)).first() if here else None
    mine = owed.filter(subject=one.point.ref, of__startswith=f"{one.pk}:")
    return mine.order_by("due_at").last()


def failures(point: DutyPoint) -> list[tuple[CheckResult, Deadline | None]]:
    """Return what failed at a point and is not put right, with when it is due, soonest first."""
    rows = CheckResult.objects.filter(
        ok=False,
        mended_at=None,
        item__checklist__point=point,
        check_done__checklist__closed_at=None,
    ).select_related("item__checklist__post", "check_done")
    latest: dict[int, CheckResult] = {}
    for row in rows.order_by("pk"):
        latest[row.item_id] = row
    due = {
        one.of: one
        for one in Deadline.objects.filter(
            kind=checklists.MEND, subject=point.ref, state=Deadline.State.OPEN
        )
    }
    found = [(row, due.get(str(row.item_id))) for row in latest.values()]
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda one: one[1].due_at if one[1] else far)


def expiring(point: DutyPoint, now: datetime) -> list[tuple[CheckItem, date]]:
    """Return what expires at a point within 30 days, soonest first."""
    owed = Deadline.objects.filter(
        kind=checklists.EXPIRES,
        subject=point.ref,
        state=Deadline.State.OPEN,
        due_at__lte=now + checklists.SOON,
    ).order_by("due_at")
    items = CheckItem.objects.select_related("checklist").in_bulk([int(one.of) for one in owed])
    where = zone()
    return [
        (items[int(one.of)], one.due_at.astimezone(where).date())
        for one in owed
        if int(one.of) in items
    ]


def points_for(acting: Acting, now: datetime) -> list[DutyPoint]:
    """Return the open points that the actor plans, serves at, or owes checks of."""
    serves = serving(now).filter(user=acting.user).values("point_id")
    owes = Checklist.objects.filter(post=acting.post, closed_at=None).values("point_id")
    found = DutyPoint.objects.filter(
        Q(pk__in=serves) | Q(pk__in=owes) | Q(unit=acting.post.unit_id)
    )
    points = found.filter(closed_at=None).select_related("unit").order_by("pk")
    mine = set(serves.values_list("point_id", flat=True)) | set(
        owes.values_list("point_id", flat=True)
    )
    return [one for one in points if one.pk in mine or plans(acting.post, one.unit_id)]


def list_for(acting: Acting, pk: int, now: datetime) -> Checklist:
    """Return a list of a point that the actor may see, or that the post owes; raise DutyNotFound."""
    lists = Checklist.objects.select_related("point__unit", "post__unit")
    found = lists.filter(pk=pk).first()
    if found is None:
        raise DutyNotFound
    if found.post_id != acting.post.pk:
        access_point(acting, found.point.code, now)
    return found


def last_check(checklist: Checklist) -> Check | None:
    """Return the latest time that the list was gone through."""
    return checklist.checks.select_related("user").order_by("-period").first()
