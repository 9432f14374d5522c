"""Every way things go wrong, each with its cause, whose move it is, and what to do.

    StudioError
    ├── SettingsError        a setting is wrong; the text is one clear sentence
    │   └── ApiKeyError      the API key cannot be used; the text never quotes it
    ├── DatabaseAway         the app's own database does not answer; the text says so
    └── EnvelopeError        an answer of the service cannot be read (weryai_ui.client.envelope)

What happens on the wire is not raised: it is data, an `Explanation`. Its words stand in `words` under its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from weryai_ui.i18n import has, say


class StudioError(Exception):
    """Base of every error this app raises on purpose."""


class SettingsError(StudioError):
    """A setting is wrong; the text is one sentence for the person who runs the app."""


class ApiKeyError(SettingsError):
    """The API key cannot be used; the text says why and never quotes the key."""


class DatabaseAway(StudioError):
    """The app's own database does not answer now; the text is one sentence for the visitor."""


class Move(StrEnum):
    """Whose move it is."""

    WAIT = "wait"
    FIX_INPUT = "fix_input"
    KEY_OWNER = "key_owner"
    TOP_UP = "top_up"
    SERVICE = "service"
    CHECK = "check"


class Trouble(StrEnum):
    """What kept a call from giving a readable answer; `WIRE` explains each."""

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS = "tls"
    READ_TIMEOUT = "timeout"
    CUT_OFF = "cut_off"
    DEADLINE = "deadline"
    NOT_HTTP = "not_http"
    REDIRECT = "redirect"
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    NO_ID = "no_id"
    CONTRADICTION = "contradiction"
    BAD_REQUEST = "bad_request"


@dataclass(frozen=True)
class Explanation:
    """What went wrong and whose move it is, as it is stored: a stable key, such as `code.1011`, `http.429` or
    `wire.timeout`. The words come with the reading, in the language spoken then."""

    key: str
    move: Move

    @property
    def cause(self) -> str:
        """What went wrong, in one short sentence."""
        return cause_of(self.key)

    @property
    def advice(self) -> str:
        """What to do."""
        return _words("advice", self.key)

    def as_data(self) -> dict[str, str]:
        """The explanation with its words, for programs."""
        return {"cause": self.cause, "move": self.move, "advice": self.advice, "key": self.key}


INTERRUPTED = Explanation("app.interrupted", Move.CHECK)
"""The app stopped while a request was on its way."""
OTHER_TASK = Explanation("app.other_task", Move.WAIT)
"""An answer names another task than the one that was asked for."""

# Observed in the vendor's public pages; the reference page lists no codes. 1002 was seen with two meanings.
CODES: dict[int, Move] = {
    1001: Move.WAIT,
    1003: Move.CHECK,
    1006: Move.FIX_INPUT,
    1007: Move.WAIT,
    1009: Move.KEY_OWNER,
    1010: Move.CHECK,
    1011: Move.TOP_UP,
    1014: Move.FIX_INPUT,
    1015: Move.WAIT,
    1017: Move.KEY_OWNER,
    2001: Move.FIX_INPUT,
    2003: Move.FIX_INPUT,
    2004: Move.FIX_INPUT,
    6001: Move.SERVICE,
    6002: Move.WAIT,
    6003: Move.SERVICE,
    6004: Move.FIX_INPUT,
    6010: Move.WAIT,
    6101: Move.WAIT,
}

HTTP: dict[int, Move] = {
    400: Move.FIX_INPUT,
    401: Move.KEY_OWNER,
    402: Move.TOP_UP,
    403: Move.KEY_OWNER,
    404: Move.CHECK,
    408: Move.CHECK,
    413: Move.FIX_INPUT,
    429: Move.WAIT,
    500: Move.SERVICE,
    502: Move.SERVICE,
    503: Move.SERVICE,
    504: Move.SERVICE,
}

WIRE: dict[Trouble, Move] = {
    **dict.fromkeys(Trouble, Move.CHECK),
    Trouble.BAD_REQUEST: Move.FIX_INPUT,
}


def explain(http_status: int | None, code: int | None) -> Explanation:
    """What an answer's HTTP status and business code mean; total, whatever the numbers.

    A known code decides. Without one the HTTP status does. An unknown code keeps its number in the key.
    """
    if code == 1002:
        return _bad_parameter_or_key(http_status)
    if code in CODES:
        return Explanation(f"code.{code}", CODES[code])
    if http_status is not None and not 200 <= http_status < 300:
        return _explain_http(http_status)
    if code is not None and code not in (0, 200):
        return Explanation(f"code.{code}", Move.CHECK)
    return explain_trouble(Trouble.NOT_JSON)


def explain_trouble(trouble: Trouble) -> Explanation:
    """What a trouble on the wire means; its key is `wire.` and the trouble's value."""
    return Explanation(f"wire.{trouble.value}", WIRE[trouble])


def cause_of(key: str) -> str:
    """What went wrong, in one short sentence, by an explanation's key; the number of an unknown code stands in it."""
    return _words("cause", key)


def _words(section: str, key: str) -> str:
    known = has(f"{section}.{key}")
    return say(f"{section}.{key if known else 'code.other'}", number=key.removeprefix("code."))


def _bad_parameter_or_key(http_status: int | None) -> Explanation:
    if http_status in (401, 403):
        return Explanation("code.1002.key", Move.KEY_OWNER)
    if http_status == 400:
        return Explanation("code.1002.field", Move.FIX_INPUT)
    return Explanation("code.1002", Move.CHECK)


def _explain_http(status: int) -> Explanation:
    if status in HTTP:
        return Explanation(f"http.{status}", HTTP[status])
    if 300 <= status < 400:
        return explain_trouble(Trouble.REDIRECT)
    if 400 <= status < 500:
        return Explanation("http.4xx", HTTP[400])
    if 500 <= status < 600:
        return Explanation("http.5xx", HTTP[500])
    return explain_trouble(Trouble.NOT_HTTP)
