"""Calendar feeds: what is behind a secret address, as long as whoever made it may see it."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import in_language
from huiyin.kernel.units.queries import tenures_of
from huiyin.parts.duty import ical, timetable
from huiyin.parts.duty.access import DutyNotFound, access_point
from huiyin.parts.duty.models import Assignment, Feed
from huiyin.parts.duty.timetable import Change, Stood, name_of


def digest_of(token: str) -> str:
    """Return what is kept of an address's secret: its SHA-256, in hexadecimal."""
    return hashlib.sha256(f"huiyin duty feed {token}".encode()).hexdigest()


def of(acting: Acting) -> QuerySet[Feed]:
    """Return the addresses that the actor made and that still answer, newest first."""
    found = Feed.objects.filter(made_by=acting.user, revoked_at=None)
    return found.select_related("point").order_by("-made_at", "-pk")


def find(token: str, now: datetime) -> Feed:
    """Return the feed of an address; raise DutyNotFound for one that is unknown, revoked, or whose
    maker may no longer see what it shows."""
    feed = (
        Feed.objects.select_related("user", "point__unit", "made_by")
        .filter(digest=digest_of(token), revoked_at=None, made_by__is_active=True)
        .first()
    )
    if feed is None or (feed.point is not None and not _sees(feed, now)):
        raise DutyNotFound
    return feed


def _sees(feed: Feed, now: datetime) -> bool:
    for tenure in tenures_of(feed.made_by, now):
        try:
            access_point(
                Acting(feed.made_by, tenure.post), feed.point.code if feed.point else "", now
            )
        except DutyNotFound:
            continue
        return feed.point is not None and feed.point.closed_at is None
    return False


def calendar(feed: Feed, now: datetime) -> tuple[bytes, datetime]:
    """Return the calendar in the active language, and when it changed last."""
    if feed.point is not None:
        given = Assignment.objects.filter(shift__point=feed.point)
        entries = [_of_point(one) for one in _once(timetable.history(given, now))]
        name = _("Duty: %(whom)s") % {"whom": feed.point}
    else:
        given = Assignment.objects.filter(user=feed.user)
        entries = [_of_person(one, feed.user_id or 0) for one in timetable.history(given, now)]
        name = _("Duty: %(whom)s") % {"whom": name_of(feed.made_by)}
    changed = max([one.changed for one in entries], default=feed.made_at)
    return ical.calendar(name, entries, policy().calendar.zone), max(changed, feed.made_at)


def _once(changes: list[Change]) -> list[Change]:
    """Return one change for each shift: of a point's calendar, whoever stands it."""
    return list({one.shift.pk: one for one in changes}.values())


def _host() -> str:
    return str(settings.HUIYIN_LOG_ORIGIN).partition("/")[0]


def _words(standing: Stood | None) -> str:
    if standing is None:
        return ""
    lines = [f"{one.label}{in_language('：', ': ')}{one.name}" for one in standing.standers]
    return "\n".join(lines)


def _entry(one: Change, uid: str, summary: str, cancelled: bool, alarms: bool) -> ical.Entry:
    point = one.shift.point
    return ical.Entry(
        uid=f"{uid}@{_host()}",
        sequence=one.version,
        starts=one.shift.starts,
        ends=one.shift.ends,
        changed=one.changed,
        summary=summary,
        organiser=str(point.unit),
        description="" if cancelled else _words(one.standing),
        place=point.place or str(point),
        cancelled=cancelled,
        alarms=alarms,
    )


def _of_person(one: Change, user: int) -> ical.Entry:
    mine = [each for each in one.standing.standers if each.user.pk == user] if one.standing else []
    what = f" · {mine[0].label}" if mine else ""
    summary = f"{one.shift.point} {one.shift.pattern}{what}"
    return _entry(one, f"shift-{one.shift.pk}-{user}", summary, one.cancelled, alarms=True)


def _of_point(one: Change) -> ical.Entry:
    names = in_language("、", ", ").join(
        each.name for each in (one.standing.standers if one.standing else ())
    )
    summary = f"{one.shift.pattern} {names or _('nobody yet')}"
    off = one.shift.cancelled_at is not None
    return _entry(one, f"shift-{one.shift.pk}", summary, off, alarms=False)
