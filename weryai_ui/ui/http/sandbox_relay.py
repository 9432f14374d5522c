"""The sandbox of several processes, reached at the page's own address: what is asked below `/sandbox` is passed on.

Its address stands in the owner's settings; of a request it takes the path, which the guard has let through, the body
and a few headers. So its films play from whichever page a visitor has open, and the sandbox itself need not be public.
"""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import quote

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from weryai_ui.sandbox.envelope import SYSTEM_ERROR, ApiError
from weryai_ui.sandbox.routes import ADDRESS_HEADER, NOTE_HEADER
from weryai_ui.ui.http.rules import READS
from weryai_ui.ui.own_address import SANDBOX_PATH, address_of

log = logging.getLogger(__name__)

METHODS: Final = ("GET", "HEAD", "POST")
ASKED: Final = ("accept", "authorization", "content-length", "content-type", "if-range", "range")
ANSWERED: Final = (
    *("accept-ranges", "allow", "cache-control", "content-length", "content-range", "content-type", "etag"),
    *("last-modified", "retry-after", "www-authenticate", "x-content-type-options", NOTE_HEADER.lower()),
)
"""The headers that are passed on, each way."""
TIMEOUT: Final = httpx.Timeout(150.0, connect=5.0)
"""An upload may wait a minute for its place there, and two for its bytes."""
KEPT_SECONDS: Final = 4.0
"""Shorter than the 5 s after which the sandbox closes a silent connection."""


def routes(url: str) -> list[Route]:
    """Everything below `/sandbox`, as the sandbox inside a single process has it."""
    relay = SandboxRelay(url)
    return [Route(f"/{SANDBOX_PATH}/{{path:path}}", relay.pass_on, methods=METHODS)]


class SandboxRelay:
    """Passes requests on to one sandbox. Connections are bounded by those that come in."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=None, keepalive_expiry=KEPT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    async def pass_on(self, request: Request) -> Response:
        """What the sandbox answers, as it comes; 502 in its own envelope while it does not."""
        headers = {name: request.headers[name] for name in ASKED if name in request.headers}
        headers |= {"Accept-Encoding": "identity", ADDRESS_HEADER: f"{address_of(request.scope)}/{SANDBOX_PATH}"}
        query = f"?{request.url.query}" if request.url.query else ""
        target = f"{self._url}/{quote(request.path_params['path'])}{query}"
        body = None if request.method in READS else request.stream()
        try:
            sent = self._client.build_request(request.method, target, headers=headers, content=body)
            return _Passed(await self._client.send(sent, stream=True))
        except ClientDisconnect:
            return Response(status_code=400)
        except httpx.HTTPError as error:
            log.warning("the sandbox does not answer: %s", type(error).__name__)
            return ApiError(502, SYSTEM_ERROR, "the sandbox does not answer just now; try again in a moment").response()


class _Passed(StreamingResponse):
    """An answer on its way through, which is let go however it ends."""

    def __init__(self, answer: httpx.Response) -> None:
        headers = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
        super().__init__(answer.aiter_raw(), answer.status_code, headers)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answer.aclose()
