"""Units and posts: who answers for what, who holds which post, who stands in."""

from datetime import datetime

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.units import actions
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Tenure, Unit
from huiyin.kernel.units.queries import current, may_administer, runs_organisation
from huiyin.parts.cases.actions import taxonomy
from huiyin.parts.cases.models import Claim
from huiyin.web.staff import pick
from huiyin.web.staff.access import need_unit, page, staff
from huiyin.web.staff.forms import taken
from huiyin.web.staff.unit_forms import (
    AccountForm,
    AppointForm,
    ClaimForm,
    PostForm,
    UnitForm,
)


def _below(parent: Unit | None) -> list[Unit]:
    """Return the open units right below, each with how many stand below it."""
    open_ones = Unit.objects.filter(parent=parent, closed_at__isnull=True)
    return list(
        open_ones.annotate(
            below=Count("children", filter=Q(children__closed_at__isnull=True))
        ).order_by("id")
    )


@staff
def top(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the tops of the tree, or the units that some words find."""
    words = request.GET.get("words", "").strip()[:60]
    found = list(pick.named(words)[:100]) if words else []
    paths = pick.paths(found)
    return page(
        request,
        "units",
        acting,
        section="units",
        words=words,
        found=[(one, paths[one.pk]) for one in found],
        tops=[(one, _below(one)) for one in _below(None)] if not words else [],
        runs=runs_organisation(acting.post),
    )


@staff
def unit(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show one unit: what is above and below, its posts and holders, what it answers for."""
    found = get_object_or_404(Unit, pk=pk)
    posts = list(Post.objects.filter(unit=found, closed_at__isnull=True).order_by("id"))
    held: dict[int, list[Tenure]] = {}
    coming = Q(starts__gt=now)
    tenures = Tenure.objects.filter(current(now) | coming, post__in=posts).select_related("user")
    for one in tenures.order_by("stand_in", "starts", "id"):
        held.setdefault(one.post_id, []).append(one)
    line = found.lineage.select_related("ancestor").order_by("-distance")
    return page(
        request,
        "unit",
        acting,
        section="units",
        unit=found,
        line=[one.ancestor for one in line][:-1],
        below=_below(found),
        posts=[(one, held.get(one.pk, [])) for one in posts],
        claims=Claim.objects.filter(unit=found).select_related("category").order_by("id"),
        may=may_administer(acting.post, found),
    )


def _ask(
    request: HttpRequest, acting: Acting, found: Unit, form: object, what: str
) -> HttpResponse:
    titles = {
        "unit": (_("Add a unit"), _("It stands below %(unit)s.") % {"unit": found}),
        "post": (_("Add a post"), _("In %(unit)s.") % {"unit": found}),
        "claim": (
            _("Add what the unit answers for"),
            _(
                "Name any of the three; all that is named must fit a letter. The more specific claim wins."
            ),
        ),
        "account": (
            _("Open an account"),
            _(
                "For somebody who is to hold a post. They choose the password themselves, by a link that is shown once."
            ),
        ),
    }
    title, lead = titles[what]
    return page(
        request, "unit_form", acting, section="units", unit=found, form=form, title=title, lead=lead
    )


@staff
def add_unit(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Add a unit below this one."""
    found = get_object_or_404(Unit, pk=pk)
    need_unit(acting, found)
    form = UnitForm(request.POST or None)
    if form.is_valid():
        made = actions.add_unit(**form.cleaned_data, parent=found, now=now, by=acting)
        messages.success(request, _("%(unit)s was added.") % {"unit": made})
        return redirect("staff:unit", made.pk)
    return _ask(request, acting, found, form, "unit")


@staff
def add_post(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Add a post to this unit."""
    found = get_object_or_404(Unit, pk=pk)
    need_unit(acting, found)
    form = PostForm(request.POST or None)
    if form.is_valid():
        actions.add_post(found, **form.cleaned_data, now=now, by=acting)
        messages.success(request, _("The post was added."))
        return redirect("staff:unit", pk)
    return _ask(request, acting, found, form, "post")


@staff
def add_claim(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Let this unit answer for something."""
    found = get_object_or_404(Unit, pk=pk)
    need_unit(acting, found)
    form = ClaimForm(request.POST or None)
    if taken(
        request,
        form,
        lambda: taxonomy.add_claim(found, **form.claim(), now=now, by=acting),
        _("The unit now answers for this."),
    ):
        return redirect("staff:unit", pk)
    return _ask(request, acting, found, form, "claim")


@require_POST
@staff
def remove_claim(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Take back what a unit answers for."""
    claim = get_object_or_404(Claim.objects.select_related("unit"), pk=pk)
    need_unit(acting, claim.unit)
    taxonomy.remove_claim(claim, now=now, by=acting)
    messages.success(request, _("The unit no longer answers for this."))
    return redirect("staff:unit", claim.unit_id)


@staff
def appoint(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Appoint a holder of a post, or a stand-in for an absence."""
    post = get_object_or_404(Post.objects.select_related("unit"), pk=pk)
    need_unit(acting, post.unit)
    form = AppointForm(request.POST or None)
    if form.is_valid():
        given = form.tenure(now)
        try:
            actions.appoint(given.pop("user"), post, **given, now=now, by=acting)
        except actions.OwnAppointment:
            form.add_error("username", _("Nobody appoints themselves. Ask the post above."))
        else:
            messages.success(request, _("%(post)s: appointed.") % {"post": post})
            return redirect("staff:unit", post.unit_id)
    return page(
        request, "unit_form", acting, section="units", unit=post.unit, form=form,
        title=_("Appoint to a post"), lead=post.full_name,
    )  # fmt: skip


@require_POST
@staff
def release(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """End a tenure now; what is owed stays with the post."""
    tenure = get_object_or_404(Tenure.objects.select_related("post__unit"), pk=pk)
    need_unit(acting, tenure.post.unit)
    if tenure.ends is None or tenure.ends > now:
        actions.release(tenure, now=now, by=acting)
        messages.success(request, _("The tenure ended. What is owed stays with the post."))
    return redirect("staff:unit", tenure.post.unit_id)


@staff
def add_account(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Open an account and show the link for its holder once."""
    found = get_object_or_404(Unit, pk=pk)
    need_unit(acting, found)
    form = AccountForm(request.POST or None)
    if form.is_valid():
        user, token = actions.invite(**form.cleaned_data, now=now, by=acting)
        link = request.build_absolute_uri(reverse("invitation", args=[token]))
        return page(
            request, "account_made", acting, section="units", unit=found, made=user, link=link,
            days=actions.INVITED_FOR.days,
        )  # fmt: skip
    return _ask(request, acting, found, form, "account")
