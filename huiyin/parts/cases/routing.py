"""Which unit answers: pure. The more specific claim wins; equal claims are all suggested.

Two rules of the field: where it happened (属地管理) and whoever manages the matter answers for it
(谁主管谁负责). A claim may name a category, a place and a subject matter; all that it names must fit.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ClaimData:
    """A unit's claim. `depth` is the category's depth in its tree (1 at the top), 0 without one."""

    unit: int
    category: int | None = None
    depth: int = 0
    place: str = ""
    matter: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A unit that may answer, with the claims that speak for it and how specific they are."""

    unit: int
    weight: tuple[int, int, int]
    claims: tuple[ClaimData, ...]


def fits(
    claim: ClaimData, categories: Collection[int], text: str, place_units: Collection[int]
) -> bool:
    """Whether all that the claim names fits the letter.

    `categories` is the letter's category with those above it; `place_units` the unit where it
    happened with those above it, which fits a claim of that very unit by place.
    """
    if claim.category is not None and claim.category not in categories:
        return False
    if claim.place and claim.place not in text and claim.unit not in place_units:
        return False
    return not claim.matter or claim.matter in text


def weight(claim: ClaimData) -> tuple[int, int, int]:
    """Return how specific a claim is: how many things it names, category depth, length of words."""
    named = (claim.category is not None) + bool(claim.place) + bool(claim.matter)
    return (named, claim.depth, len(claim.place) + len(claim.matter))


def suggest(
    claims: Iterable[ClaimData],
    *,
    categories: Collection[int],
    text: str,
    place_unit: int | None,
    lines: Mapping[int, Collection[int]],
    barred: Collection[int] = (),
) -> list[Suggestion]:
    """Return the units whose claims fit, most specific first; never one in `barred`.

    `lines` gives for a unit the units above it (itself included). A unit named as the place of the
    matter is suggested even when it claims nothing, after all claims that name two things or more.
    """
    around = set(lines.get(place_unit, ())) if place_unit is not None else set()
    found: dict[int, list[ClaimData]] = {}
    for claim in claims:
        if claim.unit not in barred and fits(claim, categories, text, around):
            found.setdefault(claim.unit, []).append(claim)
    ranked = [
        Suggestion(unit, max(weight(claim) for claim in theirs), tuple(theirs))
        for unit, theirs in found.items()
    ]
    if place_unit is not None and place_unit not in barred and place_unit not in found:
        ranked.append(Suggestion(place_unit, (1, 99, 0), ()))
    return sorted(ranked, key=lambda one: (one.weight, -one.unit), reverse=True)
