"""Backpressure on filing: a network that files very fast waits, and is never refused.

A refusal would stop a single writer who shares the network with a flood. Waiting takes no thread,
so it holds up nobody else. The disk is what a flood can fill: the alarm line is there so that
somebody looks before it is full. Counted in each web process by itself, since nothing hangs on an
exact figure; kept for a minute, in memory alone.
"""

import logging

log = logging.getLogger("huiyin.pace")
FREE = 600  # a minute from one network: a hall full of people, or a program that files for others
STEP = 0.01  # seconds more for each one above
LONGEST = 5.0
ALARM = 3_000  # a minute from everywhere


class Pace:
    """How often each network filed in this minute."""

    def __init__(self) -> None:
        self._minute = 0
        self._by_network: dict[str, int] = {}
        self._all = 0

    def wait(self, network: str, now: float) -> float:
        """Count one more at `now` (seconds); return for how many seconds it waits."""
        if int(now // 60) != self._minute:
            self._minute, self._by_network, self._all = int(now // 60), {}, 0
        self._all += 1
        if self._all == ALARM:
            log.warning("more than %d letters came in a minute; is there room on the disk?", ALARM)
        count = self._by_network[network] = self._by_network.get(network, 0) + 1
        if count == FREE + 1:
            log.warning(
                "more than %d letters came from one network in a minute: further ones wait, "
                "none is refused",
                FREE,
            )
        return min(LONGEST, max(0, count - FREE) * STEP)
