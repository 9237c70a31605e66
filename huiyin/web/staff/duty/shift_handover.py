"""The handover: what is handed on, item by item, signed by whoever gives and whoever takes."""

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import shifts
from huiyin.parts.duty.actions import handover
from huiyin.parts.duty.models import Handover, HandoverItem, Shift, SignIn
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty.shift_say import ShiftForm, bound, refuse, sure
from huiyin.web.staff.forms import taken
from huiyin.web.staff.typed import typed


class ItemForm(ShiftForm):
    """One thing to hand on."""

    kind = forms.ChoiceField(
        label=lazy("What it is"), choices=HandoverItem.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(label=lazy("In a few words"), max_length=300)
    sure = sure()


def _numbers(values: list[str]) -> list[int]:
    return [int(one) for one in values if one.isdecimal() and len(one) < 10]


def _give(request: HttpRequest, acting: Acting, pk: int, now: datetime) -> None:
    handover.give(acting, pk, now=now)
    messages.success(request, _("You have signed the handover."))


def _take(request: HttpRequest, acting: Acting, pk: int, now: datetime) -> None:
    one = handover.take(acting, pk, _numbers(request.POST.getlist("item")), now=now)
    if one.taken_at is not None:
        messages.success(request, _("You have taken over and signed."))
        return
    left = handover.untaken(one)
    messages.error(
        request,
        _("Not signed yet: %(count)s not ticked. What you ticked is kept.") % {"count": left},
    )


def _done(request: HttpRequest, acting: Acting, pk: int, now: datetime) -> None:
    for item in _numbers(request.POST.getlist("done"))[:1]:
        handover.item_done(acting, pk, item, now=now)
        messages.success(request, _("Done; it is not handed on any more."))


ACTS: dict[str, Callable[[HttpRequest, Acting, int, datetime], None]] = {
    "give": _give,
    "take": _take,
    "done": _done,
}


@typed
@staff
def handover_of(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show the handover of a shift; add to it, mark as done, sign for either side."""
    shift, one = shifts.handover_of(acting, pk, now)
    act = ACTS.get(request.POST.get("what", ""))
    if act is not None and "look" not in request.POST:
        try:
            act(request, acting, pk, now)
        except BadInput as error:
            refuse(request, error)
        return redirect("staff:duty_handover", pk)
    form = bound(ItemForm, request)
    if taken(
        request,
        form,
        lambda: handover.add_item(acting, pk, now=now, **form.cleaned_data),
        _("This will be handed on."),
    ):
        return redirect("staff:duty_handover", pk)
    return _page(request, acting, shift, one, form, now)


def _page(
    request: HttpRequest,
    acting: Acting,
    shift: Shift,
    one: Handover | None,
    form: ShiftForm,
    now: datetime,
) -> HttpResponse:
    items = list(one.items.order_by("done_at", "pk")) if one else []
    open_still = bool(one) and not (one and (one.given_at or one.taken_at))
    on_it = SignIn.objects.filter(shift=shift, user=acting.user).exists()
    may_give = bool(one and handover.may_give(acting, one) and not one.given_at)
    return page(
        request, "duty/handover", acting, section="duty", shift=shift, handover=one, items=items,
        form=form, may_add=open_still and (on_it or may_give), may_done=open_still and on_it,
        may_give=may_give, give_now=may_give and now >= shift.ends - handover.SIGNING,
        give_from=shift.ends - handover.SIGNING,
        may_take=bool(one and not one.taken_at and handover.may_sign(acting.user.pk, one.taking)),
        left=[item for item in items if item.done_at is None],
        done=[item for item in items if item.done_at is not None],
    )  # fmt: skip
