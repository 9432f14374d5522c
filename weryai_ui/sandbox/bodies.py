"""Bodies that come to the sandbox: read up to a limit, and a little beyond, so that the client hears the refusal."""

from __future__ import annotations

import contextlib
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Message

from weryai_ui.sandbox import envelope
from weryai_ui.sandbox.envelope import ApiError
from weryai_ui.sandbox.media import MEGABYTE, UPLOAD_BYTES

FORM_BYTES: Final = UPLOAD_BYTES + 1024 * 1024  # the file and the form around it
DRAINED_BYTES: Final = 2 * FORM_BYTES  # read on so far


async def read(request: Request, limit: int) -> bytes:
    """The body, cut off just past the limit: one byte more shows that it is too large."""
    kept, size = bytearray(), 0
    with contextlib.suppress(ClientDisconnect):
        async for chunk in request.stream():
            size += len(chunk)
            kept += chunk[: limit + 1 - len(kept)]
            if size > DRAINED_BYTES:
                break
    return bytes(kept)


class CountingBody:
    """Receives an upload and refuses it once it is past the limit, whatever was announced."""

    def __init__(self, request: Request) -> None:
        self._receive = request.receive
        self._size = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size <= FORM_BYTES:
            return message
        while message.get("more_body") and self._size < DRAINED_BYTES:
            message = await self._receive()
            self._size += len(message.get("body", b""))
        words = f"file: too large; the limit is {UPLOAD_BYTES // MEGABYTE} MB"
        raise ApiError(400, envelope.UPLOAD_TOO_LARGE, words)
