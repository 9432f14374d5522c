"""Turns at something of which only so much may go on at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from weryai_ui.sandbox.envelope import TOO_MANY_REQUESTS, ApiError


class Turns:
    """Places in one event loop; who has waited too long for one is told to come again."""

    def __init__(self, places: int, wait_seconds: int) -> None:
        self._free = asyncio.Semaphore(places)
        self._wait_seconds = wait_seconds

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Have one of the places. Raises ApiError 1001 (HTTP 429)."""
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            headers = {"Retry-After": str(self._wait_seconds)}
            raise ApiError(429, TOO_MANY_REQUESTS, "too many at once; try again later", headers=headers) from error
        try:
            yield
        finally:
            self._free.release()
