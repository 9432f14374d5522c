"""The page's scripts, joined into one file (`tools/write_scripts.py`), at an address made from its content."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

JOINED = Path(__file__).parent.parent / "joined" / "studio.js"
FOR_GOOD = "public, max-age=31536000, immutable"


@functools.cache
def path() -> str:
    """Where the file stands below the page: another place for another content."""
    return f"js/{hashlib.sha256(JOINED.read_bytes()).hexdigest()[:16]}/{JOINED.name}"


def routes() -> list[Route]:
    """The route of the file, which a browser may keep for good."""
    return [Route(f"/{path()}", _file)]


def head() -> str:
    """Begins to load the scripts; `window.studio` is the promise of them, for everything that Gradio runs."""
    return f'<script>window.studio = import("./{path()}");</script>'


def call(what: str) -> str:
    """A listener's script for Gradio: it waits for the scripts and does `what` with them, as `studio` and `values`."""
    return f"async (...values) => {{ const studio = await window.studio; return {what}; }}"


async def _file(_: Request) -> FileResponse:
    return FileResponse(JOINED, media_type="text/javascript", headers={"Cache-Control": FOR_GOOD})
