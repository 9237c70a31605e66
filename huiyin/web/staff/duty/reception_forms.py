"""Forms of the reception desk: a room, a room kept for a group."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from huiyin.parts.duty import desk
from huiyin.parts.duty.actions.reception import MOST
from huiyin.parts.duty.desk_words import MESSAGES
from huiyin.parts.duty.models import PLACES, DutyPoint, Room
from huiyin.web.fields import MomentField
from huiyin.web.staff.forms import StaffForm


class DeskForm(StaffForm):
    """A form whose refusals are in the desk's words."""

    words = MESSAGES


class RoomForm(DeskForm):
    """A room or a waiting hall."""

    name = forms.CharField(label=_("Name of the room"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)
    holds = forms.IntegerField(
        label=_("How many people it safely holds"), min_value=1, max_value=MOST,
        help_text=_("With doors and ways out kept free; the fire safety sheet of the room says it."),
        widget=forms.NumberInput({"class": "w-5", "inputmode": "numeric"}),
    )  # fmt: skip
    waiting = forms.BooleanField(label=_("People wait here"), required=False)
    fits = forms.MultipleChoiceField(
        label=_("What it has"),
        choices=[(place.value, place.label) for place in PLACES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def _moment(label: Any) -> MomentField:
    return MomentField(
        label=label,
        widget=forms.DateTimeInput(
            {"type": "datetime-local", "class": "w-20"}, format="%Y-%m-%dT%H:%M"
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": _("Give a day and a time.")},
    )


class MeetingForm(DeskForm):
    """A room kept for a group. Whom the group sends is the group's own choice and never asked."""

    visit = forms.ChoiceField(label=_("For which group"), required=False)
    room = forms.ChoiceField(label=_("Room"), widget=forms.RadioSelect)
    starts = _moment(_("Kept from"))
    ends = _moment(_("Kept until"))
    representatives = forms.IntegerField(
        label=_("How many represent the group"), min_value=1,
        widget=forms.NumberInput({"class": "w-5", "inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *args: Any, point: DutyPoint, now: datetime, **kwargs: Any) -> None:
        begin = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
        begin += timedelta(hours=1)
        initial = {"starts": begin, "ends": begin + timedelta(hours=1)} | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        rooms = Room.objects.filter(point=point, waiting=False, closed_at=None).order_by("name")
        self.fields["room"].choices = [  # type: ignore[attr-defined]
            (one.pk, format_lazy("{} ({}: {})", one, _("holds"), one.holds)) for one in rooms
        ]
        here = [one for one in desk.running(point, now) if one.called_at is None]
        self.fields["visit"].choices = [  # type: ignore[attr-defined]
            ("", _("a group that is still to come")),
            *((one.pk, f"{one.number}") for one in here if not desk.meeting_of(one)),
        ]
        if most := desk.representatives():
            self.fields["representatives"].help_text = _("At most %(most)s.") % {"most": most}
