"""What a deadline or a notice of duty is about, and the page where that is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.parts.duty.actions.reception import CROWDED
from huiyin.parts.duty.models import DutyPoint, Roster, Shift
from huiyin.parts.duty.wording import day


@dataclass(frozen=True)
class About:
    """A name and an address for the subject of a deadline or notice."""

    title: str
    url: str


def about(subject: str, what: str = "") -> About:
    """Return what a subject ("roster:…", "shift:…", "point:…") is called and where it is.

    `what` is the kind of the deadline or notice: a desk that is too full has a page of its own.
    """
    kind, _colon, rest = subject.partition(":")
    if what == CROWDED and (desk := _desk(rest)):
        return desk
    found = {"roster": _roster, "shift": _shift, "point": _point}.get(kind, _other)(rest)
    return found or _other(rest)


def _roster(rest: str) -> About | None:
    unit, _colon, first = rest.rpartition(":")
    roster = (
        Roster.objects.filter(unit__code=unit, first_day=date.fromisoformat(first))
        .select_related("unit")
        .order_by("-version")
        .first()
    )
    if roster is None:
        return None
    title = _("Roster of %(unit)s from %(day)s") % {
        "unit": roster.unit,
        "day": day(roster.first_day),
    }
    return About(title, reverse("staff:duty_roster", args=[roster.pk]))


def _shift(rest: str) -> About | None:
    code, starts, pattern = rest.split(":")
    at = datetime.strptime(starts, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    shift = (
        Shift.objects.filter(point__code=code, starts=at, pattern__code=pattern)
        .select_related("point", "pattern")
        .order_by("cancelled_at", "pk")
        .first()
    )
    if shift is None:
        return None
    begins = timezone.localtime(shift.starts)
    title = f"{shift.point} {shift.pattern} {day(begins.date())} {begins:%H:%M}"
    return About(title, reverse("staff:duty_shift_of", args=[shift.pk]))


def _point(rest: str) -> About | None:
    point = DutyPoint.objects.filter(code=rest.partition(":")[0]).first()
    return About(str(point), reverse("staff:duty_checks")) if point else None


def _desk(rest: str) -> About | None:
    point = DutyPoint.objects.filter(code=rest).first()
    return About(str(point), reverse("staff:duty_desk", args=[rest])) if point else None


def _other(rest: str) -> About:
    return About(rest, reverse("staff:duty"))
