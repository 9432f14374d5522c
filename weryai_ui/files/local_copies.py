"""Files of this machine with what a bucket holds, for those who read from real files: children, and what is sent on."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from weryai_ui.files.object_storage import ObjectStorage
from weryai_ui.files.storage import INCOMING

COPIES_BYTES: Final = 1024**3
"""Beside those that are in use."""


class LocalCopies:
    """Copies of objects in a folder, each fetched once while it is needed; the longest unused go. Thread-safe.

    An object never changes under its key, so that a copy is right as long as it is there.
    """

    def __init__(self, objects: ObjectStorage, folder: Path, most: int = COPIES_BYTES) -> None:
        self._objects = objects
        self._folder = folder
        self._most = most
        self._sizes: OrderedDict[str, int] = OrderedDict()
        """Of those that are whole, the longest unused first."""
        self._users: Counter[str] = Counter()
        self._fetching: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    @contextmanager
    def of(self, key: str) -> Iterator[Path]:
        """The object as a file, which stays for as long as the block lasts.

        Raises `FileNotFoundError`, and `StorageAway` where the storage does not give it or this disk does not take it.
        """
        with self._lock:
            self._users[key] += 1
            turn = self._fetching.setdefault(key, threading.Lock())
        try:
            with turn:
                self._fetch(key)
            yield self._folder / key
        finally:
            with self._lock:
                self._users[key] -= 1
                if not self._users[key]:
                    del self._users[key], self._fetching[key]
            self._make_room()

    def add(self, key: str, path: Path) -> None:
        """A file of the same folder is such a copy from now on, under the key's name."""
        size = path.stat().st_size
        path.replace(self._folder / key)
        with self._lock:
            self._sizes[key] = size
        self._make_room()

    def drop(self, key: str) -> None:
        """The object is no longer there."""
        with self._lock:
            if self._sizes.pop(key, None) is not None:
                (self._folder / key).unlink(missing_ok=True)

    def _fetch(self, key: str) -> None:
        with self._lock:
            if key in self._sizes:
                self._sizes.move_to_end(key)
                return
        arriving = self._folder / f"{key}{INCOMING}"
        try:
            self._objects.save_as(key, arriving)
            self.add(key, arriving)
        finally:
            arriving.unlink(missing_ok=True)

    def _make_room(self) -> None:
        with self._lock:
            unused = [key for key in self._sizes if not self._users[key]]
            held = sum(self._sizes[key] for key in unused)
            for key in unused:
                if held <= self._most:
                    return
                held -= self._sizes.pop(key)
                (self._folder / key).unlink(missing_ok=True)
