"""`POST /gradio_api/call/v2/<call>`, judged first: what Gradio cannot place it answers with a bare 500."""

from __future__ import annotations

import json
import re

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weryai_ui.ui.agents import contract, errors
from weryai_ui.ui.http.request_facts import route_path

PATH = re.compile(r"/gradio_api/call/v2/([\w-]+)/?")


class NamedValues:
    """Around Gradio: an unknown call or wrong values are an answer with an `error`, and reach nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(route_path(scope)) if scope["type"] == "http" and scope["method"] == "POST" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        refusal = _refusal(found[1], body)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, send)


def _refusal(name: str, body: bytes) -> Response | None:
    call = next((each for each in contract.CALLS if each.name == name), None)
    if call is None:
        names = ", ".join(each.name for each in contract.CALLS)
        sentence = f"There is no call of this name; there are {names}."
        return _answer(404, contract.CallError(code="no_such_call", sentence=sentence, who_acts=contract.WhoActs.YOU))
    try:
        call.inputs.model_validate(json.loads(body))
    except ValidationError as wrong:
        return _answer(422, errors.of_arguments(wrong))
    return None


def _answer(status: int, error: contract.CallError) -> Response:
    return JSONResponse({"error": error.model_dump(mode="json"), "detail": error.sentence}, status)
