"""Reading addresses: what can't be a cursor, a number or a word there counts as absent."""

import re
from datetime import date

from django.http import HttpRequest

from huiyin.kernel import days
from huiyin.parts.cases import places


def after(request: HttpRequest, *, newest: bool = False) -> str:
    """Return the place in a list of this order, empty when it is none."""
    text = request.GET.get("after", "").replace(" ", "+")
    found = places.newest(text) if newest else places.due(text)
    return "" if found is None else text


def number(request: HttpRequest, name: str) -> int | None:
    """Return a number from the address, None when it is none."""
    text = request.GET.get(name, "")
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def one_of(request: HttpRequest, name: str, allowed: list[str], default: str = "") -> str:
    """Return a word from the address if it is allowed."""
    text = request.GET.get(name, "")
    return text if text in allowed else default


def day_of(text: str, today: date) -> date:
    """Return the day that an address names, today where it names none that can be shown."""
    return days.parse(text) or today
