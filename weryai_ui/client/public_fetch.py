"""Reads links that others gave for the server, from public addresses only: results to keep, and clips to measure.

A name is looked up once, every address that it has must be public, and the connection goes to an address that was
checked: a name that changes its mind in between (DNS rebinding) changes nothing. No redirect is followed.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from weryai_ui.client.limits import CallLimits
from weryai_ui.client.transport import USER_AGENT, tls_context
from weryai_ui.client.wire import Received, Request, Sink, send
from weryai_ui.errors import AppError, Trouble

FETCH_LIMITS = CallLimits(connect=5.0, read=10.0, whole=20.0)
LOOKUP_SECONDS = 5.0
FETCH_BYTES = 8 * 1024 * 1024
PORTS = frozenset({80, 443})
URL_CHARACTERS = 2048

# Beside what the standard library calls not global: shared address space, protocol assignments and relays that some
# of its versions call global, everything that carries another address inside, and a cloud's service at a public one.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("168.63.129.16/32", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"),
        *("100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10"),
        *("fec0::/10", "ff00::/8"),
    )
)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+")

_HEADERS = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": USER_AGENT}
Resolve = Callable[..., Sequence[tuple[Any, ...]]]


class FetchError(AppError):
    """The link is not read; the text says why, and does not repeat the link.

    `http_status` where one came. `too_large`: more bytes than are read. `refused`: the link itself may not be read, now
    or later. `private`: that is because of where it leads.
    """

    def __init__(
        self,
        words: str,
        http_status: int | None = None,
        *,
        too_large: bool = False,
        refused: bool = False,
        private: bool = False,
    ) -> None:
        super().__init__(words)
        self.http_status = http_status
        self.too_large = too_large
        self.refused = refused
        self.private = private


@dataclass(frozen=True)
class FetchResult:
    """What a link answered, up to the cap of bytes."""

    http_status: int
    body: bytes


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet, and to nothing inside, special or wrapped."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if getattr(found, "scope_id", None) or not found.is_global or found.is_multicast or found.is_reserved:
        return False
    return not any(found in network for network in _NOT_PUBLIC if network.version == found.version)


class PublicFetch:
    """GETs what stands behind public links. Thread-safe. `resolve` is `socket.getaddrinfo` or stands for it."""

    def __init__(
        self, resolve: Resolve = socket.getaddrinfo, limits: CallLimits = FETCH_LIMITS, cap: int = FETCH_BYTES
    ) -> None:
        self._resolve = resolve
        self._limits = limits
        self._cap = cap

    def get(self, url: str) -> FetchResult:
        """What stands behind a link. Raises `FetchError`, before any connection where the link itself is bad."""
        received = self._answer(url)
        return FetchResult(received.http_status or 0, received.body)

    def peek(self, url: str) -> FetchResult:
        """The first bytes behind a link, whatever its status. Raises `FetchError` where nothing answers."""
        scheme, address = self._place(url, "")
        wanted = {**_HEADERS, "Range": f"bytes=0-{self._cap - 1}"}
        context = tls_context() if scheme == "https" else None
        received = send(Request("GET", url, wanted, address=address), self._limits, self._cap, context)
        if received.http_status is None or received.trouble not in (None, Trouble.TOO_LARGE):
            raise FetchError("The link did not answer in a way that can be read.", received.http_status)
        return FetchResult(received.http_status, received.body)

    def pour(self, url: str, sink: Sink, own_origin: str = "") -> None:
        """Hands what stands behind a link to `sink`, block by block. Raises `FetchError`, then of a part of it too.

        `own_origin`: this app's own address on this machine, whose sandbox's results no public address has.
        """
        self._answer(url, sink, own_origin)

    def _answer(self, url: str, sink: Sink | None = None, own_origin: str = "") -> Received:
        scheme, address = self._place(url, own_origin)
        context = tls_context() if scheme == "https" else None
        received = send(Request("GET", url, _HEADERS, address=address), self._limits, self._cap, context, sink)
        if received.http_status is not None and not 200 <= received.http_status < 300:
            raise FetchError(
                f"The link answered HTTP {received.http_status}; redirects are not followed.", received.http_status
            )
        if received.trouble is not None or received.http_status is None:
            too_large = received.trouble is Trouble.TOO_LARGE
            raise FetchError(
                "The link did not answer in a way that can be read.", received.http_status, too_large=too_large
            )
        return received

    def _place(self, url: str, own_origin: str) -> tuple[str, str | None]:
        """The scheme, and the address to connect to; None is the one that the link itself names."""
        if own_origin and url.startswith(f"{own_origin}/") and ".." not in url:
            return urlsplit(own_origin).scheme, None
        scheme, host, port = _parts(url)
        return scheme, self._public_address(host, port)

    def _public_address(self, host: str, port: int) -> str:
        addresses = [str(found[4][0]) for found in self._looked_up(host, port)]
        if not addresses or not all(map(is_public, addresses)):
            found = bool(addresses)
            raise FetchError("The link does not lead to a public address.", refused=found, private=found)
        return addresses[0]

    def _looked_up(self, host: str, port: int) -> Sequence[tuple[Any, ...]]:
        """A look-up with an end: nothing in Python can interrupt one, so a late one is left behind."""
        found: list[tuple[Any, ...]] = []

        def look_up() -> None:
            try:
                found.extend(self._resolve(host, port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError, ValueError):
                return

        thread = threading.Thread(target=look_up, name="weryai-lookup", daemon=True)
        thread.start()
        thread.join(LOOKUP_SECONDS)
        return () if thread.is_alive() else tuple(found)


def _parts(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a link that has one reading only. Raises `FetchError`."""
    if len(url) > URL_CHARACTERS or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise FetchError("The link holds characters that a link cannot have, or too many.", refused=True)
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
    except ValueError:
        raise FetchError("The link cannot be read.", refused=True) from None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or "%" in parts.netloc:
        raise FetchError("Only plain http and https links are read.", refused=True)
    if port not in PORTS:
        raise FetchError("Only links to the usual ports, 80 and 443, are read.", refused=True)
    if not _is_host(host, bracketed="[" in parts.netloc):
        raise FetchError("The link's host is not a full name or an address.", refused=True)
    return parts.scheme, host, port


def _is_host(host: str, *, bracketed: bool) -> bool:
    """A dotted name, or an address in its usual form: 127.1 and 0x7f000001 are addresses in disguise."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return not bracketed and not re.match(r"\d|0[xX]", last) and _HOST.fullmatch(host) is not None
    return bracketed is (address.version == 6)
