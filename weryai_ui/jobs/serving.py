"""Whether the app takes submissions: not before it is ready, and no more once it is to end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class Stage(StrEnum):
    """Where the app stands between its start and its end."""

    STARTING = "starting"
    READY = "ok"
    STOPPING = "stopping"


class Serving:
    """The stage of one app, and the submissions under way in it. Thread-safe.

    Ready from the first: only a server that can be asked before everything is there has a start to speak of.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._stage = Stage.READY
        self._under_way = 0

    @property
    def stage(self) -> Stage:
        """Where the app stands now."""
        return self._stage

    def enter(self, stage: Stage) -> None:
        """Goes on to the next stage."""
        with self._changed:
            self._stage = stage

    @contextmanager
    def submission(self) -> Iterator[bool]:
        """Whether a submission may begin now; it counts as under way until the end of the block."""
        with self._changed:
            taken = self._stage is Stage.READY
            self._under_way += taken
        try:
            yield taken
        finally:
            with self._changed:
                self._under_way -= taken
                self._changed.notify_all()

    def pause(self, seconds: float) -> bool:
        """Waits so long; False at once where the app is to end meanwhile."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._stage is Stage.STOPPING, seconds)

    def drain(self, seconds: float) -> int:
        """Takes no more submissions, and waits for those under way; gives how many are left after so many seconds."""
        with self._changed:
            self._stage = Stage.STOPPING
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._under_way, seconds)
            return self._under_way
