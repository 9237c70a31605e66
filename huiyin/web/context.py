"""What every template may show."""

from typing import Any

from django.http import HttpRequest

from huiyin.kernel.units.queries import organisation as find_organisation


def organisation(request: HttpRequest) -> dict[str, Any]:
    """Return the organisation whose service this is."""
    return {"organisation": find_organisation()}
