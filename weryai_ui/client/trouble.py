"""What an exception of the wire means: libraries raise the same class for things that must be told apart."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

from requests.exceptions import InvalidURL, RequestException
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from weryai_ui.errors import Trouble


class TooLarge(Exception):
    """The answer outgrew the cap."""


def trouble_of(error: Exception, sent: bool, url: str) -> Trouble:
    """The trouble behind `error`, raised before or after the first byte of the request was sent; total."""
    errors = list(_wrapped(error))
    return _after(errors) if sent else _before(errors, url)


def _before(errors: list[BaseException], url: str) -> Trouble:
    if _any(errors, NameResolutionError, LocationParseError, InvalidURL, UnicodeError):
        return Trouble.DNS
    if _any(errors, NewConnectionError):  # before its own base class, which is the timeout in urllib3 2
        return Trouble.REFUSED if _any(errors, ConnectionRefusedError) else Trouble.UNREACHABLE
    if _any(errors, ConnectTimeoutError, TimeoutError):
        return Trouble.CONNECT_TIMEOUT
    return Trouble.TLS if url.startswith("https:") else Trouble.UNREACHABLE


def _after(errors: list[BaseException]) -> Trouble:
    if _any(errors, TooLarge):
        return Trouble.TOO_LARGE
    if _any(errors, ReadTimeoutError, TimeoutError):
        return Trouble.READ_TIMEOUT
    below = [error for error in errors if not isinstance(error, RequestException)]  # those are all OSErrors
    # urllib3 makes a ProtocolError of a bad head too, but then one with a cause.
    cut_off = _any(below, http.client.IncompleteRead, OSError) or _any(below[-1:], ProtocolError)
    return Trouble.CUT_OFF if cut_off else Trouble.NOT_HTTP


def _wrapped(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, outermost first: requests wraps what urllib3 has wrapped already."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _any(errors: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(error, kinds) for error in errors)
