"""Serves the page, the sandbox and the app's own routes from one port."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import gradio as gr
from anyio.to_thread import current_default_thread_limiter
from gradio.routes import App
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from weryai_ui.errors import PortTaken
from weryai_ui.jobs.serving import Stage
from weryai_ui.media.units import MEGABYTE
from weryai_ui.sandbox.server import create_app
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.records import SendTo
from weryai_ui.ui import page, recorded, theme
from weryai_ui.ui.agents.calls import Calls
from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.http import (
    guides,
    health,
    kept,
    owner,
    questions,
    sandbox_relay,
    scripts,
    shared,
    turns,
    upload_form,
    uploads,
    webhook,
    zips,
)
from weryai_ui.ui.http.basic_login import BasicLogin
from weryai_ui.ui.http.connections import bounded_servers
from weryai_ui.ui.http.guard import Guard
from weryai_ui.ui.http.link_preview import with_preview
from weryai_ui.ui.http.named_values import NamedValues
from weryai_ui.ui.http.pools import Pools
from weryai_ui.ui.http.preloading import with_scripts
from weryai_ui.ui.http.rules import SPACES_FRAMES, Rules
from weryai_ui.ui.http.transfer import light
from weryai_ui.ui.http.turns import Turns
from weryai_ui.ui.own_address import SANDBOX_PATH
from weryai_ui.variables import Network

if TYPE_CHECKING:
    from weryai_ui.ui.agents.tools import Tools

SWITCH_SECONDS = 0.0005
"""So often another thread may go on; at Python's 5 ms the loop, which answers everyone, waits behind busy threads."""
QUEUE_LENGTH = 256
QUEUE_LOOKS_EVERY_S = 0.02
"""Gradio's own 1 ms takes a process that nobody asks a twentieth of a core. The page's presses do not queue."""
SESSIONS_KEPT = 64
"""Gradio keeps 108 KB for each session that has asked anything. Nothing of ours is in it, and it is made anew."""
MCP_PATH = "/gradio_api/mcp"
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
    sys.setswitchinterval(SWITCH_SECONDS)
    handlers = Handlers(service)
    pools = turns.new_pools()
    calls = Calls(service, pools)
    blocks, events = page.build(service, handlers, calls)
    tools = _tools(calls) if service.settings.mcp else None
    routes = [*_routes(service, handlers, pools), *_entrance(tools)]

    def in_turn(app: ASGIApp) -> Turns:
        return Turns(app, pools, events, handlers.arrivals, service.accounts.sandbox_keys)

    blocks.queue(max_size=QUEUE_LENGTH, api_open=False)
    blocks._queue.sleep_when_free = QUEUE_LOOKS_EVERY_S
    with bounded_servers(service.settings.trusts), a_sentence_for_a_taken_port():
        lifespan = _guarded(service, routes, in_turn, pools.threads, tools)
        blocks.launch(
            **_of_gradio(service, pools.threads), app_kwargs={"routes": routes, "lifespan": lifespan}, **settings
        )
    service.start(service.settings.sandbox_url or f"{blocks.local_url}{SANDBOX_PATH}")
    return blocks


def _of_gradio(service: Service, threads: int) -> dict[str, Any]:
    """What Gradio's `launch` is told."""
    return {
        "prevent_thread_lock": True,
        # Named, because Gradio would else share by itself on some notebook hosts, unseen by `Access`.
        "share": service.settings.share,
        "theme": theme.theme(),
        "head": theme.head(service.settings.models, service.uploads.limits, reaches=service.settings.measure_links),
        "favicon_path": theme.ICON,
        "auth": service.access.login if service.settings.logins else None,
        # Named, because a variable of Gradio's would else open its entrance; ours is `agents/tools.py`.
        "mcp_server": False,
        # Nobody waits for a thread: what has a place in a pool has one.
        "max_threads": threads,
        "state_session_capacity": SESSIONS_KEPT,
        "show_error": False,
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": [],
        "ssr_mode": False,
    }


@contextmanager
def a_sentence_for_a_taken_port() -> Iterator[None]:
    """Gradio looks for the next free port unless it is given one, and then says in two lines what to call."""
    try:
        yield
    except OSError as error:
        if "empty port" not in str(error):
            raise
        raise PortTaken from None


def rules(settings: Settings, routes: list[BaseRoute]) -> Rules:
    """What the guard has to know of this app."""
    service = urlsplit(settings.base_url)
    return Rules(
        own=tuple(
            {
                route.path.partition("/{")[0]
                for route in routes
                if isinstance(route, Route | Mount) and not route.path.startswith(MCP_PATH)
            }
        ),
        weighing=(f"/{uploads.UPLOADS_PATH}", f"/{upload_form.UPLOAD_FORM_PATH}"),
        # A little more than a file may have: what is too large is said by the route itself.
        arrival_bytes=(settings.arrival_mb + 1) * MEGABYTE,
        tools=(MCP_PATH,) * settings.mcp,
        frames=SPACES_FRAMES if settings.on_space else (),
        # Results come from the service's own hosts by https; only a service of one's own may speak http.
        media=(f"http://{service.netloc}",) if service.scheme == "http" else (),
        page_is_personal=bool(settings.logins),
    )


def _guarded(
    service: Service,
    routes: list[BaseRoute],
    in_turn: Callable[[ASGIApp], Turns],
    threads: int,
    tools: Tools | None,
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Puts the guard around everything, Gradio's own middleware too, before the first request comes."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # Not by add_middleware: what Gradio adds later stands outside of that, and answers other sites by itself.
        settings = service.settings
        known = rules(settings, routes)
        gradios = app.middleware_stack or app.build_middleware_stack()
        dress = partial(_dressed, settings.public_url, _components(app))
        inner: ASGIApp = NamedValues(light(gradios, dress, page_is_personal=known.page_is_personal))
        if settings.logins and isinstance(app, App):
            inner = BasicLogin(inner, app, MCP_PATH, service.access.login)
        guard = Guard(in_turn(inner), known)
        app.middleware_stack = named_by_proxies(guard, settings.trusted_proxies)
        current_default_thread_limiter().total_tokens = threads
        async with nullcontext() if tools is None else tools.run():
            yield

    return lifespan


def _components(app: Starlette) -> Sequence[str]:
    """The kinds of components on Gradio's page, in the same order in every process."""
    blocks = app.get_blocks().blocks.values() if isinstance(app, App) else ()
    return sorted({"state", *(each.get_block_name() for each in blocks)})  # the browser's side always loads a state


def _dressed(public_url: str, components: Sequence[str], page: bytes, scope: Scope) -> bytes:
    """The page as Gradio wrote it, with what a chat app shows of a link to it, and all scripts asked for at once."""
    return with_scripts(with_preview(page, scope, public_url), components, scripts.path())


def _tools(calls: Calls) -> Tools:
    """The tools for agents. Imported here, because the library takes a while and most apps need none."""
    from weryai_ui.ui.agents.tools import Tools

    return Tools(calls)


def _entrance(tools: Tools | None) -> list[BaseRoute]:
    """The paths at which agents ask for tools, as Gradio's own server has them."""
    below = () if tools is None else ("", "/", "/http", "/http/", "/schema")
    return [Route(f"{MCP_PATH}{each}", cast(Any, tools)) for each in below]


def named_by_proxies(app: ASGIApp, proxies: Sequence[Network]) -> ASGIApp:
    """The app with the client's address as trusted proxies say it. uvicorn itself believes those of this machine."""
    return cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, app), [str(each) for each in proxies]))


def _routes(service: Service, handlers: Handlers, pools: Pools) -> list[BaseRoute]:
    return [
        *health.routes(service),
        *questions.routes(handlers),
        *scripts.routes(),
        *uploads.routes(service, pools),
        *upload_form.routes(service, pools),
        *guides.routes(service),
        *kept.routes(service),
        *zips.routes(service),
        *shared.routes(service),
        *owner.routes(service),
        *webhook.routes(service),
        *recorded.routes(),
        *_sandbox(service),
    ]


def _sandbox(service: Service) -> Sequence[BaseRoute]:
    """The sandbox where it is offered: inside this process, or the one of several, passed on to."""
    settings = service.settings
    if SendTo.SANDBOX not in service.access.offers:
        return ()
    if settings.sandbox_url:
        return sandbox_relay.routes(settings.sandbox_url)
    sandbox = create_app(
        settings.data_dir / "sandbox",
        pace=settings.sandbox_pace,
        callbacks=webhook.OwnCallbacks(service),
        keys=service.accounts.sandbox_keys,
        profile=settings.sandbox_profile,
        models=[asdict(model) for model in settings.models.offered],
    )
    return [Mount(f"/{SANDBOX_PATH}", _SandboxMount(sandbox))]


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
