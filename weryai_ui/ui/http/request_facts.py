"""What a request is, by its path, its headers and its body alone. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from starlette.types import Scope


def route_path(scope: Scope) -> str:
    """The path as Starlette will match it: decoded once, without the prefix that a proxy may have left on it."""
    path: str = scope.get("path", "")
    prefix = urlsplit(scope.get("root_path", "")).path.rstrip("/")
    if prefix and (path == prefix or path.startswith(prefix + "/")):
        return path[len(prefix) :] or "/"
    return path


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
