"""Checklists: what is owed at my points, going through a list, putting right, setting up."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, in_language
from huiyin.kernel.units.queries import line_of
from huiyin.parts.duty import checks, lists
from huiyin.parts.duty.access import access_point, need_planner, plans
from huiyin.parts.duty.actions import checklists
from huiyin.parts.duty.actions.checklists import Found
from huiyin.parts.duty.models import CheckItem, Checklist, DutyPoint
from huiyin.web.fields import DayField
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty.shift_say import ShiftForm, bound, refuse, sure
from huiyin.web.staff.forms import taken
from huiyin.web.staff.typed import typed


@staff
def listed(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show, point by point, what is owed, what failed, and what expires soon."""
    rows = [
        {
            "point": point,
            "lists": checks.checks_of(acting, point, now),
            "failed": checks.failures(point),
            "expiring": checks.expiring(point, now),
            "plans": plans(acting.post, point.unit_id),
        }
        for point in checks.points_for(acting, now)
    ]
    return page(request, "duty/checks", acting, section="duty", rows=rows)


class CheckForm(ShiftForm):
    """One field, or two, for each item of a list."""

    def __init__(self, data: Any = None, *, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.items = list(checklist.items.all())
        for item in self.items:
            self.fields[f"item-{item.pk}"] = _answer(item)
            if item.kind == CheckItem.Kind.LOOK:
                self.fields[f"note-{item.pk}"] = forms.CharField(
                    label=_("What is wrong"), max_length=200, required=False
                )
        if any(item.kind == CheckItem.Kind.LOOK for item in self.items):
            self.fields["sure"] = sure()
        for field in self.fields.values():
            field.error_messages["required"] = f"{field.label}: {_('Please give an answer.')}"

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField | None]]:
        """Return the field of each item with that of its note."""
        return [
            (
                self[f"item-{item.pk}"],
                self[f"note-{item.pk}"] if item.kind == CheckItem.Kind.LOOK else None,
            )
            for item in self.items
        ]

    def found(self) -> dict[int, Found]:
        """Return what was found at each item."""
        given = self.cleaned_data
        return {item.pk: self._found(item, given[f"item-{item.pk}"]) for item in self.items}

    def _found(self, item: CheckItem, value: Any) -> Found:
        if item.kind == CheckItem.Kind.COUNT:
            return Found(number=value)
        if item.kind == CheckItem.Kind.EXPIRY:
            return Found(expires=value)
        return Found(ok=value == "ok", note=self.cleaned_data[f"note-{item.pk}"])


def _answer(item: CheckItem) -> forms.Field:
    if item.kind == CheckItem.Kind.COUNT:
        needed = _("at least %(least)s needed") % {"least": item.least} if item.least else ""
        return forms.IntegerField(
            label=str(item), help_text=needed, min_value=0, max_value=999_999,
            widget=forms.NumberInput({"class": "w-5", "inputmode": "numeric"}),
        )  # fmt: skip
    if item.kind == CheckItem.Kind.EXPIRY:
        return DayField(
            label=str(item),
            widget=forms.DateInput({"type": "date", "class": "w-10"}, "%Y-%m-%d"),
            error_messages={"invalid": _("Give a day.")},
        )
    choices = [("ok", _("In order")), ("no", _("Not in order"))]
    return forms.ChoiceField(label=str(item), choices=choices, widget=forms.RadioSelect)


@typed
@staff
def check(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Go through a list."""
    one = checks.list_for(acting, pk, now)
    form = bound(CheckForm, request, checklist=one)
    if form.is_bound and form.is_valid():
        try:
            done, new = checklists.carry_out(
                acting, pk, form.found(), now=now,  # type: ignore[attr-defined]
                sure=form.cleaned_data.get("sure", False),
            )  # fmt: skip
        except BadInput as error:
            form.refuse(error)
        else:
            _tell(request, done.failed, new)
            return redirect("staff:duty_checks")
    return page(
        request, "duty/go_through", acting, section="duty", checklist=one, form=form,
        last=checks.last_check(one), may=one.closed_at is None and checklists.may_check(acting, one, now),
        plans=plans(acting.post, one.point.unit_id),
    )  # fmt: skip


def _tell(request: HttpRequest, failed: bool, new: bool) -> None:
    if not new:
        messages.info(request, _("This list was gone through already; yours was not needed."))
    elif failed:
        messages.warning(
            request, _("Kept. What is not in order is now owed, until it is put right.")
        )
    else:
        messages.success(request, _("Kept. Everything is in order."))


@require_POST
@staff
def mended(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Say that what failed was put right."""
    try:
        checklists.mend(acting, pk, now=now)
    except BadInput as error:
        refuse(request, error)
    else:
        messages.success(request, _("Put right. Thank you."))
    return redirect("staff:duty_checks")


@require_POST
@staff
def close(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Use a list no longer."""
    one = checklists.close(acting, pk, now=now)
    messages.success(request, _("“%(name)s” is not used any more.") % {"name": one})
    return redirect("staff:duty_checks")


class ListForm(ShiftForm):
    """A new list, from a ready-made one or with items of one's own."""

    ready = forms.ChoiceField(label=lazy("Start from"), required=False, widget=forms.RadioSelect)
    name = forms.CharField(label=lazy("Name of the list"), max_length=80, required=False)
    every = forms.ChoiceField(
        label=lazy("How often"), choices=Checklist.Every.choices, widget=forms.RadioSelect,
        required=False,
    )  # fmt: skip
    post = forms.ChoiceField(label=lazy("Who owes it"))
    items = forms.CharField(
        label=lazy("Items of one’s own, one on each line"),
        help_text=lazy(
            "“Masks ≥ 200” is counted, “Sanitiser until” is dated, anything else is looked at."
        ),
        widget=forms.Textarea({"rows": 5, "class": "short"}),
        max_length=6_000,
        required=False,
    )

    def __init__(self, data: Any = None, *, point: DutyPoint, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        every = dict(Checklist.Every.choices)
        self.fields["ready"].choices = [  # type: ignore[attr-defined]
            *(
                (one.key, f"{in_language(one.zh, one.en)} · {every[Checklist.Every(one.every)]}")
                for one in lists.ready()
            ),
            ("", _("An empty list")),
        ]
        posts = Post.objects.filter(unit__in=line_of(point.unit_id), closed_at=None)
        self.fields["post"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), one.full_name)
            for one in posts.select_related("unit").order_by("-unit", "pk")
        ]

    def given(self) -> dict[str, Any]:
        """Return what the action takes; what is given here wins over the ready-made list."""
        given = self.cleaned_data
        start = next((one for one in lists.ready() if one.key == given["ready"]), None)
        own = [lists.typed(line) for line in given["items"].splitlines() if line.strip()]
        name = given["name"].strip()
        return {
            "name": name or (start.zh if start else ""),
            "name_en": "" if name or not start else start.en,
            "every": given["every"] or (start.every if start else ""),
            "post": Post.objects.get(pk=int(given["post"])),
            "items": [*(start.items if start else ()), *own],
        }


@typed
@staff
def add(request: HttpRequest, acting: Acting, code: str, *, now: datetime) -> HttpResponse:
    """Give a point a new list."""
    point = access_point(acting, code, now)
    need_planner(acting, point.unit_id)
    form = bound(ListForm, request, point=point)
    if taken(
        request,
        form,
        lambda: checklists.add(acting, code, now=now, **form.given()),  # type: ignore[attr-defined]
        _("The list is in use from now."),
    ):
        return redirect("staff:duty_checks")
    return page(request, "duty/check_add", acting, section="duty", point=point, form=form)
