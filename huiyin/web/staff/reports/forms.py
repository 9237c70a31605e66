"""The form of each kind of report, made from its template, and the small forms of a desk."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.files.inspect import FileRefused
from huiyin.kernel.given import BadInput
from huiyin.parts.reports.messages import MESSAGES
from huiyin.parts.reports.models import Incident
from huiyin.parts.reports.saying import chinese, label, wording
from huiyin.parts.reports.templates import Field, templates
from huiyin.parts.reports.vague import Question
from huiyin.web.fields import MomentField
from huiyin.web.staff.forms import StaffForm, named

LOCAL = "%Y-%m-%dT%H:%M"


def _field(one: Field) -> forms.Field:
    given: dict[str, Any] = {"label": label(one), "required": one.name == "what"}
    if one.type == "number":
        attributes = {"class": "w-5", "inputmode": "numeric"}
        return forms.IntegerField(min_value=0, widget=forms.NumberInput(attributes), **given)
    if one.type == "moment":
        widget = forms.DateTimeInput({"type": "datetime-local", "class": "w-20"}, format=LOCAL)
        return MomentField(widget=widget, input_formats=[LOCAL, "%Y-%m-%d %H:%M"], **given)
    if one.type == "choice":
        choices = [(key, zh if chinese() else en) for key, zh, en in one.choices]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **given)
    if one.type == "yes":
        return forms.BooleanField(**given)
    if one.type == "lines":
        return forms.CharField(
            max_length=4_000, widget=forms.Textarea({"rows": 3, "class": "short"}), **given
        )
    return forms.CharField(max_length=200, **given)


class TextForm(StaffForm):
    """A form whose refusals are in the words of reports."""

    words = MESSAGES

    sure = forms.BooleanField(label=_("No name in it is of somebody who complains"), required=False)


class ReportForm(TextForm):
    """One kind of report. Only `what` is needed to send; the rest is asked about.

    `joins` are the incidents that an urgent report may belong to.
    """

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        kind: str,
        joins: Iterable[Incident] = (),
        **kwargs: Any,
    ) -> None:
        self.kind = kind
        super().__init__(data, files, **kwargs)
        sure = self.fields.pop("sure")
        for one in templates()[kind].fields:
            self.fields[one.name] = _field(one)
            self.fields[one.name].error_messages["required"] = named(
                label(one), MESSAGES["missing"]
            )
        if kind == "urgent":
            self.fields["where"].widget.attrs["list"] = "places"
            self.fields["picture"] = forms.FileField(
                label=_("A picture of the event"),
                required=False,
                widget=forms.ClearableFileInput({"accept": "image/*", "capture": "environment"}),
            )
        if going_on := [(one.number, str(one)) for one in joins]:
            self.fields["joins"] = forms.ChoiceField(
                label=_("Is it about an incident that goes on?"),
                choices=[("", _("No, something new")), *going_on],
                required=False,
                widget=forms.RadioSelect,
            )
        self.fields["sure"] = sure

    def given(self) -> dict[str, Any]:
        """Return what was written, by the template's names."""
        names = templates()[self.kind].names
        return {name: self.cleaned_data.get(name) for name in names}

    def refuse_file(self, error: FileRefused) -> None:
        """Say that the picture can't be taken."""
        self.add_error("picture", _("This file can’t be taken; send a picture of another kind."))


class WordForm(TextForm):
    """A few sentences: what is done, a reply, a reason."""

    text = forms.CharField(
        label=_("In a few sentences"),
        max_length=4_000,
        widget=forms.Textarea({"rows": 4, "class": "short"}),
    )
    field_order = ["text", "sure"]

    def refuse(self, error: BadInput) -> None:
        """Put what an action refused beside the text."""
        super().refuse(BadInput("text", error.code))


class RuleForm(StaffForm):
    """By when every unit below owes its daily report."""

    daily_by = forms.TimeField(
        label=_("By what time of the day"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": MESSAGES["moment"]},
    )
    every_day = forms.BooleanField(label=_("On days off too"), required=False)


def asked(form: ReportForm, found: list[Question]) -> list[tuple[forms.BoundField, list[str]]]:
    """Return the form's fields, each with what is asked beside it."""
    beside: dict[str, list[str]] = {}
    for one in found:
        beside.setdefault(one.field, []).append(wording(one))
    return [(bound, beside.get(bound.name, [])) for bound in form]
