"""What may reach Gradio from outside, and what every answer says to the browser: one pure ASGI wrapper.

Only what the page and the named endpoints need goes through; every other path is refused, so a route that a new
Gradio brings is closed until somebody opens it here. It stands outside of Gradio's own middleware, which would
else answer other sites before the guard sees them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weryai_ui.i18n import locale_of, say, speaking

log = logging.getLogger(__name__)

BODY_BYTES = 256 * 1024
"""More than any form: 15 links of 2,048 characters and a prompt."""
UPLOAD_BYTES = 64_000_000
BODY_SECONDS = 30.0
"""A body that is no upload has to be here by then."""
UPLOAD_SECONDS = 600.0
LEAST_BYTES_PER_SECOND = 16 * 1024
"""What a body brings on average at least; a slow phone brings three times as much."""
GRACE_SECONDS = 10.0
"""A client may keep silent for so long in all before that is params."""
REQUEST_ID = b"x-request-id"

READS = frozenset({"GET", "HEAD"})
WRITES = frozenset({"POST"})

OPEN_TO_READ = re.compile(
    r"""
      /
    | /(?:config|logout)/?
    | /(?:theme\.css|favicon\.ico|robots\.txt|manifest\.json)
    | /pwa_icon(?:/\d+)?
    | /(?:assets|static)/[\w./@+-]+
    | /login/(?:huggingface|callback)
    | /gradio_api/(?:info|login_check|user|app_id|startup-events|theme\.css|openapi\.json)/?
    | /gradio_api/queue/(?:data|status)
    | /gradio_api/heartbeat/[\w-]+
    | /gradio_api/call/(?!v2/)[\w-]+/[\w-]+
    """,
    re.VERBOSE,
)
OPEN_TO_WRITE = re.compile(
    r"""
      /login/?
    | /gradio_api/queue/join
    | /gradio_api/(?:run|api|call)/[\w-]+/?
    | /gradio_api/(?:component_server|cancel|reset)/?
    """,
    re.VERBOSE,
)
LOGIN_PATH = re.compile(r"/login/?")
"""Its body is a form."""
MAY_BE_KEPT = re.compile(
    r"""
      /(?:assets|static|examples)/.+
    | /(?:theme\.css|favicon\.ico|robots\.txt|manifest\.json)
    | /pwa_icon(?:/\d+)?
    | /uploads/.+
    | /sandbox/media/.+
    """,
    re.VERBOSE,
)
"""What a browser may keep: files of a release, and a visitor's files and videos under names that nobody can guess."""
PAGE_PATH = "/"
WHOLE_ANSWERS = frozenset({200, 206, 304})
OF_A_FILE = {408: "upload.too_slow", 413: "upload.too_large"}
NO_STORE = (b"cache-control", b"no-store")
REFUSED_BY_NAME = (
    "/gradio_api/deep_link",
    "/gradio_api/proxy=https://example.com/a.png",
    "/gradio_api/file=https://example.com/a.png",
    "/gradio_api/file/https://example.com/a.png",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file/app.py",
    "/gradio_api/upload",
    "/gradio_api/upload_progress",
    "/gradio_api/mcp/sse",
    "/gradio_api/call/v2/generate",
    "/gradio_api/token",
    "/gradio_api/dev/reload",
    "/gradio_api/runs",
    "/gradio_api/run-history/buckets",
    "/gradio_api/run-history/records",
    "/gradio_api/process_recording",
    "/gradio_api/vibe-edit",
    "/gradio_api/undo-vibe-edit",
    "/gradio_api/vibe-code",
    "/gradio_api/vibe-starter-queries",
    "/gradio_api/profiling/traces",
    "/gradio_api/custom_component/1/client/component/index.js",
    "/gradio_api/stream/a/b/1/playlist.m3u8",
    "/monitoring",
    "/monitoring/summary",
    "/svelte/index.js",
    "/openapi.json",
    "/docs",
    "/redoc",
)
"""What each version of Gradio so far leaves open to anybody; the tests knock at each. Nothing asks this list."""

# Gradio's page needs inline scripts and eval; connect-src still keeps what a script reads from leaving.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob: https:",
    "media-src": "'self' blob: https:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), serial=(), usb=()"
)
SPACES_FRAMES = ("https://huggingface.co",)


@dataclass(frozen=True)
class Rules:
    """What differs from app to app.

    `own`: paths of this app's own routes, each open with everything below it, with bodies up to `UPLOAD_BYTES`.
    `weighing`: those of them that refuse a body by its announced length themselves, in the words of their page; there
    the guard says so of a body that is too large or too slow as well, as `{"refused": sentence}`.
    `tools`: paths of entrances for agents, open likewise, with bodies as for Gradio's own.
    `frames`: the origins that may show the page in a frame. `media`: origins of results beside https.
    `page_is_personal`: the page itself says who has logged in.
    """

    own: tuple[str, ...] = ()
    weighing: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    page_is_personal: bool = False

    def may_be_kept(self, path: str) -> bool:
        """Whether a browser may keep what this path answers. Everything else is somebody's own."""
        if path == PAGE_PATH:
            return not self.page_is_personal
        return MAY_BE_KEPT.fullmatch(path) is not None

    @property
    def policy(self) -> str:
        """The Content-Security-Policy of the page."""
        media = "".join(f" {origin}" for origin in self.media)
        parts = {
            **_POLICY,
            "img-src": _POLICY["img-src"] + media,
            "media-src": _POLICY["media-src"] + media,
            "frame-ancestors": " ".join(("'self'", *self.frames)) if self.frames else "'none'",
        }
        return "; ".join(f"{name} {value}" for name, value in parts.items())


@dataclass(frozen=True)
class Arrival:
    """How slowly a body may come: seconds in all, and the bytes a second after a `grace`."""

    seconds: float
    bytes_per_second: float = LEAST_BYTES_PER_SECOND
    grace: float = GRACE_SECONDS

    def left(self, waited: float, read: int) -> float:
        """Seconds that the client may still keep this app waiting, after so many waited and bytes read."""
        return min(self.seconds, self.grace + read / self.bytes_per_second) - waited


ARRIVAL = Arrival(BODY_SECONDS)
UPLOAD_ARRIVAL = Arrival(UPLOAD_SECONDS)


class Guard:
    """Refuses, caps and adds headers around an ASGI app; everything that is let through is passed on untouched."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules
        self._headers = _headers(rules)

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
            body = _Body(receive, headers, *((UPLOAD_BYTES, UPLOAD_ARRIVAL) if own else (BODY_BYTES, ARRIVAL)))
            if body.announced is None or (body.announced > body.cap and not _is_below(path, self._rules.weighing)):
                refusal = 413, "The request is too large."
            else:
                refusal = await self._pass_on(scope, headers, body, answer, streamed=own)
        if refusal is not None:
            of_a_file = refusal[0] in OF_A_FILE and _is_below(path, self._rules.weighing)
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
        return _is_below(path, self._rules.own)

    def _is_open(self, method: str, path: str) -> bool:
        if self._is_own(path) or _is_below(path, self._rules.tools):
            return True
        if method in READS:
            return bool(OPEN_TO_READ.fullmatch(path))
        return method in WRITES and bool(OPEN_TO_WRITE.fullmatch(path))

    async def _pass_on(
        self, scope: Scope, headers: list[tuple[bytes, bytes]], body: _Body, answer: _Answer, *, streamed: bool
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
            await self._app(inner, body.receive, send)
        except Exception:
            if body.refusal is None:
                raise
        return body.refusal


class _Body:
    """A request's body up to a cap, and no slower than it may be; beyond that the app sees a caller that has gone."""

    def __init__(
        self, receive: Receive, headers: Iterable[tuple[bytes, bytes]], cap: int, arrival: Arrival = ARRIVAL
    ) -> None:
        self.cap = cap
        self.refusal: tuple[int, str] | None = None
        self.announced = _announced(headers)
        self._receive = receive
        self._arrival = arrival
        self._read = 0
        self._waited = 0.0
        self._kept: Message | None = None
        self._is_whole = False

    async def read_all(self) -> None:
        """Takes the whole body in, to be given out by `receive` as one message."""
        blocks, more = [], True
        while more and self.refusal is None:
            message = await self._take()
            blocks.append(message.get("body", b""))
            more = message["type"] == "http.request" and message.get("more_body", False)
            if message["type"] == "http.disconnect":
                self._kept = message
                return
        self._kept = {"type": "http.request", "body": b"".join(blocks), "more_body": False}

    @property
    def whole(self) -> bytes:
        """What `read_all` took in."""
        return bytes((self._kept or {}).get("body", b""))

    async def receive(self) -> Message:
        """The next message for the app."""
        if self._kept is not None:
            kept, self._kept = self._kept, None
            return kept
        return await self._take()

    async def _take(self) -> Message:
        if self._is_whole:
            # What comes now is the end of the connection, for which nobody has a time.
            return await self._receive()
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._arrival.left(self._waited, self._read)):
                message = await self._receive()
        except TimeoutError:
            return self._refuse(408, "The request took too long.")
        # Only what the client keeps this app waiting is counted, and not what this app takes to write it down.
        self._waited += time.monotonic() - began
        self._read += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return self._refuse(413, "The request is too large.") if self._read > self.cap else message

    def _refuse(self, status: int, words: str) -> Message:
        self.refusal = (status, words)
        return {"type": "http.disconnect"}


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


def _is_below(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith(root + "/") for root in roots)


def route_path(scope: Scope) -> str:
    """The path as Starlette will match it: decoded once, without the prefix that a proxy may have left on it."""
    path: str = scope.get("path", "")
    prefix = urlsplit(scope.get("root_path", "")).path.rstrip("/")
    if prefix and (path == prefix or path.startswith(prefix + "/")):
        return path[len(prefix) :] or "/"
    return path


def _as_the_page_says(status: int, headers: Iterable[tuple[bytes, bytes]]) -> tuple[int, str, bytes]:
    """A refusal as the page shows it at a file, in its visitor's language."""
    with speaking(locale_of(dict(headers).get(b"accept-language", b"").decode("latin-1"))):
        return status, json.dumps({"refused": say(OF_A_FILE[status])}), b"application/json"


def is_canonical(path: str) -> bool:
    """Whether a path has one reading only. What could be read in another way is refused, not repaired."""
    if not path.startswith("/") or "//" in path or "\\" in path or "%" in path or ";" in path:
        return False
    if any(segment in (".", "..") for segment in path.split("/")):
        return False
    return path.isprintable()


def is_plain_json(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bool:
    """Whether a body is announced as JSON, is JSON, and holds none of Gradio's file objects.

    For each of those Gradio would fetch the link inside, whoever sent it. Another content type may be a form with
    files, or a request that a foreign page can make without asking.
    """
    kinds = [value.split(b";")[0].strip().lower() for name, value in headers if name == b"content-type"]
    if kinds != [b"application/json"]:
        return False
    try:
        return not any("path" in each and "meta" in each for each in _objects(json.loads(body)))
    except (ValueError, RecursionError):
        return False


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def is_foreign(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a browser says that the request comes from another site.

    A program that is no browser says nothing and counts as ours: it has no visitor's cookies to misuse.
    """
    found = {name: value.decode("latin-1").strip() for name, value in headers}
    origin = found.get(b"origin")
    if origin is not None:
        hosts = {found.get(b"host", ""), found.get(b"x-forwarded-host", "").split(",")[0].strip()}
        return _host_of(origin) not in {_without_usual_port(host) for host in hosts if host}
    return found.get(b"sec-fetch-site", "none") == "cross-site"


def _host_of(origin: str) -> str | None:
    scheme, separator, rest = origin.partition("://")
    if not separator or scheme.lower() not in ("http", "https") or "/" in rest:
        return None
    return _without_usual_port(rest)


def _without_usual_port(host: str) -> str:
    return re.sub(r":(?:80|443)$", "", host.lower())


def _announced(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """The body's length by its header, 0 when there is none, None when it is no number."""
    lengths = [value for name, value in headers if name == b"content-length"]
    if not lengths:
        return 0
    return int(lengths[0]) if len(set(lengths)) == 1 and re.fullmatch(rb"\d{1,15}", lengths[0]) else None


def _own_headers(scope: Scope, request_id: str) -> list[tuple[bytes, bytes]]:
    """The request's headers with our own id, whatever the caller called it."""
    kept = [(name, value) for name, value in scope["headers"] if name != REQUEST_ID]
    return [*kept, (REQUEST_ID, request_id.encode())]


def _headers(rules: Rules) -> list[tuple[bytes, bytes]]:
    said = {
        "content-security-policy": rules.policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": PERMISSIONS,
        "x-frame-options": "" if rules.frames else "DENY",
    }
    return [(name.encode(), value.encode()) for name, value in said.items()]
