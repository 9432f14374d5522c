"""Slows guessing down: of passwords, for one person and for the whole server; and of links, for one address.

Nothing sleeps, so a guesser holds no thread; memory is bounded, so a guesser with many names fills nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from weryai_ui.newest import Newest

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0
NAMES_KEPT = 1000
LINKS_AT_ONCE = 30
"""Wrong links that one address may try at once: several people may share it, and a dead page is reloaded."""
SECONDS_PER_LINK = 2.0
"""One more every so often."""
SERVER_BURST = 20
"""Wrong tries that the whole server takes at once, whoever makes them."""
SERVER_SECONDS_PER_TRY = 10.0
"""One more every so often: at most 8,640 a day, from however many names, at however many processes."""


class Throttle:
    """Wrong tries, counted by name and for all together. Thread-safe. Names are hashes, never what was tried.

    `processes`: how many serve at one database; each takes its part of the tries.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, processes: Callable[[], int] = lambda: 1) -> None:
        self._clock = clock
        self._processes = processes
        self._lock = threading.Lock()
        self._names = Newest[str, tuple[int, float]](NAMES_KEPT)
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
        now, processes = self._clock(), self._processes()
        every = SERVER_SECONDS_PER_TRY * processes
        self._tries_left = min(SERVER_BURST / processes, self._tries_left + (now - self._counted_at) / every)
        self._counted_at = now
        for_all = 0.0 if self._tries_left >= 1 else (1 - self._tries_left) * every
        wrong, last = self._names.get(name, (0, now))
        pause = min(FIRST_WAIT_SECONDS * 2 ** min(wrong - 1, 30), LONGEST_WAIT_SECONDS) if wrong else 0.0
        return max(for_all, last + pause - now, 0.0)

    def _count(self, name: str) -> None:
        wrong, _ = self._names.get(name, (0, 0.0))
        self._names[name] = (wrong + 1, self._clock())
        self._tries_left -= 1


class WrongLinks:
    """Wrong links, counted by address. Thread-safe. Right ones are never counted: a page asks for many at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left = Newest[str, tuple[float, float]](NAMES_KEPT)

    def wait(self, name: str) -> float:
        """Seconds until this address may try a link again; 0 when it may now."""
        with self._lock:
            return max(0.0, (1.0 - self._now(name)) * SECONDS_PER_LINK)

    def count(self, name: str) -> None:
        """One wrong link more."""
        with self._lock:
            self._left[name] = (self._now(name) - 1.0, self._clock())

    def _now(self, name: str) -> float:
        left, at = self._left.get(name, (float(LINKS_AT_ONCE), self._clock()))
        return min(LINKS_AT_ONCE, left + (self._clock() - at) / SECONDS_PER_LINK)
