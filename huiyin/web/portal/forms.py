"""The steps of writing a letter, one form each.

A form says what is wrong with what was typed; whether it may be done is the action's to say.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.vault import codes
from huiyin.parts.cases.actions.filing import REPRESENTATIVES
from huiyin.parts.cases.models import Case
from huiyin.web.portal import choices
from huiyin.web.portal.widgets import HintedRadios, ManyOptions


class PortalForm(forms.Form):
    """Fields without colons; errors are rendered by parts/field.html."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.use_required_attribute = False  # the page's own words, not the browser's


class MatterForm(PortalForm):
    """What happened."""

    title = forms.CharField(
        label=_("What is it about, in one line?"),
        help_text=_("For example: wages of March not paid"),
        min_length=2,
        max_length=120,
        error_messages={
            "required": _("Write in one line what it is about"),
            "min_length": _("Write a little more in the line on what it is about"),
            "max_length": _("Shorten the line on what it is about to 120 characters"),
        },
    )
    text = forms.CharField(
        label=_("What happened?"),
        help_text=_(
            "Tell it as you would tell a person: what, when, where, and what you ask for. "
            "Leave out names and numbers that nobody needs to know."
        ),
        min_length=5,
        max_length=20_000,
        widget=forms.Textarea({"rows": 12}),
        error_messages={
            "required": _("Write what happened"),
            "min_length": _("Write a little more about what happened"),
            "max_length": _(
                "What happened: at most 20,000 characters; the rest can be attached as a file"
            ),
        },
    )
    danger = forms.BooleanField(
        label=_("Someone is in danger now"),
        help_text=_(
            "Your letter is then shown first. In an emergency call the police, the fire brigade or an ambulance at once."
        ),
        required=False,
    )


class OfferedField(forms.ChoiceField):
    """A choice among many: the options are read only to be shown, a chosen one by itself."""

    def __init__(self, exists: Callable[[str], bool], **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=ManyOptions,
            error_messages={"invalid_choice": _("Choose one of the entries offered")},
            **kwargs,
        )
        self.exists = exists

    def valid_value(self, value: Any) -> bool:
        """Return whether there is such an entry, offered on this page or found by a search."""
        return self.exists(str(value))


class PlaceForm(PortalForm):
    """Where it happened and whom it is about; all of it may be left open."""

    find_place = forms.CharField(label=_("Find a unit by name"), required=False, max_length=60)
    place_unit = OfferedField(choices.is_unit, label=_("In which unit did it happen?"))
    place = forms.CharField(
        label=_("Or tell the place in your own words"),
        help_text=_("A building, a site, an address, a web page"),
        required=False,
        max_length=200,
    )
    category = OfferedField(choices.is_category, label=_("What kind of matter is it?"))
    find_complained = forms.CharField(label=_("Find a unit by name"), required=False, max_length=60)
    complained = OfferedField(
        choices.is_complained,
        label=_("Does it complain of a unit, or of whoever holds a post?"),
        help_text=_(
            "Whomever you name here will never see this letter, never handle it and never learn "
            "who wrote it. If you name the head of a unit, the whole unit is kept away from it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offer in (
            ("place_unit", lambda: choices.unit_choices(*self._given("find_place", "place_unit"))),
            ("category", choices.category_choices),
            (
                "complained",
                lambda: choices.complained_choices(*self._given("find_complained", "complained")),
            ),
        ):
            field = self.fields[name]
            assert isinstance(field, OfferedField)
            field.choices = offer

    def _given(self, *names: str) -> list[str]:
        source = self.data if self.is_bound else self.initial
        return [str(source.get(name) or "") for name in names]

    def chosen(self, name: str) -> str:
        """Return the words of the option that was chosen; only after validation."""
        value = self.cleaned_data.get(name, "")
        field = self.fields[name]
        assert isinstance(field, OfferedField)
        return choices.label_of(list(field.choices), value) if value else ""  # type: ignore[arg-type]


class NamingForm(PortalForm):
    """Whether the writer gives a name, and a way back in when the code is lost."""

    naming = forms.ChoiceField(
        label=_("Do you want to give your name?"),
        choices=Case.Naming.choices,
        widget=HintedRadios(
            {
                "anonymous": _(
                    "Nobody can ask you back except through your receipt code. Your letter is "
                    "handled like any other."
                ),
                "named": _(
                    "Your name and contact are sealed. Whoever handles the letter reads the letter, "
                    "not your name. Opening it takes a reason, and you see who opened it."
                ),
                "joint": _(
                    "Several people write together and choose up to five representatives "
                    "themselves. Nobody else can name them."
                ),
            }
        ),
        error_messages={"required": _("Choose whether you give your name")},
    )
    phrase = forms.CharField(
        label=_("Recovery phrase"),
        help_text=_(
            "If you lose the code, this phrase and the letter’s number give you a new one. A "
            "sentence that only you know: at least eight Chinese characters or sixteen letters. "
            "We keep only what is needed to check it."
        ),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_phrase(self) -> str:
        """Refuse a phrase that is too easy to guess."""
        phrase: str = self.cleaned_data["phrase"].strip()
        if phrase:
            try:
                codes.check_phrase(phrase)
            except codes.BadPhrase as error:
                raise forms.ValidationError(WEAK[error.reason]) from error
        return phrase


WEAK = {
    "short": _("The recovery phrase is too short; make it a whole sentence"),
    "long": _("The recovery phrase is longer than 200 characters"),
    "digits": _(
        "The recovery phrase can’t be digits alone: others may know telephone and card numbers"
    ),
    "repeats": _("The recovery phrase repeats the same few signs; make it a sentence"),
}


class ContactForm(PortalForm):
    """Who writes. Everything here is sealed as soon as it is sent."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Write your name, or go back and choose “Anonymous”")},
    )
    telephone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "class": "w-20"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=200,
        widget=forms.EmailInput({"autocomplete": "email", "class": "w-20"}),
        error_messages={"invalid": _("Write the e-mail address like name@example.org")},
    )
    address = forms.CharField(
        label=_("Postal address"),
        required=False,
        max_length=300,
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )


class JointForm(ContactForm):
    """A joint letter: whoever fills it in, and up to five representatives whom the writers chose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, REPRESENTATIVES + 1):
            self.fields[f"rep{number}_name"] = forms.CharField(
                label=_("Name"), required=False, max_length=80
            )
            self.fields[f"rep{number}_telephone"] = forms.CharField(
                label=_("Telephone"),
                required=False,
                max_length=40,
                widget=forms.TextInput({"type": "tel"}),
            )

    def people(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """Return for each representative the number and the two fields."""
        return [
            (number, self[f"rep{number}_name"], self[f"rep{number}_telephone"])
            for number in range(1, REPRESENTATIVES + 1)
        ]

    @property
    def several(self) -> bool:
        """Whether more than the first representative has something filled in."""
        return any(name.value() or telephone.value() for _n, name, telephone in self.people()[1:])

    def clean(self) -> dict[str, Any]:
        """Ask for the name wherever only a telephone is given."""
        given = super().clean() or self.cleaned_data
        for number in range(1, REPRESENTATIVES + 1):
            if given.get(f"rep{number}_telephone") and not given.get(f"rep{number}_name"):
                self.add_error(
                    f"rep{number}_name",
                    _("Write the name of representative %(number)d") % {"number": number},
                )
        return given

    def representatives(self) -> list[dict[str, str]]:
        """Return those who were named; only after validation."""
        return [
            {
                "name": self.cleaned_data[f"rep{number}_name"],
                "telephone": self.cleaned_data[f"rep{number}_telephone"],
            }
            for number in range(1, REPRESENTATIVES + 1)
            if self.cleaned_data[f"rep{number}_name"]
        ]


class SendForm(PortalForm):
    """The last step: the one choice left is the receipt itself."""

    decline = forms.BooleanField(
        label=_("I do not want a receipt code"),
        help_text=_(
            "You then can’t follow the letter, read the answer here or ask for a review with a "
            "code. The letter is handled all the same."
        ),
        required=False,
    )
