"""The board's question, which every open page asks all the time: a route of its own, past Gradio's machinery.

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

from weryai_ui.i18n import locale_of, speaking
from weryai_ui.ui.http.caller import masks_errors
from weryai_ui.ui.http.params import body_of, text

BOARD_PATH = "board"
MAX_BYTES = 4096


def routes(refresh: Callable[[Any], dict[str, Any]]) -> list[Route]:
    """`POST /board`: `{"visitor", "version", "language"}` as JSON; the answer is that of `refresh`, in that language.

    503 with `away` in it while the database does not answer. A visitor's token is all that opens a board, here as
    everywhere.
    """
    ask = masks_errors(refresh)

    def answer(params: Any) -> dict[str, Any]:
        with speaking(locale_of(text(params, "language"))):
            return ask(params)

    async def board(request: Request) -> Response:
        body = await body_of(request, MAX_BYTES)
        if body is None:
            return Response(status_code=413)
        try:
            board = await run_in_threadpool(answer, json.loads(body))
        except gr.Error:  # said in the log; it is a ValueError as well
            return Response(status_code=500)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        if "away" in board:
            return JSONResponse(board, 503, headers={"Retry-After": str(math.ceil(board["next_ms"] / 1000))})
        return JSONResponse(board)

    return [Route(f"/{BOARD_PATH}", board, methods=["POST"])]
