"""Connections of `requests` that pass a gate before their first byte, and believe no header that a cut answer lacks."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import Any, Protocol

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from weryai_ui.client.limits import CallLimits

# The app reads none of these. Requests would: it keeps cookies, and of a redirect that it does not follow it still
# reads and unpacks the whole body.
_HEADERS_TO_DROP = ("Location", "Set-Cookie", "Set-Cookie2", "Content-Type")


class CallClosed(Exception):
    """The caller has gone, or the call has had its one connection; nothing may be sent any more."""


class Gate(Protocol):
    """What the connections of one call ask before they open, and before they send."""

    limits: CallLimits
    context: ssl.SSLContext | None
    address: str | None

    def connected(self, sock: socket.socket) -> None:
        """Keeps a hold on the call's only connection; raises `CallClosed`."""

    def pass_gate(self) -> None:
        """Notes that the request leaves from now on; raises `CallClosed`."""


class _StrictResponse(http.client.HTTPResponse):
    """Skips every 1xx, not only 100, and refuses headers that are not quite headers.

    The library would log those instead, with their text, and a server may have written the key into them.
    """

    def begin(self) -> None:
        super().begin()
        while 100 <= self.status < 200:
            self.headers = self.msg = None  # type: ignore[assignment]  # how http.client marks "not begun"
            super().begin()
        if self.headers.defects:
            raise http.client.HTTPException("malformed headers")
        for name in _HEADERS_TO_DROP:
            del self.headers[name]


class _GatedHTTP(HTTPConnection):
    """A connection that opens, and sends, only while its call's gate stands open."""

    response_class = _StrictResponse

    def __init__(self, *args: Any, call: Gate, **named: Any) -> None:
        super().__init__(*args, **named)
        self._call = call

    def _new_conn(self) -> socket.socket:
        named = self._dns_host
        self._dns_host = self._call.address or named
        try:
            sock = super()._new_conn()
        finally:
            self._dns_host = named
        try:
            self._call.connected(sock)
        except BaseException:
            sock.close()
            raise
        return sock

    def connect(self) -> None:
        super().connect()
        # A block of an upload may take as long as an answer; the library would give it the time for connecting.
        self.timeout = self._call.limits.read
        self.sock.settimeout(self.timeout)
        self._call.pass_gate()


class _GatedHTTPS(_GatedHTTP, HTTPSConnection):
    """The same over TLS; the handshake comes before the gate."""


class _GatedAdapter(HTTPAdapter):
    """Gives every connection the call's gate and authorities."""

    def __init__(self, call: Gate) -> None:
        super().__init__(max_retries=0)
        self.poolmanager.connection_pool_kw["ssl_context"] = call.context
        self._call = call

    def cert_verify(self, *_: object, **__: object) -> None:
        """Nothing to add: requests would load its own authorities into the shared context at every call."""

    def get_connection_with_tls_context(self, *args: Any, **named: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **named)
        pool.ConnectionCls = _GatedHTTPS if pool.scheme == "https" else _GatedHTTP
        pool.conn_kw["call"] = self._call
        return pool


def session(call: Gate) -> Session:
    """A session for one call: no cookies, no proxy, no key of a `.netrc`."""
    made = Session()
    made.trust_env = False  # a .netrc would replace the key, a proxy would read it
    made.headers.clear()
    adapter = _GatedAdapter(call)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made
