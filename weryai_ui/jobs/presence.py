"""Who is watching: the visitors whose page, or whose program, has asked for their tasks a moment ago.

Only a visitor who watches feels a delay. What is kept here is in this process's memory, no truth about a task: a
replica that nobody asks follows slowly, and the one that is asked makes due what its visitor wants to see. Where
several serve the page, each hears one question of so many, and waits that much longer for the next.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from weryai_ui.newest import Newest

WATCHES_FOR_S = 8.0
"""Longer than the slowest pace at which an open page asks (`ui/http/board_interval.py`); a hidden page asks more
rarely, and only where somebody wants to be told: each of its questions makes their tasks due, once."""
KEPT = 10_000


class Presence:
    """Visitors by their hash, each with when they asked last. Thread-safe and bounded.

    `replicas`: how many processes the questions of a page may come to.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, replicas: Callable[[], int] = lambda: 1) -> None:
        self._clock, self._replicas = clock, replicas
        self._lock = threading.Lock()
        self._asked = Newest[str, float](KEPT)
        self._asked_for = Newest[str, float](KEPT)

    def seen(self, visitor: str) -> bool:
        """Notes that a visitor asked; whether they come back, after not having watched."""
        lasts_s = self._lasts_s()
        with self._lock:
            now, before = self._clock(), self._asked.get(visitor)
            self._asked[visitor] = now
            return before is None or now - before > lasts_s

    def may_ask(self, visitor: str, every_s: float) -> bool:
        """Whether so long has passed since this was last asked of that visitor, and answered with yes."""
        with self._lock:
            before, now = self._asked_for.get(visitor), self._clock()
            if before is not None and now - before < every_s:
                return False
            self._asked_for[visitor] = now
            return True

    def is_watching(self, visitor: str) -> bool:
        """Whether that visitor is looking."""
        lasts_s = self._lasts_s()
        with self._lock:
            asked = self._asked.get(visitor)
            return asked is not None and self._clock() - asked <= lasts_s

    def _lasts_s(self) -> float:
        return WATCHES_FOR_S * self._replicas()
