"""Open pages without a browser: `python -m bench.watchers` asks as the board of each does, and submissions *Generate*.

Reads its orders as JSON on its input and prints what it found as JSON. A process of its own, and plain sockets for
the pages: what it costs is taken from the server that it measures.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

ANSWER_SECONDS = 60.0
TROUBLES_KEPT = 20
BOARD = "/board"
ASK = "/gradio_api/component_server/"
PRESS = "/gradio_api/run/predict"
TOO_MANY = 429
ADDRESSES = 50
"""The pages come from so many addresses: new visitors of one are let in 10 a second after the first 100."""
PRESSING_ADDRESSES = 10
"""A proxy may send all presses of one address to the same process."""
IDLE_MS = 15_000
"""How often a page asks when nothing of its visitor is running, as its board does."""


class PutOff(Exception):
    """The server has too much to do just now, and says after how many seconds to ask again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Orders:
    """What to do: a page for each of `visitors`, opened within `opened_within` seconds; `settle` seconds after that
    `submits_per_second` for `seconds`, with the owner's access `code`. `whole_pages`: each also loads the page and its
    configuration.
    """

    url: str
    visitors: list[str]
    seconds: float
    opened_within: float = 0.0
    settle: float = 0.0
    submits_per_second: float = 0.0
    code: str = ""
    whole_pages: bool = False


@dataclass
class Found:
    """Seconds of each submit and of each question while submits went on, and what went wrong.

    `heard`: how many pages heard that their task is running. `put_off`: how often one was told to ask again later.
    `answered`: all requests from start to end.
    """

    submits: list[float] = field(default_factory=list)
    questions: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    next_ms: int = 0
    heard: int = 0
    put_off: int = 0
    answered: int = 0

    def trouble(self, words: str) -> None:
        """Notes the first troubles."""
        if len(self.troubles) < TROUBLES_KEPT:
            self.troubles.append(words)


@dataclass(frozen=True)
class Wiring:
    """What the page's configuration says: whom a widget's question goes to, and what a submission sends."""

    history: int
    generate: int
    trigger: int
    form: list[Any]
    """The values of the form as the page first shows it."""
    names: list[str]


class Page:
    """One open page: its board asks as often as the server says."""

    def __init__(self, orders: Orders, wiring: Wiring, number: int, found: Found) -> None:
        visitor = orders.visitors[number]
        self._orders, self._wiring, self._visitor, self._found = orders, wiring, visitor, found
        self._session = secrets.token_hex(6)
        address = urlsplit(orders.url)
        self._host, self._port = str(address.hostname), int(address.port or 80)
        self._address = _address(self._host, number)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._version, self._busy = "", False
        self.measuring = self.heard = False

    async def live(self, after: float) -> None:
        """Opens after so many seconds and asks until it is cancelled."""
        await asyncio.sleep(after)
        try:
            if self._orders.whole_pages:
                await self._exchange("GET", "/")
                await self._exchange("GET", "/config")
            while True:
                await asyncio.sleep(await self._pause())
        except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError) as error:
            self._found.trouble(f"a page: {type(error).__name__} {error}")
        finally:
            self._close()

    async def _pause(self) -> float:
        """Asks, and gives the seconds until the next question; who is put off asks again, as a page does."""
        try:
            return await self._refresh() / 1000
        except PutOff as later:
            self._found.put_off += 1
            return later.seconds

    async def _refresh(self) -> float:
        """Asks the board's question; gives the milliseconds until the next one."""
        began = time.perf_counter()
        asked = {"visitor": self._visitor, "version": self._version}
        answer = json.loads(await self._exchange("POST", BOARD, json.dumps(asked).encode()))
        if self.measuring:
            self._found.questions.append(time.perf_counter() - began)
        if "next_ms" not in answer:
            raise ValueError(f"no next_ms in {str(answer)[:200]}")
        if "cards" in answer:
            self._version = answer["version"]
            self._busy = any(card["busy"] for card in answer["cards"])
            self.heard = self.heard or self._busy
            # The board tells the history that something changed.
            await self._list_history()
        self._found.next_ms = answer["next_ms"]
        return float(answer["next_ms"]) if self._busy else IDLE_MS

    async def _list_history(self) -> None:
        asked = {"visitor": self._visitor, "filter": "all"}
        question = {"component_id": self._wiring.history, "fn_name": "list_history", "data": asked}
        await self._exchange("POST", ASK, json.dumps({**question, "session_hash": self._session}).encode())

    async def _exchange(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        async with asyncio.timeout(ANSWER_SECONDS):
            try:
                kept = self._reader is not None
                return await self._once(f"{head}\r\n".encode() + body)
            except (ConnectionError, asyncio.IncompleteReadError):
                # A kept connection may have been closed meanwhile; a browser takes another one.
                self._close()
                if not kept:
                    raise
                return await self._once(f"{head}\r\n".encode() + body)

    async def _once(self, sent: bytes) -> bytes:
        if self._reader is None or self._writer is None:
            own = (self._address, 0) if self._address else None
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port, local_addr=own)
        self._writer.write(sent)
        await self._writer.drain()
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"\r\ncontent-length: (\d+)", head)
        if length:
            body = await self._reader.readexactly(int(length[1]))
        else:
            body = b"".join([block async for block in self._blocks()])
        self._found.answered += 1
        status = int(head.split(" ", 2)[1])
        if status == TOO_MANY and (after := re.search(r"\r\nretry-after: (\d+)", head)):
            raise PutOff(float(after[1]))
        if status != 200:
            raise ValueError(f"HTTP {status} {body[:200]!r}")
        return body

    async def _blocks(self) -> Any:
        assert self._reader is not None
        while size := int((await self._reader.readline()).strip(), 16):
            yield (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readline()

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


async def measured(orders: Orders) -> Found:
    """Opens the pages, submissions, and tells."""
    found = Found()
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(_client(orders.url, each)) for each in range(PRESSING_ADDRESSES)]
        wiring = wiring_of((await clients[0].get("/config")).json())
        pages = [Page(orders, wiring, number, found) for number in range(len(orders.visitors))]
        apart = orders.opened_within / max(1, len(pages))
        living = [asyncio.create_task(page.live(number * apart)) for number, page in enumerate(pages)]
        await asyncio.sleep(orders.opened_within + orders.settle)
        for page in pages:
            page.measuring = True
        await _pressing(clients, orders, wiring, found)
        for task in living:
            task.cancel()
        await asyncio.gather(*living, return_exceptions=True)
        found.heard = sum(page.heard for page in pages)
    return found


def _client(url: str, number: int) -> httpx.AsyncClient:
    own = httpx.AsyncHTTPTransport(local_address=_address(str(urlsplit(url).hostname), number))
    return httpx.AsyncClient(base_url=url, timeout=ANSWER_SECONDS, transport=own)


def _address(host: str, number: int) -> str | None:
    """Where one of many comes from; None where the server is not on this machine."""
    return f"127.0.1.{1 + number % ADDRESSES}" if host == "127.0.0.1" else None


async def _pressing(clients: Sequence[httpx.AsyncClient], orders: Orders, wiring: Wiring, found: Found) -> None:
    """Presses at a fixed rate, whether or not the ones before are answered."""
    count = int(orders.submits_per_second * orders.seconds)
    if not count:
        await asyncio.sleep(orders.seconds)
        return
    submissions = []
    for number in range(count):
        submissions.append(asyncio.create_task(_press(clients[number % len(clients)], orders.code, wiring, found)))
        await asyncio.sleep(1 / orders.submits_per_second)
    await asyncio.gather(*submissions)


async def _press(client: httpx.AsyncClient, code: str, wiring: Wiring, found: Found) -> None:
    """One submission as the page sends it: is the app there, and the event with its answer."""
    own = {
        "visitor": secrets.token_urlsafe(32),
        "idempotency_key": secrets.token_hex(16),
        "measured": "{}",
        "prompt": "A boat",
        "send-to": "owner-key",
        "code": code,
    }
    data = [own.get(name, value) for name, value in zip(wiring.names, wiring.form, strict=True)]
    session = secrets.token_hex(6)
    body = {"data": data, "fn_index": wiring.generate, "trigger_id": wiring.trigger, "session_hash": session}
    began = time.perf_counter()
    try:
        (await client.get("/healthz")).raise_for_status()
        answer = (await client.post(PRESS, json=body)).raise_for_status()
        taken = time.perf_counter() - began
        found.answered += 2
    except httpx.HTTPError as error:
        found.trouble(f"a submission: {type(error).__name__} {error}")
        return
    if "task_id" in answer.text:
        found.submits.append(taken)
    else:
        found.trouble(f"a submission: {answer.text[:300]}")


def wiring_of(config: Mapping[str, Any]) -> Wiring:
    """The wiring by the page's configuration. Raises StopIteration or KeyError when it is not the studio's."""
    by_name = {each["props"].get("elem_id"): each["id"] for each in config["components"]}
    values = {each["id"]: each["props"].get("value") for each in config["components"]}
    trigger = by_name["generate"]
    event = next(
        each for each in config["dependencies"] if each["backend_fn"] and [trigger, "click"] in each["targets"]
    )
    # The page's script is told the names of what is sent.
    names = json.loads(re.findall(r"\[[^\]]*\]", event["js"])[0])
    form = [values[component] for component in event["inputs"]]
    return Wiring(by_name["history"], event["id"], trigger, form, names)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(measured(Orders(**json.load(sys.stdin)))))))
