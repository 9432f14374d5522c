"""Slows guessing down: after a wrong password the next try has to wait, for one person and for the whole server.

Nothing sleeps, so a guesser holds no thread; memory is bounded, so a guesser with many names fills nothing.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0
NAMES_KEPT = 1000
SERVER_BURST = 20
"""Wrong tries that the whole server takes at once, whoever makes them."""
SERVER_SECONDS_PER_TRY = 10.0
"""One more every so often: at most 8,640 a day, from however many names."""


class Throttle:
    """Wrong tries, counted by name and for all together. Thread-safe. Names are hashes, never what was tried."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._names: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._tries_left = float(SERVER_BURST)
        self._counted_at = clock()

    def __len__(self) -> int:
        return len(self._names)

    def attempt(self, name: str, is_right: Callable[[], bool]) -> tuple[bool, float]:
        """Whether a try was right, and the seconds to wait before the next; too early, it is not even looked at.

        Counted before it is looked at, so that many tries at once are not all the first.
        """
        with self._lock:
            wait = self._wait(name)
            if wait > 0:
                return False, wait
            self._count(name)
        if not is_right():
            with self._lock:
                return False, self._wait(name)
        with self._lock:
            self._names.pop(name, None)
            self._tries_left = min(self._tries_left + 1, SERVER_BURST)
        return True, 0.0

    def _wait(self, name: str) -> float:
        now = self._clock()
        self._tries_left = min(SERVER_BURST, self._tries_left + (now - self._counted_at) / SERVER_SECONDS_PER_TRY)
        self._counted_at = now
        for_all = 0.0 if self._tries_left >= 1 else (1 - self._tries_left) * SERVER_SECONDS_PER_TRY
        wrong, last = self._names.get(name, (0, now))
        pause = min(FIRST_WAIT_SECONDS * 2 ** min(wrong - 1, 30), LONGEST_WAIT_SECONDS) if wrong else 0.0
        return max(for_all, last + pause - now, 0.0)

    def _count(self, name: str) -> None:
        wrong, _ = self._names.pop(name, (0, 0.0))
        self._names[name] = (wrong + 1, self._clock())
        self._tries_left -= 1
        if len(self._names) > NAMES_KEPT:
            self._names.popitem(last=False)
