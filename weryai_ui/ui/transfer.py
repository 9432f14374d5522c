"""What the page costs on the wire: compressed where that helps, and not sent again to a browser that has it."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weryai_ui.ui.guard import route_path

COMPRESSION = 5
"""A level above it takes half as long again for a fiftieth of the bytes."""
PAGE_PATH = "/"


def light(app: ASGIApp) -> ASGIApp:
    """The app with its texts compressed (pictures, clips, sounds and streams are left as they are) and its page marked
    by its content."""
    return GZipMiddleware(Marked(app), minimum_size=1000, compresslevel=COMPRESSION)


class Marked:
    """Gives the page a mark of its content (ETag), and a browser that shows the same mark an empty answer (304).

    The page holds all scripts, styles and words, and is the same for everybody until the app changes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or route_path(scope) != PAGE_PATH:
            await self._app(scope, receive, send)
            return
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self._app(scope, receive, keep)
        for message in _marked(kept, Headers(scope=scope).get("if-none-match", "")):
            await send(message)


def _marked(answer: list[Message], known: str) -> list[dict[str, Any]]:
    start, body = answer[0], b"".join(message.get("body", b"") for message in answer[1:])
    if start["status"] != 200:
        return [dict(message) for message in answer]
    mark = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["etag"] = mark
    headers["cache-control"] = "private, no-cache"
    if mark in known:
        del headers["content-length"]
        return [{**start, "status": 304, "headers": headers.raw}, {"type": "http.response.body", "body": b""}]
    return [{**start, "headers": headers.raw}, {"type": "http.response.body", "body": body}]
