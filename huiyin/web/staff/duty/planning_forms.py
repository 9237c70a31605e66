"""Forms of planning: what is typed becomes the arguments of one action."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.clock.policy import policy
from huiyin.parts.duty.actions.rosters import zone
from huiyin.parts.duty.hours import instant
from huiyin.parts.duty.messages import MESSAGES
from huiyin.parts.duty.models import Capacity, DutyPoint, DutyRules, Pattern, Roster, SolveRun
from huiyin.parts.duty.models.setup import DAY, EVERY_DAY
from huiyin.web.staff.duty.planning_words import WEEKDAYS
from huiyin.web.staff.forms import StaffForm, day_field


class PlanForm(StaffForm):
    """A form whose refusals are in the words of duty."""

    words = MESSAGES


def time_field(label: Any, **more: Any) -> forms.TimeField:
    """Return a field for a time of the day."""
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput({"type": "time", "class": "w-10"}, "%H:%M"),
        error_messages={"invalid": _("Give a time such as 08:00.")},
        **more,
    )


def number_field(label: Any, least: int, most: int, **more: Any) -> forms.IntegerField:
    """Return a field for a small whole number."""
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput({"class": "w-5", "inputmode": "numeric"}),
        **more,
    )


class WeeklyForm(PlanForm):
    """Hours that come back. From and until the same is round the clock."""

    starts = time_field(_("From"))
    ends = time_field(
        _("Until"),
        help_text=_("The same time as “from” means 24 hours; an earlier one, the next day."),
    )
    on = forms.TypedMultipleChoiceField(
        label=_("On these days"),
        coerce=int,
        choices=[(1 << number, name) for number, name in enumerate(WEEKDAYS)],
        initial=[1 << number for number in range(7)],
        widget=forms.CheckboxSelectMultiple,
    )
    begins = day_field(_("First day"), required=False, help_text=_("Leave empty for all year."))
    last = day_field(_("Last day"), required=False)

    def weekly(self) -> dict[str, Any]:
        """Return the hours as an action takes them."""
        given = self.cleaned_data
        starts = given["starts"].hour * 60 + given["starts"].minute
        ends = given["ends"].hour * 60 + given["ends"].minute
        last: date | None = given["last"]
        return {
            "starts": starts,
            "minutes": (ends - starts) % DAY or DAY,
            "weekdays": sum(given["on"]) & EVERY_DAY,
            "begins": given["begins"],
            "until": last + timedelta(days=1) if last else None,
        }


class PointForm(PlanForm):
    """A duty point."""

    kind = forms.ChoiceField(
        label=_("What it is"), choices=DutyPoint.Kind.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)
    code = forms.CharField(
        label=_("Short code"),
        help_text=_("Stands for the point in the ledger and never changes."),
        max_length=24,
        widget=forms.TextInput({"class": "w-10"}),
    )
    place = forms.CharField(label=_("Where it is"), max_length=120, required=False)
    telephone = forms.CharField(
        label=_("Telephone"),
        max_length=32,
        required=False,
        widget=forms.TextInput({"type": "tel", "class": "w-20"}),
    )


class PatternForm(WeeklyForm):
    """A shift that comes back, with whom it needs."""

    name = forms.CharField(label=_("Name"), max_length=40)
    name_en = forms.CharField(label=_("English name"), max_length=40, required=False)
    code = forms.CharField(
        label=_("Short code"), max_length=12, widget=forms.TextInput({"class": "w-5"})
    )
    leaders = number_field(_("Leaders"), 0, 50, initial=1)
    deputies = number_field(_("Deputies"), 0, 50, initial=0)
    members = number_field(_("Members"), 0, 50, initial=1)
    skills = forms.CharField(
        label=_("Skills needed"),
        required=False,
        help_text=_("One a line, with how many people must have it: “first aid 1”."),
        widget=forms.Textarea({"rows": 3, "class": "short"}),
    )
    field_order = (
        "name", "name_en", "code", "starts", "ends", "on", "leaders", "deputies", "members",
        "skills", "begins", "last",
    )  # fmt: skip

    def clean_skills(self) -> dict[str, int]:
        """Return skills with their numbers, one where none is given."""
        found: dict[str, int] = {}
        for line in self.cleaned_data["skills"].splitlines():
            word, _space, number = line.strip().rpartition(" ")
            if word and number.isdecimal():
                found[word.strip()] = int(number)
            elif line.strip():
                found[line.strip()] = 1
        return found


def account(username: str) -> User:
    """Return the open account of that name; raise ValidationError."""
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None:
        raise forms.ValidationError(MESSAGES["no_account"])
    return user


class AdmitForm(PlanForm):
    """Who may serve at a point."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off", "class": "w-20"}),
    )
    capacity = forms.ChoiceField(
        label=_("As what, at most"),
        choices=Capacity.choices,
        widget=forms.RadioSelect,
        help_text=_("A leader may also serve as deputy or member, a deputy as member."),
    )
    skills = forms.CharField(
        label=_("Skills"), required=False, max_length=300, help_text=_("Separated by commas.")
    )
    telephone = forms.CharField(
        label=_("Telephone on duty"),
        max_length=32,
        required=False,
        widget=forms.TextInput({"type": "tel", "class": "w-20"}),
    )
    begins = day_field(
        _("First day"),
        required=False,
        help_text=_("For newcomers: what others stood before that day is credited to them."),
    )
    last = day_field(_("Last day"), required=False)

    def clean_username(self) -> User:
        """Return the account."""
        return account(self.cleaned_data["username"])

    def clean_skills(self) -> list[str]:
        """Return the words."""
        text = self.cleaned_data["skills"].replace("，", ",").replace("、", ",")
        return [word.strip() for word in text.split(",") if word.strip()]

    def given(self) -> dict[str, Any]:
        """Return the arguments of the action."""
        data = dict(self.cleaned_data)
        last = data.pop("last")
        data["until"] = last + timedelta(days=1) if last else None
        data["user"] = data.pop("username")
        return data


class RulesForm(PlanForm):
    """What binds every roster of the unit."""

    rest_hours = number_field(_("Hours of rest between two shifts, at least"), 0, 48)
    most_in_row = number_field(_("Days in a row, at most"), 1, 31)
    most_week_hours = number_field(_("Hours in a week, at most"), 1, 168)
    submit_days = number_field(_("Days before its first day by which a roster is owed"), 0, 60)
    approve_days = number_field(_("Days in which the unit above decides on it"), 0, 30)
    gap_hours = number_field(_("Hours ahead at which an unfilled shift is alarmed"), 0, 744)
    sign_in_minutes = number_field(_("Minutes after its start by which a leader signs in"), 1, 1440)
    handover_minutes = number_field(
        _("Minutes after its start by which a handover is signed"), 1, 1440
    )

    @staticmethod
    def of(found: DutyRules) -> dict[str, int]:
        """Return rules as the form shows them."""
        return {
            "rest_hours": found.rest_minutes // 60,
            "most_week_hours": found.most_week_minutes // 60,
            **{
                name: getattr(found, name)
                for name in ("most_in_row", "submit_days", "approve_days", "gap_hours",
                             "sign_in_minutes", "handover_minutes")
            },
        }  # fmt: skip

    def rules(self) -> dict[str, int]:
        """Return the rules as the action takes them."""
        given = dict(self.cleaned_data)
        given["rest_minutes"] = 60 * given.pop("rest_hours")
        given["most_week_minutes"] = 60 * given.pop("most_week_hours")
        return given


class LeaveForm(PlanForm):
    """When somebody can't serve: whole days, or hours of a day. Why is never asked."""

    user = forms.ChoiceField(label=_("Who"))
    starts = day_field(_("First day"))
    from_time = time_field(
        _("From what time"), required=False, help_text=_("Leave empty for the whole day.")
    )
    ends = day_field(_("Last day"))
    until_time = time_field(_("Until what time"), required=False)

    def __init__(self, *args: Any, users: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.users = {str(one.pk): one for one in users}
        self.fields["user"].choices = [  # type: ignore[attr-defined]
            (pk, one.get_full_name() or one.username) for pk, one in self.users.items()
        ]
        if len(users) == 1:
            self.fields["user"].widget = forms.HiddenInput()
            self.initial["user"] = next(iter(self.users))

    def given(self) -> dict[str, Any]:
        """Return the arguments of the action."""
        data = self.cleaned_data
        last = data["ends"] if data["until_time"] else data["ends"] + timedelta(days=1)
        return {
            "user": self.users[data["user"]],
            "starts": _at(data["starts"], data["from_time"]),
            "ends": _at(last, data["until_time"]),
        }


def _at(day: date, at: time | None) -> datetime:
    return instant(day, at.hour * 60 + at.minute if at else 0, zone())


class PlaceForm(PlanForm):
    """A shift on a day, and somebody: for wishes and for what is fixed or forbidden."""

    user = forms.ChoiceField(label=_("Who"))
    pattern = forms.ChoiceField(label=_("Shift"))
    day = day_field(_("Day"))

    def __init__(
        self, *args: Any, users: list[User], patterns: list[Pattern], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.patterns_offered = bool(patterns and users)
        self.users = {str(one.pk): one for one in users}
        self.fields["user"].choices = [  # type: ignore[attr-defined]
            (pk, one.get_full_name() or one.username) for pk, one in self.users.items()
        ]
        self.fields["pattern"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.point} · {one}") for one in patterns
        ]
        if len(users) == 1:
            self.fields["user"].widget = forms.HiddenInput()
            self.initial["user"] = next(iter(self.users))

    @property
    def who(self) -> User:
        """The person chosen."""
        return self.users[self.cleaned_data["user"]]


class BoundForm(PlaceForm):
    """What is fixed or forbidden."""

    fixed = forms.TypedChoiceField(
        label=_("What is set"),
        coerce=lambda value: value == "1",
        choices=[("1", _("This shift is theirs")), ("0", _("This shift may not be theirs"))],
        widget=forms.RadioSelect,
    )


class WishForm(PlaceForm):
    """What somebody would like, or like not."""

    wanted = forms.TypedChoiceField(
        label=_("The wish"),
        coerce=lambda value: value == "1",
        choices=[("1", _("I would like this shift")), ("0", _("Rather not this shift"))],
        widget=forms.RadioSelect,
    )
    weight = forms.TypedChoiceField(
        label=_("How much it matters"),
        coerce=int,
        choices=[(1, _("A little")), (2, _("Rather")), (3, _("Very"))],
        initial=1,
        widget=forms.RadioSelect,
    )


class OpenForm(PlanForm):
    """The days of a new roster."""

    first = day_field(_("First day"))
    last = day_field(_("Last day"))


class ReasonForm(PlanForm):
    """Why."""

    reason = forms.CharField(
        label=_("Reasons"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4, "class": "short"}),
    )


class SolveForm(PlanForm):
    """What to make, and how long to look."""

    mode = forms.ChoiceField(
        label=_("What to make"), choices=SolveRun.Mode.choices, widget=forms.RadioSelect
    )
    seconds = forms.TypedChoiceField(
        label=_("How long to look, at most"),
        coerce=int,
        choices=[(30, _("half a minute")), (60, _("a minute")), (180, _("three minutes")),
                 (600, _("ten minutes"))],
        initial=60,
        widget=forms.RadioSelect,
        help_text=_("It ends earlier when nothing better exists; you may stop it with the best so far."),
    )  # fmt: skip

    def __init__(self, *args: Any, roster: Roster, **kwargs: Any) -> None:
        first = SolveRun.Mode.KEEP if roster.based_on_id else SolveRun.Mode.FILL
        super().__init__(*args, initial={"mode": first}, **kwargs)
        if not roster.based_on_id:
            self.fields["mode"].choices = [  # type: ignore[attr-defined]
                (value, label)
                for value, label in SolveRun.Mode.choices
                if value != SolveRun.Mode.KEEP
            ]


def today(now: datetime) -> date:
    """Return the organisation's date."""
    return policy().calendar.local_date(now)
