"""Where it happened, whom it is about, what it is about: the options that the form offers.

An organisation may have thousands of units and a page must stay small, so a page offers the top of
the tree and whatever the person searched for; a place can always be told in one's own words.
"""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from huiyin.kernel.units.models import Lineage, Post, Unit
from huiyin.parts.cases.models import Category

MOST = 60  # units on a page
NEAR = 2  # levels below the top that are offered without a search

Choices = list[tuple[str, str | list[tuple[str, str]]]]


def is_number(value: str) -> bool:
    """Return whether the value can be the id of a row: ASCII digits, at most eighteen."""
    return value.isascii() and value.isdecimal() and len(value) <= 18


def _units(words: str, chosen: Iterable[int]) -> list[Unit]:
    """Return the units to offer, a unit before those below it."""
    open_ones = Unit.objects.filter(closed_at__isnull=True)
    wanted = words.split()
    if wanted:
        found = Q()
        for word in wanted[:5]:
            found &= Q(name__icontains=word) | Q(name_en__icontains=word)
    elif open_ones.count() <= MOST:
        found = Q(pk__isnull=False)
    else:
        deep = Lineage.objects.filter(distance__gt=NEAR).values("unit_id")
        found = ~Q(pk__in=deep)
    listed = list(open_ones.filter(found).order_by("id")[:MOST])
    missing = set(chosen) - {unit.pk for unit in listed}
    return [*open_ones.filter(pk__in=missing), *listed] if missing else listed


def _paths(units: list[Unit]) -> dict[int, str]:
    """Return each unit's name after those above it, without the organisation itself."""
    rows = (
        Lineage.objects.filter(unit__in=units)
        .select_related("ancestor")
        .order_by("unit", "-distance")
    )
    names: dict[int, list[str]] = {}
    for row in rows:
        names.setdefault(row.unit_id, []).append(str(row.ancestor))
    return {pk: " › ".join(line[1:] or line) for pk, line in names.items()}


def unit_choices(words: str, chosen: str = "") -> Choices:
    """Return options for a place: the value is the unit's id."""
    units = _units(words, [int(chosen)] if is_number(chosen) else [])
    paths = _paths(units)
    listed = sorted(((str(unit.pk), paths[unit.pk]) for unit in units), key=lambda one: one[1])
    return [("", _("Choose, or leave open")), *listed]


def complained_choices(words: str, chosen: str = "") -> Choices:
    """Return options for whom the letter complains of: `unit:<id>` or `post:<id>`, by unit."""
    kind, _colon, pk = chosen.partition(":")
    keep: list[int] = []
    if is_number(pk):
        keep = (
            [int(pk)]
            if kind == "unit"
            else list(Post.objects.filter(pk=int(pk)).values_list("unit_id", flat=True))
        )
    units = _units(words, keep)
    paths = _paths(units)
    posts: dict[int, list[tuple[str, str]]] = {}
    for post in Post.objects.filter(unit__in=units, closed_at__isnull=True).order_by("id"):
        posts.setdefault(post.unit_id, []).append((f"post:{post.pk}", str(post)))
    groups = sorted(
        (
            paths[unit.pk],
            [
                (f"unit:{unit.pk}", _("%(unit)s as a whole") % {"unit": unit}),
                *posts.get(unit.pk, []),
            ],
        )
        for unit in units
    )
    return [("", _("No unit or post in particular")), *groups]


def category_choices() -> Choices:
    """Return the categories, grouped by the one above."""
    tops: dict[int | None, list[Category]] = {}
    for category in Category.objects.filter(closed_at__isnull=True).order_by("id"):
        tops.setdefault(category.parent_id, []).append(category)
    options: Choices = [("", _("I don’t know"))]
    for top in tops.get(None, []):
        below = [(str(one.pk), str(one)) for one in tops.get(top.pk, [])]
        if below:
            options.append(
                (
                    str(top),
                    [(str(top.pk), _("%(category)s in general") % {"category": top}), *below],
                )
            )
        else:
            options.append((str(top.pk), str(top)))
    return options


def label_of(offered: Choices, chosen: str) -> str:
    """Return the words of a chosen option, after those of its group; empty for none."""
    for value, label in offered if chosen else ():
        if isinstance(label, str):
            if value == chosen:
                return label
        elif found := dict(label).get(chosen):
            return f"{value} · {found}"
    return ""


def is_unit(value: str) -> bool:
    """Return whether the value names an open unit."""
    return is_number(value) and Unit.objects.filter(pk=value, closed_at__isnull=True).exists()


def is_category(value: str) -> bool:
    """Return whether the value names an open category."""
    return is_number(value) and Category.objects.filter(pk=value, closed_at__isnull=True).exists()


def is_complained(value: str) -> bool:
    """Return whether the value names an open unit or post."""
    kind, _colon, pk = value.partition(":")
    if kind == "post":
        return is_number(pk) and Post.objects.filter(pk=pk, closed_at__isnull=True).exists()
    return kind == "unit" and is_unit(pk)
