"""The window that is rehearsed: made at the top some days before, its lines tested, opened by the clock."""

from datetime import timedelta

from huiyin.parts.reports.actions.window_units import LINE, confirm
from huiyin.parts.reports.actions.windows import make_window
from huiyin.parts.reports.models import Window
from huiyin.parts.reports.tightening import Settings
from huiyin.rehearsal.faults import Fault, owed_key
from huiyin.rehearsal.letters import ACCEPT_DAYS
from huiyin.rehearsal.script import Script, doing

MADE, TESTED, AFTER_ALL = -3, -2, timedelta(hours=10)


def add_window(script: Script) -> Window:
    """Make the window at once; let every unit test its line in time, but for the faults."""
    now = script.at(MADE, 9 * 60)
    settings = Settings(daily_by=script.cut_off, line_test=True, limits={"accept": ACCEPT_DAYS})
    window = make_window(
        script.world.maker, "演练特护期", script.first, script.day(script.days - 1), settings,
        now=now, sure=True,
    )  # fmt: skip
    some = min(script.each, len(script.world.below))
    late = set(script.chance.sample(script.world.below, some))
    script.no_room("line", script.each, len(late))
    for unit, acting in sorted(script.world.senders.items()):
        day, at = TESTED, script.at(TESTED, script.minute(9 * 60, 17 * 60))
        if unit in late:
            day, at = 0, script.start + AFTER_ALL
            key = owed_key(LINE, window.ref, str(unit))
            script.put_in(Fault("line", unit, script.start, script.start, [key]))
        script.happen(
            at,
            doing(confirm, acting, window.number, "line", script.day(day)),
        )
    return window
