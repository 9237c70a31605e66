"""The independent post, and the places outside to which people may turn."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Organisation, Post
from huiyin.kernel.units.queries import organisation, outside_the_tree
from huiyin.parts.cases.actions.independence import name_independent
from huiyin.web.staff.access import need_organisation, page, staff
from huiyin.web.staff.forms import StaffForm, taken


class IndependenceForm(StaffForm):
    """Who takes letters about the top, and where else people may turn."""

    post: "forms.ModelChoiceField[Post]" = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Independent post"),
        help_text=gettext_lazy(
            "Takes letters that complain of the head, of the whole or of the reception. It stands in"
            " a unit outside the tree: a supervisory board, say."
        ),
    )
    outside = forms.CharField(
        label=gettext_lazy("Where else people may turn"),
        help_text=gettext_lazy("Authorities, hotlines, courts: shown to everybody who writes."),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )
    outside_en = forms.CharField(
        label=gettext_lazy("The same in English"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, data: Any, mine: Organisation) -> None:
        super().__init__(
            data,
            initial={
                "post": mine.independent_id,
                "outside": mine.outside,
                "outside_en": mine.outside_en,
            },
        )
        posts = self.fields["post"]
        assert isinstance(posts, forms.ModelChoiceField)
        posts.queryset = outside_the_tree()
        posts.label_from_instance = lambda post: post.full_name  # type: ignore[assignment, method-assign]


@staff
def change(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Name the independent post and the places outside; the public record says that it changed."""
    need_organisation(acting)
    form = IndependenceForm(request.POST or None, organisation())

    def act() -> None:
        given = form.cleaned_data
        name_independent(acting, given["post"], given["outside"], given["outside_en"], now=now)

    if request.method == "POST" and taken(request, form, act, ""):
        messages.success(request, _("Saved. The public record says that it was changed."))
        return redirect("staff:units")
    return page(request, "independence", acting, section="units", form=form)
