"""Where the service calls back: an unguessable path for each submit, and a body that is only a hint.

The sandbox inside the app has a way of its own here, on which it needs no connection.
"""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weryai_ui.errors import DatabaseAway
from weryai_ui.service import Service
from weryai_ui.service.preparing import WEBHOOK_PATH
from weryai_ui.ui.http.params import body_of

log = logging.getLogger(__name__)

MAX_BYTES = 64 * 1024
RETRY_AFTER_S = "10"


def routes(service: Service) -> list[Route]:
    """`POST /webhook/<token>`. Nobody signs a callback, so it makes this app ask for the status, and no more."""

    async def called_back(request: Request) -> Response:
        body = await body_of(request, MAX_BYTES)
        if body is None:
            return Response(status_code=413)
        token = str(request.path_params["token"])
        try:
            known = await run_in_threadpool(service.called_back, token, body.decode("utf-8", "replace"))
        except DatabaseAway:  # whoever calls may call again
            return Response(status_code=503, headers={"Retry-After": RETRY_AFTER_S})
        return JSONResponse({"ok": known}, 200 if known else 404)

    return [Route(f"/{WEBHOOK_PATH}/{{token}}", called_back, methods=["POST"])]


class OwnCallbacks:
    """What the sandbox inside this app may call: this route, handed over in the process. Nothing is connected to."""

    allowed = "the app's own"

    def __init__(self, service: Service) -> None:
        self._service = service

    def takes(self, url: str) -> bool:
        """Whether an address is this app's own route, with a token."""
        return self._service.callback_token(url) is not None

    def deliver(self, url: str, body: bytes) -> None:
        """Have the tasks of that token asked for."""
        token = self._service.callback_token(url)
        if token is None:
            return
        try:
            self._service.called_back(token, body.decode())
        except SQLAlchemyError as error:  # the status is asked for anyway, only later
            log.info("a callback was not recorded, the database is away (%s)", type(error).__name__)
