"""Swaps: what waits for me, offering a shift, and one swap with what can be done about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import shifts, swapping
from huiyin.parts.duty.actions import swaps
from huiyin.parts.duty.fitness import Candidate
from huiyin.parts.duty.models import Assignment, Swap
from huiyin.parts.duty.wording import day, name
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty.shift_say import ReasonForm, ShiftForm, bound, refuse, rules
from huiyin.web.staff.forms import taken
from huiyin.web.staff.typed import typed


@staff
def listed(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show the swaps that are somebody's business, and the shifts that one could offer."""
    business = swapping.swaps_for(acting, now)
    offered = {one.shift_id for one in business.mine if one.giver_id == acting.user.pk}
    return page(
        request, "duty/swaps", acting, section="duty", business=business,
        past=swapping.past_swaps(acting),
        own=[
            one
            for one in shifts.coming(acting, now)
            if one.shift.starts > now and one.shift_id not in offered
        ],
    )  # fmt: skip


def _when(one: Assignment) -> str:
    return f"{name(one.user)} · {day(one.shift.day)} {one.shift.pattern}"


class OfferForm(ShiftForm):
    """To whom a shift is offered, and for which of theirs."""

    to = forms.ChoiceField(label=lazy("To whom"), widget=forms.RadioSelect, required=False)
    in_return = forms.ChoiceField(
        label=lazy("In return I stand"),
        help_text=lazy("Only with a colleague chosen above."),
        required=False,
    )

    def __init__(self, data: Any = None, *, found: swapping.Offering, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("Whoever takes it first")),
            *((str(one.user.pk), self._colleague(one)) for one in found.colleagues),
        ]
        self.fields["in_return"].choices = [  # type: ignore[attr-defined]
            ("", _("nothing")),
            *((str(one.shift_id), _when(one)) for one in found.returns),
        ]

    @staticmethod
    def _colleague(one: Candidate) -> str:
        return f"{name(one.user)} – {rules(one.broken)}" if one.broken else name(one.user)

    def given(self) -> dict[str, Any]:
        """Return what the action takes."""
        to, back = self.cleaned_data["to"], self.cleaned_data["in_return"]
        return {
            "to": User.objects.get(pk=int(to)) if to else None,
            "in_return": int(back) if back else None,
        }


@typed
@staff
def offer(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Offer one's shift to a colleague or to whoever volunteers."""
    found = swapping.offering(acting, pk, now)
    form = bound(OfferForm, request, found=found)
    if form.is_bound and form.is_valid():
        try:
            swap = swaps.offer(acting, pk, now=now, **form.given())  # type: ignore[attr-defined]
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Your colleagues are told."))
            return redirect("staff:duty_swap", swap.pk)
    return page(
        request,
        "duty/swap_offer",
        acting,
        section="duty",
        found=found,
        shift=found.shift,
        form=form,
    )


def _refused(acting: Acting, pk: int, form: ShiftForm, now: datetime) -> Swap:
    return swaps.refuse(acting, pk, form.cleaned_data["reason"], now=now)


ACTS: dict[str, tuple[Callable[..., Swap], Any]] = {
    "accept": (swaps.accept, lazy("You take the shift, once it is approved.")),
    "approve": (
        swaps.approve,
        lazy("Approved. The roster is changed, and those concerned are told."),
    ),
    "withdraw": (swaps.withdraw, lazy("It is withdrawn.")),
    "decline": (swaps.decline, lazy("Your colleague is told. You need not say why.")),
}


@typed
@staff
def swap(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Show one swap; take it, decline it, withdraw it, approve or refuse it."""
    one = swaps.find(acting, pk, now)
    act, done = ACTS.get(request.POST.get("what", ""), (None, ""))
    if act is not None and "look" not in request.POST:
        try:
            act(acting, pk, now=now)
        except BadInput as error:
            refuse(request, error)
        else:
            messages.success(request, str(done))
        return redirect("staff:duty_swap", pk)
    form = bound(ReasonForm, request)
    if taken(
        request,
        form,
        lambda: _refused(acting, pk, form, now),
        _("Refused. Both are told, with your reason."),
    ):
        return redirect("staff:duty_swap", pk)
    me, coming = acting.user.pk, one.shift.starts > now
    asked, accepted = one.state == Swap.State.ASKED, one.state == Swap.State.ACCEPTED
    two = {one.giver_id, one.taker_id}
    return page(
        request, "duty/swap", acting, section="duty", swap=one, shift=one.shift, form=form,
        may_accept=coming and asked and one.giver_id != me and one.taker_id in {None, me},
        may_decline=asked and one.taker_id == me,
        may_withdraw=(asked and one.giver_id == me) or (accepted and me in two),
        may_decide=coming and accepted and swaps.may_decide(acting, one),
        concerned=me in two or swaps.may_decide(acting, one),
    )  # fmt: skip
