"""Every way things go wrong, each with its cause, whose move it is, and what to do.

    StudioError
    ├── SettingsError        a setting is wrong; the text is one clear sentence
    │   └── ApiKeyError      the API key cannot be used; the text never quotes it
    └── EnvelopeError        an answer of the service cannot be read (weryai_ui.envelope)

What happens on the wire is not raised: it is data, an `Explanation` that the page can show and translate by its `key`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StudioError(Exception):
    """Base of every error this app raises on purpose."""


class SettingsError(StudioError):
    """A setting is wrong; the text is one sentence for the person who runs the app."""


class ApiKeyError(SettingsError):
    """The API key cannot be used; the text says why and never quotes the key."""


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
    """A cause in one short sentence, whose move it is, what to do, and a stable key to translate by.

    Keys look like `code.1011`, `http.429` or `wire.timeout`.
    """

    cause: str
    move: Move
    advice: str
    key: str


_Row = tuple[str, Move, str]

_CHECK_KEY = "Check that the key is complete, active, and made for this service."

# Observed in the vendor's public pages; the reference page lists no codes.
CODES: dict[int, _Row] = {
    1001: ("Too many requests.", Move.WAIT, "Wait a minute, then submit again."),
    1003: (
        "The task or batch was not found; it may have expired.",
        Move.CHECK,
        "Check the task id and that it was made with this key.",
    ),
    1006: ("This model is not supported.", Move.FIX_INPUT, "Choose another model."),
    1007: ("The service's queue is full.", Move.WAIT, "Wait a few minutes, then submit again."),
    1009: (
        "This key has no permission for that.",
        Move.KEY_OWNER,
        "Ask the key's owner to allow this model for the key.",
    ),
    1010: ("The data was not found.", Move.CHECK, "Check the task id."),
    1011: ("There are not enough credits.", Move.TOP_UP, "Top up the account, then submit again."),
    1014: ("The upload is too large.", Move.FIX_INPUT, "Choose a smaller file."),
    1015: (
        "The daily upload limit is reached.",
        Move.WAIT,
        "Upload again tomorrow, or link to a file that is already public.",
    ),
    1017: (
        "This needs a subscription.",
        Move.KEY_OWNER,
        "Ask the key's owner to subscribe in the WeryAI console.",
    ),
    2001: ("An image was refused by the content check.", Move.FIX_INPUT, "Use another image."),
    2003: (
        "The prompt or an image was refused by the content check.",
        Move.FIX_INPUT,
        "Change the prompt or the images.",
    ),
    2004: ("The image format is not supported.", Move.FIX_INPUT, "Use a JPG, PNG or WebP image."),
    6001: ("The service had an internal error.", Move.SERVICE, "Try again later."),
    6002: ("The service limits the rate of tasks.", Move.WAIT, "Wait a minute, then submit again."),
    6003: (
        "The service could not deduct the credits.",
        Move.SERVICE,
        "Check the balance, then try again later.",
    ),
    6004: (
        "The generation failed.",
        Move.FIX_INPUT,
        'Change the request and try again; turning "generate audio" off often helps.',
    ),
    6010: (
        "More than 20 tasks are running at once.",
        Move.WAIT,
        "Wait for one of your tasks to finish.",
    ),
    6101: ("The daily limit is reached.", Move.WAIT, "Submit again tomorrow."),
}

_BAD_PARAMETER: _Row = (
    "The service refused a field of the request.",
    Move.FIX_INPUT,
    "Read the service's message, change that field, and submit again.",
)
_BAD_KEY: _Row = ("The service did not accept the API key.", Move.KEY_OWNER, _CHECK_KEY)
# 1002 was seen with both meanings; the HTTP status tells them apart where there is one.
_BAD_PARAMETER_OR_KEY: _Row = (
    "The service refused a field of the request, or the API key.",
    Move.CHECK,
    "Read the service's message: change the field it names, or check the key.",
)

HTTP: dict[int, _Row] = {
    400: (
        "The service could not read the request.",
        Move.FIX_INPUT,
        "Check the fields and the links, then submit again.",
    ),
    401: _BAD_KEY,
    402: ("The service asks for payment.", Move.TOP_UP, "Top up the account."),
    403: (
        "The API key may not do that.",
        Move.KEY_OWNER,
        "Ask the key's owner to check the key's permissions.",
    ),
    404: (
        "The address or the task was not found.",
        Move.CHECK,
        "Check the task id and the base URL.",
    ),
    408: ("The service gave up waiting for the request.", Move.CHECK, "Check the tasks in the console."),
    413: ("The request is too large.", Move.FIX_INPUT, "Choose a smaller file."),
    429: ("Too many requests.", Move.WAIT, "Wait as long as the service asks, then try again."),
    500: ("The service had an internal error.", Move.SERVICE, "Try again later."),
    502: ("A gateway of the service got no good answer.", Move.SERVICE, "Try again later."),
    503: ("The service is not available now.", Move.SERVICE, "Try again later."),
    504: ("A gateway of the service waited too long.", Move.SERVICE, "Try again later."),
}

WIRE: dict[Trouble, _Row] = {
    Trouble.DNS: (
        "The service's address could not be looked up.",
        Move.CHECK,
        "Check the network connection and the base URL.",
    ),
    Trouble.REFUSED: (
        "The service refused the connection.",
        Move.CHECK,
        "Check the base URL, or try again later.",
    ),
    Trouble.UNREACHABLE: (
        "The service could not be reached.",
        Move.CHECK,
        "Check the network connection and the base URL.",
    ),
    Trouble.CONNECT_TIMEOUT: (
        "The service did not take the connection in time.",
        Move.CHECK,
        "Check the network connection, or try again later.",
    ),
    Trouble.TLS: (
        "No secure connection could be made.",
        Move.CHECK,
        "Check the base URL, the clock of this machine, and any proxy in between.",
    ),
    Trouble.READ_TIMEOUT: (
        "The service did not answer in time.",
        Move.CHECK,
        "Check the balance and the tasks in the WeryAI console before trying again.",
    ),
    Trouble.CUT_OFF: (
        "The connection broke before the answer was complete.",
        Move.CHECK,
        "Check the balance and the tasks in the WeryAI console before trying again.",
    ),
    Trouble.DEADLINE: (
        "The call took longer than it may.",
        Move.CHECK,
        "Check the balance and the tasks in the WeryAI console before trying again.",
    ),
    Trouble.NOT_HTTP: (
        "What came back is not a proper HTTP answer.",
        Move.CHECK,
        "Check the base URL and any proxy in between.",
    ),
    Trouble.REDIRECT: (
        "The service pointed to another address, and the app did not follow.",
        Move.CHECK,
        "Check the base URL.",
    ),
    Trouble.NOT_JSON: (
        "The answer is not in the form the service documents.",
        Move.CHECK,
        "Check the base URL, and the balance and the tasks in the WeryAI console.",
    ),
    Trouble.TOO_LARGE: (
        "The answer is larger than the app reads.",
        Move.CHECK,
        "Check the base URL, and the balance and the tasks in the WeryAI console.",
    ),
    Trouble.NO_ID: (
        "The service said yes but named no task.",
        Move.CHECK,
        "Check the balance and the tasks in the WeryAI console before trying again.",
    ),
    Trouble.CONTRADICTION: (
        "The service refused the request and yet named a task.",
        Move.CHECK,
        "Check the task and the balance before trying again.",
    ),
    Trouble.BAD_REQUEST: (
        "The request cannot be written down to be sent.",
        Move.FIX_INPUT,
        "Check the fields for characters that do not belong there.",
    ),
}


def explain(http_status: int | None, code: int | None) -> Explanation:
    """What an answer's HTTP status and business code mean; total, whatever the numbers.

    A known code decides. Without one the HTTP status does, and an unknown code keeps its number in the key.
    """
    if code == 1002:
        return _explanation(_bad_parameter_or_key(http_status), "code.1002")
    if code in CODES:
        return _explanation(CODES[code], f"code.{code}")
    if http_status is not None and not 200 <= http_status < 300:
        return _explain_http(http_status)
    if code is not None and code not in (0, 200):
        row = (
            f"The service refused the request with code {code}.",
            Move.CHECK,
            "Read the service's message.",
        )
        return _explanation(row, "code.other")
    return explain_trouble(Trouble.NOT_JSON)


def explain_trouble(trouble: Trouble) -> Explanation:
    """What a trouble on the wire means; its key is `wire.` and the trouble's value."""
    return _explanation(WIRE[trouble], f"wire.{trouble.value}")


def _bad_parameter_or_key(http_status: int | None) -> _Row:
    if http_status in (401, 403):
        return _BAD_KEY
    if http_status == 400:
        return _BAD_PARAMETER
    return _BAD_PARAMETER_OR_KEY


def _explain_http(status: int) -> Explanation:
    if status in HTTP:
        return _explanation(HTTP[status], f"http.{status}")
    if 300 <= status < 400:
        return explain_trouble(Trouble.REDIRECT)
    if 400 <= status < 500:
        return _explanation(HTTP[400], "http.4xx")
    if 500 <= status < 600:
        return _explanation(HTTP[500], "http.5xx")
    return explain_trouble(Trouble.NOT_HTTP)


def _explanation(row: _Row, key: str) -> Explanation:
    cause, move, advice = row
    return Explanation(cause=cause, move=move, advice=advice, key=key)
