"""Fields for days and times, for all forms: what is beyond every calendar is told, never taken."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from huiyin.kernel import days

BEYOND = _("Give a day between 1949 and 2100.")


class DayField(forms.DateField):
    """A day between 1949 and 2100."""

    def to_python(self, value: Any) -> date | None:
        """Return the day; raise ValidationError."""
        day: date | None = super().to_python(value)
        if day is not None and not days.within(day):
            raise ValidationError(BEYOND, code="beyond")
        return day


class MomentField(forms.DateTimeField):
    """A time on a day between 1949 and 2100."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the time; raise ValidationError."""
        moment: datetime | None = super().to_python(value)
        if moment is not None and not days.within(moment):
            raise ValidationError(BEYOND, code="beyond")
        return moment
