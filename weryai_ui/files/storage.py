"""How much of the room for files is whose, and who makes room when it is full.

Room is taken before the first byte arrives, so that files that never arrive whole count as well. What is kept is
counted as the storage lists it, whichever process took it in; what arrives, and what is in use, by each process alone.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from weryai_ui.errors import refuse
from weryai_ui.media import NotNow
from weryai_ui.media.units import MEGABYTE
from weryai_ui.quota import BESIDE_BYTES, Held, Quota

ARRIVAL_BYTES = 500 * MEGABYTE
"""How large a file may come where the owner says nothing else."""
ARRIVING_OF_VISITOR = 4
"""A page sends one file at a time."""
ARRIVING_OF_ADDRESS = 16
ARRIVING_SECONDS = 3600.0
"""Whatever arrives, or is being cut, has ended long before, or its end was missed."""
KEPT_SECONDS = 48 * 3600.0
BRIEFLY_SECONDS = 3600.0
"""Of a file that does not fit: what was made of it stays, and so long it can be gone back to."""
INCOMING = ".incoming"


def room(arrival_bytes: int) -> Quota:
    """Room for files that fit, and beside it for one that does not of each visitor, and for two of all."""
    return Quota(whole=2 * 1024**3 + 2 * arrival_bytes, share=512 * 1024**2 + arrival_bytes)


class NoRoom(NotNow):
    """A file is not taken in now: there is no room for it, or too many arrive."""


class FilesAway(NotNow):
    """The storage of the files does not answer now."""

    def __init__(self) -> None:
        super().__init__(refuse("upload.storage_away"))


@dataclass(frozen=True)
class Owner:
    """Whose a file is: a visitor by the hash of their token, and the group of all who come from one address."""

    id: str
    group: str


APP = Owner("app", "app")
"""Of the app's own examples, which make room for nobody."""
UNKNOWN = Owner("unknown", "unknown")


class Storage:
    """What files take of the room for them. Thread-safe. `delete` is called by name for each that has to go."""

    def __init__(self, clock: Callable[[], float], quota: Quota, delete: Callable[[str], None]) -> None:
        self._clock = clock
        self._quota = quota
        self._delete = delete
        self._held: dict[str, Held] = {}
        self._brief: set[str] = set()
        self._users: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._making_room = threading.Lock()

    def arrive(self, name: str, owner: Owner, size: int) -> None:
        """Takes room for a file that begins to arrive, and deletes what has to go for it. Raises `NoRoom`."""
        self.forget_old()
        new = Held(name, owner.id, owner.group, size + BESIDE_BYTES, self._clock(), in_use=True)
        # What goes has gone before the next one asks: together they never hold more than the whole.
        with self._making_room:
            with self._lock:
                gone = self._room_for(new)
                self._let_go(each.name for each in gone)
                self._held[name] = new
            try:
                for each in gone:
                    self._delete(each.name)
            except BaseException:
                with self._lock:
                    self._let_go([name])
                raise

    def _room_for(self, new: Held) -> list[Held]:
        arriving = [each for each in self._held.values() if each.name.endswith(INCOMING)]
        if (
            sum(each.owner == new.owner for each in arriving) >= ARRIVING_OF_VISITOR
            or sum(each.group == new.group for each in arriving) >= ARRIVING_OF_ADDRESS
        ):
            raise NoRoom(refuse("upload.too_many"))
        gone = self._quota.room_for(new, (self._as_used(each) for each in self._held.values()))
        if gone is None:
            raise NoRoom(refuse("upload.no_room"))
        return gone

    def owner_of(self, name: str) -> Owner:
        """Whose a file is that arrives or is kept. Raises `KeyError`."""
        with self._lock:
            held = self._held[name]
        return Owner(held.owner, held.group)

    def keep(self, arrived: str, name: str, size: int, *, briefly: bool = False) -> None:
        """A file has arrived, is called `name` from now on, and has so many bytes; `briefly`: it does not fit."""
        with self._lock:
            if briefly:
                self._brief.add(name)
            was = self._held.pop(arrived)
            self._held[name] = replace(was, name=name, size=size + BESIDE_BYTES, in_use=was.owner == APP.id)

    def kept(self) -> set[str]:
        """The names of the files that have arrived."""
        with self._lock:
            return {name for name in self._held if not name.endswith(INCOMING)}

    def found(self, name: str, owner: Owner, size: int, since: float, *, briefly: bool = False) -> None:
        """A file is kept that came to an earlier process, or to another one."""
        with self._lock:
            if name not in self._held:
                self._held[name] = Held(name, owner.id, owner.group, size + BESIDE_BYTES, since, in_use=owner == APP)
                if briefly:
                    self._brief.add(name)

    def lost(self, names: Iterable[str]) -> None:
        """Files are no longer kept: another process has deleted them."""
        with self._lock:
            self._let_go(names)

    def drop(self, name: str) -> None:
        """Deletes a file, if it is here under this name."""
        with self._lock:
            if name not in self._held:
                return
            self._let_go([name])
        self._delete(name)

    def forget_old(self) -> None:
        """Deletes the files that are here long enough, and what never arrived."""
        now = self._clock()
        with self._lock:
            old = [name for name, each in self._held.items() if self._is_old(name, now - each.since)]
            self._let_go(old)
        for name in old:
            self._delete(name)

    @contextmanager
    def using(self, names: Iterable[str]) -> Iterator[None]:
        """Inside, these files do not go, whoever needs room."""
        names = list(names)
        with self._lock:
            self._users.update(names)
        try:
            yield
        finally:
            with self._lock:
                self._users -= Counter(names)

    def _as_used(self, held: Held) -> Held:
        return replace(held, in_use=True) if self._users[held.name] else held

    def _is_old(self, name: str, seconds: float) -> bool:
        kept = BRIEFLY_SECONDS if name in self._brief else KEPT_SECONDS
        return seconds > (ARRIVING_SECONDS if name.endswith(INCOMING) else kept) and not self._users[name]

    def _let_go(self, names: Iterable[str]) -> None:
        for name in names:
            self._held.pop(name, None)
            self._brief.discard(name)
