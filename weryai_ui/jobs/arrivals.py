"""Submissions that have arrived at this process and that no record knows of yet: their files may still be uploaded."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class Progress(StrEnum):
    """How far a submission has come, for a page that has lost its answer."""

    NEVER_ARRIVED = "never-arrived"
    UNDER_WAY = "under-way"
    RECORDED = "recorded"


class Arrivals:
    """What is being handled now, by visitor and idempotency key. Thread-safe."""

    def __init__(self) -> None:
        self._here: Counter[tuple[str, str]] = Counter()
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

    def has(self, visitor: str, key: str) -> bool:
        """Whether one of them is being handled."""
        return (visitor, key) in self._here
