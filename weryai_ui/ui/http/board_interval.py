"""How often an open page may ask: quickly while few do, more slowly when many do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FASTEST_MS = 700
SLOWEST_MS = 5000
ASKED_PER_SECOND = 150
"""Board questions that all replicas together are to be asked; two cores answer several times as many."""
WINDOW_S = 2.0


class BoardInterval:
    """Counts the questions that come to this process and tells each page when to ask again. Thread-safe.

    `replicas`: how many processes share the pages and the database; a page may ask any of them.
    """

    def __init__(self, replicas: Callable[[], int] = lambda: 1, clock: Callable[[], float] = time.monotonic) -> None:
        self._replicas, self._clock = replicas, clock
        self._lock = threading.Lock()
        self._window_began = clock()
        self._asked = 0
        self._next_ms = FASTEST_MS

    def next_ms(self) -> int:
        """Milliseconds until the asker should ask again."""
        replicas = self._replicas()  # it may have to look, and nobody else is to wait for that
        with self._lock:
            self._asked += 1
            passed = self._clock() - self._window_began
            if passed >= WINDOW_S:
                # Pages that ask at the present pace, spread over what may be asked in a second.
                pages = self._asked / passed * self._next_ms / 1000
                wanted = int(pages * replicas / ASKED_PER_SECOND * 1000)
                self._next_ms = min(max(wanted, FASTEST_MS), SLOWEST_MS)
                self._window_began, self._asked = self._clock(), 0
            return self._next_ms
