"""The organisation as a tree: pure functions over a map from each unit's id to its parent's id."""

from collections.abc import Mapping, Sequence

Parents = Mapping[int, int | None]


class Cycle(ValueError):
    """A unit stands, directly or indirectly, under itself."""


def ancestors(unit: int, parents: Parents) -> list[int]:
    """Return the unit itself and everything above it, nearest first; raise Cycle."""
    line: list[int] = []
    at: int | None = unit
    while at is not None:
        if at in line:
            raise Cycle(f"unit {at}")
        line.append(at)
        at = parents.get(at)
    return line


def common_parent(units: Sequence[int], parents: Parents) -> int | None:
    """Return the nearest unit that stands strictly above, or equals, none but all of `units`.

    Of two different units where one stands above the other, the upper one is a party to the
    dispute and can't decide it: its own parent is returned (None at the root).
    """
    lines = [ancestors(unit, parents)[1:] for unit in units]
    for candidate in lines[0]:
        if candidate not in units and all(candidate in line for line in lines[1:]):
            return candidate
    return None
