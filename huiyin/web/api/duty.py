"""Who is on duty, for programs that act for a post: a door plate, a switchboard, a wall screen."""

from datetime import date, datetime, timedelta
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from huiyin.kernel.clock.policy import policy
from huiyin.parts.duty import timetable
from huiyin.parts.duty.access import access_point
from huiyin.parts.duty.models import DutyPoint
from huiyin.parts.duty.timetable import Stood
from huiyin.web.api import auth

router = Router(auth=auth.PostToken(), tags=["duty"])


class OnShift(Schema):
    """Somebody on a shift. `here_since`: signed in; `away`: said that they can't come."""

    name: str
    capacity: str
    telephone: str
    here_since: datetime | None
    away: bool


class ShiftOut(Schema):
    """A shift, half-open in UTC, with whoever stands it, the leader first. `day` is local."""

    pattern: str
    name: str
    day: date
    starts: datetime
    ends: datetime
    people: list[OnShift]
    short: bool


class PointOut(Schema):
    """A duty point."""

    code: str
    name: str
    kind: str
    unit: str
    place: str
    telephone: str


class PointNow(Schema):
    """A point, and the shifts that run there now."""

    point: PointOut
    shifts: list[ShiftOut]


class NowOut(Schema):
    """Who is on duty at the points that the post may see."""

    at: datetime
    points: list[PointNow]


class RosterOut(Schema):
    """The shifts of a point that begin on the local days from `first` up to `end`."""

    point: PointOut
    first: date
    end: date
    shifts: list[ShiftOut]


class Days(Schema):
    """Which days: from `first` (today where it is not given), `days` many."""

    first: Annotated[date | None, Field(ge=date(2000, 1, 1), le=date(2199, 1, 1))] = None
    days: Annotated[int, Field(ge=1, le=92)] = 31


def _point(point: DutyPoint) -> PointOut:
    return PointOut(
        code=point.code, name=str(point), kind=point.kind, unit=point.unit.code,
        place=point.place, telephone=point.telephone,
    )  # fmt: skip


def _shift(one: Stood) -> ShiftOut:
    return ShiftOut(
        pattern=one.shift.pattern.code,
        name=str(one.shift.pattern),
        day=one.shift.day,
        starts=one.shift.starts,
        ends=one.shift.ends,
        short=one.short,
        people=[
            OnShift(
                name=each.name, capacity=each.capacity, telephone=each.telephone,
                here_since=each.here, away=each.away,
            )
            for each in one.standers
        ],
    )  # fmt: skip


@router.get("/duty/now", response=NowOut)
def on_duty(request: HttpRequest) -> NowOut:
    """Say who is on duty now at each point that the post may see."""
    now = timezone.now()
    found = timetable.on_duty(auth.acting(request), now)
    points = [
        PointNow(point=_point(one.point), shifts=[_shift(each) for each in one.running])
        for one in found
    ]
    return NowOut(at=now, points=points)


@router.get("/duty/points/{point}/roster", response=RosterOut)
def roster(request: HttpRequest, point: str, days: Annotated[Days, Query()]) -> RosterOut:
    """Return a point's roster in force."""
    now = timezone.now()
    found = access_point(auth.acting(request), point.replace("\x00", ""), now)
    first = days.first or policy().calendar.local_date(now)
    end = first + timedelta(days=days.days)
    shifts = [_shift(one) for one in timetable.of_point(found, first, end)]
    return RosterOut(point=_point(found), first=first, end=end, shifts=shifts)
