"""Units and posts to choose from: those suggested, those near, and those searched for."""

from collections.abc import Collection, Iterable

from django.core.cache import cache
from django.db.models import Q, QuerySet

from huiyin.kernel.units.models import Lineage, Post, Unit
from huiyin.kernel.units.queries import below
from huiyin.parts.cases.models import Category

MOST = 30


def paths(units: Iterable[Unit]) -> dict[int, str]:
    """Return each unit's name after those of the units above it, without the very top."""
    rows = (
        Lineage.objects.filter(unit__in=list(units))
        .select_related("ancestor")
        .order_by("unit", "-distance")
    )
    names: dict[int, list[str]] = {}
    for row in rows:
        names.setdefault(row.unit_id, []).append(str(row.ancestor))
    return {pk: " › ".join(line[1:] or line) for pk, line in names.items()}


def children(unit_id: int) -> list[Unit]:
    """Return the open units right below."""
    return list(Unit.objects.filter(parent_id=unit_id, closed_at__isnull=True).order_by("id")[:200])


def categories() -> list[Category]:
    """Return the open categories for a filter, at most ten seconds old."""
    found = cache.get_or_set(
        "staff.categories",
        lambda: list(Category.objects.filter(closed_at__isnull=True).order_by("parent_id", "id")),
        10,
    )
    return list(found or [])


def named(words: str) -> QuerySet[Unit]:
    """Return the open units whose name or code holds all the words."""
    found = Q()
    for word in words.split()[:5]:
        found &= Q(name__icontains=word) | Q(name_en__icontains=word) | Q(code__icontains=word)
    return Unit.objects.filter(found, closed_at__isnull=True).order_by("id")


def units(words: str, near: int, barred: Collection[int], chosen: int | None) -> list[Unit]:
    """Return units to offer: those that the words find, or else the unit `near` and below it."""
    if words.strip():
        found = list(named(words).exclude(pk__in=barred)[:MOST])
    else:
        found = list(
            Unit.objects.filter(Q(pk=near) | Q(parent_id=near), closed_at__isnull=True)
            .exclude(pk__in=barred)
            .order_by("id")[:MOST]
        )
    if chosen is not None and chosen not in {one.pk for one in found}:
        found += list(Unit.objects.filter(pk=chosen).exclude(pk__in=barred))
    return found


def posts(words: str, near: Collection[int], under: int, chosen: int | None) -> list[Post]:
    """Return posts to offer: those that the words find below `under`, or those in units `near`."""
    open_ones = Post.objects.filter(closed_at__isnull=True).select_related("unit")
    if words.strip():
        found = Q()
        for word in words.split()[:5]:
            found &= (
                Q(title__icontains=word)
                | Q(title_en__icontains=word)
                | Q(unit__name__icontains=word)
                | Q(unit__name_en__icontains=word)
            )
        some = list(open_ones.filter(found, unit_id__in=below(under)).order_by("id")[:MOST])
    else:
        some = list(open_ones.filter(unit_id__in=near).order_by("unit_id", "id")[: 2 * MOST])
    if chosen is not None and chosen not in {one.pk for one in some}:
        some += list(open_ones.filter(pk=chosen))
    return some
