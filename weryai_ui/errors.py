"""Every way things go wrong, each with its cause, whose move it is, and what to do.

    AppError
    ├── SettingsError        a setting is wrong; the text is one clear sentence
    │   └── ApiKeyError      the API key cannot be used; the text never quotes it
    ├── DatabaseAway         the app's own database does not answer; the text says so
    └── EnvelopeError        an answer of the service cannot be read (weryai_ui.client.envelope)

What happens on the wire is not raised: it is data, an `Explanation`. Its words stand in `words` under its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from weryai_ui.i18n import has, say


class Refusal(str):
    """Why something was not done: one sentence in the language spoken where it was decided, and its `code`."""

    __slots__ = ("code",)
    code: str
    """The key of the sentence's words; `refused` where it has none."""

    def __new__(cls, sentence: str, code: str = "refused") -> Self:
        refusal = super().__new__(cls, sentence)
        refusal.code = code
        return refusal


def refuse(key: str, **filled: object) -> Refusal:
    """The refusal whose words stand under a key. Raises `KeyError` for an unknown key."""
    return Refusal(say(key, **filled), key)


class AppError(Exception):
    """Base of every error this app raises on purpose."""

    @property
    def refusal(self) -> Refusal:
        """The text, with the code that it was raised with."""
        text = next(iter(self.args), "")
        return text if isinstance(text, Refusal) else Refusal(str(self))


class SettingsError(AppError):
    """A setting is wrong; the text is one sentence for the person who runs the app."""


class PortTaken(SettingsError):
    """Another program listens at the port that was named."""

    def __init__(self) -> None:
        super().__init__("The port in GRADIO_SERVER_PORT is taken: stop what uses it, or name another.")


class ApiKeyError(SettingsError):
    """The API key cannot be used; the text says why and never quotes the key."""


class DatabaseAway(AppError):
    """The app's own database does not answer now; the text is one sentence for the visitor."""


class ActionBy(StrEnum):
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
    move: ActionBy

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


INTERRUPTED = Explanation("app.interrupted", ActionBy.CHECK)
"""The app stopped while a request was on its way."""
OTHER_TASK = Explanation("app.other_task", ActionBy.WAIT)
"""An answer names another task than the one that was asked for."""

# Observed in the vendor's public pages; the reference page lists no codes. 1002 was seen with two meanings.
CODES: dict[int, ActionBy] = {
    1001: ActionBy.WAIT,
    1003: ActionBy.CHECK,
    1006: ActionBy.FIX_INPUT,
    1007: ActionBy.WAIT,
    1009: ActionBy.KEY_OWNER,
    1010: ActionBy.CHECK,
    1011: ActionBy.TOP_UP,
    1014: ActionBy.FIX_INPUT,
    1015: ActionBy.WAIT,
    1017: ActionBy.KEY_OWNER,
    2001: ActionBy.FIX_INPUT,
    2003: ActionBy.FIX_INPUT,
    2004: ActionBy.FIX_INPUT,
    6001: ActionBy.SERVICE,
    6002: ActionBy.WAIT,
    6003: ActionBy.SERVICE,
    6004: ActionBy.FIX_INPUT,
    6010: ActionBy.WAIT,
    6101: ActionBy.WAIT,
}

HTTP: dict[int, ActionBy] = {
    400: ActionBy.FIX_INPUT,
    401: ActionBy.KEY_OWNER,
    402: ActionBy.TOP_UP,
    403: ActionBy.KEY_OWNER,
    404: ActionBy.CHECK,
    408: ActionBy.CHECK,
    413: ActionBy.FIX_INPUT,
    429: ActionBy.WAIT,
    500: ActionBy.SERVICE,
    502: ActionBy.SERVICE,
    503: ActionBy.SERVICE,
    504: ActionBy.SERVICE,
}

WIRE: dict[Trouble, ActionBy] = {
    **dict.fromkeys(Trouble, ActionBy.CHECK),
    Trouble.BAD_REQUEST: ActionBy.FIX_INPUT,
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
        return Explanation(f"code.{code}", ActionBy.CHECK)
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
        return Explanation("code.1002.key", ActionBy.KEY_OWNER)
    if http_status == 400:
        return Explanation("code.1002.field", ActionBy.FIX_INPUT)
    return Explanation("code.1002", ActionBy.CHECK)


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
