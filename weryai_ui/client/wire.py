"""One request in a `requests` session of its own: what was sent, what came back, and never later than it may.

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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from weryai_ui.client.limits import CallLimits
from weryai_ui.client.trouble import TooLarge, trouble_of
from weryai_ui.errors import Trouble

THREAD_NAME = "weryai-wire"
READ_BLOCK_BYTES = 64 * 1024
HEADERS_KEPT = (
    *("Date", "Server", "Retry-After", "X-Request-Id", "Request-Id", "CF-Ray", "X-RateLimit-Remaining"),
    "X-Sandbox-Note",
)
HEADER_CHARACTERS = 200
_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32
_COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate"})
# The app reads none of these. Requests would: it keeps cookies, and of a redirect that it does not follow it still
# reads and unpacks the whole body.
_HEADERS_TO_DROP = ("Location", "Set-Cookie", "Set-Cookie2", "Content-Type")


@dataclass(frozen=True)
class Request:
    """What to send; `body` is bytes, or blocks whose `len()` is the number of bytes.

    `address`: connect there instead of looking the host up; the host's name still goes into the request and TLS.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | Iterable[bytes] | None = None
    address: str | None = None


@dataclass(frozen=True)
class Received:
    """What came of a request. `sent` is False only when no byte of it left, and no byte will."""

    sent: bool
    trouble: Trouble | None
    http_status: int | None
    retry_after: str | None
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class _CallClosed(Exception):
    """The caller has gone, or the call has had its one connection; nothing may be sent any more."""


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
    def __init__(self, request: Request, limits: CallLimits, body_cap: int, context: ssl.SSLContext | None) -> None:
        self.done = threading.Event()
        self.limits = limits
        self.context = context
        self.address = request.address
        self._request = request
        self._body_cap = body_cap
        self._lock = threading.Lock()
        self._tap: socket.socket | None = None
        self._abandoned = False
        self._sent = False
        self._finished = False
        self._trouble: Trouble | None = None
        self._http_status: int | None = None
        self._retry_after: str | None = None
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = bytearray()

    def run(self) -> None:
        try:
            self._talk()
        except Exception as error:  # noqa: BLE001 - whatever breaks here, the caller needs an outcome
            self._trouble = trouble_of(error, self._sent, self._request.url)
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
                headers=self._headers,
            )

    def connected(self, sock: socket.socket) -> None:
        """Keep a hold on the call's only connection; raises `_CallClosed`."""
        # A duplicate, because TLS takes the original over and would leave no way to shut it from outside.
        with self._lock:
            if self._abandoned or self._tap is not None:
                raise _CallClosed
            self._tap = sock.dup()

    def pass_gate(self) -> None:
        """Note that the request leaves from now on; raises `_CallClosed`."""
        with self._lock:
            if self._abandoned:
                raise _CallClosed
            self._sent = True

    def _close_tap(self) -> None:
        if self._tap is None:
            return
        with contextlib.suppress(OSError):  # the other side may have been faster
            self._tap.shutdown(socket.SHUT_RDWR)
        self._tap.close()
        self._tap = None

    def _talk(self) -> None:
        request, limits = self._request, self.limits
        with (
            _session(self) as session,
            session.request(
                request.method,
                request.url,
                data=request.body,
                headers=request.headers,
                timeout=(limits.connect, limits.read),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            self._http_status = response.status_code
            self._retry_after = response.raw.headers.get("Retry-After")
            self._headers = _kept(response.raw.headers)
            self._read(response.raw)

    def _read(self, response: HTTPResponse) -> None:
        # Undecoded: the library's decoder has no cap, and a gzip bomb of 1 MiB unpacks to a gigabyte.
        while block := response.read1(READ_BLOCK_BYTES, decode_content=False):
            self._body += block
            if len(self._body) > self._body_cap:
                raise TooLarge
        encoding = (response.headers.get("Content-Encoding") or "").strip().lower()
        if encoding in _COMPRESSIONS:
            self._body = bytearray(_unpacked(bytes(self._body), self._body_cap))


def _kept(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What support asks for, as text that is safe to show."""
    found = ((name, headers.get(name)) for name in HEADERS_KEPT)
    return tuple(
        (name, "".join(each for each in value[:HEADER_CHARACTERS] if each.isprintable()))
        for name, value in found
        if value is not None
    )


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

    def __init__(self, *args: Any, call: _Call, **named: Any) -> None:
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

    def __init__(self, call: _Call) -> None:
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


def _session(call: _Call) -> Session:
    session = Session()
    session.trust_env = False  # a .netrc would replace the key, a proxy would read it
    session.headers.clear()
    adapter = _GatedAdapter(call)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _unpacked(packed: bytes, cap: int) -> bytes:
    unpacker = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        plain = unpacker.decompress(packed, cap + 1)
    except zlib.error:
        return packed
    if len(plain) > cap:
        raise TooLarge
    return plain if unpacker.eof else packed
