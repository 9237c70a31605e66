"""Progress on a terminal, and a stop that is asked for and not forced."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Progress:
    """Shows how far it is, a few times a second, on standard error; one line on a terminal."""

    def __init__(self, what: str, whole: int = 0) -> None:
        self.what, self.whole = what, whole
        self._shown = 0.0
        self._last = -1
        self._every = 0.2 if sys.stderr.isatty() else 5.0

    def __call__(self, done: int) -> None:
        """Say that so much is done."""
        if done == self._last or (
            time.monotonic() - self._shown < self._every and done != self.whole
        ):
            return
        self._shown, self._last = time.monotonic(), done
        of = f" / {self.whole:,}" if self.whole else ""
        start, end = ("\r", "") if sys.stderr.isatty() else ("", "\n")
        print(f"{start}{self.what} {done:,}{of}", end=end, file=sys.stderr, flush=True)

    def close(self) -> None:
        """End the line."""
        if sys.stderr.isatty():
            print(file=sys.stderr)


class Stop:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        return self.asked


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Turn SIGINT and SIGTERM into a question that the work asks at its own safe points."""
    stop = Stop()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
