"""Who may see, write, acknowledge and withdraw. Absent and not yours are one: ReportNotFound.

Any post of a unit may send and correct its reports, so that nobody in the unit holds one back, and
no post on the way up has a right over it beyond reading, acknowledging and acting.
"""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet

from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Lineage, Post, Role
from huiyin.kernel.units.queries import line_of
from huiyin.parts.reports.models import Arrival, Incident, IncidentTask, Report

DESK = (Role.DUTY_LEADER, Role.DEPUTY, Role.HEAD, Role.CLERK, Role.SECRETARY)
COMMANDS = (Role.DUTY_LEADER, Role.DEPUTY, Role.HEAD)


class ReportNotFound(LookupError):
    """There is no such report or mark, or it is none of the asker's business."""


class NotYours(PermissionDenied):
    """The asker may see it, but the post gives no right to this."""


def at_desk(post: Post) -> bool:
    """Whether the post takes in the reports that arrive at its unit."""
    return post.role in DESK


def visible(acting: Acting) -> QuerySet[Report]:
    """Return the sent reports that the post may read: its unit's own, and what arrived at it."""
    return _visible(acting.post.unit_id, desk=at_desk(acting.post))


def _visible(unit_id: int, *, desk: bool) -> QuerySet[Report]:
    mine = Q(unit=unit_id)
    if desk:
        here = Arrival.objects.filter(report=OuterRef("pk"), unit=unit_id)
        mine = Q(mine | Q(Exists(here)))
    return Report.objects.filter(mine, sent_at__isnull=False)


def _readable(desk: bool, lock: bool, unit_id: int, number: str) -> QuerySet[Report]:
    found = _visible(unit_id, desk=desk).filter(number=number)
    found = found.select_related("unit", "post__unit", "follows")
    return found.select_for_update(of=("self",)) if lock else found


_READABLE = {
    (desk, lock): Statement(partial(_readable, desk, lock))
    for desk in (False, True)
    for lock in (False, True)
}


def access_report(acting: Acting, number: str, *, lock: bool = False) -> Report:
    """Return a sent report that the post may read; raise ReportNotFound."""
    report = _READABLE[at_desk(acting.post), lock].first(acting.post.unit_id, number)
    if report is None:
        raise ReportNotFound(number)
    return report


def sees_unit(post: Post, unit_id: int) -> bool:
    """Whether the post sees the unit's page of reports and marks: its own unit, or one below."""
    return post.unit_id == unit_id or (at_desk(post) and post.unit_id in line_of(unit_id))


def is_above(post: Post, unit_id: int) -> bool:
    """Whether the post sits at the desk of a unit above."""
    return (
        at_desk(post)
        and Lineage.objects.filter(unit=unit_id, ancestor=post.unit_id, distance__gt=0).exists()
    )


def rooms(acting: Acting) -> QuerySet[Incident]:
    """Return the incidents whose room the post may enter, whether stood down or not.

    Those of its own unit, those of units below when it sits at the desk, and those that it leads or
    in which it owes a task or the review.
    """
    mine = Q(unit=acting.post.unit_id) | Q(review_post=acting.post.pk) | Q(leader=acting.post.pk)
    mine |= Q(Exists(IncidentTask.objects.filter(incident=OuterRef("pk"), post=acting.post.pk)))
    if at_desk(acting.post):
        above = Lineage.objects.filter(ancestor=acting.post.unit_id).values("unit_id")
        mine |= Q(unit__in=above)
    return Incident.objects.filter(mine)


def access_room(acting: Acting, number: str, *, lock: bool = False) -> Incident:
    """Return an incident whose room the post may enter; raise ReportNotFound."""
    found = rooms(acting).filter(number=number).select_related("unit", "leader__unit")
    if lock:
        found = found.select_for_update(of=("self",))
    incident = found.first()
    if incident is None:
        raise ReportNotFound(number)
    return incident


def leads(post: Post, incident: Incident) -> bool:
    """Whether the post decides in the room: its leader, and whoever commands there or above."""
    return post.pk == incident.leader_id or (
        post.role in COMMANDS and post.unit_id in line_of(incident.unit_id)
    )


def hands_lead_on(post: Post, incident: Incident) -> bool:
    """Whether the post may let another lead: the one that leads, and the head of the unit."""
    return post.pk == incident.leader_id or (
        post.role == Role.HEAD and post.unit_id == incident.unit_id
    )
