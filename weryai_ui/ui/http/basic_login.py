"""Logins for programs: a name and a password as HTTP has them (Basic), beside Gradio's own form with its cookie.

Programs and agents have neither form nor cookie. What comes with a right login is given the cookie that Gradio asks
for; at the agents' entrance, which Gradio leaves open, what comes without one is refused with a sentence.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable

from gradio.routes import App
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from weryai_ui.ui.http.request_facts import route_path

REFUSAL = (
    "This server asks programs for one of its logins: send Authorization: Basic with the base64 of name:password, "
    "the same that open the page."
)
LOGIN = "weryai_ui.login"
"""Where the name of a right login stands in a request's scope; nothing from outside can write there."""


class BasicLogin:
    """The app with Basic logins; everything below `agents` only with one."""

    def __init__(self, app: ASGIApp, gradio: App, agents: str, login: Callable[[str, str], bool]) -> None:
        self._app = app
        self._gradio = gradio
        self._agents = agents
        self._login = login
        self._tokens: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        header = Headers(scope=scope).get("authorization", "") if scope["type"] == "http" else ""
        scheme, _, coded = header.partition(" ")
        if scheme.lower() == "basic":
            name, password = credentials(coded)
            right: bool = await run_in_threadpool(self._login, name, password)
            if not right:
                await _refuse(scope, receive, send)
                return
            headers = [*_without_cookies(scope), (b"cookie", self._cookie(name).encode())]
            scope = {**scope, "headers": headers, LOGIN: name}
        elif scope["type"] == "http" and f"{route_path(scope)}/".startswith(f"{self._agents}/"):
            await _refuse(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _cookie(self, name: str) -> str:
        """Gradio's cookie of a login, the same for all of its calls."""
        token = self._tokens.setdefault(name, secrets.token_urlsafe(32))
        self._gradio.tokens[token] = name
        return _cookie_of(self._gradio, token)


def login_in(scope: Scope) -> str | None:
    """Whose login a request came with by Basic, once it was found right; None without one."""
    name = scope.get(LOGIN)
    return name if isinstance(name, str) else None


def credentials(coded: str) -> tuple[str, str]:
    """Name and password in the base64 of a Basic header; empty texts when it is anything else."""
    try:
        name, _, password = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password


def _cookie_of(gradio: App, token: str) -> str:
    return f"access-token-unsecure-{gradio.cookie_id}={token}"


def _without_cookies(scope: Scope) -> list[tuple[bytes, bytes]]:
    return [header for header in scope["headers"] if header[0] != b"cookie"]


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"WWW-Authenticate": 'Basic realm="studio", charset="UTF-8"'}
    await PlainTextResponse(REFUSAL, 401, headers=headers)(scope, receive, send)
