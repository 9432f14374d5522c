"""The calls as tools for agents: MCP by streamable HTTP, with the contract's schemas and answers as structured content.

Each request stands for itself: no session is kept, and no stream is held open. Gradio's own server of tools answers
with Python's text and would hold a call for as long as it takes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import gradio as gr
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send

from weryai_ui.ui.agents import contract
from weryai_ui.ui.agents.calls import Asked, Calls, as_json
from weryai_ui.ui.http.basic_login import login_in
from weryai_ui.ui.http.caller import caller_of

NAME = "weryai-studio"
INSTRUCTIONS = (
    "Makes videos from a prompt and reference images, clips and sounds. 1. check the request. 2. generate it, which "
    "by itself goes to the free sandbox; send_to my-key or owner-key spends WeryAI credits, so ask your person first. "
    "3. wait until done. Make a visitor token once and pass it every time; pass press (the idempotency key) to be able "
    "to repeat a call whose answer was lost."
)
BY_POST = "This is an entrance for agents (MCP, streamable HTTP): it takes POST. Its tools are listed at …/mcp/schema."


class Tools:
    """An ASGI app; `run` has to be entered before the first request."""

    def __init__(self, calls: Calls) -> None:
        self._calls = {each.name: each for each in contract.CALLS}
        self._answer = calls.answer
        self._server: Server[Any, Any] = Server(NAME, instructions=INSTRUCTIONS)
        untyped: Any = self._server
        listed: Callable[..., Any] = untyped.list_tools()
        # The contract judges, in sentences.
        called: Callable[..., Any] = untyped.call_tool(validate_input=False)
        listed(self._list)
        called(self._call)
        self._manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)

    def run(self) -> AbstractAsyncContextManager[None]:
        """Serves for as long as it is entered."""
        return self._manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET" and scope["path"].rstrip("/").endswith("/schema"):
            tools = [each.model_dump(mode="json", exclude_none=True) for each in await self._list()]
            await JSONResponse(tools)(scope, receive, send)
        elif scope["method"] == "POST":
            await self._manager.handle_request(scope, receive, send)
        else:
            await PlainTextResponse(BY_POST, 405, headers={"Allow": "POST"})(scope, receive, send)

    async def _list(self) -> list[types.Tool]:
        return [_tool(each) for each in contract.CALLS]

    async def _call(self, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        call = self._calls.get(name)
        if call is None:
            raise ValueError(f"There is no tool of this name; there are {', '.join(self._calls)}.")
        answer = await self._answer(call, arguments, _asked(self._server.request_context.request))
        data = as_json(answer)
        # What was waited for and failed is an answer all the same.
        failed = answer.error is not None and not data.get("done")
        text = types.TextContent(type="text", text=json.dumps(data, ensure_ascii=False))
        return types.CallToolResult(content=[text], structuredContent=data, isError=failed)


def _asked(request: Request | None) -> Asked:
    login = None if request is None else login_in(request.scope)
    return Asked(caller_of(None if request is None else gr.Request(request, username=login)), request)


def _tool(call: contract.Call) -> types.Tool:
    hints = types.ToolAnnotations(
        title=call.title,
        readOnlyHint=call.reads,
        destructiveHint=call.destroys,
        idempotentHint=call.repeats,
        openWorldHint=call.open_world,
    )
    return types.Tool(
        name=call.name,
        title=call.title,
        description=call.description,
        inputSchema=call.inputs.model_json_schema(),
        outputSchema=call.output.model_json_schema(mode="serialization"),
        annotations=hints,
    )
