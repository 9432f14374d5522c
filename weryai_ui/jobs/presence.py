"""Who is watching: the visitors whose page, or whose program, has asked for their tasks a moment ago.

Only a visitor who watches feels a delay. What is kept here is in this process's memory, no truth about a task: a
replica that nobody asks follows slowly, and the one that is asked makes due what its visitor wants to see.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

WATCHES_FOR_S = 8.0
"""Longer than the slowest pace at which an open page asks (`ui/http/board_interval.py`); a hidden page does not ask."""
KEPT = 10_000


class Presence:
    """Visitors by their hash, each with when they asked last. Thread-safe and bounded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, float] = OrderedDict()

    def seen(self, visitor: str) -> bool:
        """Notes that a visitor asked; whether they come back, after not having watched."""
        with self._lock:
            now, before = self._clock(), self._asked.pop(visitor, None)
            self._asked[visitor] = now
            if len(self._asked) > KEPT:
                self._asked.popitem(last=False)
            return before is None or now - before > WATCHES_FOR_S

    def is_watching(self, visitor: str) -> bool:
        """Whether that visitor is looking."""
        with self._lock:
            asked = self._asked.get(visitor)
            return asked is not None and self._clock() - asked <= WATCHES_FOR_S
