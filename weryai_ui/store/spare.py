"""Descriptors kept back, so that a transaction can open its journal when the process has no others left."""

from __future__ import annotations

import contextlib
import os
import threading

KEPT_BACK = 16
NEEDED = 4
"""A transaction of SQLite opens a journal and its folder; a new connection opens the file as well."""


class SpareDescriptors:
    """Some open descriptors, and the way to have them used. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[int] = []
        self.take_back()

    def lend(self) -> None:
        """Gives them up where the process has fewer than are needed. Who else opens something may be faster."""
        with self._lock:
            if self._kept and not _can_open(self._kept[0], NEEDED):
                self._close()

    def take_back(self) -> None:
        """Keeps as many back again as there are."""
        with self._lock, contextlib.suppress(OSError):
            while len(self._kept) < KEPT_BACK:
                self._kept.append(os.dup(self._kept[0]) if self._kept else os.open(os.devnull, os.O_RDONLY))

    def close(self) -> None:
        """Gives them up for good."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        while self._kept:
            os.close(self._kept.pop())


def _can_open(descriptor: int, number: int) -> bool:
    opened: list[int] = []
    try:
        for _ in range(number):
            opened.append(os.dup(descriptor))
    except OSError:
        return False
    finally:
        for each in opened:
            os.close(each)
    return True
