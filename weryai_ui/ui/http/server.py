"""Serves the page, the sandbox and the app's own routes from one port."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import gradio as gr
from gradio.routes import App
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from weryai_ui.access.policy import SendTo
from weryai_ui.errors import SettingsError
from weryai_ui.jobs.serving import Stage
from weryai_ui.sandbox.server import create_app
from weryai_ui.service import Service
from weryai_ui.settings import Network, Settings
from weryai_ui.ui import page, recorded, theme
from weryai_ui.ui.handlers import SANDBOX_PATH, Handlers
from weryai_ui.ui.http import questions, uploads, webhook
from weryai_ui.ui.http.basic_login import BasicLogin, let_tools_in
from weryai_ui.ui.http.connections import bounded_servers
from weryai_ui.ui.http.guard import SPACES_FRAMES, Guard, Rules
from weryai_ui.ui.http.transfer import light

MAX_THREADS = 128
"""A submission holds one until the service has answered; so many may wait for a service that hangs."""
QUEUE_LENGTH = 256
SESSIONS_KEPT = 64
"""Gradio keeps 108 KB for each session that has asked anything. Nothing of ours is in it, and it is made anew."""
MCP_PATH = "/gradio_api/mcp"
FAVICON = Path(__file__).parent.parent / "favicon.svg"
GRADIO_QUIET = {
    # Without the last two every finished event groups up to 10,000 analytics events with pandas.
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "200",
}


def launch(service: Service, **settings: Any) -> gr.Blocks:
    """Starts serving and following, and returns at once.

    `settings` go to Gradio's `launch`, such as `server_port`; host and port otherwise come from Gradio's own
    environment variables. `close` on what is returned ends the serving; `Service.stop` the following.
    """
    for name, value in GRADIO_QUIET.items():
        os.environ.setdefault(name, value)
    service.serving.enter(Stage.STARTING)
    handlers = Handlers(service)
    blocks = page.build(service, handlers)
    routes = _routes(service, handlers)
    blocks.queue(max_size=QUEUE_LENGTH, api_open=False)
    with bounded_servers(service.settings.trusts), _a_sentence_for_a_taken_port():
        blocks.launch(
            prevent_thread_lock=True,
            # Named, because Gradio would else share by itself on some notebook hosts, unseen by `Access`.
            share=service.settings.share,
            theme=theme.theme(),
            head=theme.head(),
            favicon_path=FAVICON,
            app_kwargs={"routes": routes, "lifespan": _guarded(service, routes)},
            auth=service.access.login if service.settings.logins else None,
            # Named, because a variable of Gradio's would else open this entrance although nobody here has asked for it.
            mcp_server=service.settings.mcp,
            max_threads=MAX_THREADS,
            state_session_capacity=SESSIONS_KEPT,
            show_error=False,
            run_history=False,
            enable_monitoring=False,
            footer_links=[],
            ssr_mode=False,
            **settings,
        )
    if service.settings.mcp and service.settings.logins:
        let_tools_in(blocks)
    service.start(f"{blocks.local_url}{SANDBOX_PATH}")
    return blocks


@contextmanager
def _a_sentence_for_a_taken_port() -> Iterator[None]:
    """Gradio looks for the next free port unless it is given one, and then says in two lines what to call."""
    try:
        yield
    except OSError as error:
        if "empty port" not in str(error):
            raise
        raise SettingsError("The port in GRADIO_SERVER_PORT is taken: stop what uses it, or name another.") from None


def rules(settings: Settings, routes: list[BaseRoute]) -> Rules:
    """What the guard has to know of this app."""
    service = urlsplit(settings.base_url)
    return Rules(
        own=tuple({route.path.partition("/{")[0] for route in routes if isinstance(route, Route | Mount)}),
        weighing=(f"/{uploads.UPLOADS_PATH}",),
        tools=(MCP_PATH,) * settings.mcp,
        frames=SPACES_FRAMES if settings.on_space else (),
        # Results come from the service's own hosts by https; only a service of one's own may speak http.
        media=(f"http://{service.netloc}",) if service.scheme == "http" else (),
        page_is_personal=bool(settings.logins),
    )


def _guarded(service: Service, routes: list[BaseRoute]) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Puts the guard around everything, Gradio's own middleware too, before the first request comes."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # Not by add_middleware: what Gradio adds later stands outside of that, and answers other sites by itself.
        settings = service.settings
        inner = light(app.middleware_stack or app.build_middleware_stack())
        if settings.logins and isinstance(app, App):
            inner = BasicLogin(inner, app, MCP_PATH, service.access.login)
        guard = Guard(inner, rules(settings, routes))
        app.middleware_stack = _named_by_proxies(guard, settings.trusted_proxies)
        yield

    return lifespan


def _named_by_proxies(app: ASGIApp, proxies: Sequence[Network]) -> ASGIApp:
    """The app with the client's address as trusted proxies say it. uvicorn itself believes those of this machine."""
    return cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, app), [str(each) for each in proxies]))


def _routes(service: Service, handlers: Handlers) -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        Route("/healthz", _healthz(service)),
        *questions.routes(handlers),
        *uploads.routes(service),
        *webhook.routes(service),
        *recorded.routes(),
    ]
    if SendTo.SANDBOX in service.access.offers:
        settings = service.settings
        sandbox = create_app(
            settings.data_dir / "sandbox",
            pace=settings.sandbox_pace,
            callbacks=webhook.OwnCallbacks(service),
            keys=service.accounts.sandbox_keys,
        )
        routes.append(Mount(f"/{SANDBOX_PATH}", _SandboxMount(sandbox)))
    return routes


class _SandboxMount:
    """The sandbox under its path, also behind a proxy that takes a path prefix away.

    Gradio's `root_path` names that prefix, but the path that arrives does not have it; routes are matched by
    both, so the prefix has to go again.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope.get("path", "").startswith(scope.get("root_path", "")):
            scope = {**scope, "root_path": f"/{SANDBOX_PATH}"}
        await self._app(scope, receive, send)


def _healthz(service: Service) -> Callable[[Request], Awaitable[PlainTextResponse]]:
    """`ok` once submissions are taken; 503 with the stage before that, and from the moment the app is to end."""

    async def healthz(_request: Request) -> PlainTextResponse:
        stage = service.serving.stage
        ready = stage is Stage.READY
        return PlainTextResponse(stage, 200 if ready else 503, headers=None if ready else {"Retry-After": "2"})

    return healthz
