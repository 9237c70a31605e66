"""What I owe today: the first page that staff see."""

from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from huiyin.kernel.clock import queries as clock
from huiyin.kernel.clock import rounds
from huiyin.kernel.clock.timekeeping import clock_state
from huiyin.kernel.notices import queries as notices_of
from huiyin.kernel.notices.actions import mark_read as mark
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.queries import organisation, runs_organisation
from huiyin.parts.cases import queries
from huiyin.parts.duty import queries as duty
from huiyin.parts.reports import queries as reports
from huiyin.web.staff import words
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty import planning_words
from huiyin.web.staff.parse import after
from huiyin.web.staff.reports import owing

SHOWN = 5


def _alarms(acting: Acting, now: datetime) -> dict[str, object]:
    """Return what nobody may notice by themselves, for those who look after the whole."""
    if not runs_organisation(acting.post):
        return {}
    mine = organisation()
    return {
        "independence": not (mine.independent_id and mine.outside),
        "vacant": list(clock.vacant_posts_owing(now)[:20]),
        "unknown_year": clock.unknown_year(now),
        "untaken": queries.untaken(acting, now),
        "duty": planning_words.owed(duty.untaken()),
        "reports": owing.owed(reports.untaken()),
        "failing": list(notices_of.failing(acting.post.unit_id)[:20]),
        "clock": _clock(),
        "damaged": list(notices_of.damaged()[:20]),
    }


def _clock() -> dict[str, object] | None:
    """Return how the machine's own time is not believed, None where it is."""
    state = clock_state(timezone.now())
    if state.may_sweep:
        return None
    if state.suspicion is not None:
        return {"shown": state.suspicion.shown, "expected": state.suspicion.expected}
    assert state.hold is not None
    return {"shown": state.hold.shown_at, "expected": state.hold.expected_at}


def _silent_since(now: datetime) -> datetime | None:
    """Return since when the worker is silent, as it was known a moment ago."""
    kept: tuple[datetime | None] | None = cache.get("worker-silent")
    if kept is None:
        kept = (rounds.silent_since(now),)
        cache.set("worker-silent", kept, 15)
    return kept[0]


@staff
def owed(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show what the post owes, in order of due time."""
    cursor = after(request)
    found = queries.owed(acting, now, cursor)
    of_duty = [] if cursor else planning_words.owed(duty.owed(acting.post, now))
    of_reports = [] if cursor else owing.owed(reports.owed(acting.post))
    open_ones = [row.deadline for row in found.rows if row.deadline]
    open_ones += [one["deadline"] for one in (*of_duty, *of_reports)]
    return page(
        request,
        "owed",
        acting,
        section="owed",
        rows=[(row, words.owed(row.deadline)) for row in found.rows if row.deadline],
        late=sum(one.due_at <= now for one in open_ones),
        after=found.after,
        first=not cursor,
        unread=words.notices(notices_of.unread(acting.post)[: SHOWN + 1]),
        shown=SHOWN,
        duty=of_duty,
        reports=of_reports,
        alarms=_alarms(acting, now),
        silent_since=_silent_since(now),
    )


@staff
def notices(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the post's latest notices."""
    return page(
        request,
        "notices",
        acting,
        section="owed",
        notices=words.notices(
            notices_of.of_post(acting.post).prefetch_related("attempts_made")[:100]
        ),
    )


@require_POST
@staff
def mark_read(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Mark the notices that were on the page as read."""
    upto = request.POST.get("upto", "")
    if upto.isdigit():
        mark(acting.post.pk, now, int(upto))
    return redirect("staff:owed")
