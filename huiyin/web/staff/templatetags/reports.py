"""Filters of the pages of reports: moments and names of fields that evidence holds."""

from datetime import datetime

from django import template
from django.utils import timezone

from huiyin.parts.reports.saying import label
from huiyin.parts.reports.templates import templates

register = template.Library()


@register.filter
def moment(iso: str) -> datetime:
    """Return the local moment that an ISO string names."""
    return timezone.localtime(datetime.fromisoformat(iso))


@register.filter
def field_label(name: str) -> str:
    """Return what a field of any template is called."""
    for one in templates().values():
        if name in one.names:
            return label(one[name])
    return name
