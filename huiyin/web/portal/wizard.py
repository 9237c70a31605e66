"""Writing a letter in a few steps, kept nowhere until it is sent.

Each step is one POST that carries the answers of the others in hidden fields: no session, no
cookie, no script. What was typed is never lost to an error, to going back or to another language.
"""

import secrets
from collections.abc import Iterator
from datetime import timedelta

from django.core import signing
from django.http import QueryDict

from huiyin.parts.cases.models import Case
from huiyin.web.portal.forms import (
    ContactForm,
    JointForm,
    MatterForm,
    NamingForm,
    PlaceForm,
    PortalForm,
    SendForm,
)

STEPS = ("matter", "place", "naming", "contact", "send")
FORMS: dict[str, type[PortalForm]] = {
    "matter": MatterForm,
    "place": PlaceForm,
    "naming": NamingForm,
    "contact": JointForm,
    "send": SendForm,
}
CARRIED = {step: tuple(form().fields) for step, form in FORMS.items()}
DRAFTS_LIVE = timedelta(hours=24)
_signer = signing.TimestampSigner(salt="huiyin.portal.seed")


def new_seed() -> str:
    """Return a fresh seed for a form, signed: the same form sent twice is one letter."""
    return _signer.sign(secrets.token_urlsafe(24))


def seed_bytes(signed: str) -> bytes | None:
    """Return the seed that this service gave out in the last day; None for any other."""
    try:
        return _signer.unsign(signed, max_age=DRAFTS_LIVE).encode()
    except signing.BadSignature:
        return None


class Draft:
    """A letter being written: the answers of all steps, as they came."""

    def __init__(self, data: QueryDict | None = None) -> None:
        self.data = data if data is not None else QueryDict()
        self._checked: dict[str, PortalForm] = {}
        given = self.data.get("seed", "")
        self.fresh = seed_bytes(given) is None
        self.seed = new_seed() if self.fresh else given

    @property
    def seed_bytes(self) -> bytes:
        """The seed without its signature."""
        return _signer.unsign(self.seed).encode()

    @property
    def steps(self) -> list[str]:
        """The steps of this letter; an anonymous one has no contact."""
        anonymous = self.data.get("naming", "") not in {Case.Naming.NAMED, Case.Naming.JOINT}
        return [step for step in STEPS if step != "contact" or not anonymous]

    def form_class(self, step: str) -> type[PortalForm]:
        """Return the form of a step; a letter by one person asks for no representatives."""
        if step == "contact" and self.data.get("naming") != Case.Naming.JOINT:
            return ContactForm
        return FORMS[step]

    def checked(self, step: str) -> PortalForm:
        """Return the step's form with the answers, validated once."""
        if step not in self._checked:
            self._checked[step] = self.form_class(step)(self.data)
            self._checked[step].is_valid()
        return self._checked[step]

    def shown(self, step: str) -> PortalForm:
        """Return the step's form with the answers given before, and no word of error yet."""
        blank = self.form_class(step)()
        initial = {
            name: field.widget.value_from_datadict(self.data, {}, name)
            for name, field in blank.fields.items()
        }
        return self.form_class(step)(initial=initial)

    def first_wrong(self, before: str) -> PortalForm | None:
        """Return the form of the first step up to and with `before` that has an error."""
        for step in self.steps:
            form = self.checked(step)
            if not form.is_valid():
                return form
            if step == before:
                break
        return None

    def step_of(self, form: PortalForm) -> str:
        """Return which step a form belongs to."""
        return next(step for step in self.steps if isinstance(form, self.form_class(step)))

    def after(self, step: str) -> str:
        """Return the next step."""
        steps = self.steps
        return steps[min(steps.index(step) + 1, len(steps) - 1)] if step in steps else "matter"

    def before(self, step: str) -> str:
        """Return the step before."""
        steps = self.steps
        return steps[max(steps.index(step) - 1, 0)] if step in steps else "matter"

    def hidden(self, current: str) -> Iterator[tuple[str, str]]:
        """Yield the answers of all other steps, to be carried along."""
        yield "seed", self.seed
        here = set(
            CARRIED[current]
            if self.form_class(current) is FORMS[current]
            else self.form_class(current).base_fields
        )
        for step in STEPS:
            for name in CARRIED[step]:
                if name not in here:
                    yield from ((name, value) for value in self.data.getlist(name) if value)
