"""Whether the service could read what stands behind a link: asked by this server, through the guard, before one pays.

One request for the first bytes, and no HEAD: links that are signed for reading refuse that.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from weryai_ui.client.public_fetch import FetchError, PublicFetch
from weryai_ui.i18n import say
from weryai_ui.media import HEAD_BYTES, not_ours, sniff

AT_ONCE: Final = 2


@dataclass(frozen=True)
class Reached:
    """Whether the service can likely read a link, and a sentence that says why."""

    good: bool
    text: str


class Reach:
    """Asks links. Thread-safe."""

    def __init__(self, fetch: PublicFetch | None = None) -> None:
        self._fetch = fetch or PublicFetch(cap=HEAD_BYTES)
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def ask(self, link: str) -> Reached:
        """What a reader elsewhere would get from a link."""
        try:
            with self._places:
                found = self._fetch.peek(link)
        except FetchError as error:
            key = "private" if error.private else "unreadable" if error.refused else "silent"
            return Reached(False, say(f"reach.{key}"))
        status = found.http_status
        if 300 <= status < 400:
            return Reached(False, say("reach.redirect", status=status))
        if not 200 <= status < 300:
            return Reached(False, say("reach.status", status=status))
        kind = sniff(found.body)
        if kind is None:
            why = not_ours(found.body) if found.body else say("media.empty")
            return Reached(False, say("reach.not_media", status=status, why=why))
        return Reached(True, say("reach.good", status=status, kind=say(f"media_kind.{kind[0]}")))
