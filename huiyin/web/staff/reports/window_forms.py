"""The forms of windows: what it asks of the units, who answers for what, when something was tested."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.clock.shortening import RULES
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.models import Post
from huiyin.parts.reports.messages import MESSAGES
from huiyin.parts.reports.models import Window, WindowPost, WindowUnit
from huiyin.parts.reports.tightening import MOST_AHEAD, Settings
from huiyin.web.staff.forms import StaffForm, day_field, text_field
from huiyin.web.staff.reports.forms import TextForm
from huiyin.web.staff.words import RULES as RULE_NAMES

UNITS = {"days": _("days"), "working_days": _("working days"), "months": _("months")}


class TightenForm(StaffForm):
    """What a window asks for. A change can only ask for more, or end it earlier."""

    words = MESSAGES

    last_day = day_field(_("Last day of the window"))
    cover = forms.BooleanField(
        label=_("A leader on duty at every minute of the window"), required=False
    )
    roster_days = forms.IntegerField(
        label=_("Roster in force so many days before the first day"),
        min_value=0,
        max_value=MOST_AHEAD,
        initial=3,
        widget=forms.NumberInput({"class": "w-5", "inputmode": "numeric"}),
    )
    daily_by = forms.TimeField(
        label=_("Daily report every day, by what time"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": MESSAGES["moment"]},
    )
    checklists = forms.BooleanField(label=_("Checklists gone through in time"), required=False)
    line_test = forms.BooleanField(
        label=_("Each unit tests its telephone line before the first day"), required=False
    )
    exercise = forms.BooleanField(
        label=_("Each unit holds an exercise before the first day"), required=False
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        in_force = policy()
        for key in RULES:
            rule = in_force.rule(key)
            self.fields[f"limit_{key}"] = forms.IntegerField(
                label=RULE_NAMES[key],
                required=False,
                min_value=1,
                help_text=gettext("now %(days)s %(unit)s; empty: as it is")
                % {"days": rule.days, "unit": UNITS[rule.unit]},
                widget=forms.NumberInput({"class": "w-5", "inputmode": "numeric"}),
            )

    def plain(self) -> list[forms.BoundField]:
        """Return the fields that are no limits of letters."""
        return [bound for bound in self if not bound.name.startswith("limit_")]

    def limits(self) -> list[forms.BoundField]:
        """Return the limits of letters."""
        return [bound for bound in self if bound.name.startswith("limit_")]

    def settings(self) -> Settings:
        """Return what was asked for."""
        given = self.cleaned_data
        at: time | None = given["daily_by"]
        return Settings(
            cover=given["cover"],
            roster_days=given["roster_days"],
            daily_by=at.hour * 60 + at.minute if at else None,
            limits={key: given[f"limit_{key}"] for key in RULES if given[f"limit_{key}"]},
            checklists=given["checklists"],
            line_test=given["line_test"],
            exercise=given["exercise"],
        )

    @staticmethod
    def asked(window: Window) -> dict[str, Any]:
        """Return the initial values of a window that there is."""
        now = Settings.of(window.settings)
        at = None if now.daily_by is None else time(*divmod(now.daily_by, 60))
        limits = {f"limit_{key}": days for key, days in now.limits.items()}
        return {**now.kept(), **limits, "daily_by": at, "last_day": window.last_day}


class WindowForm(TightenForm):
    """A new window."""

    title = forms.CharField(label=_("Name of the window"), max_length=120)
    first_day = day_field(_("First day of the window"))
    sure = forms.BooleanField(label=_("No name in it is of somebody who complains"), required=False)
    field_order = ["title", "first_day", "last_day"]


class GroupForm(StaffForm):
    """Which posts of the unit answer for what."""

    words = MESSAGES

    def __init__(self, data: Any = None, *, row: WindowUnit, **kwargs: Any) -> None:
        named = dict(row.group.values_list("duty", "post__code"))
        super().__init__(data, initial=named, **kwargs)
        posts = Post.objects.filter(unit=row.unit_id, closed_at=None).order_by("pk")
        choices = [("", gettext("not named yet")), *((one.code, str(one)) for one in posts)]
        for duty in WindowPost.Duty:
            self.fields[duty.value] = forms.ChoiceField(
                label=duty.label,
                choices=choices,
                required=False,
                error_messages={"invalid_choice": MESSAGES["unknown"]},
            )


class ConfirmForm(StaffForm):
    """On which day it was done."""

    words = MESSAGES
    on = day_field(_("On which day"), late=MESSAGES["future"])


class ReplyForm(TextForm):
    """Why something was missed, and what the post changes, in its own words."""

    cause = text_field(_("Why was it missed"), rows=4)
    reply = text_field(_("What is done differently from now on"), rows=4, required=False)
    field_order = ["cause", "reply", "sure"]


def refused(form: StaffForm, error: BadInput) -> None:
    """Put a refusal beside its field; one about limits beside the first limit."""
    form.refuse(BadInput(f"limit_{RULES[0]}", error.code) if error.field == "limits" else error)


def today(now: datetime) -> Any:
    """Return the local day."""
    return policy().calendar.local_date(now)
