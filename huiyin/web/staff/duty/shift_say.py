"""The words of the pages of a shift: refusals, rules, and forms that keep what was typed."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.models import in_language
from huiyin.parts.duty.actions._shift import Refused
from huiyin.parts.duty.messages import MESSAGES as OF_DUTY
from huiyin.parts.duty.shift_words import MESSAGES, RULES
from huiyin.web.staff.forms import StaffForm
from huiyin.web.staff.typed import SHOW


def rules(names: tuple[str, ...]) -> str:
    """Return the rules that something breaks, in words."""
    return in_language("、", ", ").join(str(RULES.get(name, name)) for name in names)


def _fact(value: object) -> object:
    if isinstance(value, datetime):
        return formats.date_format(value, "SHORT_DATETIME_FORMAT")
    return rules(value) if isinstance(value, tuple) else value


def say(error: BadInput) -> str:
    """Return what an action refused, as a sentence."""
    text = str(MESSAGES.get(error.code) or OF_DUTY.get(error.code) or error.code)
    facts = error.facts if isinstance(error, Refused) else {}
    return text % {name: _fact(value) for name, value in facts.items()} if facts else text


def refuse(request: HttpRequest, error: BadInput) -> None:
    """Say on the next page what stood in the way."""
    messages.error(request, say(error))


class ShiftForm(StaffForm):
    """A form whose refusals are in the words of a shift."""

    def sentence(self, error: BadInput) -> str:
        """Return what an action refused in words, with its facts."""
        return say(error)


def bound(form: type[ShiftForm], request: HttpRequest, **more: Any) -> ShiftForm:
    """Return the form: empty, filled in, or only shown again with what was typed."""
    if request.method != "POST":
        return form(None, **more)
    if SHOW in request.POST:
        return form(None, initial={**more.pop("initial", {}), **request.POST.dict()}, **more)
    return form(request.POST, **more)


def sure() -> forms.BooleanField:
    """Return the field by which whoever writes says that the names in it may stand there."""
    return forms.BooleanField(label=_("No name in it is of somebody who complains"), required=False)


class LineForm(ShiftForm):
    """A line of the log."""

    field_order = ("text", "sure")
    sure = sure()

    text = forms.CharField(
        label=_("What is to be kept"),
        max_length=4_000,
        widget=forms.Textarea({"rows": 3, "class": "short"}),
    )


class ReasonForm(ShiftForm):
    """Why a swap is refused."""

    reason = forms.CharField(
        label=_("Reason, which both will read"),
        max_length=500,
        widget=forms.Textarea({"rows": 3, "class": "short"}),
    )
