"""Template filters of the pages of a shift: people, times and telephone links."""

import re

from django import template
from django.contrib.auth.models import User
from django.utils import formats, timezone

from huiyin.parts.duty.models import Shift
from huiyin.parts.duty.wording import day, name

register = template.Library()


@register.filter
def called(user: User | None) -> str:
    """Return how somebody is called."""
    return name(user) if user else ""


@register.filter
def tel(number: str) -> str:
    """Return a number as a telephone link has it, empty where there is none to call."""
    found = re.search(r"\+?\d[\d\s()-]{1,}", number)
    return re.sub(r"[^\d+]", "", found.group()) if found else ""


@register.filter
def on_day(shift: Shift) -> str:
    """Return the local day on which a shift begins, with its weekday."""
    return day(shift.day)


@register.filter
def hours(shift: Shift) -> str:
    """Return from when to when a shift is, by the clock on the wall."""
    starts, ends = timezone.localtime(shift.starts), timezone.localtime(shift.ends)
    return f"{formats.date_format(starts, 'H:i')}–{formats.date_format(ends, 'H:i')}"
