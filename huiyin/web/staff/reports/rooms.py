"""Incident rooms: what goes on, one room with its log and tasks, its end and its review."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.queries import line_of
from huiyin.parts.reports import asked, rooms
from huiyin.parts.reports.access import (
    NotYours,
    ReportNotFound,
    access_room,
    hands_lead_on,
    leads,
)
from huiyin.parts.reports.actions import ending, incidents, leading, tasks
from huiyin.parts.reports.models import Incident, IncidentTask, Report
from huiyin.parts.reports.templates import times
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.forms import taken
from huiyin.web.staff.parse import number as number_in
from huiyin.web.staff.reports.room_forms import (
    DecisionForm,
    HandForm,
    LeadForm,
    LineForm,
    ReviewForm,
    RoomForm,
    StandDownForm,
    TaskForm,
    local,
)

SHOWN = 50
Do = Callable[[dict[str, Any]], object]


@staff
def home(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the incidents that go on and those that are over, with what is still owed."""
    return page(
        request, "reports/rooms", acting, section="reports",
        rooms=list(rooms.listed(acting)[:SHOWN]),
        owed=rooms.owing(acting.post).order_by("due_at")[:SHOWN],
    )  # fmt: skip


def _answers(acting: Acting, incident: Incident) -> set[int]:
    """Return the units whose tasks the actor answers for: its own, and those below it in the line."""
    line = line_of(incident.unit_id)
    own = acting.post.unit_id
    return set(line[: line.index(own) + 1]) if own in line else set()


@staff
def room(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Show one room: who has it, what is to be done, and everything that happened."""
    incident = access_room(acting, number)
    found, mine = rooms.tasks_of(incident), _answers(acting, incident)
    first = Report.objects.filter(incident=incident, kind="urgent").order_by("sent_at").first()
    return page(
        request, "reports/room", acting, section="reports", incident=incident,
        tasks=[(one, one.post.unit_id in mine) for one in found if not one.change],
        changes=[(one, one.post.unit_id in mine) for one in found if one.change],
        story=rooms.story(incident, found), leads=leads(acting.post, incident),
        levels=asked.levels(first, now) if first else [],
        own=incident.unit_id == acting.post.unit_id, form=LineForm(),
        hands=hands_lead_on(acting.post, incident),
        reviews=incident.review_post_id == acting.post.pk or leads(acting.post, incident),
    )  # fmt: skip


def _form(
    request: HttpRequest, acting: Acting, incident: Incident, form: RoomForm, title: str, do: Do,
    done: str, **more: Any,
) -> HttpResponse:  # fmt: skip
    """Show a form of the room, or do what it says and go back to the room."""
    if taken(request, form, lambda: do(form.cleaned_data), done):
        return redirect("staff:room", incident.number)
    return page(
        request, "reports/room_form", acting, section="reports", incident=incident, form=form,
        title=title, **more,
    )  # fmt: skip


def _given(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@staff
def log(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Add a line to the log, or correct one by a further line."""
    incident = access_room(acting, number)
    former = number_in(request, "corrects")
    line = incident.lines.filter(pk=former).first() if former else None
    return _form(
        request, acting, incident, LineForm(_given(request)),
        _("Correct a line") if line else _("Add to the log"),
        lambda given: incidents.log(
            acting, number, given["text"], now=now, sure=given["sure"],
            corrects=line.pk if line else None,
        ),
        _("The line is in the log."), line=line,
        lead=_("A line can’t be changed later. To correct one, add a further line."),
    )  # fmt: skip


@staff
def decide(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Record a decision with its reason."""
    incident = access_room(acting, number)
    if not leads(acting.post, incident):
        raise NotYours
    return _form(
        request, acting, incident, DecisionForm(_given(request)), _("Record a decision"),
        lambda given: incidents.decide(
            acting, number, given["text"], given["why"], now=now, sure=given["sure"]
        ),
        _("The decision is recorded."),
    )  # fmt: skip


@staff
def lead(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Let another post lead."""
    incident = access_room(acting, number)
    if not hands_lead_on(acting.post, incident):
        raise NotYours
    form = LeadForm(_given(request), posts=rooms.leaders(acting, incident, now))
    return _form(
        request, acting, incident, form, _("Hand the lead on"),
        lambda given: leading.hand_lead(
            acting, number, given["post"], given["why"], now=now, sure=given["sure"]
        ),
        _("The lead is handed on; the post is told."),
        lead=_("That post decides from now on and stands the incident down. Tasks stay with the posts that owe them."),
    )  # fmt: skip


@staff
def task(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Set a task for a post."""
    incident = access_room(acting, number)
    form = TaskForm(
        _given(request), posts=rooms.owners(acting, incident),
        initial={"post": acting.post.pk, "due": local(now + timedelta(hours=1))},
    )  # fmt: skip
    return _form(
        request, acting, incident, form, _("Set a task"),
        lambda given: tasks.set_task(
            acting, number, given["text"], given["post"], given["due"], now=now,
            sure=given["sure"],
        ),
        _("The task is set; the post is told."),
    )  # fmt: skip


def _task(acting: Acting, incident: Incident, task_number: int) -> IncidentTask:
    found = incident.tasks.select_related("post__unit").filter(number=task_number).first()
    if found is None:
        raise ReportNotFound(str(task_number))
    if found.post.unit_id not in _answers(acting, incident):
        raise NotYours
    return found


@staff
def task_done(
    request: HttpRequest, acting: Acting, number: str, pk: int, *, now: datetime
) -> HttpResponse:
    """Say that a task is done and what came of it."""
    incident = access_room(acting, number)
    found = _task(acting, incident, pk)
    return _form(
        request, acting, incident, LineForm(_given(request)), _("The task is done"),
        lambda given: tasks.done(
            acting, number, pk, given["text"], now=now, sure=given["sure"]
        ),
        _("The task is done."), task=found,
    )  # fmt: skip


@staff
def task_hand_on(
    request: HttpRequest, acting: Acting, number: str, pk: int, *, now: datetime
) -> HttpResponse:
    """Hand a task on beyond the stand-down."""
    incident = access_room(acting, number)
    found = _task(acting, incident, pk)
    form = HandForm(
        _given(request), posts=rooms.owners(acting, incident),
        initial={"post": found.post_id, "due": local(now + timedelta(days=1))},
    )  # fmt: skip
    return _form(
        request, acting, incident, form, _("Hand the task on"),
        lambda given: tasks.hand_on(
            acting, number, pk, given["post"], given["due"], given["why"], now=now,
            sure=given["sure"],
        ),
        _("The task is handed on; the post is told."), task=found,
        lead=_("It then goes on beyond the stand-down, owed by that post."),
    )  # fmt: skip


@staff
def stand_down(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Stand the incident down, once each task is done or handed on."""
    incident = access_room(acting, number)
    if not leads(acting.post, incident):
        raise NotYours
    posts = list(rooms.owners(acting, incident))
    if incident.leader and incident.leader not in posts:
        posts.insert(0, incident.leader)
    form = StandDownForm(
        _given(request), posts=posts,
        initial={
            "post": incident.leader_id, "due": local(now + timedelta(days=times().review_days))
        },
    )  # fmt: skip
    return _form(
        request, acting, incident, form, _("Stand the incident down"),
        lambda given: ending.stand_down(
            acting, number, given["why"], review_post=given["post"], review_due=given["due"],
            now=now, sure=given["sure"],
        ),
        _("The incident is stood down. Send the final report; the review is owed."),
        open_tasks=[one for one in rooms.tasks_of(incident) if one.open],
    )  # fmt: skip


@staff
def review(request: HttpRequest, acting: Acting, number: str, *, now: datetime) -> HttpResponse:
    """Review the incident: what went well, what did not, what changes."""
    incident = access_room(acting, number)
    if incident.review_post_id != acting.post.pk and not leads(acting.post, incident):
        raise NotYours
    form = ReviewForm(_given(request), posts=rooms.owners(acting, incident))
    return _form(
        request, acting, incident, form, _("Review the incident"),
        lambda given: ending.review(
            acting, number, given["well"], given["ill"], form.changes(), now=now,
            sure=given["sure"],
        ),
        _("The review is recorded; each change is owed."),
        lead=_("It is about what was done and what is done otherwise, never about a person."),
    )  # fmt: skip
