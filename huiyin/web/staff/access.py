"""Who is at the desk: the signed-in user, acting for one post that they hold now.

The post is chosen once and kept in the session; whether it is still held is asked on each request.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.kernel.units.actions import Acting, NotYourPost, act_for
from huiyin.kernel.units.models import Unit
from huiyin.kernel.units.queries import may_administer, runs_organisation
from huiyin.parts.cases.queries import CaseNotFound
from huiyin.parts.cases.rules import NotYours
from huiyin.parts.duty.access import DutyNotFound
from huiyin.parts.reports.access import ReportNotFound

POST = "post"
View = Callable[..., HttpResponse]


def desk(request: HttpRequest) -> Acting:
    """Return the actor for the chosen post, or the first one held; raise NotYourPost for none."""
    now = timezone.now()
    try:
        return act_for(request.user, request.session.get(POST), now)  # type: ignore[arg-type]
    except NotYourPost:
        return act_for(request.user, None, now)  # type: ignore[arg-type]


def page(
    request: HttpRequest,
    template: str,
    acting: Acting | None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render a staff page with what its head shows: the post acted for and those held besides."""
    held = acting.held if acting else ()
    return render(
        request,
        f"staff/{template}.html",
        {"acting": acting, "tenures": held, "now": timezone.now(), **context},
        status=status,
    )


def not_found(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Return the one refusal for what is absent and what is none of the asker's business."""
    return page(request, "not_found", acting, 404)


def staff(view: View) -> View:
    """Let in whoever holds a post now; the view gets the actor and the time."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            acting = desk(request)
        except NotYourPost:
            return page(request, "no_post", None, 403)
        try:
            return view(request, acting, *args, now=timezone.now(), **kwargs)
        except (CaseNotFound, DutyNotFound, ReportNotFound, Http404):
            return not_found(request, acting)
        except (NotYours, PermissionDenied):
            return page(request, "not_yours", acting, 403)

    return wrapped


def need_unit(acting: Acting, unit: Unit) -> None:
    """Raise PermissionDenied unless the post may change the unit."""
    if not may_administer(acting.post, unit):
        raise PermissionDenied(_("Only the head or clerk of a unit above may change this."))


def need_organisation(acting: Acting) -> None:
    """Raise PermissionDenied unless the post looks after what is common to all."""
    if not runs_organisation(acting.post):
        raise PermissionDenied(_("Only the head or clerk at the top may change this."))
