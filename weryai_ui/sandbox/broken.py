"""Answers to a submit that was taken, whose task was made, and of which the client hears nothing useful."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from weryai_ui.sandbox.scenarios import Broken

GATEWAY = (
    "<html><head><title>504 Gateway Time-out</title></head><body><center>504 Gateway Time-out</center></body></html>"
)
PAGE = "<html><head><title>Please wait</title></head><body>Checking your browser</body></html>"
ANNOUNCED_BYTES = 256


def broken(how: Broken) -> Response:
    """What the client gets in place of the envelope."""
    if how is Broken.TIMEOUT:
        return HTMLResponse(GATEWAY, 504)
    if how is Broken.RESET:
        return _CutOff(b"", 200)
    return HTMLResponse(PAGE) if how is Broken.HTML else Response(b"", 200)


class _CutOff(Response):
    """The beginning of an answer whose rest never comes: the server closes the connection instead.

    The first byte goes out because a host's middleware may hold back the head until there is one.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the protocol
        headers = [(b"content-type", b"application/json"), (b"content-length", str(ANNOUNCED_BYTES).encode())]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
