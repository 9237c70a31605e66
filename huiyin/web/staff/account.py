"""The post that one acts for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.units.actions import Acting
from huiyin.web.staff.access import POST, staff


def _safe(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else "/staff/"


@require_POST
@staff
def act(request: HttpRequest, acting: Acting, **_now: object) -> HttpResponse:
    """Choose the post to act for; one that is not held changes nothing."""
    chosen = request.POST.get("post", "")
    held = {str(tenure.post_id): tenure for tenure in acting.held}
    if chosen in held:
        request.session[POST] = held[chosen].post_id
        messages.success(
            request, _("You now act for %(post)s.") % {"post": held[chosen].post.full_name}
        )
    return redirect(_safe(request))
