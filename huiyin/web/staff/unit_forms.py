"""Forms of units, posts, tenures, claims and accounts."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.clock.policy import policy
from huiyin.kernel.units.models import Role, Unit
from huiyin.parts.cases.models import Category
from huiyin.web.staff.forms import StaffForm, day_field
from huiyin.web.staff.sending import categories

CODE = RegexValidator(r"^[A-Za-z0-9.-]+$", _("Letters, digits, hyphens and full stops only."))


class UnitForm(StaffForm):
    """A new unit."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    code = forms.CharField(
        label=_("Short code"),
        help_text=_("Stands for the unit in the ledger and never changes."),
        max_length=24,
        validators=[CODE],
        widget=forms.TextInput({"class": "w-10"}),
    )

    def clean_code(self) -> str:
        """Refuse a code that is taken."""
        code: str = self.cleaned_data["code"]
        if Unit.objects.filter(code=code).exists():
            raise forms.ValidationError(_("This is taken already; choose another."))
        return code


class PostForm(StaffForm):
    """A new post."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Title"), max_length=80)
    title_en = forms.CharField(label=_("English title"), max_length=80, required=False)


class AccountForm(StaffForm):
    """A new account."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[User.username_validator],
        widget=forms.TextInput({"autocomplete": "off", "class": "w-20"}),
    )
    name = forms.CharField(label=_("Name"), max_length=100)

    def clean_username(self) -> str:
        """Refuse a name that is taken."""
        name: str = self.cleaned_data["username"]
        if (
            User.objects.filter(username=name)
            .exclude(invitation__used_at=None, invitation__isnull=False)
            .exists()
        ):
            raise forms.ValidationError(_("This is taken already; choose another."))
        return name


class AppointForm(StaffForm):
    """A tenure: from a day, until the end of a day or open."""

    username = forms.CharField(
        label=_("User name"),
        help_text=_("Whoever has no account yet gets one on the unit’s page."),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off", "class": "w-20"}),
    )
    stand_in = forms.BooleanField(
        label=_("Stands in during an absence"),
        help_text=_("The holder keeps the post; both can act until the last day."),
        required=False,
    )
    first = day_field(_("First day"), help_text=_("Leave empty for now."), required=False)
    last = day_field(_("Last day"), help_text=_("Needed for a stand-in."), required=False)

    def clean_username(self) -> User:
        """Return the account."""
        user = User.objects.filter(username=self.cleaned_data["username"], is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("There is no such account."))
        return user

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first; a stand-in ends."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if given.get("stand_in") and last is None:
            self.add_error("last", _("Say until when somebody stands in."))
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        return given

    def tenure(self, now: datetime) -> dict[str, Any]:
        """Return the arguments of the appointment."""
        given, calendar = self.cleaned_data, policy().calendar
        starts = calendar.start_of_day(given["first"]) if given["first"] else now
        last = given["last"]
        return {
            "user": given["username"],
            "stand_in": given["stand_in"],
            "starts": max(starts, now),
            "ends": calendar.start_of_day(last + timedelta(days=1)) if last else None,
        }

    def clean_last(self) -> Any:
        """Refuse a last day that is over."""
        last = self.cleaned_data["last"]
        from django.utils import timezone

        if last and last < policy().calendar.local_date(timezone.now()):
            raise forms.ValidationError(_("This day is already over."))
        return last


class ClaimForm(StaffForm):
    """What a unit answers for."""

    category = forms.ChoiceField(label=_("Category"), required=False)
    place = forms.CharField(
        label=_("Place"),
        help_text=_("A word that stands in letters from there: a site, a street, a building."),
        max_length=80,
        required=False,
    )
    matter = forms.CharField(
        label=_("Subject matter"),
        help_text=_("A word that stands in letters on it: school bus, canteen."),
        max_length=80,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "–"), *categories()]  # type: ignore[attr-defined]

    def claim(self) -> dict[str, Any]:
        """Return the arguments of the claim."""
        given = self.cleaned_data
        chosen = given["category"]
        return {
            "category": Category.objects.get(pk=chosen) if chosen else None,
            "place": given["place"],
            "matter": given["matter"],
        }


class CategoryForm(StaffForm):
    """A new category."""

    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    code = forms.CharField(
        label=_("Short code"),
        max_length=40,
        validators=[CODE],
        widget=forms.TextInput({"class": "w-10"}),
    )
    parent = forms.ChoiceField(label=_("Below"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tops = Category.objects.filter(closed_at__isnull=True, parent__isnull=True).order_by("id")
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            ("", _("At the top")),
            *((str(one.pk), str(one)) for one in tops),
        ]


class DayForm(StaffForm):
    """A day that the organisation declares working or free."""

    day = day_field(_("Day"))
    working = forms.ChoiceField(
        label=_("It is"),
        choices=[("no", _("Free")), ("yes", _("A working day"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Why"),
        help_text=_("The notice or rule that says so."),
        max_length=120,
        required=False,
    )


class ShortenForm(StaffForm):
    """A shorter limit, or more time for the writer."""

    days = forms.IntegerField(
        label=_("New length"), min_value=1, widget=forms.NumberInput({"class": "w-5"})
    )
