"""How soon after one another the submits of an account may come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from weryai_ui.newest import Newest
from weryai_ui.sandbox.envelope import TOO_MANY_REQUESTS, ApiError

ACCOUNTS_KEPT: Final = 1000


class Bursts:
    """When each account's last submit was taken. Not thread-safe."""

    def __init__(self, clock: Callable[[], float], apart_seconds: float) -> None:
        self._clock, self._apart_seconds = clock, apart_seconds
        self._taken = Newest[str, float](ACCOUNTS_KEPT)

    def check(self, account: str) -> None:
        """Take a submit. Raises ApiError 1001 where the last one was a moment ago."""
        now, last = self._clock(), self._taken.get(account)
        if last is not None and 0 <= now - last < self._apart_seconds:
            raise ApiError(200, TOO_MANY_REQUESTS, "too many requests; wait a moment between two")
        self._taken[account] = now
