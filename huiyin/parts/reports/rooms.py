"""The reader of incident rooms: which there are, what happened in one, who may be given a task."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Tenure, Unit
from huiyin.kernel.units.queries import current, line_of
from huiyin.parts.reports import access
from huiyin.parts.reports.models import Arrival, Incident, IncidentLine, IncidentTask, Report

PLACES = 12  # how many places are offered


def open_of(unit_id: int) -> QuerySet[Incident]:
    """Return the unit's incidents that go on, newest first."""
    return Incident.objects.filter(unit=unit_id, stood_down_at=None).order_by("-opened_at")


def listed(acting: Acting) -> QuerySet[Incident]:
    """Return the incidents that the post may enter: those that go on, then the newest."""
    found = access.rooms(acting).select_related("unit")
    return found.order_by(F("stood_down_at").desc(nulls_first=True), "-opened_at")


def owing(post: Post) -> QuerySet[Deadline]:
    """Return what the post owes of incidents."""
    open_ones = Deadline.objects.filter(post=post, state=Deadline.State.OPEN)
    return open_ones.filter(kind__startswith="incident.")


def owners(acting: Acting, incident: Incident) -> QuerySet[Post]:
    """Return the posts on which the actor may set a task, the incident's unit first.

    Those of the incident's unit and of units above it, up to the actor's own: nobody below sets a
    task for a unit above.
    """
    line = line_of(incident.unit_id)
    if acting.post.unit_id in line:
        line = line[: line.index(acting.post.unit_id) + 1]
    found = Post.objects.filter(unit__in=line, unit__descent__unit=incident.unit_id, closed_at=None)
    return found.select_related("unit").order_by("unit__descent__distance", "pk")


def leaders(acting: Acting, incident: Incident, now: datetime) -> QuerySet[Post]:
    """Return the posts to which the actor may hand the lead: those of `owners` that somebody holds."""
    held = Tenure.objects.filter(current(now), post=OuterRef("pk"))
    found = owners(acting, incident).filter(Exists(held))
    return found.exclude(pk=incident.leader_id) if incident.leader_id else found


def places_of(unit: Unit) -> list[str]:
    """Return places that the unit's own incidents named, the newest first, each once."""
    found = Incident.objects.filter(unit=unit).exclude(place="").order_by("-opened_at")
    return list(dict.fromkeys(found.values_list("place", flat=True)[:50]))[:PLACES]


@dataclass(frozen=True)
class Event:
    """One thing that happened in a room: when, which post, and the row that it is kept in."""

    at: datetime
    kind: str
    post: Post | None
    text: str = ""
    why: str = ""
    line: IncidentLine | None = None
    task: IncidentTask | None = None
    report: Report | None = None


def _of_reports(incident: Incident) -> Iterator[Event]:
    for one in incident.reports.filter(sent_at__isnull=False).select_related("post__unit"):
        if one.sent_at is not None:
            yield Event(one.sent_at, "report", one.post, report=one)
    arrivals = Arrival.objects.filter(report__incident=incident).select_related(
        "report", "acknowledged_by__unit", "post__unit"
    )
    for arrival in arrivals:
        if arrival.acknowledged_at is not None:
            by = arrival.acknowledged_by
            yield Event(arrival.acknowledged_at, "acknowledged", by, report=arrival.report)
        if arrival.acted_at is not None:
            by = arrival.acknowledged_by or arrival.post
            yield Event(arrival.acted_at, "acted", by, arrival.action, report=arrival.report)


def _of_tasks(tasks: list[IncidentTask]) -> Iterator[Event]:
    for task in tasks:
        yield Event(task.made_at, "task", task.made_by, task.text, task=task)
        if task.done_at is not None:
            yield Event(task.done_at, "done", task.done_by, task.outcome, task=task)


def _of_lines(incident: Incident) -> Iterator[Event]:
    lines = incident.lines.select_related("post__unit", "to__unit", "task", "corrects")
    for one in lines:
        yield Event(one.at, one.kind, one.post, one.text, one.why, line=one, task=one.task)


def tasks_of(incident: Incident) -> list[IncidentTask]:
    """Return the tasks in their order, with the posts that owe, set and did them."""
    return list(incident.tasks.select_related("post__unit", "made_by__unit", "done_by__unit"))


def story(incident: Incident, tasks: list[IncidentTask]) -> list[Event]:
    """Return everything that happened in the room, newest first, in a fixed number of queries."""
    found = [*_of_reports(incident), *_of_tasks(tasks), *_of_lines(incident)]
    if incident.stood_down_at is not None:
        found.append(
            Event(
                incident.stood_down_at, "stood_down", incident.stood_down_by,
                why=incident.stood_down_why,
            )
        )  # fmt: skip
    if incident.reviewed_at is not None:
        found.append(Event(incident.reviewed_at, "reviewed", incident.reviewed_by))
    return sorted(found, key=lambda one: one.at, reverse=True)
