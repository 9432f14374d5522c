"""The envelope around every answer, and the exception that becomes a refusal.

Shape: ``{"status": 0, "desc": "success", "message": "success", "data": ...}`` (reference page).
The codes and their meaning are observed, not documented.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

from weryai_ui.sandbox.profile import Profile

TOO_MANY_REQUESTS = 1001
BAD_PARAMETER = 1002
NO_SUCH_TASK = 1003
MODEL_NOT_SUPPORTED = 1006
QUEUE_FULL = 1007
NOT_FOUND = 1010
NO_CREDITS = 1011
UPLOAD_TOO_LARGE = 1014
CONTENT_REFUSED = 2003
FORMAT_NOT_SUPPORTED = 2004
SYSTEM_ERROR = 6001
GENERATION_FAILED = 6004
TOO_MANY_TASKS = 6010

DESCRIPTIONS: Mapping[int, str] = {
    0: "success",
    TOO_MANY_REQUESTS: "too many requests",
    BAD_PARAMETER: "bad parameter",
    NO_SUCH_TASK: "task not found",
    MODEL_NOT_SUPPORTED: "model not supported",
    QUEUE_FULL: "queue full",
    NOT_FOUND: "data not found",
    NO_CREDITS: "insufficient credits",
    UPLOAD_TOO_LARGE: "upload too large",
    FORMAT_NOT_SUPPORTED: "format not supported",
    SYSTEM_ERROR: "system error",
    TOO_MANY_TASKS: "too many tasks",
}

_BUSINESS_HTTP = frozenset({400, 429})


@dataclass
class ApiError(Exception):
    """A request that is answered with an error envelope.

    ``http`` is the HTTP status, ``code`` the business status of the body.
    """

    http: int
    code: int
    message: str
    desc: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, profile: Profile = Profile.DOCUMENTED) -> Response:
        """The error envelope as an HTTP answer. Measured, all but the key's errors come with HTTP 200."""
        desc = self.desc or DESCRIPTIONS[self.code]
        plain = self.http in _BUSINESS_HTTP or self.code == NO_SUCH_TASK
        http = 200 if profile is Profile.MEASURED and plain else self.http
        return respond(http, envelope(self.code, desc, self.message, None), self.headers)


def envelope(code: int, desc: str, message: str, data: object) -> dict[str, object]:
    """The envelope's four fields, in the order of the reference page."""
    return {"status": code, "desc": desc, "message": message, "data": data}


def success(data: object) -> dict[str, object]:
    """The envelope of an answer that went well."""
    return envelope(0, "success", "success", data)


def respond(http: int, content: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer in ASCII: half a surrogate pair, echoed raw, could not be encoded."""
    return Response(
        json.dumps(content).encode("ascii"),
        status_code=http,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type="application/json",
    )
