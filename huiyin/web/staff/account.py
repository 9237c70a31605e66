"""The post that one acts for, and the way into a new account."""

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from huiyin.kernel.units.actions import Acting, InvitationEnded, accept_invitation
from huiyin.kernel.units.queries import invitation_of
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


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let the holder of a new account choose its password, once."""
    now, template = timezone.now(), "account/invitation.html"
    found = invitation_of(token, now)
    if found is None:
        return render(request, template, status=404)
    form = SetPasswordForm(found.user, request.POST or None)
    form.label_suffix = ""
    if form.is_valid():
        try:
            accept_invitation(token, form.cleaned_data["new_password1"], now=now)
        except InvitationEnded:  # the same link at the same moment
            return render(request, template, status=404)
        messages.success(request, _("Your password is set. Sign in with it now."))
        return redirect("account_login")
    return render(request, template, {"form": form, "user_name": found.user.get_username()})
