"""What may reach Gradio from outside, what a browser may keep, and what every answer says to it: as data.

Only what the page and the named endpoints need is open, so a route that a new Gradio brings is closed until somebody
opens it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

READS = frozenset({"GET", "HEAD"})
WRITES = frozenset({"POST"})
OPEN_TO_READ = re.compile(
    r"""
      /
    | /(?:config|logout)/?
    | /(?:theme\.css|favicon\.ico|robots\.txt|manifest\.json)
    | /pwa_icon(?:/\d+)?
    | /(?:assets|static)/[\w./@+-]+
    | /login/(?:huggingface|callback)
    | /gradio_api/(?:info|login_check|user|app_id|startup-events|theme\.css|openapi\.json)/?
    | /gradio_api/queue/(?:data|status)
    | /gradio_api/heartbeat/[\w-]+
    | /gradio_api/call/(?!v2/)[\w-]+/[\w-]+
    """,
    re.VERBOSE,
)
OPEN_TO_WRITE = re.compile(
    r"""
      /login/?
    | /gradio_api/queue/join
    | /gradio_api/(?:run|api|call(?:/v2)?)/(?!v2\b)[\w-]+/?
    | /gradio_api/(?:component_server|cancel|reset)/?
    """,
    re.VERBOSE,
)
MAY_BE_KEPT = re.compile(
    r"""
      /(?:assets|static|examples|js)/.+
    | /(?:theme\.css|favicon\.ico|robots\.txt|manifest\.json)
    | /pwa_icon(?:/\d+)?
    | /(?:uploads|kept)/.+
    | /sandbox/media/.+
    """,
    re.VERBOSE,
)
"""What a browser may keep: files of a release, and a visitor's files and videos under names that nobody can guess."""
PAGE_PATH = "/"
# Gradio's page needs inline scripts and eval; connect-src still keeps what a script reads from leaving.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob: https:",
    "media-src": "'self' blob: https:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), serial=(), usb=()"
)
SPACES_FRAMES = ("https://huggingface.co",)


@dataclass(frozen=True)
class Rules:
    """What differs from app to app.

    `own`: paths of this app's own routes, each open with everything below it, with bodies up to `UPLOAD_BYTES`.
    `weighing`: those of them that take up to `arrival_bytes` and refuse a body by its announced length themselves, in
    the words of their page; there the guard says so of a body that is too large or too slow as well, as
    `{"refused": sentence}`.
    `tools`: paths of entrances for agents, open likewise, with bodies as for Gradio's own.
    `frames`: the origins that may show the page in a frame. `media`: origins of results beside https.
    `page_is_personal`: the page itself says who has logged in.
    """

    own: tuple[str, ...] = ()
    weighing: tuple[str, ...] = ()
    arrival_bytes: int = 0
    tools: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    page_is_personal: bool = False

    def may_be_kept(self, path: str) -> bool:
        """Whether a browser may keep what this path answers. Everything else is somebody's own."""
        if path == PAGE_PATH:
            return not self.page_is_personal
        return MAY_BE_KEPT.fullmatch(path) is not None

    @property
    def policy(self) -> str:
        """The Content-Security-Policy of the page."""
        media = "".join(f" {origin}" for origin in self.media)
        parts = {
            **_POLICY,
            "img-src": _POLICY["img-src"] + media,
            "media-src": _POLICY["media-src"] + media,
            "frame-ancestors": " ".join(("'self'", *self.frames)) if self.frames else "'none'",
        }
        return "; ".join(f"{name} {value}" for name, value in parts.items())


def is_below(path: str, roots: Iterable[str]) -> bool:
    """Whether a path is one of these, or stands below one."""
    return any(path == root or path.startswith(root + "/") for root in roots)


def answer_headers(rules: Rules) -> list[tuple[bytes, bytes]]:
    """What every answer says to the browser."""
    said = {
        "content-security-policy": rules.policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": PERMISSIONS,
        "x-frame-options": "" if rules.frames else "DENY",
    }
    return [(name.encode(), value.encode()) for name, value in said.items()]
