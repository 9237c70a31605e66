"""Letting time pass: what was planned happens at its time, and the sweep runs in between.

For the demonstration and for replays, whose clock is not today's. In service the worker does this.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import Handler, Swept, sweep
from huiyin.kernel.statements import Statement

Event = tuple[datetime, Callable[[datetime], object]]


@Statement
def _first_due(moment: datetime) -> QuerySet[Deadline, datetime | None]:
    due = Deadline.objects.filter(next_at__lte=moment).order_by("next_at")
    return due.values_list("next_at", flat=True)[:1]


def sweep_until(
    moment: datetime,
    handlers: Mapping[str, Handler],
    each: Callable[[datetime, Swept], None] = lambda at, swept: None,
    since: datetime | None = None,
) -> None:
    """Take each step at the very time for which it was planned, up to and with `moment`.

    What was opened after its time is taken at `since`, when the time line has come so far.
    """
    while True:
        due = _first_due.first(moment)
        if due is None:
            return
        due = max(due, since) if since else due
        swept = sweep(due, handlers)
        if swept.total == 0:
            return
        each(due, swept)


def play(
    events: Iterable[Event],
    handlers: Mapping[str, Handler],
    *,
    until: datetime,
    each: Callable[[datetime, Swept], None] = lambda at, swept: None,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Let the events happen in the order given (that of their times); return how many did.

    Events after `until` do not happen. `stop` is asked before each event.
    """
    count, since = 0, None
    for at, act in events:
        if stop() or at > until:
            return count
        sweep_until(at, handlers, each, since)
        act(at)
        count, since = count + 1, at
    sweep_until(until, handlers, each, since)
    return count
