"""Small counts are not published by themselves, nor anything from which they follow: pure.

A unit's count below five is added to that of the unit above it, as often as it takes; what is published
are sums of groups of units that have no unit in common. So nothing can be subtracted from anything:
of a unit that was counted with another, every number from 0 to 4 remains possible, because the count
of the unit above by itself is not published either (rolling up, or recoding, and the complementary
suppression that it spares: Willenborg and de Waal, "Elements of Statistical Disclosure Control",
2001). What is below five at the top is withheld, and with it the total.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 5


@dataclass(frozen=True)
class Cell:
    """What is published of one unit's count.

    `shown` is the sum of its group where it stands at its head; else `within` is the head in whose
    sum it is counted. Neither: withheld.
    """

    shown: int | None = None
    within: str | None = None
    others: int = 0  # how many units are counted with it


@dataclass(frozen=True)
class Column:
    """One published column; `total` None where something in it is withheld."""

    cells: Mapping[str, Cell]
    total: int | None


def rolled(
    counts: Mapping[str, int], above: Mapping[str, str | None], least: int = LEAST
) -> Column:
    """Return what may be published of the counts of units.

    `above` names the unit above each, of those that are counted and of all above these; it has no
    circle.
    """
    sums = {unit: counts.get(unit, 0) for unit in above}
    heads: dict[str, str] = {}  # unit -> the one that it was added to
    members = dict.fromkeys(above, 0)
    for unit in sorted(above, key=lambda one: -_depth(one, above)):
        over = above[unit]
        if sums[unit] < least and over is not None:
            heads[unit] = over
            sums[over] += sums[unit]
            members[over] += 1 + members[unit]
    cells = {}
    for unit in above:
        head = unit
        while head in heads:
            head = heads[head]
        if sums[head] < least:
            cells[unit] = Cell()
        elif head == unit:
            cells[unit] = Cell(sums[unit], None, members[unit])
        else:
            cells[unit] = Cell(None, head)
    shown = [one.shown for one in cells.values() if one.shown is not None]
    withheld = any(one == Cell() for one in cells.values())
    return Column(cells, None if withheld else sum(shown))


def _depth(unit: str, above: Mapping[str, str | None]) -> int:
    depth, over = 0, above[unit]
    while over is not None:
        depth, over = depth + 1, above[over]
    return depth
