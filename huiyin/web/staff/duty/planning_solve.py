"""A solve: what to make, how far it is, what came of it."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import queries, wording
from huiyin.parts.duty.access import access_roster, need_planner
from huiyin.parts.duty.actions import rosters, solving
from huiyin.parts.duty.messages import MESSAGES
from huiyin.parts.duty.models import SolveRun
from huiyin.parts.duty.solving.installed import is_installed
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty import planning_words as words
from huiyin.web.staff.duty.planning_forms import SolveForm
from huiyin.web.staff.duty.planning_setup import ask, do, given

FRESH = 3  # seconds after which the page of a running solve asks again by itself


@staff
def solve(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Ask for a solve; while one runs show how far it is; afterwards what came of it.

    The page of a running solve asks again by itself, unless its address says `?still=1`.
    """
    roster = access_roster(acting, pk, now)
    need_planner(acting, roster.unit_id)
    form = SolveForm(given(request), roster=roster)
    if request.method == "POST":
        return ask(
            request, acting, form,
            lambda: solving.ask_solve(
                acting, pk, form.cleaned_data["mode"], form.cleaned_data["seconds"], now=now
            ),
            title=_("Let a roster be made"), back=_here(request, pk),
            done=_("The roster is being made."),
        )  # fmt: skip
    run = queries.running(roster)
    last = queries.last_run(roster)
    answer = page(
        request, "duty/solve", acting, section="duty", roster=roster,
        period=words.period(roster), run=run, form=form, stage=words.stage(run) if run else "",
        past=min(100, int(100 * _past(run, now))) if run else 0,
        last=last, failure=words.FAILED.get(str(last.result.get("failure"))) if last else "",
        exceptions=wording.solver_said(last.result.get("exceptions", [])) if last else [],
        conflict=wording.solver_said(last.result.get("conflict", [])) if last else [],
        edits=roster.state in rosters.EDITABLE,
        missing="" if is_installed() else MESSAGES["no_solver"], still="still" in request.GET,
    )  # fmt: skip
    if run and "still" not in request.GET:
        answer["Refresh"] = str(FRESH)
    return answer


def _here(request: HttpRequest, pk: int) -> str:
    still = "?still=1" if "still" in request.GET else ""
    return reverse("staff:duty_solve", args=[pk]) + still


def _past(run: SolveRun, now: datetime) -> float:
    """Return the part of its time that a run has had."""
    if run.started_at is None:
        return 0.0
    return (now - run.started_at).total_seconds() / run.seconds


@require_POST
@staff
def stop(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Stop a solve with its best so far."""
    return do(
        request, lambda: solving.stop_solve(acting, pk, now=now),
        _here(request, pk),
        _("The solve ends now and puts in the best that it has found."),
    )  # fmt: skip
