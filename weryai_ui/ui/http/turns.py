"""Gives each request its turn in the pool of its kind, before anything is done about it.

What Gradio does by itself, before it calls a handler, costs more processor time than many an answer.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import gradio as gr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weryai_ui.access import visitors
from weryai_ui.i18n import locale_of, speaking
from weryai_ui.jobs.arrivals import Arrivals
from weryai_ui.sandbox.keys import Keys
from weryai_ui.store.records import SendTo
from weryai_ui.ui.http.caller import VISITOR_HEADER
from weryai_ui.ui.http.params import text
from weryai_ui.ui.http.pools import Line, Pools, Size, TooMany, Who
from weryai_ui.ui.http.request_facts import route_path
from weryai_ui.ui.http.rules import READS

SIZES: Final[Mapping[str, Size]] = MappingProxyType(
    {
        "page": Size(2, 2, waiting=256, waiting_of_visitor=64, every_s=0.25, burst=40, line=Line.LIGHT),
        # An open page asks for its board once in 0.7 s at most, and checks once in 0.15 s while somebody types.
        "board": Size(2, 1, waiting=256, every_s=0.25, burst=12, line=Line.LIGHT),
        "check": Size(2, 1, every_s=0.15, burst=20, line=Line.LIGHT),
        "question": Size(4, 2, waiting=128, every_s=0.1, burst=20, line=Line.LIGHT),
        "text": Size(1, 1, every_s=3.0, burst=6, line=Line.HEAVY),
        "export": Size(1, 1, waiting=16, waiting_of_visitor=1, line=Line.HEAVY),
        "example": Size(2, 1, waiting_of_visitor=2),
        # `weryai_ui.files.storage` refuses the fifth of a visitor; of an address it lets one more arrive, for a cut.
        "arrival": Size(20, 5, waiting=192, patience_s=60, newcomers_every_s=1.0, newcomers=20),
        "file": Size(2, 1, patience_s=120),
        "cut": Size(1, 1, waiting=32, waiting_of_visitor=2, patience_s=60, newcomers_every_s=1.0),
        "link": Size(2, 1, waiting=16, waiting_of_visitor=4, patience_s=60, every_s=1.0),
        # Each makes a hash that takes 50 ms and 16 MB, so that nobody makes many.
        "moving": Size(
            1, 1, waiting=16, waiting_of_visitor=2, every_s=2.0, burst=5, newcomers_every_s=2.0, newcomers=20
        ),
        "callback": Size(4, 4, waiting=256, waiting_of_visitor=64),
        "sandbox": Size(2, 1, waiting_of_visitor=16, every_s=0.1, burst=20, line=Line.HEAVY),
        "sandbox file": Size(8, 4, waiting=16, patience_s=60),
        # A tool may wait for a film, without a thread; with its turn it answers within a minute.
        "tool": Size(96, 48, waiting=32, waiting_of_visitor=24, patience_s=8),
        "wait": Size(32, 4, waiting=32, patience_s=8),
        "again": Size(32, 2),
        # Each brings up to four submissions, which the server sends by itself.
        "plan": Size(2, 1, waiting=32, every_s=4.0, burst=5, newcomers_every_s=2.0, line=Line.HEAVY),
        **{f"prepare {send_to}": Size(8, 2, every_s=0.2) for send_to in SendTo},
        **{f"balance {send_to}": Size(8, 1, waiting_of_visitor=2) for send_to in SendTo},
        # A service that hangs keeps a submission for a minute and a half.
        **{f"submit {send_to}": Size(64, 16, waiting=128) for send_to in SendTo},
        f"submit {SendTo.SANDBOX}": Size(
            2, 1, waiting=128, every_s=1.0, burst=20, newcomers_every_s=0.5, line=Line.HEAVY
        ),
    }
)
"""Each kind of work with its pool. Kinds whose work waits for a service have one for each destination."""
BY_DESTINATION: Final = ("prepare", "submit", "balance")
KIND_OF_PATH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "board": "board",
        "submission": "question",
        "check": "check",
        "webhook": "callback",
        "unresolved": "again",
        "adopt": "again",
    }
)
"""By the first part of the path of a route of our own."""
KIND_OF_QUESTION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "export_history": "export",
        "read_pasted": "text",
        "open_shared": "text",
        "share_form": "text",
        "use_example": "example",
        "cut_upload": "cut",
        "fit_upload": "file",
        "use_kept": "file",
        "continue_film": "file",
        "continue_seconds": "cut",
        "join_films": "file",
        "reach_link": "link",
        "offer_move": "moving",
        "take_move": "moving",
        "join_history": "moving",
        "balance": "balance",
        "check_plan": "check",
        "start_plan": "plan",
        "go_on_with_plan": "plan",
    }
)
"""By the name of the function that a widget's script calls; all others are plain questions to the store."""
REFUSED_AFTER_S = 2.0
"""A client that asks again at once has to wait for this, which costs nothing."""
BODY_BYTES = 64 * 1024
"""Of a body that is no upload so much is looked at for a visitor; Gradio's have come as a whole before."""
EVENT = re.compile(r"/gradio_api/(?:run|api)/[\w-]+/?")
QUESTION = re.compile(r"/gradio_api/component_server/?")
TOOL = re.compile(r"/gradio_api/mcp(?:/.*)?")
FREE = re.compile(
    r"/(?:assets|static|js|kept)/.*|/zip|/r/[^/]+/.+|/favicon\.ico|/healthz|/readyz"
    r"|/gradio_api/(?:heartbeat|queue/data|call)/.*"
)
"""What is in memory, and streams, of which the connections are counted. Files of `uploads` have turns of their own."""


def new_pools() -> Pools:
    """The pools of one server."""
    return Pools(SIZES)


@dataclass(frozen=True)
class Event:
    """An event of the page: the kind of work that it is, and the names of the values that it comes with."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Asked:
    """What a request asks for: the kind of work, and what it says of the visitor, the language and the submission."""

    kind: str
    visitor: str = ""
    language: str = ""
    key: str = ""

    @classmethod
    def of(cls, kind: str, values: object, send_to: str = "send_to") -> _Asked:
        """Read from the values that a script sent, whatever they are."""
        pool = to(kind, text(values, send_to)) if kind in BY_DESTINATION else kind
        return cls(pool, text(values, "visitor"), text(values, "language"), text(values, "idempotency_key"))


class Turns:
    """Around the app, inside the guard. `events` by their number. A submission that waits for its turn has arrived."""

    def __init__(
        self, app: ASGIApp, pools: Pools, events: Mapping[int, Event], arrivals: Arrivals, sandbox_keys: Keys
    ) -> None:
        self._app = app
        self._pools = pools
        self._events = events
        self._arrivals = arrivals
        self._sandbox_keys = sandbox_keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = route_path(scope)
        request = Request(scope)
        if scope["type"] != "http" or self._is_free(path, request):
            await self._app(scope, receive, send)
            return
        begun = _Begun(receive)
        asked = await self._asked(path, scope["method"], begun)
        if asked is None:
            await self._app(scope, begun.receive, send)
            return
        visitor = asked.visitor or request.headers.get(VISITOR_HEADER, "")
        arrived = self._arrivals.noted(visitor, asked.key) if asked.key else nullcontext()
        with arrived, speaking(locale_of(asked.language or request.headers.get("accept-language"))):
            try:
                async with self._pools.place(asked.kind, who_asks(request, visitor)) as done:
                    await self._app(scope, begun.receive, _told_of_the_answer(send, done))
            except TooMany as refused:
                await (await as_answer(refused))(scope, receive, send)

    def _is_free(self, path: str, request: Request) -> bool:
        if path.startswith("/sandbox/"):
            # This app's own calls have had their turn, as a submission.
            return "/media/" in path or self._sandbox_keys.is_of_the_app(_bearer(request))
        return path.startswith(("/uploads", "/gradio_api/upload")) or FREE.fullmatch(path) is not None

    async def _asked(self, path: str, method: str, begun: _Begun) -> _Asked | None:
        """None for a named endpoint, which takes its turn itself."""
        first = path.split("/")[1]
        if first == "sandbox":
            return _Asked("sandbox file" if path.endswith("/upload-file") else "sandbox")
        if TOOL.fullmatch(path):
            return _Asked("tool")
        if method in READS or first == "webhook":
            return _Asked(KIND_OF_PATH.get(first, "page"))
        body = _read(await begun.body(BODY_BYTES))
        if QUESTION.fullmatch(path):
            return _Asked.of(KIND_OF_QUESTION.get(text(body, "fn_name"), "question"), body.get("data"))
        if not EVENT.fullmatch(path):
            return _Asked.of(KIND_OF_PATH.get(first, "page"), body)
        number, data = body.get("fn_index"), body.get("data")
        event = self._events.get(number) if isinstance(number, int) else None
        if event is None or not isinstance(data, list):
            return None
        return _Asked.of(event.kind, dict(zip(event.names, data, strict=False)), "send-to")


def to(kind: str, send_to: str) -> str:
    """The pool of a kind of work that goes to a destination; what names none counts as the sandbox's."""
    return f"{kind} {send_to if send_to in set(SendTo) else SendTo.SANDBOX}"


def who_asks(request: Request | gr.Request | None, token: str) -> Who:
    """Whose share a request takes: what is no visitor's token names nobody."""
    client = getattr(request, "client", None)
    return Who.of(token if visitors.is_token(token) else "", client.host if client else "")


async def as_answer(refused: TooMany) -> JSONResponse:
    """A refusal as an answer, a moment later."""
    await asyncio.sleep(REFUSED_AFTER_S)
    said = {"refused": str(refused), "error": str(refused)}  # by our own name and by Gradio's
    return JSONResponse(said, 429, headers={"Retry-After": str(refused.retry_after)})


def _told_of_the_answer(send: Send, told: Callable[[], None]) -> Send:
    """What is left once an answer begins is sending, however slowly it is read."""

    async def sent(message: Message) -> None:
        told()
        await send(message)

    return sent


class _Begun:
    """A body of which the beginning was looked at; the app receives it all the same."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._taken: list[Message] = []

    async def body(self, most: int) -> bytes:
        """The body, or as much of it as has come once it is larger than `most`."""
        found, more = b"", True
        while more and len(found) <= most:
            message = await self._receive()
            self._taken.append(message)
            found += message.get("body", b"")
            more = message["type"] == "http.request" and message.get("more_body", False)
        return found

    async def receive(self) -> Message:
        return self._taken.pop(0) if self._taken else await self._receive()


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").rpartition(" ")[2]


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
