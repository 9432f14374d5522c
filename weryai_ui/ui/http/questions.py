"""What the page's scripts ask by themselves: small JSON in, JSON out, on routes past Gradio's machinery.

Gradio's way for a widget's questions takes four times as long, and runs in the loop that also takes every submission.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weryai_ui.files.storage import FilesAway
from weryai_ui.i18n import locale_of, speaking
from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.http.caller import masks_errors
from weryai_ui.ui.http.params import body_of, text

BOARD_BYTES = 4096
SUBMISSION_BYTES = 1024
ADOPT_BYTES = 4096
CHECK_BYTES = 1_000_000
"""More than a person types: whoever pastes a book into the prompt is told that it is too long."""

FILES_AWAY_MS = 5000


def routes(handlers: Handlers) -> list[Route]:
    """`/check` answers to anybody, since it judges form values; the others to a visitor's token alone."""
    return [
        _question("/board", handlers.refresh, BOARD_BYTES),
        _question("/unresolved", handlers.unresolved, SUBMISSION_BYTES),
        _question("/adopt", handlers.adopt, ADOPT_BYTES),
        _question("/submission", handlers.became_of, SUBMISSION_BYTES, failed=503),
        _question("/check", handlers.live.check_values, CHECK_BYTES),
    ]


def _question(path: str, ask: Callable[[Any], dict[str, Any]], max_bytes: int, *, failed: int = 500) -> Route:
    """`POST path`: `ask` gets the JSON of the body, whatever it is, and answers in the `language` that it names.

    413 above `max_bytes`, 400 for what is no JSON, `failed` where `ask` raised. An answer with `away` in it is a 503,
    to be asked for again after its `next_ms`; so is one that needs the files of a storage that does not answer.
    """

    @masks_errors
    def masked(params: Any) -> dict[str, Any]:
        try:
            return ask(params)
        except FilesAway as away:
            return {"away": str(away), "next_ms": FILES_AWAY_MS}

    def answer(params: Any) -> dict[str, Any]:
        with speaking(locale_of(text(params, "language"))):
            return masked(params)

    async def endpoint(request: Request) -> Response:
        body = await body_of(request, max_bytes)
        if body is None:
            return Response(status_code=413)
        try:
            found = await run_in_threadpool(answer, json.loads(body))
        except gr.Error:  # said in the log; it is a ValueError as well
            return Response(status_code=failed)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        if "away" in found:
            return JSONResponse(found, 503, headers={"Retry-After": str(math.ceil(found["next_ms"] / 1000))})
        return JSONResponse(found)

    return Route(path, endpoint, methods=["POST"])
