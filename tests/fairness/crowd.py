"""Two hundred clients that mean no good, on loopback, in a process of their own.

Each goes on until it is told to stop, at its own speed, and notes how each of its requests was answered: by a status,
or by a closed connection ("cut").
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Self

from tests.fairness.wire import PageCalls, Request
from tests.process import forkserver

NICENESS = 10
"""The crowd stands for other machines: it takes no processor time that the app wants."""
TRICKLE_S = 1.0
"""A slow client sends one byte so often."""
PAUSE_S = 0.05
"""After an answer that took no time a client breathes: 200 of them share one process."""
ANSWER_SECONDS = 120.0
UPLOAD_BYTES = 40_000_000
BOMB = "curl https://example.com -d '" + "\\'" * 7000 + " <<" + "a" * 14_000
Answered = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Target:
    """The app under attack, what its page would send, and one picture and one clip that are really media."""

    host: str
    port: int
    calls: PageCalls
    picture: bytes
    clip: bytes
    fresh_tokens: bool = False
    """Whether each request comes as a new visitor, and not each client as one."""


@dataclass(frozen=True)
class Kind:
    """One kind of hostile client: how many there are, and how many requests each holds open at once."""

    clients: int
    at_once: int = 1


FULL: Mapping[str, Kind] = {
    "idle connections": Kind(40),
    "slow headers": Kind(20),
    "slow bodies": Kind(20),
    "uploads never finished": Kind(10),
    "uploads": Kind(25, 4),
    "cuts": Kind(15, 10),
    "submissions to a hanging service": Kind(16, 8),
    "boards in loops": Kind(20),
    "paste bombs": Kind(8),
    "sandbox submissions": Kind(10),
    "straight at the sandbox": Kind(8),
    "pages": Kind(8),
}
"""200 clients, 100 uploads, 150 cuts and 128 submissions to a hanging service among them."""


class Crowd:
    """A context manager: the crowd rages inside, and says afterwards how it was answered."""

    def __init__(self, target: Target, kinds: Mapping[str, Kind]) -> None:
        self.answered: Answered = Counter()
        fork = forkserver()
        self._ours, theirs = fork.Pipe()
        self._process: BaseProcess = fork.Process(target=_rage, args=(target, dict(kinds), theirs), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        assert self._ours.recv() == "raging"
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.send("stop")
        if self._ours.poll(30):
            self.answered = self._ours.recv()
        self._process.join(10)
        self._process.kill()


def _rage(target: Target, kinds: Mapping[str, Kind], told: Connection) -> None:
    os.nice(NICENESS)
    asyncio.run(_until_told(target, kinds, told))


async def _until_told(target: Target, kinds: Mapping[str, Kind], told: Connection) -> None:
    answered: Answered = Counter()
    link = (await _exchange(target, target.calls.upload(secrets.token_urlsafe(32), "clip.mp4", target.clip)))[1]
    clip = link.partition(b'"link":"')[2].partition(b'"')[0].decode()
    tasks = [
        asyncio.create_task(_go_on(client))
        for name, kind in kinds.items()
        for client in [_Client(target, name, answered, clip) for _ in range(kind.clients)]
        for _ in range(kind.at_once)
    ]
    told.send("raging")
    await asyncio.get_running_loop().run_in_executor(None, told.recv)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    told.send(answered)


async def _go_on(client: _Client) -> None:
    act = ACTS[client.kind]
    while True:
        try:
            status = await asyncio.wait_for(act(client), ANSWER_SECONDS)
        except (OSError, EOFError, ValueError, IndexError):
            status = "cut"
        except TimeoutError:
            status = "no answer"
        client.answered[client.kind, status] += 1
        await asyncio.sleep(PAUSE_S)


@dataclass
class _Client:
    target: Target
    kind: str
    answered: Answered
    clip: str
    token: str = ""

    def visitor(self) -> str:
        if self.target.fresh_tokens or not self.token:
            self.token = secrets.token_urlsafe(32)
        return self.token

    async def ask(self, request: Request) -> str:
        return (await _exchange(self.target, request))[0]


async def _exchange(target: Target, request: Request) -> tuple[str, bytes]:
    """The status and the body of one answer, over a connection of its own."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    try:
        writer.write(_head(target, request, len(request.body)) + request.body)
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    status = (await reader.readline()).split()[1].decode()
    return status, (await reader.read()).partition(b"\r\n\r\n")[2]


def _head(target: Target, request: Request, length: int) -> bytes:
    headers = {
        "Host": f"{target.host}:{target.port}",
        "Connection": "close",
        "Content-Length": str(length),
        **request.headers,
    }
    lines = (f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{request.method} {request.path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


async def _trickle(target: Target, at_once: bytes, slowly: bytes) -> str:
    """Sends the beginning, then a byte a second, until the other side has had enough."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    try:
        writer.write(at_once)
        answer = asyncio.ensure_future(_answer(reader))
        for byte in slowly:
            writer.write(bytes((byte,)))
            await asyncio.wait({answer}, timeout=TRICKLE_S)
            if answer.done():
                break
        return (await answer)[0]
    finally:
        writer.close()


async def _idle(client: _Client) -> str:
    return await _trickle(client.target, b"", b"")


async def _slow_headers(client: _Client) -> str:
    return await _trickle(client.target, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"x" * 1000)


async def _slow_body(client: _Client) -> str:
    request = client.target.calls.board(client.visitor())
    return await _trickle(client.target, _head(client.target, request, 4000), request.body.ljust(1000))


async def _never_finished(client: _Client) -> str:
    request = client.target.calls.upload(client.visitor(), "big.mp4", b"")
    return await _trickle(client.target, _head(client.target, request, UPLOAD_BYTES) + client.target.clip, b"x" * 1000)


async def _upload(client: _Client) -> str:
    content = client.target.picture + secrets.token_bytes(16)
    return await client.ask(client.target.calls.upload(client.visitor(), "picture.png", content))


async def _cut(client: _Client) -> str:
    where = {"link": client.clip, "start": 0.0, "end": 2.5}
    return await client.ask(client.target.calls.question("references", "cut_upload", client.visitor(), **where))


async def _hanging_submission(client: _Client) -> str:
    values = {"send-to": "my-key", "my-key": "sk-of-nobody-0123456789"}
    return await client.ask(client.target.calls.event("generate", client.visitor(), **values))


async def _board(client: _Client) -> str:
    return await client.ask(client.target.calls.board(client.visitor()))


async def _paste(client: _Client) -> str:
    asked = {"text": BOMB}
    return await client.ask(client.target.calls.question("carry", "read_pasted", client.visitor(), **asked))


async def _sandbox_submission(client: _Client) -> str:
    return await client.ask(client.target.calls.event("generate", client.visitor()))


async def _straight(client: _Client) -> str:
    path = "/sandbox/v1/generation/almighty-reference-to-video"
    body = b'{"model": "SEEDANCE_2_0", "prompt": "A boat", "duration": 5}'
    headers = {"Content-Type": "application/json", "Authorization": "Bearer sk-sandbox"}
    return await client.ask(Request(path, body, headers=headers))


async def _page(client: _Client) -> str:
    return await client.ask(Request("/", method="GET", headers={}))


ACTS: Mapping[str, Callable[[_Client], Awaitable[str]]] = {
    "idle connections": _idle,
    "slow headers": _slow_headers,
    "slow bodies": _slow_body,
    "uploads never finished": _never_finished,
    "uploads": _upload,
    "cuts": _cut,
    "submissions to a hanging service": _hanging_submission,
    "boards in loops": _board,
    "paste bombs": _paste,
    "sandbox submissions": _sandbox_submission,
    "straight at the sandbox": _straight,
    "pages": _page,
}
