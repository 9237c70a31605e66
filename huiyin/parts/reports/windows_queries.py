"""The reader of windows: who sees which, how ready a subtree is, the evidence of one unit.

A number of queries that does not grow with the tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Unit
from huiyin.kernel.units.queries import holders, line_of
from huiyin.parts.reports.access import ReportNotFound, at_desk
from huiyin.parts.reports.models import Window, WindowPost, WindowUnit
from huiyin.parts.reports.readiness import CELLS

AT_ONCE = 50


def visible(acting: Acting) -> QuerySet[Window]:
    """Return the windows that the post's unit is in, or that are of a unit below its desk."""
    mine = Q(Exists(WindowUnit.objects.filter(window=OuterRef("pk"), unit=acting.post.unit_id)))
    if at_desk(acting.post):
        mine |= Q(unit__lineage__ancestor=acting.post.unit_id)
    found = Window.objects.filter(mine).select_related("unit", "made_by__unit")
    return found.order_by("-first_day", "-pk").distinct()


def access_window(acting: Acting, number: str) -> Window:
    """Return a window that the post may see; raise ReportNotFound."""
    window = visible(acting).filter(number=number).first()
    if window is None:
        raise ReportNotFound(number)
    return window


def _seen(acting: Acting, window: Window, unit_id: int | None) -> int:
    """Return the unit that is shown: the named one, else the highest that may be seen."""
    own = acting.post.unit_id
    line = line_of(own if unit_id is None else unit_id)
    if unit_id is None and window.unit_id not in line:
        line = line_of(window.unit_id)
    seen = bool(line) and (line[0] == own or (at_desk(acting.post) and own in line))
    if not seen or window.unit_id not in line:
        raise ReportNotFound(str(unit_id))
    return line[0]


def access_unit(acting: Acting, window: Window, unit_id: int | None) -> Unit:
    """Return the unit of the window that is shown: the named one, else the highest that may be seen.

    A post sees its own unit, and from a desk all below it. Raises ReportNotFound.
    """
    return Unit.objects.select_related("parent").get(pk=_seen(acting, window, unit_id))


@dataclass(frozen=True)
class Cell:
    """One column of a unit, or of it and all below: of `asked` units so many are not in order.

    For the column `late`, `wrong` is a number of deadlines and `asked` None.
    """

    column: str
    wrong: int
    asked: int | None

    @property
    def state(self) -> str:
        """`none` (not asked, or not due yet), `good` or `bad`."""
        if self.wrong:
            return "bad"
        return "none" if self.asked == 0 else "good"


@dataclass(frozen=True)
class Line:
    """A unit, alone or with all below it: how many units that is, and their cells."""

    unit: Unit
    units: int
    cells: tuple[Cell, ...]
    alone: bool = False


@dataclass(frozen=True)
class Grid:
    """A subtree at a glance: all of it, the unit by itself, and each unit right below with all below it."""

    window: Window
    unit: Unit
    whole: Line
    lines: list[Line]
    page: int
    pages: int


def _alone(row: WindowUnit) -> Line:
    cells = [Cell(one, getattr(row, one) or 0, int(getattr(row, one) is not None)) for one in CELLS]
    return Line(row.unit, 1, (*cells, Cell("late", row.late, None)), alone=True)


def _whole(row: WindowUnit) -> Line:
    """Return the row's unit with all below it, as it was when it was counted."""
    if row.below is None:
        return replace(_alone(row), alone=False)
    cells = [Cell(one, row.below[one], row.below[f"{one}_of"]) for one in CELLS]
    return Line(row.unit, row.below["units"], (*cells, Cell("late", row.below["late"], None)))


def grid(acting: Acting, window: Window, unit_id: int | None = None, page: int = 1) -> Grid:
    """Return how ready a unit of the window is with all below it, page by page of units right below.

    Sums are kept with each unit since the last count, so that a page costs the same in a tree of any
    size. Raises ReportNotFound.
    """
    unit = _seen(acting, window, unit_id)
    rows = WindowUnit.objects.filter(window=window).select_related("unit")
    own = rows.filter(unit=unit).select_related("unit__parent").first()
    if own is None:
        raise ReportNotFound(str(unit))
    if not at_desk(acting.post):
        return Grid(window, own.unit, _alone(own), [_alone(own)], 1, 1)
    # Asked by their parent: by the window's rows, SQLite would look at every unit of it.
    here = WindowUnit.objects.filter(window=window, unit=OuterRef("pk"))
    children = Unit.objects.filter(Exists(here), parent=unit).order_by("code")
    pages = max(1, -(-children.count() // AT_ONCE))
    page = min(max(page, 1), pages)
    lines = [_alone(own)] if page == 1 else []
    shown = list(children.values_list("pk", flat=True)[(page - 1) * AT_ONCE : page * AT_ONCE])
    lines += [_whole(one) for one in rows.filter(unit__in=shown).order_by("unit__code")]
    return Grid(window, own.unit, _whole(own), lines, page, pages)


def wrong(
    acting: Acting, window: Window, column: str, unit_id: int | None, page: int = 1
) -> tuple[Unit, list[WindowUnit], bool]:
    """Return the units of a subtree that are not in order in a column, and whether more follow.

    Raises ReportNotFound.
    """
    unit = access_unit(acting, window, unit_id)
    rows = WindowUnit.objects.filter(window=window, **{f"{column}__gt": 0})
    rows = rows.filter(unit__lineage__ancestor=unit) if at_desk(acting.post) else rows.filter(
        unit=unit
    )  # fmt: skip
    start = (max(page, 1) - 1) * AT_ONCE
    found = list(rows.select_related("unit").order_by("unit__code")[start : start + AT_ONCE + 1])
    return unit, found[:AT_ONCE], len(found) > AT_ONCE


@dataclass(frozen=True)
class Named:
    """A responsibility of a leading group: the post that has it, and whether somebody holds it."""

    duty: str
    label: str
    post: Any
    held: bool


@dataclass(frozen=True)
class Evidence:
    """What the cells of one unit rest on. `late` and `checks` are (kind of duty, due time)."""

    row: WindowUnit
    group: list[Named]
    daily: Deadline | None
    checks: Sequence[tuple[str, datetime]]
    late: Sequence[tuple[str, datetime]]


def evidence(
    acting: Acting, window: Window, unit_id: int, now: datetime, check_kinds: Sequence[str]
) -> Evidence:
    """Return what the unit's cells rest on; of letters only which duty was due when.

    Letters that complain of a unit or a post are left out. Raises ReportNotFound.
    """
    unit = access_unit(acting, window, unit_id)
    row = (
        WindowUnit.objects.filter(window=window, unit=unit)
        .select_related("unit", "line_tested_by__unit", "exercised_by__unit")
        .first()
    )
    if row is None:
        raise ReportNotFound(unit.code)
    today = policy().calendar.local_date(now)
    past = Deadline.objects.filter(
        post__unit=unit, state=Deadline.State.OPEN, paused_at=None, due_at__lte=now,
        avoid_unit=None, avoid_post=None,
    ).order_by("due_at")  # fmt: skip
    return Evidence(
        row,
        group_of(row, now),
        Deadline.objects.filter(subject=f"daily:{today}", of=str(unit.pk)).first(),
        list(past.filter(kind__in=check_kinds).values_list("kind", "due_at")[:AT_ONCE]),
        list(past.filter(kind__startswith="case.").values_list("kind", "due_at")[:AT_ONCE]),
    )


def group_of(row: WindowUnit, now: datetime) -> list[Named]:
    """Return every responsibility of the unit's leading group, named or not."""
    posts = {one.duty: one.post for one in row.group.select_related("post__unit")}
    held = holders([one.pk for one in posts.values()], now)
    return [
        Named(duty.value, str(duty.label), post := posts.get(duty.value), bool(post and held.get(post.pk)))
        for duty in WindowPost.Duty
    ]  # fmt: skip


def own_row(acting: Acting, window: Window) -> WindowUnit | None:
    """Return the row of the actor's own unit, None where it is not in the window."""
    return window.rows.filter(unit=acting.post.unit_id).select_related("window", "unit").first()


def untold(window: Window) -> int:
    """Return how many units were not told of the window as it stands yet."""
    return window.rows.filter(told__lt=window.version).count()
