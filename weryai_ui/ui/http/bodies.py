"""A request's body up to a cap, and no slower than it may come."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import Message, Receive

BODY_BYTES = 256 * 1024
"""More than any form: 15 links of 2,048 characters and a prompt."""
UPLOAD_BYTES = 64_000_000
BODY_SECONDS = 30.0
"""A body that is no upload has to be here by then."""
UPLOAD_SECONDS = 1800.0
"""For 500 MB a line of 2 Mbit/s needs more; whoever has so slow a one cuts the clip first."""
LEAST_BYTES_PER_SECOND = 16 * 1024
"""What a body brings on average at least; a slow phone brings three times as much."""
GRACE_SECONDS = 10.0
"""A client may keep silent for so long in all before that is params."""


@dataclass(frozen=True)
class Arrival:
    """How slowly a body may come: seconds in all, and the bytes a second after a `grace`."""

    seconds: float
    bytes_per_second: float = LEAST_BYTES_PER_SECOND
    grace: float = GRACE_SECONDS

    def left(self, waited: float, read: int) -> float:
        """Seconds that the client may still keep this app waiting, after so many waited and bytes read."""
        return min(self.seconds, self.grace + read / self.bytes_per_second) - waited


ARRIVAL = Arrival(BODY_SECONDS)
UPLOAD_ARRIVAL = Arrival(UPLOAD_SECONDS)


class Body:
    """A request's body up to a cap, and no slower than it may be; beyond that the app sees a caller that has gone."""

    def __init__(
        self, receive: Receive, headers: Iterable[tuple[bytes, bytes]], cap: int, arrival: Arrival = ARRIVAL
    ) -> None:
        self.cap = cap
        self.refusal: tuple[int, str] | None = None
        self.announced = _announced(headers)
        self._receive = receive
        self._arrival = arrival
        self._read = 0
        self._waited = 0.0
        self._kept: Message | None = None
        self._is_whole = False

    async def read_all(self) -> None:
        """Takes the whole body in, to be given out by `receive` as one message."""
        blocks, more = [], True
        while more and self.refusal is None:
            message = await self._take()
            blocks.append(message.get("body", b""))
            more = message["type"] == "http.request" and message.get("more_body", False)
            if message["type"] == "http.disconnect":
                self._kept = message
                return
        self._kept = {"type": "http.request", "body": b"".join(blocks), "more_body": False}

    @property
    def whole(self) -> bytes:
        """What `read_all` took in."""
        return bytes((self._kept or {}).get("body", b""))

    async def receive(self) -> Message:
        """The next message for the app."""
        if self._kept is not None:
            kept, self._kept = self._kept, None
            return kept
        return await self._take()

    async def _take(self) -> Message:
        if self._is_whole:
            # What comes now is the end of the connection, for which nobody has a time.
            return await self._receive()
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._arrival.left(self._waited, self._read)):
                message = await self._receive()
        except TimeoutError:
            return self._refuse(408, "The request took too long.")
        # Only what the client keeps this app waiting is counted, and not what this app takes to write it down.
        self._waited += time.monotonic() - began
        self._read += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return self._refuse(413, "The request is too large.") if self._read > self.cap else message

    def _refuse(self, status: int, words: str) -> Message:
        self.refusal = (status, words)
        return {"type": "http.disconnect"}


def _announced(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """The body's length by its header, 0 when there is none, None when it is no number."""
    lengths = [value for name, value in headers if name == b"content-length"]
    if not lengths:
        return 0
    return int(lengths[0]) if len(set(lengths)) == 1 and re.fullmatch(rb"\d{1,15}", lengths[0]) else None
