"""One request over one fresh connection: what was sent, what came back, and never later than it may.

A call runs in a thread of its own, because nothing in Python can interrupt a DNS lookup. The caller waits until the
deadline and then abandons the call: under one lock the gate to sending is shut and the socket is closed. So a call
that was abandoned before its first byte can never send one later, and NOT_SENT stays true.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)
from urllib3.response import HTTPResponse

from weryai_ui.client.limits import CallLimits
from weryai_ui.errors import Trouble

THREAD_NAME = "weryai-wire"
READ_BLOCK_BYTES = 64 * 1024
_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32
_COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate"})


@dataclass(frozen=True)
class Request:
    """What to send; `target` is the whole URL, `body` bytes or blocks of a known length."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | Iterator[bytes] | None = None


@dataclass(frozen=True)
class Received:
    """What came of a request. `sent` is False only when no byte of it left, and no byte will."""

    sent: bool
    trouble: Trouble | None
    http_status: int | None
    retry_after: str | None
    body: bytes


class _Abandoned(Exception):
    """The caller has gone; nothing may be sent any more."""


class _TooLarge(Exception):
    """The answer outgrew the cap."""


def send(request: Request, limits: CallLimits, body_cap: int, context: ssl.SSLContext | None) -> Received:
    """Send `request` once and return what came within `limits.whole` seconds; raises nothing of the wire."""
    call = _Call(request, limits, body_cap, context)
    thread = threading.Thread(target=call.run, name=THREAD_NAME, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return Received(False, Trouble.UNREACHABLE, None, None, b"")
    try:
        call.done.wait(max(limits.whole, 0.0))
    finally:
        call.abandon()
    return call.received()


class _Call:
    def __init__(
        self,
        request: Request,
        limits: CallLimits,
        body_cap: int,
        context: ssl.SSLContext | None,
    ) -> None:
        self.done = threading.Event()
        self._request = request
        self._limits = limits
        self._body_cap = body_cap
        self._context = context
        self._lock = threading.Lock()
        self._tap: socket.socket | None = None
        self._abandoned = False
        self._sent = False
        self._finished = False
        self._trouble: Trouble | None = None
        self._http_status: int | None = None
        self._retry_after: str | None = None
        self._body = bytearray()

    def run(self) -> None:
        try:
            self._talk()
        except Exception as error:  # noqa: BLE001 - whatever breaks here, the caller needs an outcome
            self._trouble = _trouble(error, self._sent, self._request.url)
        finally:
            with self._lock:
                self._finished = not self._abandoned
                self._close_tap()
            self.done.set()

    def abandon(self) -> None:
        """Shut the gate and the socket; nothing is sent or read after this."""
        with self._lock:
            self._abandoned = True
            self._close_tap()

    def received(self) -> Received:
        with self._lock:
            too_late = Trouble.DEADLINE if self._sent else Trouble.CONNECT_TIMEOUT
            return Received(
                sent=self._sent,
                trouble=self._trouble if self._finished else too_late,
                http_status=self._http_status,
                retry_after=self._retry_after,
                body=bytes(self._body[: self._body_cap]),
            )

    def connected(self, sock: socket.socket) -> None:
        # A duplicate, because TLS takes the original over and would leave no way to shut it from outside.
        with self._lock:
            if self._abandoned:
                raise _Abandoned
            self._tap = sock.dup()

    def _pass_gate(self) -> None:
        with self._lock:
            if self._abandoned:
                raise _Abandoned
            self._sent = True

    def _close_tap(self) -> None:
        if self._tap is None:
            return
        with contextlib.suppress(OSError):  # the other side may have been faster
            self._tap.shutdown(socket.SHUT_RDWR)
        self._tap.close()
        self._tap = None

    def _talk(self) -> None:
        connection = _connection(self, self._request.url, self._limits.connect, self._context)
        try:
            connection.connect()
            connection.timeout = self._limits.read
            self._pass_gate()
            response = _exchange(connection, self._request)
            self._http_status = response.status
            self._retry_after = response.headers.get("Retry-After")
            self._read(response)
        finally:
            connection.close()

    def _read(self, response: HTTPResponse) -> None:
        # Undecoded: the library's decoder has no cap, and a gzip bomb of 1 MiB unpacks to a gigabyte.
        try:
            while block := response.read1(READ_BLOCK_BYTES, decode_content=False):
                self._body += block
                if len(self._body) > self._body_cap:
                    raise _TooLarge
            encoding = (response.headers.get("Content-Encoding") or "").strip().lower()
            if encoding in _COMPRESSIONS:
                self._body = bytearray(_unpacked(bytes(self._body), self._body_cap))
        finally:
            response.close()


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


class _WatchedHTTP(HTTPConnection):
    call: _Call
    response_class = _StrictResponse

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        _watch(self.call, sock)
        return sock


class _WatchedHTTPS(HTTPSConnection):
    call: _Call
    response_class = _StrictResponse

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        _watch(self.call, sock)
        return sock


def _watch(call: _Call, sock: socket.socket) -> None:
    try:
        call.connected(sock)
    except BaseException:
        sock.close()
        raise


def _connection(
    call: _Call, url: str, connect_seconds: float, context: ssl.SSLContext | None
) -> _WatchedHTTP | _WatchedHTTPS:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: _WatchedHTTP | _WatchedHTTPS
    if parts.scheme == "https":
        port = parts.port or 443
        connection = _WatchedHTTPS(host, port, timeout=connect_seconds, ssl_context=context)
    else:
        connection = _WatchedHTTP(host, parts.port or 80, timeout=connect_seconds)
    connection.call = call
    # Without this a closed connection would be opened again, behind the gate, by the first send.
    connection.auto_open = 0
    return connection


def _exchange(connection: _WatchedHTTP | _WatchedHTTPS, request: Request) -> HTTPResponse:
    parts = urlsplit(request.url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    with contextlib.suppress(BrokenPipeError):  # an answer given without reading all still counts
        connection.request(
            request.method,
            target,
            body=request.body,
            headers=request.headers,
            preload_content=False,
            decode_content=False,
        )
    return connection.getresponse()


def _unpacked(packed: bytes, cap: int) -> bytes:
    unpacker = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        plain = unpacker.decompress(packed, cap + 1)
    except zlib.error:
        return packed
    if len(plain) > cap:
        raise _TooLarge
    return plain if unpacker.eof else packed


def _trouble(error: Exception, sent: bool, url: str) -> Trouble:
    return _trouble_after(error) if sent else _trouble_before(error, url)


def _trouble_before(error: Exception, url: str) -> Trouble:
    if isinstance(error, (NameResolutionError, LocationParseError, UnicodeError)):
        return Trouble.DNS
    if isinstance(error, NewConnectionError):  # before its own base class, which is the timeout in urllib3 2
        refused = isinstance(error.__cause__, ConnectionRefusedError)
        return Trouble.REFUSED if refused else Trouble.UNREACHABLE
    if isinstance(error, (ConnectTimeoutError, TimeoutError)):
        return Trouble.CONNECT_TIMEOUT
    return Trouble.TLS if url.startswith("https:") else Trouble.UNREACHABLE


def _trouble_after(error: Exception) -> Trouble:
    if isinstance(error, _TooLarge):
        return Trouble.TOO_LARGE
    if isinstance(error, (ReadTimeoutError, TimeoutError)):
        return Trouble.READ_TIMEOUT
    if isinstance(error, (ProtocolError, http.client.IncompleteRead, OSError)):
        return Trouble.CUT_OFF
    return Trouble.NOT_HTTP
