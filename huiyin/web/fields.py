"""Fields for days and times, for all forms: what is beyond every calendar is told, never taken."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from huiyin.kernel import days

BEYOND = _("Give a day between 1949 and 2100.")


class _Bounded(forms.Field):
    """What both fields share; `error_messages` may say otherwise of a day that is too "late"."""

    default_error_messages = {"early": BEYOND, "late": BEYOND}

    def bound(self, moment: date) -> None:
        """Raise ValidationError for a day that can't be taken."""
        if not days.within(moment):
            code = "early" if moment.year < days.FIRST.year else "late"
            raise ValidationError(self.error_messages[code], code=code)


class DayField(forms.DateField, _Bounded):
    """A day between 1949 and 2100."""

    def to_python(self, value: Any) -> date | None:
        """Return the day; raise ValidationError."""
        day: date | None = super().to_python(value)
        if day is not None:
            self.bound(day)
        return day


class MomentField(forms.DateTimeField, _Bounded):
    """A time on a day between 1949 and 2100."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the time; raise ValidationError."""
        moment: datetime | None = super().to_python(value)
        if moment is not None:
            self.bound(moment)
        return moment
