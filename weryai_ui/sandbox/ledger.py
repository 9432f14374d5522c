"""What the sandbox was asked to make: the last submits as they arrived, for tests to read."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

ENTRIES: Final = 200
BODY_BYTES: Final = 64 * 1024  # more than any request that keeps the rules


@dataclass(frozen=True)
class Entry:
    """One submit, accepted or refused.

    ``key`` is the scenario's key, without an account, None for any other (a real key sent here by mistake is not
    kept). ``body`` is cut off at 64 KiB; ``parsed`` is None when it was not a JSON object.
    ``headers`` have lower-case names and leave out authorization and cookies. ``code`` is
    the business status of the answer, None when the answer was malformed on purpose.
    """

    at: float
    key: str | None
    body: bytes = field(repr=False)
    parsed: dict[str, object] | None = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    http: int
    code: int | None
    task_ids: tuple[str, ...] = ()
    batch_id: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether tasks were made."""
        return bool(self.task_ids)


class Ledger:
    """The last submits, oldest first; iterates over a copy."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=ENTRIES)
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        """Note a submit; beyond the limit the oldest goes."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def __iter__(self) -> Iterator[Entry]:
        with self._lock:
            return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> Entry:
        return list(self)[index]
