"""A running solve seen from outside: its time, its end on request, its best so far.

The work goes on in a thread of its own. Whoever asked for it waits in theirs, where `stop` is asked
and `progress` is told, so that both may touch whatever belongs to that thread (a database
connection, say), and an end is heard even while no solution comes.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

from huiyin.parts.duty.solving.problem import Progress, Roster

ASK_EVERY = 0.1
TELL_EVERY = 0.5
T = TypeVar("T")


class Watch:
    """Time left, whether to end, what runs now, and how far it is. Safe from several threads."""

    def __init__(self, seconds: float) -> None:
        self.started = time.monotonic()
        self.ends = self.started + seconds
        self.stopped = False
        self._lock = Lock()
        self._running: dict[int, Callable[[], None]] = {}
        self._latest = Progress("", 0.0, None, None)

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds until the end, 0 if it was stopped."""
        return 0.0 if self.stopped else max(0.0, self.ends - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether to end now."""
        return self.left <= 0

    @contextmanager
    def running(self, end: Callable[[], None]) -> Iterator[None]:
        """Something runs that `end` brings to its end at once; it is called from another thread."""
        key = id(end)
        with self._lock:
            self._running[key] = end
        if self.over:
            end()
        try:
            yield
        finally:
            with self._lock:
                del self._running[key]

    def end(self) -> None:
        """Bring everything that runs to its end."""
        with self._lock:
            self.stopped = True
            running = list(self._running.values())
        for end in running:
            end()

    def tell(
        self, stage: str, cost: float | None, bound: float | None, roster: Roster | None = None
    ) -> None:
        """What is best so far; without a roster the one before stays."""
        with self._lock:
            known = roster if roster is not None else self._latest.roster
            self._latest = Progress(stage, 0.0, cost, bound, known)

    def latest(self) -> Progress:
        """The best so far, at this moment."""
        with self._lock:
            it = self._latest
        return Progress(it.stage, self.seconds, it.cost, it.bound, it.roster)


def follow(
    work: Callable[[], T],
    watch: Watch,
    stop: Callable[[], bool],
    progress: Callable[[Progress], None],
) -> T:
    """Do the work in a thread; ask `stop` ten times a second, tell `progress` twice a second."""
    told = watch.started
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        try:
            while wait([future], ASK_EVERY).not_done:
                if not watch.stopped and (stop() or watch.over):
                    watch.end()
                if time.monotonic() - told >= TELL_EVERY:
                    told = time.monotonic()
                    progress(watch.latest())
        except BaseException:
            watch.end()
            raise
        result = future.result()
    progress(watch.latest())
    return result
