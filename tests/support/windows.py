"""A window of a week that asks for everything."""

from datetime import date, datetime
from typing import Any

from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports.actions import windows
from huiyin.parts.reports.models import Window
from huiyin.parts.reports.tightening import Settings

FIRST, LAST = date(2026, 3, 10), date(2026, 3, 16)
ALL = Settings(
    cover=True, roster_days=3, daily_by=15 * 60, limits={"accept": 5, "conclude": 30},
    checklists=True, line_test=True, exercise=True,
)  # fmt: skip


def make(acting: Acting, now: datetime, settings: Settings = ALL, **changes: Any) -> Window:
    given = {"title": "春节特护期", "first": FIRST, "last": LAST} | changes
    return windows.make_window(acting, settings=settings, now=now, **given)
