"""Calls to the service: the paid POST, the GET and the upload, each ending in data and never in an exception.

Every call uses a fresh connection. A kept one may have been closed by the other side, and nobody can tell then whether
the request was read; polls are seconds apart, so there is little to save. No redirect is followed, no `.netrc`, proxy
or CA setting of `requests` is read from the environment, and an answer is read up to 1 MiB.
"""

from __future__ import annotations

import dataclasses
import functools
import random as _random
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

import certifi

from weryai_ui.client.key import check_key
from weryai_ui.client.limits import LIMITS, CallLimits, Limits, quiet_pause
from weryai_ui.client.multipart import multipart
from weryai_ui.client.retry_after import parse_retry_after
from weryai_ui.client.wire import Received, Request, send
from weryai_ui.errors import Trouble

USER_AGENT = "weryai-ui"
KEY_REMOVED = b"[key removed]"
MIN_KEY_TO_REMOVE = 8  # a shorter one could be a word of any answer


@dataclass(frozen=True)
class Exchange:
    """What went over the wire, as support asks for it; never the key.

    `response_text` is what came, as far as it was read, also when it is HTML or cut off. `started_at` is UTC,
    `seconds` the time for the whole call, `retry_after` the seconds the service asks to wait, 0 to 60.
    `response_headers`: those that support asks for.
    """

    method: str
    url: str
    request_text: str | None
    http_status: int | None
    response_text: str | None
    started_at: datetime
    seconds: float
    retry_after: float | None
    response_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reply:
    """An exchange with what judging it takes: whether a byte was sent, the trouble, the body's bytes."""

    exchange: Exchange
    sent: bool
    trouble: Trouble | None
    body: bytes


class Transport:
    """The three kinds of call with one key; safe to use from many threads, since calls share nothing that changes.

    Raises `ApiKeyError` when made with a key that cannot be sent.
    """

    def __init__(
        self,
        api_key: str,
        limits: Limits = LIMITS,
        *,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = _random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = check_key(api_key)
        self._limits = limits
        self._sleep = sleep
        self._random = random
        self._clock = clock

    def paid_post(self, url: str, body: bytes) -> Reply:
        """One POST of JSON; quietly repeated, at most twice, only while no byte has left.

        All attempts and pauses share one deadline.
        """
        request = self._request("POST", url, body, {"Content-Type": "application/json"})
        started_at, start = datetime.now(UTC), self._clock()
        end = start + self._limits.submit.whole
        attempt = 0
        while True:
            limits = dataclasses.replace(self._limits.submit, whole=end - self._clock())
            reply = self._once(request, limits, body.decode("utf-8", "replace"))
            pause = quiet_pause(attempt, self._limits.quiet_pause, self._random())
            too_late = self._clock() + pause >= end
            if reply.sent or attempt == self._limits.quiet_retries or too_late:
                return _spanning(reply, started_at, self._clock() - start)
            self._sleep(pause)
            attempt += 1

    def get(self, url: str) -> Reply:
        """One GET, never repeated here: an unanswered poll is followed by the next poll."""
        return self._once(self._request("GET", url, None, {}), self._limits.poll, None)

    def upload(self, url: str, file: BinaryIO, filename: str, content_type: str) -> Reply:
        """One POST of a multipart form, streamed from a seekable file; `fixed` is "false" (observed)."""
        form = multipart({"fixed": "false"}, file, filename, content_type)
        request = self._request("POST", url, form, {"Content-Type": form.content_type})
        return self._once(request, self._limits.upload, None)

    def _request(self, method: str, url: str, body: bytes | Iterable[bytes] | None, extra: dict[str, str]) -> Request:
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "User-Agent": USER_AGENT,
        }
        return Request(method, url, headers | extra, body)

    def _once(self, request: Request, limits: CallLimits, text: str | None) -> Reply:
        started_at, start = datetime.now(UTC), self._clock()
        try:
            context = tls_context() if request.url.startswith("https:") else None
        except OSError:  # no descriptor is left to read the authorities
            received = Received(False, Trouble.TLS, None, None, b"")
        else:
            received = send(request, limits, self._limits.body_bytes, context)
        body = self._without_key(received.body)
        answered = received.http_status is not None
        exchange = Exchange(
            method=request.method,
            url=request.url,
            request_text=text,
            http_status=received.http_status,
            response_text=body.decode("utf-8", "replace") if answered else None,
            started_at=started_at,
            seconds=self._clock() - start,
            retry_after=parse_retry_after(received.retry_after, datetime.now(UTC)),
            response_headers=tuple(
                (name, self._without_key(value.encode()).decode("utf-8", "replace")) for name, value in received.headers
            ),
        )
        return Reply(exchange, received.sent, received.trouble, body)

    def _without_key(self, body: bytes) -> bytes:
        # Some services quote the key they refuse; what is kept and shown must not hold it.
        if len(self._key) < MIN_KEY_TO_REMOVE:
            return body
        return body.replace(self._key.encode("ascii"), KEY_REMOVED)


def unsent(method: str, url: str) -> Reply:
    """The reply to a request that could not even be written down."""
    now = datetime.now(UTC)
    exchange = Exchange(method, url, None, None, None, now, 0.0, None)
    return Reply(exchange, sent=False, trouble=Trouble.BAD_REQUEST, body=b"")


def _spanning(reply: Reply, started_at: datetime, seconds: float) -> Reply:
    exchange = dataclasses.replace(reply.exchange, started_at=started_at, seconds=seconds)
    return dataclasses.replace(reply, exchange=exchange)


@functools.cache  # reading the authorities takes longer than a call on a fast network
def tls_context() -> ssl.SSLContext:
    """The authorities a service's certificate may come from: the system's and certifi's."""
    # The system's authorities serve networks with their own, certifi's serve images that ship none.
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=certifi.where())
    return context
