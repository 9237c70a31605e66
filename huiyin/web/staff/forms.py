"""The small form of each move. A form says what is wrong with what was typed and hands the rest
to one action; whether the move may be made is the action's to say."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise as Lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.parts.cases.messages import MESSAGES
from huiyin.parts.cases.models import Case
from huiyin.web.fields import BEYOND, DayField

LONG = 20_000


def named(label: Any, text: Any) -> Any:
    """Return an error that names its field, so that the summary on top can be understood."""
    return format_lazy("{}{}{}", label, _(": "), text) if label else text


class StaffForm(forms.Form):
    """Fields without colons; errors in the page's words (parts/field.html).

    `words` are the sentences of what an action refuses, by its code.
    """

    words: ClassVar[Mapping[str, Any]] = MESSAGES

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, label_suffix="", **kwargs)
        self.use_required_attribute = False
        for field in self.fields.values():
            field.error_messages["required"] = named(field.label, MESSAGES["missing"])
            field.error_messages["invalid_choice"] = named(field.label, MESSAGES["unknown"])

    def sentence(self, error: BadInput) -> Any:
        """Return what an action refused in words."""
        return self.words.get(error.code, error.code)

    def refuse(self, error: BadInput) -> None:
        """Put what an action refused beside the field that it names."""
        text, field = self.sentence(error), self.fields.get(error.field)
        self.add_error(error.field if field else None, named(field.label if field else "", text))


def taken(request: HttpRequest, form: StaffForm, act: Callable[[], object], done: str) -> bool:
    """Whether the form holds and its action took it, which `done` then says on the next page."""
    if not form.is_valid():
        return False
    try:
        act()
    except BadInput as error:
        form.refuse(error)
        return False
    messages.success(request, done)
    return True


class MoveForm(StaffForm):
    """A move on a letter. `seen` is how many steps the letter had when the page was opened."""

    title: ClassVar[str | Lazy] = ""
    lead: ClassVar[str | Lazy] = ""
    button: ClassVar[str | Lazy] = _("Save")
    done: ClassVar[str | Lazy] = _("This was recorded in the letter.")
    rule: ClassVar[str] = ""
    grave: ClassVar[bool] = False
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, case: Case, acting: Acting, **kwargs: Any) -> None:
        given = data if data is not None else kwargs.get("initial", {})
        self.case, self.acting, self.given = case, acting, given
        initial = {"seen": case.steps_count, **kwargs.pop("initial", {})}
        super().__init__(data, initial=initial, **kwargs)
        self.offer()

    def offer(self) -> None:
        """Fill in the options that depend on the letter."""

    def perform(self, now: datetime) -> object:
        """Call the action; raises what it raises."""
        raise NotImplementedError


def day_field(label: Any, late: Any = BEYOND, **more: Any) -> DayField:
    """Return a field for a day; `late` is said of one after 2100."""
    return DayField(
        label=label,
        widget=forms.DateInput({"type": "date", "class": "w-10"}, "%Y-%m-%d"),
        error_messages={"invalid": _("Give a day."), "late": late},
        **more,
    )


def text_field(label: Any, help_text: Any = "", **more: Any) -> forms.CharField:
    """Return a field for a few paragraphs."""
    rows = more.pop("rows", 6)
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONG,
        widget=forms.Textarea({"rows": rows, "class": "short"}),
        **more,
    )
