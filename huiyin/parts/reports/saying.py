"""What a report says, in words that people read: for its page and for its papers alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.parts.reports.messages import QUESTIONS
from huiyin.parts.reports.templates import Field, templates
from huiyin.parts.reports.vague import Question


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def label(one: Field) -> str:
    """Return the name of a field in the reader's language."""
    return one.zh if chinese() else one.en


def wording(question: Question) -> str:
    """Return a question as the page asks it."""
    return str(QUESTIONS[question.code]) % {"word": question.word}


def said(kind: str, fields: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (name, label, value as people read it) of what a version says, in page order."""
    shown = []
    for one in templates()[kind].fields:
        value = fields.get(one.name)
        if one.type == "moment" and value:
            moment = timezone.localtime(datetime.fromisoformat(str(value)))
            value = date_format(moment, "DATETIME_FORMAT")
        elif one.type == "choice" and value:
            value = next(zh if chinese() else en for key, zh, en in one.choices if key == value)
        elif one.type == "yes":
            value = _("Yes") if value else _("No")
        shown.append((one.name, label(one), "" if value is None else str(value)))
    return shown


def words(kind: str, changed: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return (label, what stood there, what stands there now) of what a version changed."""
    before = {
        name: text for name, _label, text in said(kind, {c["field"]: c["from"] for c in changed})
    }
    after = {
        name: text for name, _label, text in said(kind, {c["field"]: c["to"] for c in changed})
    }
    return [
        (label(templates()[kind][one["field"]]), before[one["field"]], after[one["field"]])
        for one in changed
    ]
