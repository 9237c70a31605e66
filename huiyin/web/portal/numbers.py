"""Taking a number at a reception desk, on a kiosk or by the clerk: the form and the kiosk's address."""

import secrets

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.given import BadInput
from huiyin.parts.duty.actions.reception import MOST
from huiyin.parts.duty.desk_words import MESSAGES, Spoken
from huiyin.parts.duty.models import DutyPoint, Need
from huiyin.web.portal.forms import PortalForm

SALT = "huiyin.desk.number"
SEED_AGE = 12 * 3600
KIOSK = signing.Signer(salt="huiyin.desk.kiosk")


def kiosk_token(point: DutyPoint) -> str:
    """Return what a kiosk's address holds instead of a sign-in: it gives numbers, nothing else."""
    return KIOSK.sign(point.code)


def point_code(token: str) -> str:
    """Return the code of the kiosk's desk; raise signing.BadSignature."""
    return KIOSK.unsign(token)


class NumberForm(PortalForm):
    """What whoever comes needs; nothing about who they are."""

    seed = forms.CharField(widget=forms.HiddenInput, required=False)
    needs = forms.MultipleChoiceField(
        label=_("What should be ready?"),
        choices=Need.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Language of the interpreter"),
        choices=[("", "–"), *Spoken.choices],
        required=False,
    )
    people = forms.IntegerField(
        label=_("How many are you?"), min_value=1, max_value=MOST, initial=1,
        widget=forms.NumberInput({"class": "w-5", "inputmode": "numeric"}),
    )  # fmt: skip

    def refuse(self, error: BadInput) -> None:
        """Put what the action refused beside the field that it names."""
        self.add_error(
            error.field if error.field in self.fields else None,
            MESSAGES.get(error.code, error.code),
        )

    def clean_people(self) -> int:
        """Return how many they are, one where nothing was said."""
        return int(self.cleaned_data.get("people") or 1)

    def clean_seed(self) -> str:
        """Return the form's own random value; empty when it is none of ours or too old."""
        try:
            return str(signing.loads(self.cleaned_data["seed"], salt=SALT, max_age=SEED_AGE))
        except signing.BadSignature:
            return ""


def seed() -> str:
    """Return a signed random value for a new form."""
    return signing.dumps(secrets.token_hex(16), salt=SALT)
