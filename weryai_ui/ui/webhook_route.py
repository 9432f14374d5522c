"""Where the service calls back: an unguessable path for each submit, and a body that is only a hint."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weryai_ui.service import WEBHOOK_PATH, Service
from weryai_ui.ui.asked import body_of

MAX_BYTES = 64 * 1024


def routes(service: Service) -> list[Route]:
    """`POST /webhook/<token>`. Nobody signs a callback, so it makes this app ask for the status, and no more."""

    async def called_back(request: Request) -> Response:
        body = await body_of(request, MAX_BYTES)
        if body is None:
            return Response(status_code=413)
        token = str(request.path_params["token"])
        known = await run_in_threadpool(service.called_back, token, body.decode("utf-8", "replace"))
        return JSONResponse({"ok": known}, 200 if known else 404)

    return [Route(f"/{WEBHOOK_PATH}/{{token}}", called_back, methods=["POST"])]
