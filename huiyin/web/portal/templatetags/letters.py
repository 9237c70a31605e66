"""Template tags of every face: a date that explains itself, a code in groups."""

from datetime import datetime
from typing import Any

from django import template

from huiyin.kernel.clock.models import Deadline
from huiyin.web.portal import words

register = template.Library()


@register.inclusion_tag("parts/deadline.html")
def deadline(due: Deadline, now: datetime) -> dict[str, Any]:
    """Show until when something is owed, how much time is left, and why this date."""
    text, tone = words.chip(due, now)
    return {
        "day": words.last_day(due), "at": due.due_at if due.pace else None, "text": text, "tone": tone or "plain", "why": due.why,
    }  # fmt: skip


@register.filter
def groups(code: object) -> list[str]:
    """Return a receipt code as its groups of four."""
    return str(code).split("-")
