"""Bars of how duty is shared out, one picture a class, for planning alone: people in no order of merit."""

from collections.abc import Sequence
from dataclasses import dataclass

from huiyin.parts.duty.classes import CLASSES
from huiyin.parts.duty.queries import Share
from huiyin.parts.duty.wording import name
from huiyin.web.staff.duty.planning_words import CLASSES as NAMES

WIDTH, BAR, GAP, LEFT, RIGHT = 640, 18, 10, 130, 70


@dataclass(frozen=True)
class Bar:
    """One person's bar: what was stood before, and beside it what this roster adds."""

    who: str
    y: int
    text_y: int
    before: float
    before_width: float
    here: int
    here_x: float
    here_width: float
    label_x: float
    total: float


@dataclass(frozen=True)
class Picture:
    """The bars of one class, and the line of its average."""

    title: str
    bars: Sequence[Bar]
    height: int
    average: float
    average_x: float


def picture(rows: Sequence[Share]) -> list[Picture]:
    """Return a picture for each class of which anybody stood or stands a shift."""
    found = []
    for klass in CLASSES:
        totals = [one.before.get(klass, 0) + one.here.get(klass, 0) for one in rows]
        if not any(totals):
            continue
        scale = (WIDTH - LEFT - RIGHT) / max(totals)
        bars = []
        for number, one in enumerate(rows):
            before, here = one.before.get(klass, 0), one.here.get(klass, 0)
            y = number * (BAR + GAP)
            bars.append(
                Bar(
                    name(one.user), y, y + BAR - 4, round(before, 1), round(before * scale, 1),
                    here, round(LEFT + before * scale, 1), round(here * scale, 1),
                    round(LEFT + (before + here) * scale + 6, 1), round(before + here, 1),
                )
            )  # fmt: skip
        average = sum(totals) / len(totals)
        found.append(
            Picture(
                str(NAMES[klass]), bars, len(rows) * (BAR + GAP), round(average, 1),
                round(LEFT + average * scale, 1),
            )
        )  # fmt: skip
    return found
