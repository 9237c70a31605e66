"""What letters are about."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.queries import runs_organisation
from huiyin.parts.cases.actions import taxonomy
from huiyin.parts.cases.models import Category
from huiyin.web.staff.access import need_organisation, page, staff
from huiyin.web.staff.unit_forms import CategoryForm


@staff
def tree(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the categories as a tree, closed ones left out."""
    below: dict[int | None, list[Category]] = {}
    for one in Category.objects.filter(closed_at__isnull=True).order_by("id"):
        below.setdefault(one.parent_id, []).append(one)
    return page(
        request,
        "categories",
        acting,
        section="units",
        tops=[(one, below.get(one.pk, [])) for one in below.get(None, [])],
        runs=runs_organisation(acting.post),
    )


@staff
def add(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Add a category."""
    need_organisation(acting)
    form = CategoryForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        parent = Category.objects.filter(pk=given.pop("parent") or 0).first()
        try:
            taxonomy.add_category(**given, parent=parent, now=now, by=acting)
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("The category was added."))
            return redirect("staff:categories")
    return page(request, "category_form", acting, section="units", form=form)


@require_POST
@staff
def close(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Offer a category no longer."""
    need_organisation(acting)
    category = get_object_or_404(Category, pk=pk, closed_at__isnull=True)
    taxonomy.close_category(category, now=now, by=acting)
    messages.success(
        request, _("The category is offered no longer; letters that carry it keep it.")
    )
    return redirect("staff:categories")
