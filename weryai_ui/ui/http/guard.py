"""Refuses, caps and adds headers to what comes from outside: one pure ASGI wrapper.

It stands outside of Gradio's own middleware, which would else answer other sites before the guard sees them.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from collections.abc import Iterable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weryai_ui.i18n import locale_of, say, speaking
from weryai_ui.ui.http.bodies import ARRIVAL, BODY_BYTES, UPLOAD_ARRIVAL, UPLOAD_BYTES, Body
from weryai_ui.ui.http.request_facts import is_canonical, is_foreign, is_plain_json, route_path
from weryai_ui.ui.http.rules import OPEN_TO_READ, OPEN_TO_WRITE, READS, WRITES, Rules, answer_headers, is_below
from weryai_ui.ui.own_address import asked_by

log = logging.getLogger(__name__)
REQUEST_ID = b"x-request-id"
LOGIN_PATH = re.compile(r"/login/?")
"""Its body is a form."""
WHOLE_ANSWERS = frozenset({200, 206, 304})
OF_A_FILE = {408: "upload.too_slow", 413: "upload.too_large"}
NO_STORE = (b"cache-control", b"no-store")


class Guard:
    """Refuses, caps and adds headers around an ASGI app; everything that is let through is passed on untouched."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules
        self._headers = answer_headers(rules)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        path = route_path(scope)
        answer = _Answer(send, self._headers, may_be_kept=self._rules.may_be_kept(path))
        headers = _own_headers(scope, answer.request_id)
        refusal = self._refusal(scope["method"], path, headers)
        if refusal is None:
            own = self._is_own(path)
            weighs = is_below(path, self._rules.weighing)
            cap = max(self._rules.arrival_bytes * weighs, UPLOAD_BYTES)
            body = Body(receive, headers, *((cap, UPLOAD_ARRIVAL) if own else (BODY_BYTES, ARRIVAL)))
            if body.announced is None or (body.announced > body.cap and not weighs):
                refusal = 413, "The request is too large."
            else:
                refusal = await self._pass_on(scope, headers, body, answer, streamed=own)
        if refusal is not None:
            of_a_file = refusal[0] in OF_A_FILE and is_below(path, self._rules.weighing)
            await answer.refuse(*(_as_the_page_says(refusal[0], headers) if of_a_file else refusal))
            log.info("refused request=%s method=%s status=%d", answer.request_id, scope["method"], refusal[0])
        log.debug(
            "answered request=%s method=%s path=%r status=%s seconds=%.3f",
            answer.request_id,
            scope["method"],
            path.partition("=")[0],
            answer.status,
            time.monotonic() - started,
        )

    def _refusal(self, method: str, path: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, str] | None:
        foreign = is_foreign(headers)
        if method not in READS and foreign:
            return 403, "This request comes from another site."
        if not (is_canonical(path) and self._is_open(method, path)):
            return 404, "Not found."
        if foreign:
            # Gradio would let another site's script read the answer, with the visitor's cookies.
            headers[:] = [(name, value) for name, value in headers if name != b"origin"]
        return None

    def _is_own(self, path: str) -> bool:
        return is_below(path, self._rules.own)

    def _is_open(self, method: str, path: str) -> bool:
        if self._is_own(path) or is_below(path, self._rules.tools):
            return True
        if method in READS:
            return bool(OPEN_TO_READ.fullmatch(path))
        return method in WRITES and bool(OPEN_TO_WRITE.fullmatch(path))

    async def _pass_on(
        self, scope: Scope, headers: list[tuple[bytes, bytes]], body: Body, answer: _Answer, *, streamed: bool
    ) -> tuple[int, str] | None:
        """Hands the request to the app; a refusal when its body is too large or too late."""
        inner = {**scope, "headers": headers}
        if not streamed and scope["method"] not in READS:
            await body.read_all()
            if body.refusal is not None:
                return body.refusal
            has_body = bool(body.whole) or scope["method"] in WRITES
            if has_body and not LOGIN_PATH.fullmatch(route_path(scope)) and not is_plain_json(headers, body.whole):
                return 400, "This takes JSON, and no files."

        async def send(message: Message) -> None:
            # An app that was cut off in the middle of a body takes the caller for gone; the refusal below says why.
            if body.refusal is None or answer.status is not None:
                await answer.send(message)

        try:
            with asked_by(inner):
                await self._app(inner, body.receive, send)
        except Exception:
            if body.refusal is None:
                raise
        return body.refusal


class _Answer:
    """The way out: adds the headers, and can refuse as long as nothing has left."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]], *, may_be_kept: bool) -> None:
        self.request_id = secrets.token_hex(6)
        self.status: int | None = None
        self._send = send
        self._headers = headers
        self._may_be_kept = may_be_kept
        self._refused = False

    async def send(self, message: Message) -> None:
        """Passes a message of the app on, the first one with the guard's headers."""
        if self._refused:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._with_ours(message.get("headers", ()))}
        await self._send(message)

    async def refuse(self, status: int, words: str, kind: bytes = b"text/plain; charset=utf-8") -> None:
        """Answers in the app's place, unless an answer has begun."""
        if self.status is None:
            text = words.encode()
            headers = [(b"content-type", kind), (b"content-length", str(len(text)).encode())]
            await self.send({"type": "http.response.start", "status": status, "headers": headers})
            await self.send({"type": "http.response.body", "body": text})
        self._refused = True

    def _with_ours(self, theirs: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        if not (self._may_be_kept and self.status in WHOLE_ANSWERS):
            theirs = [*(header for header in theirs if header[0].lower() != NO_STORE[0]), NO_STORE]
        # A route of ours that sets one of these itself means a stricter one.
        given = {name.lower() for name, _ in theirs}
        ours = [(name, value) for name, value in self._headers if value and name not in given]
        return [*theirs, *ours, (REQUEST_ID, self.request_id.encode())]


# --- pure ------------------------------------------------------------------------------------------


def _as_the_page_says(status: int, headers: Iterable[tuple[bytes, bytes]]) -> tuple[int, str, bytes]:
    """A refusal as the page shows it at a file, in its visitor's language."""
    with speaking(locale_of(dict(headers).get(b"accept-language", b"").decode("latin-1"))):
        return status, json.dumps({"refused": say(OF_A_FILE[status])}), b"application/json"


def _own_headers(scope: Scope, request_id: str) -> list[tuple[bytes, bytes]]:
    """The request's headers with our own id, whatever the caller called it."""
    kept = [(name, value) for name, value in scope["headers"] if name != REQUEST_ID]
    return [*kept, (REQUEST_ID, request_id.encode())]
