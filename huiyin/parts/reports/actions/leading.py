"""Who leads an incident: handed from post to post, with the reason, in the log of the room."""

from datetime import datetime

from django.db import transaction

from huiyin.kernel.given import BadInput
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports.access import NotYours, access_room, hands_lead_on
from huiyin.parts.reports.actions._common import need
from huiyin.parts.reports.actions.incidents import add_line
from huiyin.parts.reports.models import Incident, IncidentLine
from huiyin.parts.reports.rooms import leaders


@transaction.atomic
def hand_lead(
    acting: Acting, number: str, post_pk: int | None, why: str, *, now: datetime,
    sure: bool = False,
) -> Incident:  # fmt: skip
    """Let another post lead the incident from now on, with the reason; it is told.

    So is the post that led, where the head of the unit hands it on. What is owed stays with whom it
    is owed by. Raises ReportNotFound, BadInput (field `post`; also once it is stood down), Private,
    and NotYours for any post but the one that leads and the head of the incident's unit.
    """
    incident = access_room(acting, number, lock=True)
    if post_pk is not None and incident.leader_id == post_pk:
        return incident
    if not hands_lead_on(acting.post, incident):
        raise NotYours
    if incident.stood_down_at is not None:
        raise BadInput("", "stood_down")
    if post_pk is None:
        raise BadInput("post", "missing")
    post = leaders(acting, incident, now).filter(pk=post_pk).first()
    if post is None:
        raise BadInput("post", "unknown")
    clean = need("why", why)
    keep_private({"why": clean}, sure=sure)
    former, incident.leader = incident.leader_id, post
    incident.save(update_fields=["leader"])
    add_line(acting, incident, IncidentLine.Kind.LED, "", why=clean, to=post, now=now)
    for pk, kind in ((post.pk, "incident.led"), (former, "incident.led_by_another")):
        if pk is not None and pk != acting.post.pk:
            notices.queue(pk, kind, incident.ref, now)
    return incident
