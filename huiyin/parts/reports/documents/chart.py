"""Bars over time as SVG that reads in black and white: pure.

Each count has a panel of its own with its name and sum above it, so that nothing has to be told
apart by colour or found in a legend; all panels of a drawing share one scale, from zero. Counts of a
day are mostly small: lines laid over each other would hide one another.

There is no style in it, so that no content security policy and no printer changes it:
`currentColor` is the colour of the page's text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

WIDTH = 480
LEFT, RIGHT, FOOT = 44, 20, 24
NAME, HIGH, APART = 20, 56, 10  # of a panel: the line of its name, its bars, what parts it
TEXT = 13


@dataclass(frozen=True)
class Panel:
    """One count: what stands above it, and a value for each step."""

    name: str
    values: Sequence[int]


def scale(most: int) -> int:
    """Return the middle of the axis, a round number of which the double is not below `most`."""
    power = 1
    while True:
        for middle in (power, 2 * power, 5 * power):
            if 2 * middle >= most:
                return middle
        power *= 10


def draw(
    panels: Sequence[Panel],
    steps: Sequence[str],
    *,
    says: str,
    every: int,
    over: bool = True,
    faces: str = "",
) -> str:
    """Return the panels over `steps`, the names of days or weeks, each `every`th one written out.

    `says` is what is read out; without `over` the last step still runs and its bars are hollow;
    `faces` are typefaces, none in a page.
    """
    middle = scale(max((value for one in panels for value in one.values), default=0))
    height = len(panels) * (NAME + HIGH + APART) + FOOT
    face = f" font-family={quoteattr(faces)}" if faces else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label={quoteattr(says)} font-size="{TEXT}"{face} fill="currentColor">'
    ]
    floor = 0.0
    for number, one in enumerate(panels):
        floor = number * (NAME + HIGH + APART) + NAME + HIGH
        parts.append(_panel(one, floor, middle, over))
    width = (WIDTH - LEFT - RIGHT) / max(1, len(steps))
    for at in range(len(steps) - 1, -1, -every):
        x = LEFT + (at + 0.5) * width
        parts.append(
            f'<path d="M{x:.1f} {floor:.0f}v4" stroke="currentColor" fill="none"/>'
            f'<text x="{x:.1f}" y="{floor + 18:.0f}" text-anchor="middle">{escape(steps[at])}</text>'
        )
    return "".join(parts) + "</svg>"


def _panel(one: Panel, floor: float, middle: int, over: bool) -> str:
    end, width = WIDTH - RIGHT, (WIDTH - LEFT - RIGHT) / max(1, len(one.values))
    drawn = [
        f'<text x="{LEFT}" y="{floor - HIGH - 7:.0f}" font-weight="600">{escape(one.name)}</text>'
    ]
    for value in (0, middle, 2 * middle):
        y = floor - HIGH * value / (2 * middle)
        faint = "" if value == 0 else ' stroke-opacity=".2"'
        drawn.append(
            f'<path d="M{LEFT} {y:.1f}H{end}" stroke="currentColor"{faint} fill="none"/>'
            f'<text x="{LEFT - 6}" y="{y + 4.5:.1f}" text-anchor="end">{value}</text>'
        )
    for at, value in enumerate(one.values):
        if value:
            high = HIGH * value / (2 * middle)
            x, wide = LEFT + (at + 0.15) * width, 0.7 * width
            running = not over and at == len(one.values) - 1
            fill = ' fill="none" stroke="currentColor"' if running else ""
            drawn.append(
                f'<rect x="{x:.1f}" y="{floor - high:.1f}" width="{wide:.1f}" '
                f'height="{high:.1f}"{fill}/>'
            )
    return "".join(drawn)
