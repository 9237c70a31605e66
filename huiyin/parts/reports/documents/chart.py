"""Lines over time as SVG that reads in black and white: pure.

Each line has its own dash and mark and its name at its end; the axis begins at zero. There is no
style in it, so that no content security policy and no printer changes it: `currentColor` is the
colour of the page's text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

WIDTH, HEIGHT = 480, 216
LEFT, RIGHT, TOP, BOTTOM = 44, 82, 22, 26
TEXT, GAP = 13, 16
DASHES = ("", "7 3", "2 3")
MARKS = 11  # points a line that carry its mark, about


@dataclass(frozen=True)
class Line:
    """One line: its name and a value for each step."""

    name: str
    values: Sequence[int]


def scale(most: int) -> tuple[int, int]:
    """Return (step, top) of the axis: whole numbers, about four steps, the top not below `most`."""
    if most <= 4:
        return 1, 4
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step * 5 >= most:
                return step, step * -(-most // step)
        power *= 10


def spread(wanted: Sequence[float], least: float, bottom: float) -> list[float]:
    """Return places for labels that want to stand at `wanted`, `least` apart, none below `bottom`."""
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    placed = [wanted[at] for at in order]
    for before, at in pairwise(range(len(placed))):
        placed[at] = max(placed[at], placed[before] + least)
    limit = bottom
    for at in reversed(range(len(placed))):
        placed[at] = min(placed[at], limit)
        limit = placed[at] - least
    found = [0.0] * len(wanted)
    for at, y in zip(order, placed, strict=True):
        found[at] = y
    return found


def draw(
    lines: Sequence[Line],
    steps: Sequence[str],
    *,
    says: str,
    unit: str,
    every: int,
    faces: str = "",
) -> str:
    """Return the lines over `steps`, the names of days or weeks, each `every`th one written out.

    `says` is what is read out; `unit` stands over the axis; `faces` are typefaces, none in a page.
    """
    step, top = scale(max((value for one in lines for value in one.values), default=0))
    across, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    floor = TOP + high

    def x(at: int) -> float:
        return LEFT + across * at / max(1, len(steps) - 1)

    def y(value: int) -> float:
        return floor - high * value / top

    face = f" font-family={quoteattr(faces)}" if faces else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label={quoteattr(says)} font-size="{TEXT}"{face} fill="currentColor">'
    ]
    for value in range(0, top + 1, step):
        strong = "1" if value == 0 else ".18"
        parts.append(
            f'<path d="M{LEFT} {y(value):.1f}H{LEFT + across}" stroke="currentColor" '
            f'stroke-opacity="{strong}" fill="none"/>'
            f'<text x="{LEFT - 5}" y="{y(value) + 4.5:.1f}" text-anchor="end">{value}</text>'
        )
    parts.append(f'<text x="0" y="{TEXT}">{escape(unit)}</text>')
    for at in range(len(steps) - 1, -1, -every):
        parts.append(
            f'<path d="M{x(at):.1f} {floor}v4" stroke="currentColor" fill="none"/>'
            f'<text x="{x(at):.1f}" y="{floor + 18}" text-anchor="middle">{escape(steps[at])}</text>'
        )
    ends = [y(one.values[-1]) for one in lines]
    labels = spread(ends, GAP, floor)
    for number, one in enumerate(lines):
        points = [(x(at), y(value)) for at, value in enumerate(one.values)]
        parts.append(_line(points, number))
        # A label that had to give way is led back to the end of its line.
        parts.append(
            f'<path d="M{points[-1][0] + 5:.1f} {ends[number]:.1f}L{points[-1][0] + 13:.1f} '
            f'{labels[number]:.1f}" stroke="currentColor" stroke-width=".7" fill="none"/>'
            f'<text x="{points[-1][0] + 16:.1f}" y="{labels[number] + 4.5:.1f}">'
            f"{escape(one.name)}</text>"
        )
    return "".join(parts) + "</svg>"


def _line(points: Sequence[tuple[float, float]], number: int) -> str:
    path = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
    dash = DASHES[number % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    drawn = [
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.6" '
        f'stroke-linejoin="round"{dashed}/>'
    ]
    every = max(1, len(points) // MARKS)
    drawn += [_mark(px, py, number) for px, py in points[::-1][::every]]
    return "".join(drawn)


def _mark(px: float, py: float, number: int) -> str:
    if number % 3 == 0:
        return f'<circle cx="{px:.1f}" cy="{py:.1f}" r="2.8"/>'
    if number % 3 == 1:
        return f'<path d="M{px - 3:.1f} {py - 3:.1f}h6v6h-6z"/>'
    return f'<path d="M{px:.1f} {py - 4:.1f}l4 7h-8z"/>'
