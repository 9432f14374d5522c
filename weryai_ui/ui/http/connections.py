"""Bounds on open connections: how many in all and from one address, and how long one may be silent.

uvicorn has no deadline for the headers of a request, and a limit on connections that refuses the next one whoever it
is. Here the connection that has waited the longest for its client makes room instead, so that who holds many open and
says nothing shuts nobody out.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from gradio import http_server
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger(__name__)

HEADER_SECONDS = 10.0
"""From the connection, or from the answer before, until all headers of a request are here."""
UNREAD_SECONDS = 30.0
"""How long a client may take nothing of an answer that waits for it."""
MOST_CONNECTIONS = 1024
SHARE_OF_ADDRESS = 0.25
SHARE_OF_DESCRIPTORS = 0.5
"""The other half of what the process may open is for the database, the service, files and child processes."""
DESCRIPTORS = 4096
"""What the process asks its system for, where less is the default."""
TAKEN_AT_ONCE = 64
"""Connections that are taken before any is looked at."""
WAITING = 2048
"""Connections that wait with the system, where they cost no descriptor."""
SAY_EVERY_S = 60.0
OUT_OF_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


@dataclass(frozen=True)
class Bounds:
    """How many connections may be open, and the seconds of silence that one may cost."""

    in_all: int = MOST_CONNECTIONS
    of_address: int = int(MOST_CONNECTIONS * SHARE_OF_ADDRESS)
    header_seconds: float = HEADER_SECONDS
    unread_seconds: float = UNREAD_SECONDS

    @classmethod
    def of_machine(cls) -> Bounds:
        """The bounds that fit what this process may open."""
        in_all = min(MOST_CONNECTIONS, int(_descriptors() * SHARE_OF_DESCRIPTORS))
        return cls(in_all, max(1, int(in_all * SHARE_OF_ADDRESS)))


class WaitsFor(IntEnum):
    """What a connection waits for, in the order in which one can be done without."""

    HEADERS = 0
    BODY = 1
    ANSWER = 2


class Connections:
    """All connections of one server. Lives in its loop.

    A proxy that is trusted to name its clients is no address of its own: everybody comes from there.
    """

    def __init__(self, bounds: Bounds, is_proxy: Callable[[str], bool]) -> None:
        self.bounds = bounds
        self._is_proxy = is_proxy
        self._open: dict[Connection, None] = {}
        self._by_address: Counter[str] = Counter()
        self._tidying: asyncio.Handle | None = None
        self._ended = Seldom()

    def __len__(self) -> int:
        return len(self._open)

    def opened(self, connection: Connection) -> None:
        """Takes a connection in; where there is no room for it, one that waits for its client goes."""
        self._open[connection] = None
        self._by_address[connection.address] += 1
        if self._tidying is None and (len(self) > self.bounds.in_all or self._crowded(connection.address)):
            # One look for all that were taken together. What they brought is read later; they are the newest.
            self._tidying = connection.loop.call_soon(self._tidy)

    def closed(self, connection: Connection) -> None:
        """Forgets a connection."""
        if connection in self._open:
            del self._open[connection]
            self._by_address[connection.address] -= 1
            if not self._by_address[connection.address]:
                del self._by_address[connection.address]

    def _crowded(self, address: str) -> bool:
        return self._by_address[address] > self.bounds.of_address and not self._is_proxy(address)

    def _tidy(self) -> None:
        """Ends as many as are too many, of a crowded address first."""
        self._tidying = None
        in_order = sorted(self._open, key=self._dispensable)
        for each in in_order:
            if self._crowded(each.address):
                self._end(each)
        left = [each for each in in_order if each in self._open]
        for each in left[: max(0, len(self) - self.bounds.in_all)]:
            self._end(each)

    def _dispensable(self, connection: Connection) -> tuple[int, int, float]:
        """Sorts by what is lost with a connection: who says nothing first, from where most are, for the longest."""
        waits_for = connection.waits_for
        newest_first = waits_for is WaitsFor.ANSWER
        since = -connection.waits_since if newest_first else connection.waits_since
        return waits_for, -self._by_address[connection.address], since

    def _end(self, connection: Connection) -> None:
        self.closed(connection)
        connection.end()
        if (times := self._ended.times()) is not None:
            log.warning("too many connections (%d times): one was ended to make room", times)


class Connection(H11Protocol):
    """uvicorn's protocol for one connection, within the bounds."""

    def __init__(self, connections: Connections, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._bounded = connections
        self._headers = Deadline(self.loop, connections.bounds.header_seconds, self.end)
        self._reading = Deadline(self.loop, connections.bounds.unread_seconds, self.end)
        self.address = ""
        self.waits_since = 0.0

    @property
    def waits_for(self) -> WaitsFor:
        """Whose move it is."""
        if self.cycle is None or self.cycle.response_complete:
            return WaitsFor.HEADERS
        return WaitsFor.BODY if self.cycle.more_body else WaitsFor.ANSWER

    def end(self) -> None:
        """Closes it without a word: a client that is silent reads none either."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._await_headers()
        self._bounded.opened(self)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.waits_for is not WaitsFor.HEADERS:
            self._headers.stop()

    def on_response_complete(self) -> None:
        self._await_headers()
        super().on_response_complete()
        if self.waits_for is not WaitsFor.HEADERS:  # the next request was here already
            self._headers.stop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._headers.stop()
        self._reading.stop()
        self._bounded.closed(self)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading.start()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reading.stop()

    def _await_headers(self) -> None:
        self.waits_since = self.loop.time()
        self._headers.start()


class Deadline:
    """Calls `act` so many seconds after its start, unless it is stopped."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, act: Callable[[], None]) -> None:
        self._loop, self._seconds, self._act = loop, seconds, act
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begins, or begins again."""
        self.stop()
        self._timer = self._loop.call_later(self._seconds, self._act)

    def stop(self) -> None:
        """Nothing will happen."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Seldom:
    """Counts what would fill a log: says how many there were, at most once in `SAY_EVERY_S`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times = 0
        self._said_at = float("-inf")

    def times(self) -> int | None:
        """Notes one more; how many there were since it was said last, or None while that is a moment ago."""
        self._times += 1
        if self._clock() - self._said_at < SAY_EVERY_S:
            return None
        times, self._times, self._said_at = self._times, 0, self._clock()
        return times


def bound(config: Config, bounds: Bounds, is_proxy: Callable[[str], bool]) -> Connections:
    """Puts the bounds on every connection that a server with this config takes from now on."""
    connections = Connections(bounds, is_proxy)

    def protocol(**named: Any) -> Connection:
        return Connection(connections, **named)

    config.http_protocol_class = protocol  # type: ignore[assignment]
    # Nothing here speaks it, and a connection that did would leave the count.
    config.ws_protocol_class = None
    config.backlog = TAKEN_AT_ONCE
    return connections


@contextmanager
def bounded_servers(is_proxy: Callable[[str], bool]) -> Iterator[None]:
    """Inside, a server that Gradio starts has the bounds from its first connection on.

    Gradio makes its server itself and takes none from outside, so its class is exchanged meanwhile.
    """

    class Server(http_server.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            bound(self.config, Bounds.of_machine(), is_proxy)
            say_seldom_what_fills_a_log(asyncio.get_running_loop())
            await super().startup(sockets)
            for server in self.servers:
                for each in server.sockets:
                    # asyncio takes as many at once as may wait; here many may wait.
                    with socket.socket(fileno=os.dup(each.fileno())) as same:
                        same.listen(WAITING)

    plain, http_server.Server = http_server.Server, Server  # type: ignore[misc]
    try:
        yield
    finally:
        http_server.Server = plain  # type: ignore[misc]


def say_seldom_what_fills_a_log(loop: asyncio.AbstractEventLoop) -> None:
    """asyncio reports a connection that it has no descriptor for by the thousand; once a minute says as much."""
    found = Seldom()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in OUT_OF_DESCRIPTORS):
            loop.default_exception_handler(context)
        elif (times := found.times()) is not None:
            log.error("no descriptor for a connection (%d times): %s", times, error.strerror)

    loop.set_exception_handler(handle)


def _descriptors() -> int:
    """How many descriptors this process may have, after asking for `DESCRIPTORS`."""
    if sys.platform == "win32":
        return DESCRIPTORS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
