"""The code that opens a letter, and what its writer does with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.vault import codes
from huiyin.web.portal.forms import PortalForm
from huiyin.web.portal.widgets import CodeInput


class CodeField(forms.CharField):
    """A whole receipt code, however it was typed; a slip of the pen is told as such.

    The check is part of the code itself, so the message says nothing about any letter.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, widget=CodeInput(), **kwargs)

    def clean(self, value: Any) -> str:
        """Return the code as text."""
        text: str = super().clean(value)
        try:
            return str(codes.parse(text))
        except codes.BadCode as error:
            raise forms.ValidationError(MISTYPED[error.reason]) from error


MISTYPED = {
    "length": _("A receipt code has 32 letters and digits, in eight groups of four"),
    "character": _(
        "The receipt code holds a sign that no code has; letters A to Z and digits only"
    ),
    "checksum": _("There is a slip in the receipt code; compare it with your copy, group by group"),
}


class CodeForm(PortalForm):
    """The code that opens one's letter."""

    code = CodeField(
        label=_("Receipt code"),
        help_text=_("32 letters and digits. Spaces, dashes and small letters don’t matter."),
        error_messages={"required": _("Enter the receipt code")},
    )


class SavedForm(PortalForm):
    """Whether the code was really saved: its last group, copied from one's own copy."""

    saved = forms.BooleanField(
        label=_("I have saved the code where I alone find it"),
        error_messages={"required": _("Tick the box once you have saved the code")},
    )
    last = forms.CharField(
        label=_("The last four characters of the code, from your own copy"),
        max_length=12,
        widget=CodeInput(**{"class": "code w-10"}),
        error_messages={"required": _("Copy the last four characters from what you saved")},
    )

    def __init__(self, code: codes.ReceiptCode, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code

    def clean_last(self) -> str:
        """Compare with the code shown on the same page."""
        typed = self.cleaned_data["last"].upper().replace(" ", "").translate(ALIKE)
        if typed != str(self.code).rpartition("-")[2]:
            raise forms.ValidationError(
                _("These are not the last four characters; look at your copy again")
            )
        return str(typed)


ALIKE = str.maketrans("OIL", "011")


class RecoverForm(PortalForm):
    """A lost code: the letter's number and the phrase chosen when it was sent."""

    locator = forms.CharField(
        label=_("Number of the letter"),
        help_text=_(
            "The first eight characters of the code; they also stand on each official letter."
        ),
        max_length=40,
        widget=CodeInput(**{"class": "code w-20"}),
        error_messages={"required": _("Enter the number of the letter")},
    )
    phrase = forms.CharField(
        label=_("Recovery phrase"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Enter the recovery phrase")},
    )

    def clean_locator(self) -> str:
        """Return the number in its one spelling."""
        try:
            return codes.parse_locator(self.cleaned_data["locator"])
        except codes.BadCode as error:
            raise forms.ValidationError(
                _("The number of a letter has eight letters and digits")
            ) from error


class TextForm(PortalForm):
    """A message, the grounds of a request, what is not solved."""

    text = forms.CharField(
        label=_("Your words"),
        max_length=20_000,
        min_length=5,
        widget=forms.Textarea({"rows": 7, "class": "short"}),
        error_messages={
            "required": _("Write a few words"),
            "min_length": _("Write a little more"),
            "max_length": _("At most 20,000 characters; the rest can be attached as a file"),
        },
    )


class MessageForm(TextForm):
    """Something to add, or the answer to a question."""

    text = forms.CharField(
        label=_("Write in this letter"),
        help_text=_("Whoever handles the letter reads it; your name stays sealed."),
        max_length=20_000,
        min_length=2,
        widget=forms.Textarea({"rows": 6, "class": "short"}),
        error_messages=TextForm.base_fields["text"].error_messages,
    )


class WithdrawForm(PortalForm):
    """Withdrawal: by the writer alone, and only after saying so twice."""

    sure = forms.BooleanField(
        label=_("I withdraw my letter of my own will"),
        error_messages={"required": _("Tick the box if you want to withdraw the letter")},
    )
    text = forms.CharField(
        label=_("Why, if you want to say so"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4, "class": "short"}),
    )


SCALE = [(str(n), str(n)) for n in range(1, 6)]


class RatingForm(PortalForm):
    """Handling and outcome, apart: fair treatment and a fair result are two things."""

    handling = forms.TypedChoiceField(
        label=_("How was your letter handled?"),
        help_text=_("Whether you were heard, told and treated with respect. 1 poor, 5 very good."),
        choices=SCALE,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a number for the handling")},
    )
    outcome = forms.TypedChoiceField(
        label=_("And what came of it?"),
        help_text=_("Whether the outcome is right, whatever the handling. 1 poor, 5 very good."),
        choices=SCALE,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a number for the outcome")},
    )


class PlainForm(PortalForm):
    """Nothing to fill in: the button is the answer."""


class PromiseForm(PortalForm):
    """Whether a promise was kept."""

    kept = forms.ChoiceField(
        label=_("Was this promise kept?"),
        choices=[("yes", _("Yes")), ("no", _("No, or not as promised"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the promise was kept")},
    )
    text = forms.CharField(
        label=_("If not: what is missing?"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 5, "class": "short"}),
    )
