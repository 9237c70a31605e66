"""What I owe today: the first page that staff see."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from huiyin.kernel.clock import queries as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.notices import queries as notices_of
from huiyin.kernel.notices.actions import mark_read as mark
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.queries import runs_organisation
from huiyin.parts.cases import queries
from huiyin.parts.duty import queries as duty
from huiyin.parts.reports import rooms
from huiyin.web.staff import words
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty import planning_words
from huiyin.web.staff.parse import after

SHOWN = 5
MOST = 100  # of what is owed besides letters


def _alarms(acting: Acting, now: datetime) -> dict[str, object]:
    """Return what nobody may notice by themselves, for those who look after the whole."""
    if not runs_organisation(acting.post):
        return {}
    return {
        "vacant": list(clock.vacant_posts_owing(now)[:20]),
        "unknown_year": clock.unknown_year(now),
        "untaken": queries.untaken(acting, now),
        "duty": planning_words.owed(duty.untaken()),
    }


def _of_other_parts(acting: Acting, now: datetime) -> list[Deadline]:
    """Return what the post owes besides letters, in one query for all parts."""
    found = duty.owing(acting.post, now) | rooms.owing(acting.post)
    return list(found.order_by("due_at", "pk")[:MOST])


@staff
def owed(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show what the post owes, in order of due time."""
    cursor = after(request)
    other = [] if cursor else _of_other_parts(acting, now)
    found = queries.owed(acting, now, cursor)
    return page(
        request,
        "owed",
        acting,
        section="owed",
        rows=[(row, words.owed(row.deadline)) for row in found.rows if row.deadline],
        late=sum(1 for row in found.rows if row.deadline and row.deadline.due_at <= now),
        after=found.after,
        first=not cursor,
        unread=words.notices(notices_of.unread(acting.post)[: SHOWN + 1]),
        shown=SHOWN,
        duty=planning_words.owed([one for one in other if one.kind.startswith("duty.")]),
        reports=words.owed_of_reports(one for one in other if not one.kind.startswith("duty.")),
        alarms=_alarms(acting, now),
    )


@staff
def notices(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the post's latest notices."""
    return page(
        request,
        "notices",
        acting,
        section="owed",
        notices=words.notices(notices_of.of_post(acting.post)[:100]),
    )


@require_POST
@staff
def mark_read(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Mark the notices that were on the page as read."""
    upto = request.POST.get("upto", "")
    if upto.isdigit():
        mark(acting.post.pk, now, int(upto))
    return redirect("staff:owed")
