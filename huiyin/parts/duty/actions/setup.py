"""Duty points, their hours, their shifts, who may serve, and the rules: set up by whoever plans."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from huiyin.kernel.given import BadInput
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Unit
from huiyin.kernel.units.queries import line_of
from huiyin.parts.duty.access import access_point, need_planner
from huiyin.parts.duty.actions._common import changed, need, removed
from huiyin.parts.duty.models import Capacity, DutyPoint, DutyRules, Eligible, Opening, Pattern
from huiyin.parts.duty.models.setup import DAY, EVERY_DAY

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
RULES: Mapping[str, tuple[int, int]] = {  # least and most of each rule
    "rest_minutes": (0, 48 * 60),
    "most_in_row": (1, 31),
    "most_week_minutes": (60, 7 * DAY),
    "submit_days": (0, 60),
    "approve_days": (0, 30),
    "gap_hours": (0, 31 * 24),
    "handover_minutes": (1, DAY),
    "sign_in_minutes": (1, DAY),
}


def _code(text: str, most: int) -> str:
    code = need("code", text, most=most)
    if not CODE.fullmatch(code):
        raise BadInput("code", "code")
    return code


def _hours(
    weekdays: int, starts: int, minutes: int, begins: date | None, until: date | None
) -> dict[str, object]:
    if not 1 <= weekdays <= EVERY_DAY:
        raise BadInput("weekdays", "weekdays")
    if not 0 <= starts < DAY:
        raise BadInput("starts", "hours")
    if not 1 <= minutes <= DAY:
        raise BadInput("minutes", "hours")
    if begins is not None and until is not None and until <= begins:
        raise BadInput("until", "ends_first")
    return {
        "weekdays": weekdays,
        "starts": starts,
        "minutes": minutes,
        "begins": begins,
        "until": until,
    }


def _words(field: str, words: Sequence[str]) -> list[str]:
    return sorted({need(field, word, most=40) for word in words if word.strip()})


@transaction.atomic
def add_point(
    acting: Acting,
    code: str,
    kind: str,
    name: str,
    *,
    now: datetime,
    name_en: str = "",
    place: str = "",
    telephone: str = "",
) -> DutyPoint:
    """Add a duty point to the unit of the post; raise BadInput for a code that is taken."""
    unit = acting.post.unit
    need_planner(acting, unit.pk)
    code = _code(code, 24)
    if kind not in DutyPoint.Kind.values:
        raise BadInput("kind", "unknown")
    if DutyPoint.objects.filter(code=code).exists():
        raise BadInput("code", "taken")
    point = DutyPoint.objects.create(
        unit=unit,
        code=code,
        kind=kind,
        name=need("name", name, most=80),
        name_en=need("name_en", name_en, least=0, most=80),
        place=need("place", place, least=0, most=120),
        telephone=need("telephone", telephone, least=0, most=32),
    )
    changed("duty point added", point.ref, now, acting, point)
    return point


def _point(acting: Acting, code: str, now: datetime) -> DutyPoint:
    point = access_point(acting, code, now)
    need_planner(acting, point.unit_id)
    return point


@transaction.atomic
def change_point(
    acting: Acting,
    code: str,
    *,
    name: str,
    now: datetime,
    name_en: str = "",
    place: str = "",
    telephone: str = "",
) -> DutyPoint:
    """Correct a point's name, place and telephone; its code stays."""
    point = _point(acting, code, now)
    point.name = need("name", name, most=80)
    point.name_en = need("name_en", name_en, least=0, most=80)
    point.place = need("place", place, least=0, most=120)
    point.telephone = need("telephone", telephone, least=0, most=32)
    point.save(update_fields=["name", "name_en", "place", "telephone"])
    changed("duty point changed", point.ref, now, acting, point)
    return point


@transaction.atomic
def close_point(acting: Acting, code: str, *, now: datetime) -> DutyPoint:
    """Plan no further shifts at a point; those that were published stay."""
    point = _point(acting, code, now)
    if point.closed_at is None:
        point.closed_at = now
        point.save(update_fields=["closed_at"])
        changed("duty point closed", point.ref, now, acting, point)
    return point


@transaction.atomic
def add_opening(
    acting: Acting,
    code: str,
    *,
    now: datetime,
    starts: int = 0,
    minutes: int = DAY,
    weekdays: int = EVERY_DAY,
    begins: date | None = None,
    until: date | None = None,
) -> Opening:
    """Open a point: by default round the clock, all year."""
    point = _point(acting, code, now)
    opening = Opening(point=point, **_hours(weekdays, starts, minutes, begins, until))
    if any(_share_hours(opening, other) for other in point.openings.all()):
        raise BadInput("starts", "overlap_opening")
    opening.save(force_insert=True)
    changed("opening hours added", point.ref, now, acting, opening)
    return opening


def _share_hours(one: Opening, other: Opening) -> bool:
    """Whether two openings are ever open at once, by weekday, hours and dates."""
    begins = max((d for d in (one.begins, other.begins) if d), default=None)
    until = min((d for d in (one.until, other.until) if d), default=None)
    if begins is not None and until is not None and until <= begins:
        return False
    week = 7 * DAY
    return any(
        (late - early) % week < lasts
        for a, b in ((one, other), (other, one))
        for early in _week_starts(a)
        for late in _week_starts(b)
        for lasts in (a.minutes,)
    )


def _week_starts(one: Opening) -> list[int]:
    return [day * DAY + one.starts for day in range(7) if one.weekdays >> day & 1]


@transaction.atomic
def remove_opening(acting: Acting, code: str, pk: int, *, now: datetime) -> None:
    """Take opening hours back; what was open before stays in the rosters of then."""
    point = _point(acting, code, now)
    mine = Opening.objects.filter(point=point, pk=pk)
    removed("opening hours removed", point.ref, now, acting, mine)


@transaction.atomic
def add_pattern(
    acting: Acting,
    point_code: str,
    code: str,
    name: str,
    *,
    starts: int,
    minutes: int,
    now: datetime,
    name_en: str = "",
    weekdays: int = EVERY_DAY,
    begins: date | None = None,
    until: date | None = None,
    leaders: int = 1,
    deputies: int = 0,
    members: int = 1,
    skills: Mapping[str, int] | None = None,
) -> Pattern:
    """Let a shift come back at a point; raise BadInput for a code taken or hours impossible."""
    point = _point(acting, point_code, now)
    code = _code(code, 12)
    if Pattern.objects.filter(point=point, code=code, closed_at=None).exists():
        raise BadInput("code", "taken")
    for field, number in (("leaders", leaders), ("deputies", deputies), ("members", members)):
        if not 0 <= number <= 50:
            raise BadInput(field, "number")
    people = leaders + deputies + members
    if not people:
        raise BadInput("members", "nobody_needed")
    wanted = {need("skills", skill, most=40): number for skill, number in (skills or {}).items()}
    if any(not 1 <= number <= people for number in wanted.values()):
        raise BadInput("skills", "number")
    pattern = Pattern.objects.create(
        point=point,
        code=code,
        name=need("name", name, most=40),
        name_en=need("name_en", name_en, least=0, most=40),
        leaders=leaders,
        deputies=deputies,
        members=members,
        skills=wanted,
        **_hours(weekdays, starts, minutes, begins, until),
    )
    changed("shift pattern added", point.ref, now, acting, pattern)
    return pattern


@transaction.atomic
def close_pattern(acting: Acting, point_code: str, pk: int, *, now: datetime) -> None:
    """Let a shift no longer come back; those already in a roster stay."""
    point = _point(acting, point_code, now)
    pattern = Pattern.objects.select_for_update().filter(point=point, pk=pk, closed_at=None).first()
    if pattern is not None:
        pattern.closed_at = now
        pattern.save(update_fields=["closed_at"])
        changed("shift pattern closed", point.ref, now, acting, pattern)


@transaction.atomic
def admit(
    acting: Acting,
    point_code: str,
    user: User,
    capacity: str,
    *,
    now: datetime,
    begins: date | None = None,
    until: date | None = None,
    skills: Sequence[str] = (),
    telephone: str = "",
) -> Eligible:
    """Let somebody serve at a point, as leader, deputy or member; a second time changes it."""
    point = _point(acting, point_code, now)
    if capacity not in Capacity.values:
        raise BadInput("capacity", "unknown")
    if not user.is_active:
        raise BadInput("user", "no_account")
    if begins is not None and until is not None and until <= begins:
        raise BadInput("until", "ends_first")
    eligible, _ = Eligible.objects.update_or_create(
        point=point,
        user=user,
        defaults={
            "capacity": capacity,
            "begins": begins,
            "until": until,
            "skills": _words("skills", skills),
            "telephone": need("telephone", telephone, least=0, most=32),
        },
    )
    changed("who may serve changed", point.ref, now, acting, eligible)
    return eligible


@transaction.atomic
def dismiss(acting: Acting, point_code: str, pk: int, *, now: datetime) -> None:
    """Let somebody serve at a point no longer; what is published stays until it is changed."""
    point = _point(acting, point_code, now)
    mine = Eligible.objects.filter(point=point, pk=pk)
    removed("who may serve changed", point.ref, now, acting, mine)


@Statement
def _rules_in(units: tuple[int, ...]) -> QuerySet[DutyRules]:
    return DutyRules.objects.filter(unit__in=units)


def rules_of(unit: Unit) -> DutyRules:
    """Return the rules that bind the unit: its own, the nearest above, or the house's (unsaved)."""
    line = line_of(unit.pk)
    found = {one.unit_id: one for one in _rules_in(tuple(line))}
    return next((found[above] for above in line if above in found), DutyRules(unit=unit))


@transaction.atomic
def set_rules(acting: Acting, *, now: datetime, **rules: int) -> DutyRules:
    """Set the rules of the post's unit, which those below follow that have none of their own."""
    unit = acting.post.unit
    need_planner(acting, unit.pk)
    for name, value in rules.items():
        least, most = RULES[name]
        if not least <= value <= most:
            raise BadInput(name, "number")
    inherited = rules_of(unit)
    kept = {name: getattr(inherited, name) for name in RULES}
    found, _ = DutyRules.objects.update_or_create(unit=unit, defaults={**kept, **rules})
    changed("duty rules set", f"unit:{unit.code}", now, acting, found)
    return found


@transaction.atomic
def drop_rules(acting: Acting, *, now: datetime) -> None:
    """Follow the rules of the unit above again."""
    unit = acting.post.unit
    need_planner(acting, unit.pk)
    mine = DutyRules.objects.filter(unit=unit)
    removed("duty rules dropped", f"unit:{unit.code}", now, acting, mine)
