"""Background work of one kind: what is due is looked for, and done by so many threads as the kind may have."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from weryai_ui.jobs.complaints import Complaints

log = logging.getLogger(__name__)

T = TypeVar("T")


class Worker(Generic[T]):
    """`find` gives at most so many pieces of work, none of those whose ids it is given; `do` does one of them.

    What is to be done stands in the store: work that fails is found again, and a process that ends loses none. `also`
    is called after each look, by what is said where it fails.

    Work that ends makes it look at once. Not with `gathers_s`, for what comes by hundreds a second: it then looks no
    sooner than so long after the last look, and before its time only where that found as much as could be done.
    """

    def __init__(
        self,
        kind: str,
        find: Callable[[int, frozenset[str]], Sequence[T]],
        do: Callable[[T], object],
        *,
        id_of: Callable[[T], str],
        at_once: int,
        looks_every_s: float,
        gathers_s: float = 0.0,
        also: Sequence[tuple[str, Callable[[], object]]] = (),
    ) -> None:
        self._kind = kind
        self._find = find
        self._do = do
        self._id_of = id_of
        self._at_once = at_once
        self._looks_every_s = looks_every_s
        self._gathers_s = gathers_s
        self._more = True
        """Whether the last look may have left something that is due."""
        self._also = also
        self._tried = Complaints(log).tried
        self._under_way: set[str] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"weryai-{kind}", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def look(self) -> None:
        """Something is due now: looks at once."""
        self._wake.set()

    def end(self) -> None:
        """Begins nothing more, and waits for nothing."""
        self._stopped.set()
        self._wake.set()

    def stop(self) -> None:
        """Begins nothing more, and waits for what is under way."""
        self.end()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def is_ending(self) -> bool:
        """Whether what is under way should be given up."""
        return self._stopped.is_set()

    @property
    def is_alive(self) -> bool:
        """Whether somebody looks."""
        return self._thread.is_alive()

    def under_way(self) -> frozenset[str]:
        """The ids of what is being done right now."""
        with self._lock:
            return frozenset(self._under_way)

    def _run(self) -> None:
        with ThreadPoolExecutor(self._at_once, thread_name_prefix=f"weryai-{self._kind}") as pool:
            while not self._stopped.is_set():
                self._wake.clear()
                self._tried(f"{self._kind}: what is due was not read", lambda: self._hand_out(pool))
                for failed, act in self._also:
                    self._tried(failed, act)
                self._stopped.wait(self._gathers_s)
                self._wake.wait(self._looks_every_s - self._gathers_s)

    def _hand_out(self, pool: ThreadPoolExecutor) -> None:
        """Never more than can be done at once: what waits in a pool is kept from every other process."""
        busy = self.under_way()
        if len(busy) >= self._at_once:
            self._more = True
            return
        most = self._at_once - len(busy)
        found = self._find(most, busy)
        self._more = len(found) >= most or not self._gathers_s
        with self._lock:
            self._under_way.update(map(self._id_of, found))
        for each in found:
            pool.submit(self._do_one, each)

    def _do_one(self, piece: T) -> None:
        name, failed = self._id_of(piece), False
        try:
            self._do(piece)
        except Exception as error:  # in a pool's thread nobody else would hear of it
            failed = True
            said = log.isEnabledFor(logging.DEBUG)
            log.error("%s %s failed: %s", self._kind, name[:8], type(error).__name__, exc_info=said)
        finally:
            with self._lock:
                self._under_way.discard(name)
            if self._more and not failed:
                self._wake.set()


def every(seconds: float, act: Callable[[], object]) -> Callable[[], None]:
    """What does something at its first call, and then at most so often."""
    last = -seconds

    def call() -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            last = time.monotonic()
            act()

    return call
