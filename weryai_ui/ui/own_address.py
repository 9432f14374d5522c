"""This app as whoever asks reaches it: behind a proxy, on a Space and on this machine that is another address each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import Scope

from weryai_ui.service import Service
from weryai_ui.store.records import SendTo

SANDBOX_PATH = "sandbox"
_asked: ContextVar[Scope | None] = ContextVar("asked", default=None)


@contextmanager
def asked_by(scope: Scope) -> Iterator[None]:
    """What is made in here is for whoever sent this request."""
    token = _asked.set(scope)
    try:
        yield
    finally:
        _asked.reset(token)


def address_of(scope: Scope) -> str:
    """This app as whoever sent the request reached it, path prefix included, without a slash at the end.

    A prefix that is a whole address, which Gradio takes too, is what the owner says of it.
    """
    prefix: str = scope.get("app_root_path", scope.get("root_path", ""))
    return (prefix if urlsplit(prefix).scheme else str(Request(scope).base_url)).rstrip("/")


def base_url(service: Service, request: Request | None = None) -> str:
    """This app as a stranger reaches it, else as whoever asks did, with a slash at the end; empty when not known."""
    scope = _asked.get() if request is None else request.scope
    base = service.settings.public_url or ("" if scope is None else address_of(scope))
    return base and f"{base}/"


def service_url(service: Service, send_to: SendTo) -> str:
    """The address of a destination's service for a program that whoever asks runs: the sandbox below this page.

    This app itself may reach the sandbox under a name that is known on its own machine alone.
    """
    own = base_url(service) if send_to is SendTo.SANDBOX else ""
    return f"{own}{SANDBOX_PATH}" if own else service.accounts.base_url(send_to)
