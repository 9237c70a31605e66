"""The forms of handling: acceptance, messages, hearings, extensions, excuses, the identity."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.clock.policy import policy
from huiyin.parts.cases import queries
from huiyin.parts.cases.actions import handling
from huiyin.parts.cases.models import Hearing
from huiyin.web.fields import MomentField
from huiyin.web.portal.widgets import HintedRadios
from huiyin.web.staff import words
from huiyin.web.staff.forms import MoveForm, text_field


class Accept(MoveForm):
    """Accepted."""

    title = _("Accept the letter")
    lead = _("The writer is told at once, and the written answer is owed from now on.")
    button = _("Accept")
    rule = "accept"
    text = text_field(_("A word to the writer"), required=False, rows=4)

    def perform(self, now: datetime) -> object:
        """Call the action."""
        text = self.cleaned_data["text"]
        return handling.accept(self.acting, self.case.locator, now=now, text=text)


class Decline(MoveForm):
    """Not accepted, on a listed ground."""

    title = _("Do not accept the letter")
    lead = _(
        "Only on a listed ground. The writer is told where to turn instead, and may ask for a review."
    )
    button = _("Do not accept")
    rule = "decline"
    grave = True
    ground = forms.ChoiceField(label=_("Ground"))
    text = text_field(
        _("What it means for this letter"),
        _(
            "Name the place to turn to, with its address, as plainly as you can. The writer reads this."
        ),
    )

    def offer(self) -> None:
        """Offer the grounds of the policy pack, each with its article and place to turn to."""
        grounds = policy().pack.grounds.values()
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = HintedRadios(
            {
                one.key: words.sentences(
                    words.pick(one.article),
                    now_("Where to turn instead: %(place)s") % {"place": words.pick(one.turn_to)},
                )
                for one in grounds
            }
        )
        field.choices = [(one.key, words.pick(one.text)) for one in grounds]

    def perform(self, now: datetime) -> object:
        """Call the action."""
        given = self.cleaned_data
        return handling.decline(
            self.acting, self.case.locator, given["ground"], given["text"], now=now
        )


class Message(MoveForm):
    """A word to the writer."""

    title = _("Write to the writer")
    lead = _("The writer reads it with the receipt code and can reply in the letter.")
    button = _("Send")
    rule = "write_to_writer"
    text = text_field(_("Message"))

    def perform(self, now: datetime) -> object:
        """Call the action."""
        return handling.write_to_writer(
            self.acting, self.case.locator, self.cleaned_data["text"], now=now
        )


class Note(MoveForm):
    """An internal note."""

    title = _("Keep an internal note")
    lead = _("The writer’s page does not show it. Write of the matter, never of the person.")
    button = _("Keep the note")
    rule = "note"
    text = text_field(_("Note"))

    def perform(self, now: datetime) -> object:
        """Call the action."""
        return handling.note(self.acting, self.case.locator, self.cleaned_data["text"], now=now)


class SetHearing(MoveForm):
    """A hearing or a mediation."""

    title = _("Set a hearing or mediation")
    lead = _("The writer is invited. The limit pauses only where the law says so.")
    button = _("Set it")
    rule = "set_hearing"
    form = forms.ChoiceField(
        label=_("Which"), choices=Hearing.Form.choices, widget=forms.RadioSelect
    )
    at = MomentField(
        label=_("When"),
        widget=forms.DateTimeInput({"type": "datetime-local", "class": "w-20"}, "%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Give a day and a time.")},
    )
    text = text_field(_("Where, who comes, what to bring"), _("The writer reads this."))

    def perform(self, now: datetime) -> object:
        """Call the action."""
        given = self.cleaned_data
        return handling.set_hearing(
            self.acting, self.case.locator, given["form"], given["at"], given["text"], now=now
        )


class HoldHearing(MoveForm):
    """The record of a hearing."""

    title = _("Keep the record of the hearing")
    lead = _("The writer reads the record. The limit runs on from now.")
    button = _("Keep the record")
    rule = "hold_hearing"
    text = text_field(_("Record"), rows=10)

    def perform(self, now: datetime) -> object:
        """Call the action."""
        return handling.hold_hearing(
            self.acting, self.case.locator, self.cleaned_data["text"], now=now
        )


class AskExtension(MoveForm):
    """More time."""

    title = _("Ask for an extension")
    lead = _("Once only. A post above you decides, and the writer is told why.")
    button = _("Ask for it")
    rule = "ask_extension"
    days = forms.IntegerField(
        label=_("Days"), min_value=1, widget=forms.NumberInput({"class": "w-5"})
    )
    reason = text_field(_("Why the matter is complex"))

    def offer(self) -> None:
        """Say how many days the policy pack allows."""
        rule = policy().rule("extend")
        self.fields["days"].help_text = now_("At most %(days)s, %(article)s.") % {
            "days": rule.days,
            "article": words.pick(rule.article),
        }

    def perform(self, now: datetime) -> object:
        """Call the action."""
        given = self.cleaned_data
        return handling.ask_extension(
            self.acting, self.case.locator, given["days"], given["reason"], now=now
        )


class DecideExtension(MoveForm):
    """Granted or refused."""

    title = _("Decide the extension")
    button = _("Decide")
    rule = "decide_extension"
    granted = forms.ChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Grant it")), ("no", _("Refuse it"))],
        widget=forms.RadioSelect,
    )
    reason = text_field(_("Reason"), _("When granted, the writer reads this."))

    def offer(self) -> None:
        """Say what is asked."""
        asked = self.case.extensions.filter(decided_at__isnull=True).first()
        if asked is not None:
            self.fields["granted"].help_text = now_("Asked for: %(days)s days. %(reason)s") % {
                "days": asked.days,
                "reason": queries.extension_reason(self.case, asked),
            }

    def perform(self, now: datetime) -> object:
        """Call the action."""
        given = self.cleaned_data
        return handling.decide_extension(
            self.acting, self.case.locator, given["granted"] == "yes", given["reason"], now=now
        )


class Excuse(MoveForm):
    """A deadline excused, in the writer's sight."""

    title = _("Excuse a deadline")
    lead = _("Only what the law does not owe to the writer. The duty itself stays.")
    button = _("Excuse it")
    rule = "excuse"
    grave = True
    kind = forms.ChoiceField(label=_("Which"), widget=forms.RadioSelect)
    reason = text_field(_("Reason"), _("The writer reads this."))

    def offer(self) -> None:
        """Offer the deadlines that may be excused."""
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (f"{one.kind}#{one.of}" if one.of else one.kind, words.owed(one))
            for one in queries.excusable(queries.deadlines(self.case))
        ]

    def perform(self, now: datetime) -> object:
        """Call the action."""
        given = self.cleaned_data
        return handling.excuse(
            self.acting, self.case.locator, given["kind"], given["reason"], now=now
        )


class OpenIdentity(MoveForm):
    """Who wrote, with a reason that the writer reads."""

    title = _("Open the sealed identity")
    lead = ""
    button = _("Open it now")
    rule = "open_identity"
    grave = True
    reason = text_field(_("Why you need to know who wrote"), _("At least ten characters."), rows=4)
