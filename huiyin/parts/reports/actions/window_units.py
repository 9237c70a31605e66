"""A window in its units: unfolded over all at once; then each names its group and confirms."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from huiyin.kernel import rows
from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.bulk import Owed, start_many
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Role
from huiyin.parts.reports import standing
from huiyin.parts.reports.access import NotYours, ReportNotFound
from huiyin.parts.reports.models import Window, WindowPost, WindowUnit
from huiyin.parts.reports.tightening import Settings

ROSTER, LINE, EXERCISE = "window.roster", "window.line", "window.exercise"
WHY = {
    ROSTER: ("特护期值班表须提前排定", "the roster of a window is in force before it begins"),
    LINE: ("特护期前须测试通话", "the line is tested before the window begins"),
    EXERCISE: ("特护期前须组织演练", "an exercise is held before the window begins"),
}
PACE = (1440, 1440)
AT_ONCE = 300  # units told in one transaction, so that nobody waits long for it
AT_LEAST = timedelta(days=1)  # a unit that learns of it late has so long
BACK = timedelta(days=30)  # so long before the first day a test or an exercise still counts
NAMES = (*standing.RECEIVES, Role.HANDLER)
USUAL: dict[str, Role] = {
    WindowPost.Duty.OVERALL: Role.HEAD,
    WindowPost.Duty.CHARGE: Role.DEPUTY,
    WindowPost.Duty.DUTY: Role.DUTY_LEADER,
    WindowPost.Duty.LETTERS: Role.CLERK,
}
CONFIRMS = {
    "line": (LINE, "line_tested_on", "line_tested_by"),
    "exercise": (EXERCISE, "exercised_on", "exercised_by"),
}
_UNITS = """
INSERT INTO reports_windowunit (window_id, unit_id, late, told)
SELECT %s, u.id, 0, 0 FROM units_lineage l JOIN units_unit u ON u.id = l.unit_id
WHERE l.ancestor_id = %s AND u.closed_at IS NULL
AND NOT EXISTS (SELECT 1 FROM reports_windowunit r WHERE r.window_id = %s AND r.unit_id = u.id)
"""
_POSTS = """
INSERT INTO reports_windowpost (row_id, duty, post_id)
SELECT r.id, %s, MIN(p.id) FROM reports_windowunit r JOIN units_post p ON p.unit_id = r.unit_id
WHERE r.window_id = %s AND p.role = %s AND p.closed_at IS NULL
AND NOT EXISTS (SELECT 1 FROM reports_windowpost g WHERE g.row_id = r.id AND g.duty = %s)
GROUP BY r.id
"""


def unfold(window: Window) -> int:
    """Give each unit of the subtree that has none its row and its usual group; return how many.

    Five statements for any number of units. What a unit has named stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, [window.pk, window.unit_id, window.pk])
        made = int(cursor.rowcount)
        if made:
            for duty, role in USUAL.items():
                cursor.execute(_POSTS, [str(duty), window.pk, role.value, str(duty)])
    return made


def owed_by(window: Window, settings: Settings) -> dict[str, datetime]:
    """Return what each unit owes before the window begins, and until when."""
    start = policy().calendar.start_of_day(window.first_day)
    found = {}
    if settings.cover:
        day = window.first_day - timedelta(days=settings.roster_days)
        found[ROSTER] = policy().calendar.start_of_day(day)
    if settings.line_test:
        found[LINE] = start
    if settings.exercise:
        found[EXERCISE] = start
    return found


def owe(window: Window, now: datetime, most: int = AT_ONCE) -> int:
    """Let units owe what the window asks for as it stands, and tell them; return how many it was.

    Those that were not told of this version yet, `most` at once. What is due already is owed within a
    day; what came to be owed earlier is owed anew. The caller holds the window's lock.
    """
    rows_of = window.rows.filter(told__lt=window.version).order_by("pk")
    batch = dict(rows_of.values_list("unit_id", "told")[:most])
    if not batch:
        return 0
    desks = standing.posts(batch, now, standing.SENDS)
    for kind, due in owed_by(window, Settings.of(window.settings)).items():
        by = max(due, now + AT_LEAST)
        owed = Deadline.objects.filter(
            subject=window.ref, kind=kind, of__in=[str(one) for one in batch]
        ).exclude(state=Deadline.State.VOID)
        known = set()
        for unit, state, was in owed.values_list("of", "state", "due_at"):
            if state == Deadline.State.OPEN and by < was:
                clock.void(window.ref, kind, of=unit, now=now)
            else:
                known.add(unit)
        new = [one for one in batch if one in desks and str(one) not in known]
        start_many(
            kind,
            [Owed(window.ref, str(one), desks[one], by) for one in new],
            because=WHY[kind],
            pace=PACE,
            now=now,
        )
    rows.insert(
        [
            notices.draft(
                desks[one].pk, "window.changed" if told else "window.made", window.ref, now
            )
            for one, told in batch.items()
            if one in desks
        ]
    )
    told_now = window.rows.filter(unit__in=batch)
    told_now.update(told=window.version)
    groups = groups_of(told_now.select_related("unit").order_by("pk"))
    ledger.append_many(
        ledger.Draft(
            "window.told", window.ref, now,
            facts={"unit": row.unit.code, "number": window.version, **group},
        )
        for row, group in groups
    )  # fmt: skip
    return len(batch)


def groups_of(rows_of: QuerySet[WindowUnit]) -> list[tuple[WindowUnit, dict[str, ledger.Fact]]]:
    """Return rows with the codes of the posts that answer in each, by duty; None where none does."""
    found = []
    for row in rows_of.prefetch_related("group__post"):
        posts = {one.duty: one.post.code for one in row.group.all()}
        group: dict[str, ledger.Fact] = {duty: posts.get(duty) for duty in WindowPost.Duty.values}
        found.append((row, group))
    return found


@Statement
def _telling() -> QuerySet[Window, int]:
    left = WindowUnit.objects.filter(window=OuterRef("pk"), told__lt=OuterRef("version"))
    return Window.objects.filter(Exists(left), closed_at=None).values_list("pk", flat=True)


@Statement
def _locked(pk: int) -> QuerySet[Window]:
    return Window.objects.select_for_update(of=("self",)).filter(pk=pk)


def locked(pk: int) -> Window:
    """Return the window of that id, locked for the transaction."""
    return _locked(pk)[0]


def owe_more(now: datetime) -> int:
    """Tell the next units of each window that has some left to tell; return how many it was."""
    told = 0
    for pk in _telling():
        with transaction.atomic():
            window = locked(pk)
            told += owe(window, now) if window.closed_at is None else 0
    return told


def _row(lock: bool, number: str, unit_id: int) -> QuerySet[WindowUnit]:
    found = WindowUnit.objects.filter(
        window__number=number, unit=unit_id, window__closed_at=None
    ).select_related("window", "unit")
    return found.select_for_update(of=("self",)) if lock else found


_ROW = {lock: Statement(partial(_row, lock)) for lock in (False, True)}


def access_row(acting: Acting, number: str, *, lock: bool = False) -> WindowUnit:
    """Return the row of the actor's own unit in a window that is not over.

    Raises ReportNotFound where there is none, NotYours for a post that answers for nothing in it.
    """
    row = _ROW[lock].first(number, acting.post.unit_id)
    if row is None:
        raise ReportNotFound(number)
    if acting.post.role not in NAMES:
        raise NotYours
    return row


@transaction.atomic
def name_group(acting: Acting, number: str, named: dict[str, str], *, now: datetime) -> WindowUnit:
    """Say which posts of the actor's own unit answer for what: post code by duty, "" for none.

    Raises BadInput (field: the duty), ReportNotFound, NotYours.
    """
    row = access_row(acting, number, lock=True)
    own = {one.code: one for one in Post.objects.filter(unit=acting.post.unit_id, closed_at=None)}
    for duty, code in named.items():
        if duty not in WindowPost.Duty.values or (code and code not in own):
            raise BadInput(duty, "unknown")
    if not named.get(WindowPost.Duty.OVERALL, "-"):
        raise BadInput(WindowPost.Duty.OVERALL, "missing")
    before = dict(row.group.values_list("duty", "post__code"))
    after = {**before, **named}
    if {duty: code for duty, code in after.items() if code} == before:
        return row
    for duty, code in named.items():
        if code:
            WindowPost.objects.update_or_create(row=row, duty=duty, defaults={"post": own[code]})
        else:
            row.group.filter(duty=duty).delete()
    ledger.append(
        "window.named", subject=row.window.ref, now=now, post=acting.post.code,
        facts={"unit": row.unit.code, **{duty: after.get(duty) or None for duty in WindowPost.Duty.values}},
    )  # fmt: skip
    return row


@transaction.atomic
def confirm(acting: Acting, number: str, what: str, on: date, *, now: datetime) -> WindowUnit:
    """Confirm that the unit tested its line (`line`) or held its exercise (`exercise`) on a day.

    A later day replaces an earlier one. Raises BadInput, ReportNotFound, NotYours.
    """
    row = access_row(acting, number, lock=True)
    if what not in CONFIRMS:
        raise BadInput("what", "unknown")
    kind, day, by = CONFIRMS[what]
    today = policy().calendar.local_date(now)
    if on > today:
        raise BadInput("on", "future")
    if on < min(row.window.first_day, today) - BACK:
        raise BadInput("on", "too_old")
    if getattr(row, day) == on:
        return row
    setattr(row, day, on)
    setattr(row, by, acting.post)
    if getattr(row, what) is not None:
        setattr(row, what, 0)
    rows.keep(row, day, by, what)
    ledger.append(
        "window.confirmed", subject=row.window.ref, now=now, post=acting.post.code,
        facts={"unit": row.unit.code, "what": what, "on": on.isoformat()},
    )  # fmt: skip
    clock.meet(row.window.ref, kind, of=str(row.unit_id), now=now)
    return row


@Statement
def _owing(subject: str, kind: str) -> QuerySet[Deadline, str]:
    owed = Deadline.objects.filter(subject=subject, kind=kind, state=Deadline.State.OPEN)
    return owed.values_list("of", flat=True)


def meet_rosters(window: Window, units: Iterable[int], now: datetime) -> int:
    """Meet what is owed by units whose roster is in, some at once; return how many it was."""
    covered = {str(one) for one in units}
    if not covered:
        return 0
    met = [one for one in _owing(window.ref, ROSTER) if one in covered][:AT_ONCE]
    for one in met:
        clock.meet(window.ref, ROSTER, of=one, now=now)
    return len(met)
