"""Clocks that nobody can set, and who notices that the wall clock was.

Waits and leases within a process are measured by `time.monotonic`. Only what people read, what other processes read and
what outlives a restart is wall time; here is what that needs when somebody, or the network, sets the clock by hours.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SET_BY_S = 2.0
"""Two clocks of one machine differ by less than this between two heartbeats, unless one of them was set."""


class SteadyClock:
    """Seconds since 1970 as the wall clock had them at the start, and on from there as time passes."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ahead = wall() - monotonic()

    def __call__(self) -> float:
        return self._ahead + self._monotonic()


class ClockWatch:
    """Compares the wall clock with one that nobody can set. For one thread to ask, and for all to read `since`."""

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._ahead = wall() - monotonic()
        self._set_forward: tuple[tuple[float, float], ...] = ()

    def set_by(self) -> float:
        """By how many seconds the wall clock was set since the last question: negative is back, 0.0 is not at all."""
        ahead = self._wall() - self._monotonic()
        by, was = ahead - self._ahead, self._ahead + self._monotonic()
        self._ahead = ahead
        if abs(by) < SET_BY_S:
            return 0.0
        # Set back, the times that were written before are read as they stand again.
        self._set_forward = (*self._set_forward, (was, by)) if by > 0 else ()
        return by

    def since(self, moment: float) -> float:
        """Seconds since a moment that the wall clock showed, without those by which it was set forward since."""
        skipped = sum(by for was, by in self._set_forward if moment <= was)
        return max(0.0, self._wall() - moment - skipped)
