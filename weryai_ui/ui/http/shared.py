"""Shared pages: `GET /r/<token>`, its films and pictures below it; friendly and equally slow where there is none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from weryai_ui.errors import DatabaseAway
from weryai_ui.i18n import Locale, locale_of, say, speaking
from weryai_ui.service import Service
from weryai_ui.service.sharing import SharedFile, TooManyLinks
from weryai_ui.ui.http.caller import address_of
from weryai_ui.ui.http.kept import as_object, poster
from weryai_ui.ui.http.ranges import AWAY, answer
from weryai_ui.ui.kept import POSTER, SHARED_PATH
from weryai_ui.ui.own_address import base_url
from weryai_ui.ui.shared.content import content
from weryai_ui.ui.shared.document import FOLDER, Document

AT_LEAST_S = 0.05
"""An answer about a page takes at least so long, whether there is one or not."""
NOT_KEPT = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}
"""What is stopped is gone from a browser too, and the link is told to nobody."""
R = TypeVar("R")


def routes(service: Service) -> list[Route]:
    """`GET /r/<token>`, `GET /r/<token>/<copy>`, `…/poster`, and the script that plays films in step."""
    answers = _Answers(service.settings.embed_hosts)

    async def show(request: Request) -> Response:
        async def found() -> Response:
            page = await run_in_threadpool(service.sharing.open, request.path_params["token"], address_of(request))
            if page is None:
                return answers.gone(404, locale)
            asked = request.path_params["token"], base_url(service, request), service.settings.models, locale
            return answers.page(content(page, *asked))

        locale = locale_of(request.headers.get("accept-language"))
        began = time.monotonic()
        with speaking(locale):
            answered = await _or_friendly(answers, found, locale)
        await asyncio.sleep(max(0.0, AT_LEAST_S - (time.monotonic() - began)))
        return answered

    async def show_file(request: Request) -> Response:
        async def found() -> Response:
            asked = request.path_params["token"], request.path_params["copy"], address_of(request)
            on_it = await run_in_threadpool(service.sharing.file, *asked)
            if on_it is None:
                return Response(status_code=404, headers=NOT_KEPT)
            return await _file(service, on_it, request)

        return await _or_friendly(answers, found)

    async def script(_request: Request) -> Response:
        return FileResponse(FOLDER / "step.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    base = f"/{SHARED_PATH}"
    return [
        Route(f"{base}/step.js", script),
        Route(f"{base}/{{token}}", show),
        Route(f"{base}/{{token}}/{{copy}}", show_file),
        Route(f"{base}/{{token}}/{{copy}}/{POSTER}", show_file),
    ]


async def _file(service: Service, found: SharedFile, request: Request) -> Response:
    if request.url.path.endswith(f"/{POSTER}"):
        # A chat app fetches it from a page of its own.
        said = {**NOT_KEPT, "Cross-Origin-Resource-Policy": "cross-origin"}
        return await run_in_threadpool(poster, service.storage, found.copy, said)
    download = "download" in request.query_params
    said_of_it = as_object(found.intent, found.copy, download=download, with_words=found.shows_prompt)
    return await answer(service.storage, said_of_it, request, NOT_KEPT)


async def _or_friendly(
    answers: _Answers, found: Callable[[], Awaitable[Response]], locale: Locale = Locale.EN
) -> Response:
    try:
        return await found()
    except TooManyLinks as slow:
        return answers.gone(429, locale, {"Retry-After": str(slow.seconds)})
    except DatabaseAway:
        return answers.gone(503, locale, AWAY)


class _Answers:
    """The document (`Document`) as answers, with the headers that it may say."""

    def __init__(self, embed_hosts: Sequence[str]) -> None:
        self._document = Document()
        policy = {
            "default-src": "'none'",
            **dict.fromkeys(("img-src", "media-src", "script-src"), "'self'"),
            "style-src": f"'sha256-{self._document.style_digest}'",
            **dict.fromkeys(("base-uri", "form-action"), "'none'"),
            "frame-ancestors": " ".join(embed_hosts) or "'none'",
        }
        self._headers = {
            **NOT_KEPT,
            "Vary": "Accept-Language",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        }
        if embed_hosts:
            self._headers["X-Frame-Options"] = ""

    def page(self, said: Mapping[str, Any]) -> Response:
        """A page with results."""
        return self._answer(said, 200)

    def gone(self, status: int, locale: Locale, headers: Mapping[str, str] | None = None) -> Response:
        """A page that says that there is none, or none now."""
        said = {
            "locale": locale.value,
            "title": say(f"gone.{status}_title"),
            "gone": say(f"gone.{status}_text"),
        }
        return self._answer(said, status, headers)

    def _answer(self, said: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
        return HTMLResponse(self._document.html(said), status, {**self._headers, **(headers or {})})
