"""A server that does to a client what networks and gateways do, and keeps its own ledger of what it was sent.

Raw sockets, so that every byte of an answer, and every byte that never comes, is the test's choice.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

SOCKET_SECONDS = 10.0
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # linger for 0 seconds: close() sends RST


@dataclass
class Visit:
    """One connection as the server saw it; `complete` once a whole request, body included, was read."""

    complete: bool = False
    head: str = ""
    body: bytes = b""


@dataclass
class Ledger:
    """Every connection in the order of arrival."""

    visits: list[Visit] = field(default_factory=list)

    @property
    def submits(self) -> list[Visit]:
        """The complete requests: each could have made, and billed, a task."""
        return [visit for visit in self.visits if visit.complete]


class Talk:
    """One connection in the hands of a behaviour."""

    def __init__(self, sock: socket.socket, visit: Visit, stopping: threading.Event) -> None:
        self.sock = sock
        self.visit = visit
        self._stopping = stopping

    def read_request(self) -> None:
        """Read one request to its end and enter it into the ledger."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, body = data.partition(b"\r\n\r\n")
        self.visit.head = head.decode("latin-1")
        length = int(self.header("Content-Length") or 0)
        while len(body) < length:
            body += self._receive()
        self.visit.body, self.visit.complete = body, True

    def header(self, name: str) -> str | None:
        """A header of the request that was read."""
        for line in self.visit.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def trickle(self, data: bytes, every: float = 0.05) -> None:
        """Send byte by byte, until the data, the client or the server ends."""
        for byte in data:
            self.send(bytes([byte]))
            if self._stopping.wait(every):
                return

    def hang(self) -> None:
        """Say nothing until the client goes."""
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.sock.close()

    def _receive(self) -> bytes:
        block = self.sock.recv(65536)
        if not block:
            raise ConnectionError("the client went before its request was complete")
        return block


Behaviour = Callable[[Talk], None]


class HostileServer:
    """Listens on loopback and gives each connection to `behave`; a context manager, ready when entered."""

    def __init__(self, behave: Behaviour, port: int = 0) -> None:
        self.ledger = Ledger()
        self._behave = behave
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(SOCKET_SECONDS)
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(SOCKET_SECONDS)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            visit = Visit()
            self.ledger.visits.append(visit)
            thread = threading.Thread(target=self._serve, args=(sock, visit), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket, visit: Visit) -> None:
        sock.settimeout(SOCKET_SECONDS)
        with contextlib.suppress(OSError), sock:
            self._behave(Talk(sock, visit, self._stopping))


def answer(
    body: bytes = b"",
    status: str = "200 OK",
    headers: tuple[str, ...] = (),
    length: int | None = None,
) -> bytes:
    """An HTTP answer; `length` lies about the body when given."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += ["Content-Type: application/json", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def after_reading(data: bytes) -> Behaviour:
    """Read the whole request, answer with `data`, close."""

    def behave(talk: Talk) -> None:
        talk.read_request()
        talk.send(data)

    return behave


def slowly(head: bytes, tail: bytes) -> Behaviour:
    """Read the whole request, send `head` at once and `tail` byte by byte."""

    def behave(talk: Talk) -> None:
        talk.read_request()
        talk.send(head)
        talk.trickle(tail)

    return behave
