"""Measures clips behind links, where the owner wants that: everywhere else the visitor's browser does."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path

from weryai_ui.client.public_fetch import FetchError, PublicFetch
from weryai_ui.media import MEDIA_LIMITS, MediaError, measure

log = logging.getLogger(__name__)

CLIP_BYTES = MEDIA_LIMITS.clip_bytes
"""What an uploaded clip may weigh as well."""
READ_AT_ONCE = 2
"""Each holds a clip in memory while it is read."""
KEPT = 1000
KEPT_SECONDS = 600.0


class RemoteClips:
    """Seconds of clips by link, read through the guard of `PublicFetch` and measured like an upload. Thread-safe."""

    def __init__(self, fetch: PublicFetch | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch or PublicFetch(cap=CLIP_BYTES)
        self._turns = threading.BoundedSemaphore(READ_AT_ONCE)
        self._clock = clock
        self._found: OrderedDict[str, tuple[float | None, float]] = OrderedDict()
        self._lock = threading.Lock()

    def seconds(self, links: Iterable[str]) -> dict[str, float]:
        """The length of every clip that could be read and measured; the others are not there."""
        found = {link: self._remembered(link) for link in dict.fromkeys(links)}
        return {link: length for link, length in found.items() if length is not None}

    def _remembered(self, link: str) -> float | None:
        with self._lock:
            length, at = self._found.get(link, (None, -KEPT_SECONDS))
            if link in self._found and self._clock() - at < KEPT_SECONDS:
                return length
        length = self._measured(link)
        with self._lock:
            self._found[link] = (length, self._clock())
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
        return length

    def _measured(self, link: str) -> float | None:
        try:
            with self._turns, tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "clip"
                path.write_bytes(self._fetch.get(link).body)
                return measure(path).duration_s
        except (FetchError, MediaError, OSError) as error:
            log.info("a clip behind a link was not measured: %s", type(error).__name__)
            return None
