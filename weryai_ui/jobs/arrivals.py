"""Submissions that have arrived at this process and that no record knows of yet: their files may still be uploaded."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class Progress(StrEnum):
    """How far a submission has come, for a page that has lost its answer."""

    NEVER_ARRIVED = "never-arrived"
    UNDER_WAY = "under-way"
    RECORDED = "recorded"


class Arrivals:
    """What is being handled now, by visitor and idempotency key. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._here: Counter[tuple[str, str]] = Counter()
        self._turns: dict[tuple[str, str], float] = {}
        self._monotonic = monotonic
        self._lock = threading.Lock()

    @contextmanager
    def noted(self, visitor: str, key: str) -> Iterator[None]:
        """Notes one from its arrival until its answer, which may come of several at once."""
        with self._lock:
            self._here[visitor, key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._here[visitor, key] -= 1
                if not self._here[visitor, key]:
                    del self._here[visitor, key]

    @contextmanager
    def waiting(self, visitor: str, key: str, seconds: float) -> Iterator[None]:
        """Notes that one waits so long for its turn."""
        self._turns[visitor, key] = self._monotonic() + seconds
        try:
            yield
        finally:
            self._turns.pop((visitor, key), None)

    def has(self, visitor: str, key: str) -> bool:
        """Whether one of them is being handled."""
        return (visitor, key) in self._here

    def wait_s(self, visitor: str, key: str) -> float:
        """Seconds for which one still waits for its turn; 0 when it does not."""
        return max(0.0, self._turns.get((visitor, key), 0.0) - self._monotonic())
