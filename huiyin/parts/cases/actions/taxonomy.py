"""What letters are about, and what each unit declares that it answers for."""

from datetime import datetime

from django.db import transaction

from huiyin.kernel.given import BadInput
from huiyin.kernel.holding.actions import hold, remove
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Unit
from huiyin.parts.cases.actions._common import need
from huiyin.parts.cases.models import Category, Claim


def _record(what: str, subject: str, now: datetime, by: Acting | None) -> None:
    ledger.append(
        "units.changed",
        subject=subject,
        now=now,
        post=by.post.code if by else None,
        facts={"what": what},
    )


@transaction.atomic
def add_claim(
    unit: Unit,
    *,
    now: datetime,
    category: Category | None = None,
    place: str = "",
    matter: str = "",
    by: Acting | None = None,
) -> Claim:
    """Let a unit declare what it answers for; raise BadInput for an empty claim."""
    place, matter = place.strip(), matter.strip()
    if category is None and not place and not matter:
        raise BadInput("category", "missing")
    claim = Claim.objects.create(unit=unit, category=category, place=place, matter=matter)
    hold(claim, now=now)
    _record("claim added", f"unit:{unit.code}", now, by)
    return claim


@transaction.atomic
def remove_claim(claim: Claim, *, now: datetime, by: Acting | None = None) -> None:
    """Take a claim back; letters already forwarded stay where they are."""
    remove(claim, now=now)
    _record("claim removed", f"unit:{claim.unit.code}", now, by)


@transaction.atomic
def add_category(
    code: str,
    name: str,
    *,
    now: datetime,
    name_en: str = "",
    parent: Category | None = None,
    by: Acting | None = None,
) -> Category:
    """Add a category; raise BadInput for a code that is taken."""
    code = need("code", code, least=1, most=40)
    if Category.objects.filter(code=code).exists():
        raise BadInput("code", "taken")
    category = Category.objects.create(
        code=code, name=need("name", name, least=1, most=80), name_en=name_en.strip(), parent=parent
    )
    hold(category, now=now)
    _record("category added", f"category:{category.pk}", now, by)
    return category


@transaction.atomic
def close_category(category: Category, *, now: datetime, by: Acting | None = None) -> None:
    """Offer the category no longer; letters that carry it keep it."""
    category.closed_at = now
    category.save(update_fields=["closed_at"])
    hold(category, now=now)
    _record("category closed", f"category:{category.pk}", now, by)
