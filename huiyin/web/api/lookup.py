"""From what a caller writes to units, posts, categories, places in a list, times."""

from datetime import datetime

from django.utils import timezone

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.models import Post, Unit
from huiyin.parts.cases import places
from huiyin.parts.cases.models import Category


def _clean(code: str) -> str:
    return code.replace("\x00", "")


def unit(code: str, field: str = "unit") -> Unit:
    """Return the open unit of this code; raise BadInput."""
    found = Unit.objects.filter(code=_clean(code), closed_at__isnull=True).first()
    if found is None:
        raise BadInput(field, "unknown")
    return found


def post(code: str, field: str = "post") -> Post:
    """Return the open post of this code; raise BadInput."""
    found = (
        Post.objects.select_related("unit")
        .filter(code=_clean(code), closed_at__isnull=True)
        .first()
    )
    if found is None:
        raise BadInput(field, "unknown")
    return found


def category(code: str, field: str = "category") -> Category:
    """Return the open category of this code; raise BadInput."""
    found = Category.objects.filter(code=_clean(code), closed_at__isnull=True).first()
    if found is None:
        raise BadInput(field, "unknown")
    return found


def cursor(text: str, *, newest: bool = False) -> str:
    """Return the place in a list, if it has the form of those that lists give; raise BadInput."""
    if text and (places.newest(text) if newest else places.due(text)) is None:
        raise BadInput("after", "unknown")
    return text


def aware(moment: datetime) -> datetime:
    """Return the time in a zone: the organisation's where none was given."""
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
