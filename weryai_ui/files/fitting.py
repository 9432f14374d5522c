"""Videos that are being made to fit, or joined: two at once in the background, until they are given up."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from weryai_ui.files.storage import NoRoom
from weryai_ui.files.upload_records import Upload
from weryai_ui.files.uploads import Uploads
from weryai_ui.i18n import Locale, say, speaking, spoken
from weryai_ui.isolation import Child
from weryai_ui.media import MediaError, Places, Watch

AT_ONCE: Final = 2
WAITING_OF_VISITOR: Final = 3
"""Of one visitor, under way or waiting: as many videos as a request takes."""
WAITING: Final = 24
TOLD_SECONDS: Final = 600.0
"""How long it is remembered what became of one."""
LEAST_PART: Final = 0.02
"""From here on the time that is left can be told."""


class Make(Protocol):
    """Makes a file in a child of these places, so that it is seen how far it is. Raises `MediaError`."""

    def __call__(self, *, places: Places, watch: Watch) -> Upload: ...


@dataclass(frozen=True)
class State:
    """How far a video is. One that has ended has the `link` of the new file, or is `refused` with a sentence."""

    part: float = 0.0
    left_s: float | None = None
    waits: bool = False
    link: str | None = None
    refused: str | None = None


@dataclass
class _Work:
    visitor: str
    locale: Locale
    make: Make
    watch: Watch | None = None
    child: Child | None = None
    begun: float = 0.0
    ended: float | None = None
    is_given_up: bool = False
    link: str | None = None
    refused: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def give_up(self) -> None:
        with self.lock:
            self.is_given_up = True
            if self.child is not None and self.ended is None:
                self.child.end()

    def started(self, child: Child) -> None:
        """A child has begun; one that nobody wants any more ends at once."""
        with self.lock:
            self.child = child
            if self.is_given_up:
                child.end()


class Fitter:
    """Makes videos fit, each known by the link of the file that it is made of. Thread-safe."""

    def __init__(self, uploads: Uploads, clock: Callable[[], float] = time.monotonic) -> None:
        self._uploads = uploads
        self._clock = clock
        self._places = Places(AT_ONCE)
        self._pool = ThreadPoolExecutor(AT_ONCE, "fit")
        self._works: dict[str, _Work] = {}
        self._lock = threading.Lock()

    def start(self, link: str, visitor: str, make: Make | None = None) -> None:
        """Begins with a file, or goes on where it has begun. Raises `NoRoom` where too many wait.

        `make`: what makes the new file, where that is another than the one of the link made to fit.
        """
        with self._lock:
            self._forget_old()
            now = [work for work in self._works.values() if work.ended is None]
            known = self._works.get(link)
            if known is not None and known.ended is None and not known.is_given_up:
                return
            if len(now) >= WAITING or sum(work.visitor == visitor for work in now) >= WAITING_OF_VISITOR:
                raise NoRoom(say("upload.too_many_fits"))
            work = self._works[link] = _Work(
                visitor, spoken(), make or partial(self._uploads.fit, link, visitor=visitor)
            )
        self._pool.submit(self._do, work)

    def states(self, links: Iterable[str]) -> dict[str, State]:
        """How far those of the links are that were begun with and not given up."""
        with self._lock:
            works = {link: self._works[link] for link in links if link in self._works}
        return {link: self._state(work) for link, work in works.items() if not work.is_given_up}

    def give_up(self, link: str) -> None:
        """Ends what was begun with a file, if it is under way."""
        with self._lock:
            work = self._works.get(link)
        if work is not None:
            work.give_up()

    def stop(self) -> None:
        """Ends everything."""
        with self._lock:
            works = list(self._works.values())
        for work in works:
            work.give_up()
        self._pool.shutdown(cancel_futures=True)

    def _do(self, work: _Work) -> None:
        with speaking(work.locale), tempfile.TemporaryFile() as progress:
            try:
                if work.is_given_up:
                    return
                work.begun = self._clock()
                work.watch = Watch(work.started, progress)
                work.link = work.make(places=self._places, watch=work.watch).link
            except MediaError as refused:
                work.refused = str(refused)
            finally:
                work.watch = None
                if work.link is None and work.refused is None:
                    work.refused = say("media.damaged")
                with work.lock:
                    work.ended = self._clock()

    def _state(self, work: _Work) -> State:
        if work.ended is not None:
            return State(1.0, 0.0, link=work.link, refused=work.refused)
        watch = work.watch
        if watch is None:
            return State(waits=True)
        part = watch.part
        took = self._clock() - work.begun
        return State(part, took * (1 - part) / part if part >= LEAST_PART else None)

    def _forget_old(self) -> None:
        old: Mapping[str, _Work] = {
            link: work
            for link, work in self._works.items()
            if work.ended is not None and self._clock() - work.ended > TOLD_SECONDS
        }
        for link in old:
            del self._works[link]
