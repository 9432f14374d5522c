"""Who asks, read from a request: what the server knows, never what a caller may write into a value."""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import gradio as gr
from starlette.requests import Request

from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.policy import Caller
from weryai_ui.access.visitors import is_token
from weryai_ui.errors import AppError
from weryai_ui.files.storage import Owner
from weryai_ui.i18n import say
from weryai_ui.ui.http.pools import network_of

log = logging.getLogger(__name__)

VISITOR_HEADER = "x-visitor"
"""Carries the visitor token where the body is a file."""
_SALT = secrets.token_bytes(16)
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
"""What proxies add: the page is then not private, even where it listens on loopback only."""

P = ParamSpec("P")
R = TypeVar("R")


def caller_of(request: gr.Request | None) -> Caller:
    """The caller behind an event. Without a request nothing is known, and nobody counts as here."""
    if request is None or not hasattr(request, "headers"):
        return Caller(from_elsewhere=True)
    headers: Mapping[str, str] = request.headers
    return Caller(
        # A widget's question comes with the plain request, which no login has been read from.
        login=getattr(request, "username", None) or "",
        user=_hugging_face_user(request),
        from_elsewhere=any(name in headers for name in PROXY_HEADERS) or not is_loopback_host(headers.get("host", "")),
        request_id=headers.get("x-request-id", "-"),
        address=address_of(request),
    )


def is_loopback_host(host: str) -> bool:
    """Whether a `Host` header names this machine. A name of somebody else's may resolve to here as well."""
    found = re.fullmatch(r"(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::\d+)?", host)
    name = (found[1] or found[2]) if found else ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower() == "localhost"


def owner_of(request: Request) -> Owner:
    """Whose a file is that arrives by this request: the visitor's that it names, else of everybody at its address."""
    group = address_of(request)
    token = request.headers.get(VISITOR_HEADER, "")
    return Owner(visitor_id(token) if is_token(token) else group, group)


def address_of(request: Request | gr.Request) -> str:
    """Where a request comes from, as a hash that ends with this process; the addresses of one subscriber are one."""
    network = network_of(request.client.host if request.client else "")
    return hashlib.blake2b(network.encode(), key=_SALT, digest_size=16).hexdigest()


def masks_errors(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose failure shows one sentence, and goes to the log by its kind: its text may quote anything."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except gr.Error:
            raise
        except AppError as error:
            raise gr.Error(str(error), print_exception=False) from None
        except Exception as error:  # noqa: BLE001 - Gradio would print it whole, with whatever it quotes
            requests = (each for each in (*args, *kwargs.values()) if isinstance(each, gr.Request))
            request_id = next((caller_of(each).request_id for each in requests), "-")
            log.error("failed request=%s in=%s with=%s", request_id, function.__name__, where(error))
            raise gr.Error(say("access.went_wrong", request_id=request_id), print_exception=False) from None

    return call


def where(error: BaseException) -> str:
    """The kind of an error and the lines that it passed, without its text."""
    places, trace = [], error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' '.join(places[-4:])}"


def _hugging_face_user(request: gr.Request) -> str:
    return hugging_face_user(getattr(getattr(request, "request", None), "scope", None))


def hugging_face_user(scope: Any) -> str:
    """The user whom Hugging Face has checked. The session is signed, and there is none off a Space."""
    session = scope.get("session") if isinstance(scope, dict) else None
    info: Any = session.get("oauth_info") if isinstance(session, dict) else None
    if not isinstance(info, dict) or (info.get("expires_at") or 0) < time.time():
        return ""
    return str((info.get("userinfo") or {}).get("preferred_username") or "")
