"""Checklists of a point: set up by whoever plans, opened period by period, gone through, mended.

For each day, week or month a list owes a check (`duty.check`), by its end, to the post that it names;
for a list of each shift the shift's first sign-in opens it. `duty.check_next` is owed by nobody: at
its time the worker opens the period that begins, and those that went by while nothing ran.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.holding.actions import hold
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post
from huiyin.kernel.units.queries import line_of
from huiyin.parts.duty import hours, lists
from huiyin.parts.duty.access import DutyNotFound, NotYours, access_point, need_planner, plans
from huiyin.parts.duty.actions._common import changed, need, record
from huiyin.parts.duty.actions._shift import LINGER, Refused, lock_point
from huiyin.parts.duty.actions.rosters import zone
from huiyin.parts.duty.models import (
    Check,
    CheckItem,
    Checklist,
    CheckResult,
    DutyPoint,
    Shift,
    SignIn,
)
from huiyin.parts.duty.periods import period, periods

Every, Kind = Checklist.Every, CheckItem.Kind
CHECK, NEXT, MEND, EXPIRES = "duty.check", "duty.check_next", "duty.mend", "duty.expires"
MISSED = 7  # periods opened late at most after nothing ran for long
SOON = timedelta(days=30)  # before a date of expiry
WARNED: Mapping[str, tuple[timedelta, ...]] = {
    Every.SHIFT: (timedelta(hours=2),),
    Every.DAY: (timedelta(hours=4),),
    Every.WEEK: (timedelta(days=1),),
    Every.MONTH: (timedelta(days=5), timedelta(days=1)),
}
PACE: Mapping[str, tuple[int, ...]] = {  # minutes; empty is the house's pace of days
    Every.SHIFT: (60, 240),
    Every.DAY: (8 * 60, 24 * 60),
    Every.WEEK: (),
    Every.MONTH: (),
}
TO_MEND: Mapping[str, timedelta] = {
    Every.SHIFT: timedelta(days=1),
    Every.DAY: timedelta(days=1),
    Every.WEEK: timedelta(days=3),
    Every.MONTH: timedelta(days=7),
}
WHY_CHECK = ("每一周期须在结束前完成检查", "each period is checked before it ends")
WHY_NEXT = ("下一周期开始", "the next period begins")
WHY_MEND = ("检查不合格项须限期整改", "what failed a check is put right in time")
WHY_EXPIRES = ("物资须在失效前更换", "supplies are replaced before they expire")
MOST_ITEMS = 60


@dataclass(frozen=True)
class Found:
    """What was found at one item: `ok` where it was looked at, a number, or a date of expiry."""

    ok: bool | None = None
    number: int | None = None
    expires: date | None = None
    note: str = ""


def _line(kind: str, zh: str, en: str, least: int | None) -> dict[str, object]:
    if kind not in Kind.values:
        raise BadInput("items", "unknown")
    return {
        "kind": kind,
        "text": need("items", zh, most=160),
        "text_en": en.strip()[:160],
        "least": least if kind == Kind.COUNT else None,
    }


@transaction.atomic
def add(
    acting: Acting,
    code: str,
    name: str,
    every: str,
    post: Post,
    items: Sequence[lists.Line],
    *,
    now: datetime,
    name_en: str = "",
    begins: date | None = None,
    until: date | None = None,
) -> Checklist:
    """Give a point a checklist, and open its first period; raise BadInput.

    `post` owes the checks; it belongs to the point's unit or to one above it.
    """
    point = access_point(acting, code, now)
    need_planner(acting, point.unit_id)
    lock_point(point.pk)
    if every not in Every.values:
        raise BadInput("every", "unknown")
    if post.closed_at is not None or post.unit_id not in line_of(point.unit_id):
        raise BadInput("post", "unknown")
    if begins and until and until <= begins:
        raise BadInput("until", "ends_first")
    if not 1 <= len(items) <= MOST_ITEMS:
        raise BadInput("items", "missing" if not items else "too_long")
    made = Checklist.objects.create(
        point=point,
        name=need("name", name, most=80),
        name_en=name_en.strip()[:80],
        every=every,
        post=post,
        begins=begins,
        until=until,
    )
    lines = CheckItem.objects.bulk_create(
        CheckItem(checklist=made, number=number, **_line(item.kind, item.zh, item.en, item.least))
        for number, item in enumerate(items, 1)
    )
    if every != Every.SHIFT:
        _roll(made, now, now)
    changed("checklist added", point.ref, now, acting, made)
    hold(*lines, now=now)
    return made


@transaction.atomic
def close(acting: Acting, pk: int, *, now: datetime) -> Checklist:
    """Let a list be owed no more; what failed at its last check is still to be put right."""
    found = _find(acting, pk, now)
    need_planner(acting, found.point.unit_id)
    if found.closed_at is None:
        found.closed_at = now
        found.save(update_fields=["closed_at"])
        for one in _owed(found):
            clock.void(one.subject, CHECK, now=now, of=one.of)
        clock.void(found.point.ref, NEXT, now=now, of=str(found.pk))
        for item in found.items.filter(kind=Kind.EXPIRY):
            clock.void(found.point.ref, EXPIRES, now=now, of=str(item.pk))
        changed("checklist closed", found.point.ref, now, acting, found)
    return found


def _find(acting: Acting, pk: int, now: datetime) -> Checklist:
    found = Checklist.objects.select_related("point__unit", "post__unit").filter(pk=pk).first()
    if found is None:
        raise DutyNotFound
    if acting.post.pk != found.post_id:
        access_point(acting, found.point.code, now)
    lock_point(found.point_id)
    return found


def _owed(checklist: Checklist) -> list[Deadline]:
    """Return the open checks of the list, earliest first."""
    of_days = Deadline.objects.filter(
        kind=CHECK,
        state=Deadline.State.OPEN,
        subject=checklist.point.ref,
        of__startswith=f"{checklist.pk}:",
    )
    of_shifts = Deadline.objects.filter(
        kind=CHECK,
        state=Deadline.State.OPEN,
        subject__startswith=f"shift:{checklist.point.code}:",
        of=str(checklist.pk),
    )
    return sorted([*of_days, *of_shifts], key=lambda one: one.due_at)


def begin(shift: Shift, now: datetime) -> None:
    """Open the checks of a shift that is being stood."""
    for one in Checklist.objects.filter(point=shift.point_id, every=Every.SHIFT, closed_at=None):
        if _within(one, shift.starts) and not clock.find(shift.ref, CHECK, str(one.pk)):
            _start(one, shift.ref, str(one.pk), shift.ends, now)


def _within(one: Checklist, at: datetime) -> bool:
    day = at.astimezone(zone()).date()
    return (one.begins is None or one.begins <= day) and (one.until is None or day < one.until)


def _start(one: Checklist, subject: str, of: str, ends: datetime, now: datetime) -> None:
    clock.start_until(
        CHECK,
        subject=subject,
        of=of,
        post=one.post,
        due_at=ends,
        because=WHY_CHECK,
        warn_at=tuple(ends - before for before in WARNED[one.every]),
        pace=PACE[one.every],
        now=now,
    )


def _roll(one: Checklist, since: datetime, now: datetime) -> None:
    """Open the periods from that of `since` up to that of `now`, and plan the next."""
    where = zone()
    if one.begins is not None:
        since = max(since, hours.instant(one.begins, 0, where))
    found = periods(one.every, since, now, where)[-1 - MISSED :]
    for span in found:
        of = f"{one.pk}:{span.starts.astimezone(where):%y%m%d}"
        over = one.until is not None and span.starts >= hours.instant(one.until, 0, where)
        if over or Check.objects.filter(checklist=one, period=span.starts).exists():
            continue
        if not Deadline.objects.filter(subject=one.point.ref, kind=CHECK, of=of).exists():
            _start(one, one.point.ref, of, span.ends, now)
    following = found[-1].ends if found else since
    if one.until is None or following < hours.instant(one.until, 0, where):
        clock.start_until(
            NEXT,
            subject=one.point.ref,
            of=str(one.pk),
            post=None,
            due_at=following,
            because=WHY_NEXT,
            now=now,
        )


def on_next(deadline: Deadline, now: datetime) -> None:
    """A period begins: open its check. It does nothing where another worker came first."""
    one = Checklist.objects.select_related("point", "post__unit").get(pk=int(deadline.of))
    lock_point(one.point_id)
    if not clock.void(deadline.subject, NEXT, now=now, of=deadline.of, due=deadline.due_at):
        return
    one.refresh_from_db(fields=["closed_at"])
    if one.closed_at is None and one.point.closed_at is None:
        _roll(one, deadline.due_at, now)


def may_check(acting: Acting, one: Checklist, now: datetime) -> bool:
    """Whether the actor may go through the list: on a shift there, the named post, or a planner."""
    if one.every == Every.SHIFT:
        return shift_here(acting, one.point, now) is not None
    return (
        acting.post.pk == one.post_id
        or plans(acting.post, one.point.unit_id)
        or shift_here(acting, one.point, now) is not None
    )


def shift_here(acting: Acting, point: DutyPoint, now: datetime) -> Shift | None:
    """Return the shift of the point on which the actor is now."""
    here = SignIn.objects.filter(
        shift__point=point, shift__ends__gt=now - LINGER, user=acting.user, left_at=None
    )
    found = here.select_related("shift__point", "shift__pattern").order_by("-shift__starts").first()
    return found.shift if found else None


@transaction.atomic
def carry_out(
    acting: Acting, pk: int, found: Mapping[int, Found], *, now: datetime, sure: bool = False
) -> tuple[Check, bool]:
    """Keep what was found at each item (by its id); return the check, and whether it is new.

    A list that was gone through for this period already is left as it is. Each failure is owed by
    the list's post until it is put right; the check also ends what was owed and missed before.
    `sure` says that no name in a note is of somebody who complains. Raises BadInput for an item
    without its answer, a failure without a note; Private.
    """
    one = _find(acting, pk, now)
    if one.closed_at is not None:
        raise Refused("list_closed")
    if not may_check(acting, one, now):
        raise Refused("not_signed_in") if one.every == Every.SHIFT else NotYours
    subject, starts = one.point.ref, period(one.every, now, zone()).starts
    if one.every == Every.SHIFT and (shift := shift_here(acting, one.point, now)):
        subject, starts = shift.ref, shift.starts
    before = Check.objects.filter(checklist=one, period=starts).first()
    if before is not None:
        return before, False
    today = now.astimezone(zone()).date()
    rows = [_result(item, found.get(item.pk), today) for item in one.items.all()]
    keep_private({f"note-{row.item_id}": row.note for row in rows}, sure=sure)
    failed = [row for row in rows if not row.ok]
    check = Check.objects.create(
        checklist=one, period=starts, done_at=now, user=acting.user, failed=bool(failed)
    )
    record("duty.checked", subject, now, acting=acting, facts={"failed": len(failed)})
    for owed in _owed(one):
        if owed.started_at <= now:
            clock.meet(owed.subject, CHECK, now=now, of=owed.of)
    for row in rows:
        row.check_done = check
        row.save(force_insert=True)
        _follow_up(one, row, now)
    return check, True


def _result(item: CheckItem, found: Found | None, today: date) -> CheckResult:
    """Return what is kept of one item; raise BadInput naming it where the answer is missing."""
    field = f"item-{item.pk}"
    if found is None:
        raise BadInput(field, "missing")
    note = need(field, found.note, least=0, most=200)
    row = CheckResult(item=item, number=None, expires=None, note=note, ok=bool(found.ok))
    if item.kind == Kind.COUNT:
        if found.number is None or not 0 <= found.number < 10**9:
            raise BadInput(field, "missing" if found.number is None else "number")
        row.number, row.ok = found.number, found.number >= (item.least or 0)
    elif item.kind == Kind.EXPIRY:
        if found.expires is None:
            raise BadInput(field, "missing")
        row.expires, row.ok = found.expires, found.expires > today
    elif found.ok is None:
        raise BadInput(field, "missing")
    elif not found.ok and not note:
        raise BadInput(field, "say_what")
    return row


def _follow_up(one: Checklist, row: CheckResult, now: datetime) -> None:
    """Let a failure be owed, end what was put right, and watch a date of expiry."""
    ref, of = one.point.ref, str(row.item_id)
    if row.ok:
        _mended(row.item, now)
    elif not clock.find(ref, MEND, of):
        clock.start_until(
            MEND,
            subject=ref,
            of=of,
            post=one.post,
            due_at=now + TO_MEND[one.every],
            because=WHY_MEND,
            now=now,
        )
        notices.queue(one.post_id, "duty.check_failed", ref, now)
    if row.item.kind == Kind.EXPIRY and row.expires is not None:
        _watch(one, row.expires, ref, of, now)


def _watch(one: Checklist, expires: date, ref: str, of: str, now: datetime) -> None:
    due = hours.instant(expires, 0, zone())
    owed = clock.find(ref, EXPIRES, of)
    if owed is not None and owed.due_at == due:
        return
    clock.meet(ref, EXPIRES, now=now, of=of)
    if due <= now:
        return  # it failed: that it be mended is owed already
    clock.start_until(
        EXPIRES,
        subject=ref,
        of=of,
        post=one.post,
        due_at=due,
        because=WHY_EXPIRES,
        warn_at=(due - SOON, due - timedelta(days=7)),
        now=now,
    )
    if due - SOON < now:
        notices.queue(one.post_id, "duty.expires_soon", ref, now)


def _mended(item: CheckItem, now: datetime) -> int:
    failed = CheckResult.objects.filter(item=item, ok=False, mended_at=None)
    done = failed.update(mended_at=now)
    clock.meet(item.checklist.point.ref, MEND, now=now, of=str(item.pk))
    return done


@transaction.atomic
def mend(acting: Acting, item_pk: int, *, now: datetime) -> int:
    """Say that what failed was put right; return how many failures that ends, 0 the second time.

    The list's post may, whoever plans, and whoever is on a shift of the point.
    """
    item = CheckItem.objects.select_related("checklist").filter(pk=item_pk).first()
    if item is None:
        raise DutyNotFound
    one = _find(acting, item.checklist_id, now)
    item.checklist = one
    named = acting.post.pk == one.post_id or plans(acting.post, one.point.unit_id)
    if not named and shift_here(acting, one.point, now) is None:
        raise NotYours
    return _mended(item, now)
