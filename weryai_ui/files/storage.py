"""How much of the folder of files is whose, and who makes room when it is full.

Room is taken before the first byte arrives, so that files that never arrive whole count as well. The process that holds
the data folder is the only one in it: what is counted in memory is all there is.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from weryai_ui.i18n import say
from weryai_ui.media import NotNow
from weryai_ui.quota import BESIDE_BYTES, Held, Quota

ROOM = Quota(whole=2 * 1024**3, share=512 * 1024**2)
ARRIVING_OF_VISITOR = 4
"""A page sends one file at a time."""
ARRIVING_OF_ADDRESS = 16
ARRIVING_SECONDS = 3600.0
"""Whatever arrives, or is being cut, has ended long before, or its end was missed."""
KEPT_SECONDS = 48 * 3600.0
INCOMING = ".incoming"


class NoRoom(NotNow):
    """A file is not taken in now: there is no room for it, or too many arrive."""


@dataclass(frozen=True)
class Owner:
    """Whose a file is: a visitor by the hash of their token, and the group of all who come from one address."""

    id: str
    group: str


APP = Owner("app", "app")
"""Of the app's own examples, which make room for nobody."""
UNKNOWN = Owner("unknown", "unknown")


class Storage:
    """What the files of one folder take of its room. Thread-safe."""

    def __init__(self, folder: Path, clock: Callable[[], float], quota: Quota) -> None:
        self._folder = folder
        self._clock = clock
        self._quota = quota
        self._held: dict[str, Held] = {}
        self._users: Counter[str] = Counter()
        self._lock = threading.Lock()

    def arrive(self, name: str, owner: Owner, size: int) -> None:
        """Takes room for a file that begins to arrive, and deletes what has to go for it. Raises `NoRoom`."""
        new = Held(name, owner.id, owner.group, size + BESIDE_BYTES, self._clock(), in_use=True)
        with self._lock:
            self._forget_old()
            arriving = [each for each in self._held.values() if each.name.endswith(INCOMING)]
            if (
                sum(each.owner == new.owner for each in arriving) >= ARRIVING_OF_VISITOR
                or sum(each.group == new.group for each in arriving) >= ARRIVING_OF_ADDRESS
            ):
                raise NoRoom(say("upload.too_many"))
            gone = self._quota.room_for(new, (self._as_used(each) for each in self._held.values()))
            if gone is None:
                raise NoRoom(say("upload.no_room"))
            for each in gone:
                self._delete(each.name)
            self._held[name] = new

    def owner_of(self, name: str) -> Owner:
        """Whose a file is that arrives or is kept. Raises `KeyError`."""
        with self._lock:
            held = self._held[name]
        return Owner(held.owner, held.group)

    def keep(self, arrived: str, name: str, size: int) -> None:
        """A file has arrived, is called `name` from now on, and has so many bytes."""
        with self._lock:
            was = self._held.pop(arrived)
            self._held[name] = replace(was, name=name, size=size + BESIDE_BYTES, in_use=was.owner == APP.id)

    def found(self, name: str, owner: Owner, size: int, since: float) -> None:
        """A file was there when the process began."""
        self._held[name] = Held(name, owner.id, owner.group, size + BESIDE_BYTES, since, in_use=owner == APP)

    def drop(self, name: str) -> None:
        """Deletes a file with what stands beside it, if it is here under this name."""
        with self._lock:
            if name in self._held:
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

    def _forget_old(self) -> None:
        now = self._clock()
        for name, each in list(self._held.items()):
            lasts = ARRIVING_SECONDS if name.endswith(INCOMING) else KEPT_SECONDS
            if now - each.since > lasts and not self._users[name]:
                self._delete(name)

    def _delete(self, name: str) -> None:
        self._held.pop(name, None)
        for path in (self._folder / name, *map((self._folder / name).with_suffix, (".json", ".thumb"))):
            path.unlink(missing_ok=True)
