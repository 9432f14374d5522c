"""Tells a task's end to the address that its request named, where this sandbox may call there at all.

The sandbox of an app may call that app's own route and nobody else; the app hands in how (`Callbacks`). A sandbox
on its own calls nobody, or, when its owner says so, http services of this machine. No sandbox calls an address that
only a request names: requests come from anybody.
"""

from __future__ import annotations

import http.client
import json
import logging
import queue
import re
import threading
from typing import Final, Protocol
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 3.0
PENDING: Final = 200

_Letter = tuple[str, dict[str, object]]


class Callbacks(Protocol):
    """Which addresses a sandbox calls, and how. `allowed` names them for a person."""

    allowed: str

    def takes(self, url: str) -> bool:
        """Whether an address may be called."""

    def deliver(self, url: str, body: bytes) -> None:
        """Bring a body to an address that `takes` allows. Raises OSError, ValueError or HTTPException."""


class LoopbackCallbacks:
    """Plain http to a service of this machine, for a sandbox of a developer's own: once, without redirects.

    An address is known by its letters; no name server is asked.
    """

    allowed = "http on this machine"
    _HOSTS: Final = {"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1", "[::1]": "::1"}
    _ADDRESS: Final = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?(?=[/?#]|$)")

    def takes(self, url: str) -> bool:
        return self._ADDRESS.match(url) is not None

    def deliver(self, url: str, body: bytes) -> None:
        found, parts = self._ADDRESS.match(url), urlsplit(url)
        if found is None:
            raise ValueError("not an address of this machine")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        _post(
            http.client.HTTPConnection(self._HOSTS[found[1]], int(found[2] or 80), timeout=TIMEOUT_SECONDS),
            target,
            body,
        )


class CallbacksBelow:
    """The app whose sandbox this is, at the address that its owner named, and nobody else: once, without redirects.

    `prefix` is where it takes callbacks, up to the token.
    """

    allowed = "the app's own"
    _TOKEN: Final = re.compile(r"[\w-]{1,200}", re.ASCII)

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def takes(self, url: str) -> bool:
        return url.startswith(self._prefix) and self._TOKEN.fullmatch(url[len(self._prefix) :]) is not None

    def deliver(self, url: str, body: bytes) -> None:
        parts = urlsplit(self._prefix)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        target = parts.path + url[len(self._prefix) :]
        _post(kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS), target, body)


def _post(connection: http.client.HTTPConnection, target: str, body: bytes) -> None:
    """One POST; what is answered is not looked at."""
    try:
        connection.request("POST", target, body, {"Content-Type": "application/json"})
        connection.getresponse()
    finally:
        connection.close()


class Webhooks:
    """A queue of deliveries and the one daemon thread that makes them; without `callbacks` nobody is called."""

    def __init__(self, callbacks: Callbacks | None) -> None:
        self._callbacks = callbacks
        self._queue: queue.Queue[_Letter | None] = queue.Queue(PENDING)
        self._thread: threading.Thread | None = None

    def refusal(self, url: object) -> str | None:
        """Why an address that a request names is not called, in a sentence; None when it is, or none is named."""
        if not isinstance(url, str) or (self._callbacks and self._callbacks.takes(url)):
            return None
        allowed = self._callbacks.allowed if self._callbacks else "none"
        return f"webhook_url is not called; addresses that this sandbox calls: {allowed}"

    def send(self, url: object, content: dict[str, object]) -> None:
        """Deliver the envelope soon, if that address may be called; never blocks."""
        if not (self._callbacks and isinstance(url, str) and self._callbacks.takes(url)):
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
            self._thread.start()
        try:
            self._queue.put_nowait((url, content))
        except queue.Full:
            log.warning("a webhook was dropped: %d are waiting", PENDING)

    def close(self) -> None:
        """Finish the delivery under way and drop the rest."""
        if self._thread is None:
            return
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put(None)
        self._thread.join(2 * TIMEOUT_SECONDS)

    def _work(self) -> None:
        while self._callbacks and (letter := self._queue.get()) is not None:
            try:
                self._callbacks.deliver(letter[0], json.dumps(letter[1]).encode("ascii"))
            except (OSError, http.client.HTTPException, ValueError) as error:
                log.info("a webhook was not delivered (%s)", type(error).__name__)
