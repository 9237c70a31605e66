"""What is owed of reports, on the page "What I owe": in words, and where it is done."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.parts.reports.messages import OWED
from huiyin.parts.reports.queries import Owed
from huiyin.web.staff import words


def owed(found: Sequence[Owed]) -> list[dict[str, Any]]:
    """Return each thing that is owed with its words, its title, its address and its urgency."""
    return [
        {
            "deadline": one.deadline,
            "what": str(OWED.get(one.deadline.kind, one.deadline.kind)),
            "title": _title(one),
            "url": _url(one),
            "urgent": one.report is not None and one.report.kind == "urgent",
        }
        for one in found
    ]


def _title(one: Owed) -> str:
    subject, _colon, _rest = one.deadline.subject.partition(":")
    if one.day is not None:
        said = ngettext(
            "%(n)d daily report of %(day)s", "%(n)d daily reports of %(day)s", one.count
        )
        return said % {"n": one.count, "day": formats.date_format(one.day, "DATE_FORMAT")}
    if subject == "daily":
        return _("Daily report of the unit")
    if one.report is None:
        return words.about_any(one.deadline.subject, one.deadline.kind).title
    return f"{one.report.get_kind_display()} · {one.report.unit} {one.report.number}"


def _url(one: Owed) -> str:
    subject, _colon, rest = one.deadline.subject.partition(":")
    if one.day is not None:
        return reverse("staff:reports_day") + f"?day={one.day}"
    if subject == "daily":
        return reverse("staff:report_write", args=["daily"])
    if one.report is None:
        return words.about_any(one.deadline.subject, one.deadline.kind).url
    if one.deadline.kind == "report.next":
        return reverse("staff:report_write", args=["followup"]) + f"?of={rest}"
    return reverse("staff:report", args=[rest])
