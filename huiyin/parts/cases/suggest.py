"""Which units may answer a letter, and why: the claims of the organisation, read for one letter."""

from collections.abc import Mapping
from dataclasses import dataclass

from huiyin.kernel.units.models import Lineage, Post, Unit
from huiyin.kernel.units.queries import below, line_of, organisation, tops
from huiyin.parts.cases import routing, sealing
from huiyin.parts.cases.conflict import barred_by
from huiyin.parts.cases.models import Case, Category, Claim


@dataclass(frozen=True)
class Suggested:
    """A unit that may answer. `claims` speak for it; `place` when it is where it happened;
    `above` when it stands above the unit complained of."""

    unit: Unit
    claims: tuple[Claim, ...] = ()
    place: bool = False
    above: bool = False


def category_line(category: Category | None) -> list[int]:
    """Return the ids of the category and of those above it, nearest first."""
    parents = dict(Category.objects.values_list("id", "parent_id"))
    line: list[int] = []
    at = category.pk if category else None
    while at is not None and at not in line:
        line.append(at)
        at = parents.get(at)
    return line


def _depths(parents: Mapping[int, int | None]) -> dict[int, int]:
    depths: dict[int, int] = {}

    def depth(one: int) -> int:
        if one not in depths:
            depths[one] = 0  # a circle ends here
            above = parents.get(one)
            depths[one] = 1 + (depth(above) if above is not None else 0)
        return depths[one]

    for one in parents:
        depth(one)
    return depths


def _words(case: Case) -> str:
    filed = case.steps.filter(kind="filed").first()
    body = sealing.body(case, filed) if filed else {}
    return "\n".join(str(body.get(name, "")) for name in ("title", "text", "place"))


def barred(case: Case) -> set[int]:
    """Return the ids of the units that the letter complains of, with those below them."""
    return {unit for top in tops(barred_by(case)) for unit in below(top)}


def suggest(case: Case, most: int = 5) -> list[Suggested]:
    """Return the units that may answer, best first; never one that the letter complains of.

    Where the place of the matter is complained of, the unit above stands in for it, or the post
    outside the tree when there is none above.
    """
    out = barred(case)
    parents = dict(Category.objects.values_list("id", "parent_id"))
    depths = _depths(parents)
    claims = {
        claim.pk: claim
        for claim in Claim.objects.select_related("unit", "category").filter(
            unit__closed_at__isnull=True
        )
    }
    data = {
        pk: routing.ClaimData(
            claim.unit_id,
            claim.category_id,
            depths.get(claim.category_id, 0) if claim.category_id else 0,
            claim.place,
            claim.matter,
        )
        for pk, claim in claims.items()
    }
    place = case.place_unit_id
    found = routing.suggest(
        data.values(),
        categories=category_line(case.category),
        text=_words(case),
        place_unit=place,
        lines={place: line_of(place)} if place is not None else {},
        barred=out,
    )[:most]
    units = Unit.objects.in_bulk([one.unit for one in found])
    suggested = [
        Suggested(
            units[one.unit],
            tuple(claims[pk] for pk, given in data.items() if given in one.claims),
            place=one.unit == place,
        )
        for one in found
    ]
    if place is not None and place in out:
        above = _instead(case)
        if above is not None and above.pk not in units:
            suggested.append(Suggested(above, above=True))
    return suggested


def _instead(case: Case) -> Unit | None:
    assert case.conflict_unit_id is not None
    above = Lineage.objects.filter(unit_id=case.conflict_unit_id, distance=1)
    line = above.select_related("ancestor").first()
    if line is not None:
        return line.ancestor
    independent: Post | None = organisation().independent
    return independent.unit if independent else None
