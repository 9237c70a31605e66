"""An incident of the canteen with a task of the cook, for the table of who may open which page."""

from datetime import timedelta

from django.utils import timezone

from huiyin.parts.reports.actions import reporting, tasks
from huiyin.parts.reports.models import Incident
from tests.cast import Cast
from tests.parts.reports.conftest import URGENT

PAGES = {"room", "room_log", "room_task", "room_done", "room_hand"}
LEADING = {"room_decide", "room_stand_down", "room_review"}  # the cook leads: nobody else can there
TASKS = {"room_done", "room_hand"}


def arguments(cast: Cast) -> dict[str, list[object]]:
    """Return what the addresses take, set up where it is not there yet."""
    now = timezone.now()
    if not Incident.objects.filter(unit=cast.canteen).exists():
        reporting.send(cast.cook, "urgent", URGENT, now=now)
    incident = Incident.objects.get(unit=cast.canteen)
    if not incident.tasks.exists():
        due = now + timedelta(hours=1)
        tasks.set_task(cast.cook, incident.number, "清点物资", cast.cook.post.pk, due, now=now)
    return {
        name: [incident.number, 1] if name in TASKS else [incident.number]
        for name in PAGES | LEADING | {"room_lead"}
    }
