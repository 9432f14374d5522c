"""The question what became of a submission, which a page asks when its answer does not come."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weryai_ui.ui.http.caller import masks_errors
from weryai_ui.ui.http.params import body_of

SUBMISSION_PATH = "submission"
MAX_BYTES = 1024


def routes(became_of: Callable[[Any], dict[str, Any]]) -> list[Route]:
    """`POST /submission`: `{"visitor", "key"}` as JSON; the answer is that of `became_of`.

    503 while the database does not answer. Nothing is told to anybody who does not have the visitor's token.
    """
    ask = masks_errors(became_of)

    async def submission(request: Request) -> Response:
        body = await body_of(request, MAX_BYTES)
        if body is None:
            return Response(status_code=413)
        try:
            return JSONResponse(await run_in_threadpool(ask, json.loads(body)))
        except gr.Error:  # said in the log; it is a ValueError as well
            return Response(status_code=503)
        except (ValueError, RecursionError):
            return Response(status_code=400)

    return [Route(f"/{SUBMISSION_PATH}", submission, methods=["POST"])]
