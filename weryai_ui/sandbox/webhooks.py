"""Tells a task's end to a webhook on this machine, and to no other.

Only plain http to localhost, 127.0.0.1 or ::1 is delivered, judged by the letters of the
address without asking a name server: a sandbox must not knock on strangers' doors.
Delivery is tried once, without redirects, with a limit of 3 s.
"""

from __future__ import annotations

import http.client
import json
import logging
import queue
import threading
from typing import Final
from urllib.parse import SplitResult, urlsplit

log = logging.getLogger(__name__)

HOSTS: Final = {"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1", "::1": "::1"}
TIMEOUT_SECONDS: Final = 3.0
PENDING: Final = 200

_Letter = tuple[str, dict[str, object]]


class Webhooks:
    """A queue of deliveries and the one daemon thread that makes them."""

    def __init__(self) -> None:
        self._queue: queue.Queue[_Letter | None] = queue.Queue(PENDING)
        self._thread: threading.Thread | None = None

    def send(self, url: str, content: dict[str, object]) -> None:
        """Deliver the envelope soon, if the address is on this machine; never blocks."""
        if not is_local(url):
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
        while (letter := self._queue.get()) is not None:
            try:
                _post(urlsplit(letter[0]), json.dumps(letter[1]).encode("ascii"))
            except (OSError, http.client.HTTPException, ValueError) as error:
                log.info("a webhook was not delivered (%s)", type(error).__name__)


def is_local(url: str) -> bool:
    """Whether the sandbox delivers to this address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in HOSTS


def _post(parts: SplitResult, body: bytes) -> None:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(HOSTS[parts.hostname or ""], parts.port or 80, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", target, body, {"Content-Type": "application/json"})
        connection.getresponse()
    finally:
        connection.close()
