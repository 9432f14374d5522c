"""Whether the service could read what stands behind a link: asked by this server, through the guard, before one pays.

One request for the first bytes, and no HEAD: links that are signed for reading refuse that. What a link says by itself
(`by_itself`) needs no request at all.
"""

from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass
from mimetypes import MimeTypes
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from weryai_ui.client.public_fetch import FetchError, PublicFetch, is_public
from weryai_ui.i18n import say
from weryai_ui.media import HEAD_BYTES, not_ours, sniff

AT_ONCE: Final = 2
INSIDE: Final = frozenset({"localhost", "local", "internal", "lan", "arpa"})
"""The last part of names that no public server answers for."""
_ENDINGS: Final = MimeTypes()
"""The library's own table: that of the machine would say something else elsewhere."""
_MAY_BE_MEDIA: Final = frozenset({"image", "video", "audio"})
_ANYTHING: Final = "application/octet-stream"


@dataclass(frozen=True)
class Reached:
    """Whether the service can likely read a link, and a sentence that says why."""

    good: bool
    text: str


def by_itself(link: str) -> Reached | None:
    """What a link says without being asked: that it leads inside, or to something else than media. None: no more."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return Reached(False, say("reach.unreadable"))
    if _is_inside(host):
        return Reached(False, say("reach.private"))
    mime, _ = _ENDINGS.guess_type(parts.path)
    if mime is None or mime == _ANYTHING or mime.partition("/")[0] in _MAY_BE_MEDIA:
        return None
    return Reached(False, say("reach.no_media_ending", ending=PurePosixPath(parts.path).suffix))


def _is_inside(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name, _, last = host.rpartition(".")
        return not name or last.lower() in INSIDE
    return not is_public(host)


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
