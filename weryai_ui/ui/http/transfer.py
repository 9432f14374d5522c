"""What the page costs on the wire and in this process: compressed where that helps, kept ready, and not sent again to
a browser that has it."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weryai_ui.i18n import spoken
from weryai_ui.newest import Newest
from weryai_ui.ui.http.request_facts import route_path

COMPRESSION = 5
"""A level above it takes half as long again for a fiftieth of the bytes."""
PAGE_PATH = "/"
FILES = re.compile(r"/(?:assets|static|js)/.+|/favicon\.ico|/examples/[\w-]+\.webp")
"""Files that come with a release. While the app runs they stay as they are, so each is read and compressed once."""
NOT_PASSED_ON = (b"if-none-match", b"if-modified-since", b"accept-encoding")
"""What would make an answer fit one browser only."""
NAMES_OF_THE_APP = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")
"""The headers from which Gradio takes the address that it writes into the page."""
Dress = Callable[[bytes, Scope], bytes]
PAGES_KEPT = 8
"""A page for each language, encoding and name of this app. Anybody can make up names."""


def light(app: ASGIApp, dress: Dress, *, page_is_personal: bool) -> ASGIApp:
    """The app with its texts compressed (clips, sounds and streams are left as they are), its files in memory once
    somebody has asked for them, and its page marked by its content. `dress`: makes the page of what Gradio wrote."""
    compressing = GZipMiddleware(app, minimum_size=1000, compresslevel=COMPRESSION)
    return Kept(compressing, dress, page_is_personal=page_is_personal)


@dataclass(frozen=True)
class Answer:
    """A whole answer: the message that begins it, and its body."""

    start: Message
    body: bytes

    @property
    def etag(self) -> str:
        """The mark of its content, empty without one."""
        return Headers(raw=self.start["headers"]).get("etag", "")

    def with_headers(self, **headers: str) -> Answer:
        """The same with more headers; an underscore stands for a dash."""
        changed = MutableHeaders(raw=list(self.start["headers"]))
        for name, value in headers.items():
            changed[name.replace("_", "-")] = value
        return replace(self, start={**self.start, "headers": changed.raw})

    async def send(self, send: Send, known: str) -> None:
        """Sends it, or nothing but its mark (304) to a browser that knows the mark."""
        there = bool(self.etag) and self.etag in known
        headers = [each for each in self.start["headers"] if not (there and each[0] == b"content-length")]
        await send({**self.start, "status": 304 if there else self.start["status"], "headers": headers})
        await send({"type": "http.response.body", "body": b"" if there else self.body})


class Kept:
    """Answers for the release's files and the page from memory, and marks the page by its content (ETag).

    The page holds all scripts, styles and words, and is the same for everybody until the app changes; Gradio writes it
    anew for each request, which takes longer than anything else that is asked. A page that says who has logged in
    (`page_is_personal`) is not kept.
    """

    def __init__(self, app: ASGIApp, dress: Dress | None = None, *, page_is_personal: bool = False) -> None:
        self._app = app
        self._dress = dress
        self._page_is_personal = page_is_personal
        self._files: dict[tuple[str, str], Answer] = {}
        self._pages: Newest[tuple[object, ...], Answer] = Newest(PAGES_KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, headers = route_path(scope), Headers(raw=scope.get("headers", []))
        encoding = "gzip" if "gzip" in headers.get("accept-encoding", "") else "identity"
        if scope.get("method") != "GET" or not (path == PAGE_PATH or FILES.fullmatch(path)) or "range" in headers:
            await self._app(scope, receive, send)
            return
        if path == PAGE_PATH:
            named = [headers.get(name) for name in NAMES_OF_THE_APP]
            whose = (encoding, spoken(), scope.get("scheme"), scope.get("root_path"), *named)
            answer = self._pages.get(whose) or await self._page(whose, scope, receive, encoding)
        else:
            key = (path, encoding)
            answer = self._files.get(key) or await self._read(key, scope, receive)
        await answer.send(send, headers.get("if-none-match", ""))

    async def _page(self, whose: tuple[object, ...], scope: Scope, receive: Receive, encoding: str) -> Answer:
        # What is asked beside the path is for the page's own scripts.
        page = await _whole(self._app, {**scope, "query_string": b""}, receive, "identity")
        body = page.body if self._dress is None else self._dress(page.body, scope)
        answer = _marked(replace(page.with_headers(content_length=str(len(body))), body=body))
        if not answer.etag:
            return answer
        if encoding != "identity":
            answer = _compressed(answer)
        if not self._page_is_personal:
            self._pages[whose] = answer
        return answer

    async def _read(self, key: tuple[str, str], scope: Scope, receive: Receive) -> Answer:
        answer = await _whole(self._app, scope, receive, key[1])
        # A path that is no file is not kept: anybody can make up as many as they like.
        if answer.start["status"] == 200:
            self._files[key] = answer
        return answer


async def _whole(app: ASGIApp, scope: Scope, receive: Receive, encoding: str) -> Answer:
    """The app's answer, in one piece, to somebody who has nothing of it yet."""
    kept = list[Message]()

    async def keep(message: Message) -> None:
        kept.append(message)

    asked = [(name, value) for name, value in scope["headers"] if name not in NOT_PASSED_ON]
    await app({**scope, "headers": [*asked, (b"accept-encoding", encoding.encode())]}, receive, keep)
    body = b"".join(message.get("body", b"") for message in kept[1:])
    return Answer(kept[0], body).with_headers(content_length=str(len(body)))


def _marked(answer: Answer) -> Answer:
    if answer.start["status"] != 200:
        return answer
    mark = f'W/"{hashlib.sha256(answer.body).hexdigest()[:24]}"'
    return answer.with_headers(etag=mark, cache_control="private, no-cache")


def _compressed(page: Answer) -> Answer:
    body = gzip.compress(page.body, COMPRESSION)
    smaller = page.with_headers(content_encoding="gzip", vary="Accept-Encoding", content_length=str(len(body)))
    return replace(smaller, body=body)
