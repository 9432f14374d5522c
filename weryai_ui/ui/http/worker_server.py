"""Serves what a worker is asked: `/healthz`, `/readyz` and, with an owner's code, `/metrics`. No page, no presses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from gradio.http_server import start_server
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from weryai_ui.service import Service
from weryai_ui.ui.http import health, owner
from weryai_ui.ui.http.connections import bounded_servers
from weryai_ui.ui.http.guard import Guard
from weryai_ui.ui.http.server import a_sentence_for_a_taken_port, named_by_proxies, rules


def launch(service: Service, port: int | None) -> Callable[[], object]:
    """Starts to follow, to copy and to send plans, and returns at once; gives what ends the serving.

    Host and port are those of a page: from Gradio's own environment variables.
    """
    routes: list[BaseRoute] = [*health.routes(service), *_metrics(service)]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        guard = Guard(app.build_middleware_stack(), rules(service.settings, routes))
        app.middleware_stack = named_by_proxies(guard, service.settings.trusted_proxies)
        yield

    app = Starlette(routes=routes, lifespan=lifespan)
    with bounded_servers(service.settings.trusts), a_sentence_for_a_taken_port():
        _, _, _, server = start_server(cast(Any, app), server_port=port)
    service.start(service.settings.sandbox_url)
    return server.close


def _metrics(service: Service) -> list[Route]:
    return [route for route in owner.routes(service) if route.path == "/metrics"]
