"""What is owed of a shift in force: that somebody fills it in time, and that its leader stands it.

`duty.gap` is owed until enough people are on the shift; it ends so many hours before the shift begins
as the rules say (`gap_hours`), so that a gap climbs the ladder before it opens. `duty.stand` is owed
until the leader has signed in; it ends some minutes after the beginning, so that a shift that nobody
stood shows in the log alone. Both may be settled again and again: only what changed is entered.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.units.models import Post, Role, Unit
from huiyin.kernel.units.queries import post_in
from huiyin.parts.duty.access import in_force, planner_post
from huiyin.parts.duty.actions.setup import rules_of
from huiyin.parts.duty.models import Absence, Assignment, Capacity, DutyRules, Shift, SignIn

GAP, STAND = "duty.gap", "duty.stand"
GAP_PACE = (4 * 60, 8 * 60)
STAND_PACE = (10, 20)
WHY_GAP = ("值班表有空缺，开班前须补足", "a gap in the roster is to be filled before the shift")
WHY_STAND = ("带班人员须按时签到", "the shift's leader signs in on time")


def lacking(shift: Shift, standing: Iterable[Assignment]) -> dict[str, int]:
    """Return how many more leaders, deputies and members the shift needs; empty when none.

    A leader too many serves as deputy or member, a deputy too many as member.
    """
    has = dict.fromkeys(Capacity.values, 0)
    for one in standing:
        has[one.capacity] += 1
    missing, spare = {}, 0
    needs = (
        (Capacity.LEADER, shift.leaders),
        (Capacity.DEPUTY, shift.deputies),
        (Capacity.MEMBER, shift.members),
    )
    for capacity, needed in needs:
        short = needed - has[capacity] - spare
        spare = max(0, -short)
        if short > 0:
            missing[str(capacity)] = short
    return missing


def leading_post(unit: Unit) -> Post | None:
    """Return the post that answers for the unit's shifts: its duty leader, its head, or a planner."""
    return post_in(unit.pk, Role.DUTY_LEADER, Role.HEAD) or planner_post(unit)


def present(shifts: Sequence[Shift]) -> dict[int, list[Assignment]]:
    """Return who stands each shift by the roster in force, without those who can't come.

    Whoever came after all has stepped in for themselves.
    """
    pks = [one.pk for one in shifts]
    absences = Absence.objects.filter(shift__in=pks).exclude(replaced_by=F("user"))
    away = set(absences.values_list("shift_id", "user_id"))
    found: dict[int, list[Assignment]] = {pk: [] for pk in pks}
    for one in in_force(Shift.objects.filter(pk__in=pks)):
        if (one.shift_id, one.user_id) not in away:
            found[one.shift_id].append(one)
    return found


def settle(unit: Unit, shifts: Iterable[Shift], now: datetime) -> None:
    """Open what is newly owed of the unit's shifts that are not over, and end what is owed no more.

    A gap can open while a shift is being stood; that its leader signs in is owed only before.
    """
    coming = [one for one in shifts if one.ends > now]
    rules = rules_of(unit)
    owing = leading_post(unit)
    if not coming or owing is None:
        return
    standing = present(coming)
    open_ones = set(
        Deadline.objects.filter(
            Q(kind=GAP) | Q(kind=STAND),
            subject__in=[one.ref for one in coming],
            state=Deadline.State.OPEN,
        ).values_list("subject", "kind")
    )
    led = set(
        SignIn.objects.filter(shift__in=coming, capacity=Capacity.LEADER).values_list(
            "shift_id", flat=True
        )
    )
    for shift in coming:
        if shift.cancelled_at is not None:
            if {(shift.ref, GAP), (shift.ref, STAND)} & open_ones:
                clock.void(shift.ref, GAP, STAND, now=now)
            continue
        to_stand = shift.starts > now and shift.pk not in led
        if to_stand and (shift.ref, STAND) not in open_ones:
            _stand(shift, owing, rules, now)
        gap = bool(lacking(shift, standing[shift.pk]))
        if gap and (shift.ref, GAP) not in open_ones:
            _gap(shift, owing, rules, now)
        elif not gap and (shift.ref, GAP) in open_ones:
            clock.meet(shift.ref, GAP, now=now)


def _stand(shift: Shift, owing: Post, rules: DutyRules, now: datetime) -> None:
    clock.start_until(
        STAND,
        subject=shift.ref,
        post=owing,
        due_at=shift.starts + timedelta(minutes=rules.sign_in_minutes),
        because=WHY_STAND,
        pace=STAND_PACE,
        now=now,
    )


def _gap(shift: Shift, owing: Post, rules: DutyRules, now: datetime) -> None:
    clock.start_until(
        GAP,
        subject=shift.ref,
        post=owing,
        due_at=max(shift.starts - timedelta(hours=rules.gap_hours), now),
        because=WHY_GAP,
        pace=GAP_PACE,
        now=now,
    )
