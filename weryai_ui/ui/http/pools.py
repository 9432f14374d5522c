"""One pool for each kind of work, and in it a share for each visitor and each address.

Who waits for a place waits in the loop and holds no thread, so that a kind of work that stands still stops no other.
Work that is short, and keeps the processor busy, stands in a line with all such work. Everything here lives in the
loop that serves.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from enum import Enum

from weryai_ui.errors import AppError, Refusal, refuse
from weryai_ui.newest import Newest

SHARE_OF_ADDRESS = 0.75
"""Of the places of a pool. Generous: a whole company may stand behind one address."""
NAMES_KEPT = 10_000
RETRY_S = 5
IPV6_NETWORK = 64
HALF_LIFE_S = 2.0
"""After so long a work that is done counts half."""
CROWDING = 0.5
"""So much each further piece of the same visitor counts against the first."""
SHORT_S = 0.1
"""Work that takes longer waits for something, and no longer for the processor."""


class Line(Enum):
    """Short work of all kinds stands in two lines, so that what takes a few milliseconds never waits behind what takes
    ten times as long, nor that behind endless small things. The value: how much of it one interpreter does at once."""

    LIGHT = 2
    HEAVY = 1


class TooMany(AppError):
    """Somebody asks for more than their share; the text says so, and when to try again."""

    def __init__(self, retry_after: int = RETRY_S) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after

    @property
    def refusal(self) -> Refusal:
        # Said where it is caught: the request of somebody else may have raised it.
        return refuse("access.too_many", seconds=self.retry_after)

    def __str__(self) -> str:
        return self.refusal


@dataclass(frozen=True)
class Who:
    """Whose share a piece of work takes: a visitor's, and their address's."""

    visitor: str
    address: str

    @classmethod
    def of(cls, visitor: str, address: str) -> Who:
        """Who names no visitor is one with all of their address who do not."""
        network = network_of(address)
        return cls(visitor or f"at {network}", network)


@dataclass(frozen=True)
class Size:
    """What a pool does at once, in all and of one visitor; how many may wait for it, and for how many seconds.

    One visitor's work begins every `every_s` on average after the first `burst`; what comes sooner waits. So do the
    first works of new visitors of one address: a token costs nothing to make, and a whole company may come at nine.
    """

    at_once: int
    of_visitor: int
    waiting: int = 64
    waiting_of_visitor: int = 8
    patience_s: float = 30.0
    every_s: float = 0.0
    burst: int = 10
    newcomers_every_s: float = 0.1
    newcomers: int = 100
    line: Line | None = None
    """In which it stands with other kinds, where it is the processor that this work needs, and not for long."""


class Pace:
    """So many at first and then one every so often, for each name (the generic cell rate algorithm)."""

    def __init__(
        self, every_s: float, burst: int, patience_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._every_s, self._burst_s, self._patience_s = every_s, every_s * burst, patience_s
        self._clock = clock
        self._due = Newest[str, float](NAMES_KEPT)

    def wait(self, name: str) -> float:
        """Seconds until one more of that name may begin, which then counts. Raises `TooMany` beyond the patience."""
        now = self._clock()
        due = max(self._due.get(name, now), now)
        wait = due - now - self._burst_s
        if wait > self._patience_s:
            raise TooMany(math.ceil(wait))
        self._due[name] = due + self._every_s
        return max(wait, 0.0)


_Name = tuple[str, str]
"""The kind of work, and whose it is: who submits is not behind for the next check."""


class _Lately:
    """How much each name has had: what was a moment ago counts 1, and less and less."""

    def __init__(self) -> None:
        self._counts = Newest[_Name, tuple[float, float]](NAMES_KEPT)

    def __contains__(self, name: _Name) -> bool:
        return name in self._counts

    def add(self, name: _Name) -> None:
        self._counts[name] = (self.count(name) + 1, time.monotonic())

    def count(self, name: _Name) -> float:
        count, then = self._counts.get(name, (0.0, 0.0))
        return count * math.exp2((then - time.monotonic()) / HALF_LIFE_S)


@dataclass(eq=False)
class _Work:
    kind: str
    who: Who
    name: _Name
    """By which it counts."""
    turn: asyncio.Future[None]
    busy: bool
    """Whether it needs the processor, as far as is known."""


class Pool:
    """At most so much of each kind of work at once. Who asks for less comes first, whatever the kind.

    What counts is how much of that kind was done for a visitor lately and how much of theirs stands here, so that
    everybody's first piece comes before anybody's second, and who asks for one thing after another before who asks for
    many at once. Those of whom nothing is known yet count as one with all such of their address. Where too many wait,
    the one that would come last is refused.

    `busy_at_once`: of what needs the processor no more is begun while so much still does; 0 where none of it does.
    """

    def __init__(self, sizes: Mapping[str, Size], busy_at_once: int = 0) -> None:
        self._sizes = sizes
        self._busy_at_once = busy_at_once
        self._paces = {kind: Pace(size.every_s, size.burst, size.patience_s) for kind, size in sizes.items()}
        self._newcomers = {
            kind: Pace(size.newcomers_every_s, size.newcomers, size.patience_s) for kind, size in sizes.items()
        }
        self._lately = _Lately()
        self._running: list[_Work] = []
        self._waiting: list[_Work] = []

    @asynccontextmanager
    async def place(self, kind: str, who: Who) -> AsyncIterator[Callable[[], None]]:
        """A place in its turn, and a call that says that the processor is needed no more.

        Raises `TooMany` beyond a share, or without a turn in time.
        """
        newcomer = (kind, who.visitor) not in self._lately
        pace = self._newcomers[kind].wait(who.address) if newcomer else self._paces[kind].wait(who.visitor)
        await asyncio.sleep(pace)
        name = (kind, f"new at {who.address}" if newcomer else who.visitor)
        loop = asyncio.get_running_loop()
        work = _Work(kind, who, name, loop.create_future(), self._busy_at_once > 0)
        self._waiting.append(work)
        self._hand_on()
        self._refuse_beyond(work)
        try:
            await self._turn_of(work)
            if work.busy:
                loop.call_later(SHORT_S, self._rest, work)
            yield lambda: self._rest(work)
        finally:
            self._leave(work)

    async def _turn_of(self, work: _Work) -> None:
        try:
            async with asyncio.timeout(self._sizes[work.kind].patience_s):
                await work.turn
        except TimeoutError:
            raise TooMany from None

    def _rest(self, work: _Work) -> None:
        if work.busy:
            work.busy = False
            self._hand_on()

    def _leave(self, work: _Work) -> None:
        if work in self._running:
            self._running.remove(work)
            for name in {work.name, (work.kind, work.who.visitor)}:
                self._lately.add(name)
        elif work in self._waiting:
            self._waiting.remove(work)
        self._hand_on()

    def _hand_on(self) -> None:
        for each in self._in_line():
            if self._fits(each):
                self._waiting.remove(each)
                self._running.append(each)
                each.turn.set_result(None)

    def _fits(self, work: _Work) -> bool:
        size, who = self._sizes[work.kind], work.who
        alike = [each.who for each in self._running if each.kind == work.kind]
        return (
            len(alike) < size.at_once
            and sum(each.visitor == who.visitor for each in alike) < size.of_visitor
            and sum(each.address == who.address for each in alike) < _share(size.at_once)
            and not (work.busy and sum(each.busy for each in self._running) >= self._busy_at_once)
        )

    def _in_line(self) -> list[_Work]:
        """Who waits, the next first, without those whose callers have gone a moment ago."""
        waiting = [each for each in self._waiting if not each.turn.done()]
        standing = Counter(each.name for each in (*waiting, *self._running))
        places: dict[_Name, float] = {
            name: self._lately.count(name) + (count - 1) * CROWDING for name, count in standing.items()
        }
        line = []
        for each in waiting:
            line.append((places[each.name], each))
            places[each.name] += 1
        return [each for _, each in sorted(line, key=lambda entry: entry[0])]

    def _refuse_beyond(self, work: _Work) -> None:
        size, who = self._sizes[work.kind], work.who
        line = [each for each in self._in_line() if each.kind == work.kind]
        crowds = (
            (size.waiting_of_visitor, [each for each in line if each.who.visitor == who.visitor]),
            (_share(size.waiting), [each for each in line if each.who.address == who.address]),
            (size.waiting, line),
        )
        for most, crowd in crowds:
            if len(crowd) > most:
                last = crowd[-1]
                self._waiting.remove(last)
                last.turn.set_exception(TooMany())
                return


class Pools:
    """All pools of one server, by the kind of work: one for each line of short work, and one for each other kind."""

    def __init__(self, sizes: Mapping[str, Size]) -> None:
        lines = {
            line: Pool({kind: size for kind, size in sizes.items() if size.line is line}, line.value) for line in Line
        }
        self._pools = {kind: lines[size.line] if size.line else Pool({kind: size}) for kind, size in sizes.items()}
        self.threads = sum(size.at_once for size in sizes.values())
        """So many there have to be for nobody to wait for one."""

    def place(self, kind: str, who: Who) -> AbstractAsyncContextManager[Callable[[], None]]:
        """A place in the pool of that kind, and a call that says that the processor is needed no more.

        Raises `TooMany`.
        """
        return self._pools[kind].place(kind, who)


def _share(places: int) -> int:
    return math.ceil(places * SHARE_OF_ADDRESS)


def network_of(address: str) -> str:
    """What counts as one client: an address, or of IPv6 the network that one subscriber has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False))
