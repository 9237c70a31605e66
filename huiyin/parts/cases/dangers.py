"""Letters that speak of a danger to life, as a time and a unit: nothing that leads to a letter."""

import hashlib
from datetime import datetime, timedelta

from django.db.models import QuerySet

from huiyin.kernel.statements import Statement
from huiyin.parts.cases.models import Case

BACK = timedelta(days=7)


def in_danger(now: datetime) -> list[tuple[int, str, datetime]]:
    """Return (unit that has it, a word that tells it apart, since when) for letters still open.

    A letter that complains of a unit or a post is left out: whoever is complained of would learn of
    it from the mark. The word is a hash under the letter's own secret, which nobody can undo.
    """
    return [
        (
            unit,
            "danger:" + hashlib.sha256(bytes(secret) + locator.encode()).hexdigest()[:24],
            at.replace(second=0, microsecond=0),
        )
        for unit, locator, secret, at in _dangers(now - BACK)
    ]


@Statement
def _dangers(since: datetime) -> QuerySet[Case, tuple[int, str, bytes | memoryview, datetime]]:
    found = Case.objects.filter(
        danger=True, received_at__gt=since, closed_at=None, complained_unit=None,
        complained_post=None, conflict_unit=None,
    )  # fmt: skip
    return found.values_list("unit_id", "locator", "secret_hash", "received_at")
