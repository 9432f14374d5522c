"""One request in a `requests` session of its own: what was sent, what came back, and never later than it may.

A call runs in a thread of its own, because nothing in Python can interrupt a DNS lookup. The caller waits until the
deadline and then abandons the call: under one lock the gate to sending is shut and the socket is closed. So a call
that was abandoned before its first byte can never send one later, and NOT_SENT stays true.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from urllib3.response import HTTPResponse

from weryai_ui.client.gated import CallClosed, session
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


class Sink(Protocol):
    """Takes the body of an answer with 2xx block by block, in place of memory. What it raises ends the call."""

    def begin(self, length: int | None) -> None:
        """The body begins; `length` is what the answer says of its bytes, if it does."""

    def take(self, block: bytes) -> None:
        """The next bytes, as they came: nothing is unpacked."""


@dataclass(frozen=True)
class Received:
    """What came of a request. `sent` is False only when no byte of it left, and no byte will."""

    sent: bool
    trouble: Trouble | None
    http_status: int | None
    retry_after: str | None
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def send(
    request: Request, limits: CallLimits, body_cap: int, context: ssl.SSLContext | None, sink: Sink | None = None
) -> Received:
    """Send `request` once and return what came within `limits.whole` seconds; raises nothing of the wire.

    With a `sink` the body goes there, still no more than `body_cap`, and `Received.body` is empty.
    """
    call = _Call(request, limits, body_cap, context, sink)
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
        sink: Sink | None = None,
    ) -> None:
        self.done = threading.Event()
        self.limits = limits
        self.context = context
        self.address = request.address
        self._request = request
        self._body_cap = body_cap
        self._sink = sink
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
        """Keep a hold on the call's only connection; raises `CallClosed`."""
        # A duplicate, because TLS takes the original over and would leave no way to shut it from outside.
        with self._lock:
            if self._abandoned or self._tap is not None:
                raise CallClosed
            self._tap = sock.dup()

    def pass_gate(self) -> None:
        """Note that the request leaves from now on; raises `CallClosed`."""
        with self._lock:
            if self._abandoned:
                raise CallClosed
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
            session(self) as own,
            own.request(
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
            if self._sink is None:
                self._read(response.raw)
            else:
                self._pour(response.raw, self._sink)

    def _pour(self, response: HTTPResponse, sink: Sink) -> None:
        """Hands the body on as it comes. A caller that has given up gets nothing more: its sink may be closed."""
        if not 200 <= response.status < 300:
            return
        length = response.headers.get("Content-Length", "")
        sink.begin(int(length) if length.isdecimal() else None)
        came = 0
        while block := response.read1(READ_BLOCK_BYTES, decode_content=False):
            came += len(block)
            if came > self._body_cap:
                raise TooLarge
            with self._lock:
                if self._abandoned:
                    raise CallClosed
                sink.take(block)

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


def _unpacked(packed: bytes, cap: int) -> bytes:
    unpacker = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        plain = unpacker.decompress(packed, cap + 1)
    except zlib.error:
        return packed
    if len(plain) > cap:
        raise TooLarge
    return plain if unpacker.eof else packed
