"""Daily reports come to be owed by themselves: in the morning, by every unit under a rule."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.bulk import Owed, start_many
from huiyin.kernel.clock.bulk import bring_forward as sooner
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Lineage, Role
from huiyin.parts.reports import standing
from huiyin.parts.reports.access import NotYours
from huiyin.parts.reports.actions.reporting import DAILY, LOOK
from huiyin.parts.reports.models import DailyRule, Progress, Window
from huiyin.parts.reports.silence import Daily, cut_off, tightest
from huiyin.parts.reports.tightening import Settings

WHY = ("当日情况当日报告", "the day is reported the same day")
PACE = (60, 120)
LEAST = timedelta(hours=1)  # what a unit keeps to write in when the day's cut-off comes forward
MAKES = (Role.HEAD, Role.CLERK)


def _rules(day: date, now: datetime) -> dict[int, list[Daily]]:
    """Return the rules in force, by the unit that made them; a window's are of every day."""
    found: dict[int, list[Daily]] = defaultdict(list)
    for one in DailyRule.objects.filter(ended_at=None, since__lte=now):
        found[one.unit_id].append(Daily(one.daily_by, one.every_day))
    open_ones = Window.objects.filter(
        Q(opened_at__isnull=False) | Q(first_day__lte=day), closed_at=None, last_day__gte=day
    )
    for window in open_ones:
        if (minutes := Settings.of(window.settings).daily_by) is not None:
            found[window.unit_id].append(Daily(minutes, every_day=True))
    return found


def owing(day: date, now: datetime) -> dict[int, int]:
    """Return for each unit that owes the day's report until which minute of the day."""
    working = policy().calendar.is_working(day)
    found: dict[int, int] = {}
    for unit_id, rules in _rules(day, now).items():
        minutes = tightest(rules, working=working)
        if minutes is None:
            continue
        below = Lineage.objects.filter(ancestor=unit_id, distance__gt=0, unit__closed_at=None)
        for one in below.values_list("unit_id", flat=True):
            found[one] = min(minutes, found.get(one, minutes))
    return found


@transaction.atomic
def open_day(now: datetime) -> int:
    """Open what today's reports are owed by, for every unit under a rule; return how many.

    Once a day: what is open or was met already is left as it is. A cut-off that is past when the
    rule was made is not owed that day.
    """
    Progress.objects.get_or_create(pk=1)
    Progress.objects.select_for_update().get(pk=1)
    calendar = policy().calendar
    day = calendar.local_date(now)
    line = f"daily:{day}"
    by = {unit: cut_off(day, minutes, calendar.zone) for unit, minutes in owing(day, now).items()}
    known = set(Deadline.objects.filter(subject=line, kind=DAILY).values_list("of", flat=True))
    new = {unit: due for unit, due in by.items() if due > now and str(unit) not in known}
    desks = standing.posts(new, now, standing.SENDS) if new else {}
    owed = [Owed(line, str(unit), desks[unit], due) for unit, due in new.items() if unit in desks]
    opened = start_many(DAILY, owed, because=WHY, pace=PACE, now=now)
    _look_at(line, {one.due_at for one in owed}, now)
    return opened


def _look_at(line: str, times: set[datetime], now: datetime) -> None:
    """Let silence be looked for at these times of the day, once at each."""
    looked = set(Deadline.objects.filter(subject=line, kind=LOOK).values_list("due_at", flat=True))
    for due in sorted(times - looked):
        clock.start_until(
            LOOK, subject=line, of=f"{due:%H%M}", post=None, due_at=due, because=WHY, now=now
        )


@transaction.atomic
def bring_forward(window: Window, now: datetime) -> int:
    """Let today's report be owed by an open window's earlier cut-off; return by how many units.

    Nothing is put off, a cut-off that is past is not owed that day, and each unit keeps an hour at
    least. What was sent or is late already stays as it is.
    """
    minutes = Settings.of(window.settings).daily_by
    day = policy().calendar.local_date(now)
    if minutes is None or window.opened_at is None or window.last_day < day:
        return 0
    cut = cut_off(day, minutes, policy().calendar.zone)
    if cut <= now:
        return 0
    Progress.objects.get_or_create(pk=1)
    Progress.objects.select_for_update().get(pk=1)  # so that the day is not being opened meanwhile
    below = Lineage.objects.filter(ancestor=window.unit_id, distance__gt=0).values("unit")
    least = (now + LEAST).replace(second=0, microsecond=0) + timedelta(minutes=1)
    line, due = f"daily:{day}", max(cut, least)
    owed = (
        Deadline.objects.select_for_update(of=("self",))
        .select_related("post__unit")
        .filter(subject=line, kind=DAILY, state=Deadline.State.OPEN, post__unit__in=below)
        .filter(due_at__gt=due)
        .order_by("pk")
    )
    moved = sooner(list(owed), due, because=WHY, now=now)
    if moved:
        _look_at(line, {due}, now)
    return moved


@transaction.atomic
def require(acting: Acting, daily_by: int, *, every_day: bool, now: datetime) -> DailyRule:
    """Let every unit below the actor's owe a daily report, from the next hour on.

    `daily_by` is minutes after midnight. Raises BadInput, and NotYours for any post but the unit's
    head or clerk.
    """
    if acting.post.role not in MAKES:
        raise NotYours
    if not 0 < daily_by < 24 * 60:
        raise BadInput("daily_by", "number")
    rule, _ = DailyRule.objects.update_or_create(
        unit=acting.post.unit,
        defaults={"daily_by": daily_by, "every_day": every_day, "since": now, "ended_at": None},
    )
    facts: dict[str, ledger.Fact] = {"minutes": daily_by, "every_day": every_day}
    _changed(acting, "report.required", rule, now, facts)
    return rule


@transaction.atomic
def require_no_more(acting: Acting, *, now: datetime) -> None:
    """End the rule of the actor's unit; what is owed today stays owed."""
    if acting.post.role not in MAKES:
        raise NotYours
    rule = DailyRule.objects.filter(unit=acting.post.unit_id, ended_at=None).first()
    if rule is not None:
        rule.ended_at = now
        rule.save(update_fields=["ended_at"])
        _changed(acting, "report.required_no_more", rule, now, {})


def _changed(
    acting: Acting, kind: str, rule: DailyRule, now: datetime, facts: dict[str, ledger.Fact]
) -> None:
    ledger.append(
        kind,
        subject=rule.ref,
        now=now,
        post=acting.post.code,
        facts={"unit": acting.post.unit.code, **facts},
    )
