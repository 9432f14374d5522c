"""Has an order done in a child process (`isolation`): the media as its first file, what it makes as its second."""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from weryai_ui import isolation
from weryai_ui.i18n import say
from weryai_ui.isolation import End
from weryai_ui.media.limits import CHILD_THREADS, CHILDREN_AT_ONCE, QUEUE_SECONDS, MediaLimits
from weryai_ui.media.protocol import PART, Fault
from weryai_ui.media.sentences import MediaError, NotNow, too_slow

WORKER: Final = "weryai_ui.media.worker"

Places = threading.BoundedSemaphore
"""How many children one kind of caller has at once: who asks for others must not be kept waiting by it."""

_places = Places(CHILDREN_AT_ONCE)


@dataclass(frozen=True)
class Order:
    """What a child shall do: the name of a task in `worker`, the file's extension, and the task's own figures."""

    task: str
    extension: str
    seconds: float
    """Wall time."""
    figures: Mapping[str, float]
    others: Sequence[tuple[BinaryIO, str]] = ()
    """Further files that it is about, each with its extension."""


@dataclass(frozen=True)
class Watch:
    """How another thread sees how far a child is, and ends it."""

    started: isolation.Started = lambda _: None
    progress: BinaryIO | None = None
    """A real file, in which the child writes the part that is done."""

    @property
    def part(self) -> float:
        """From 0 to 1."""
        if self.progress is None:
            return 0.0
        data = os.pread(self.progress.fileno(), PART.size, 0)
        part = float(PART.unpack(data)[0]) if len(data) == PART.size else 0.0
        return min(1.0, max(0.0, part)) if math.isfinite(part) else 0.0


UNSEEN: Final = Watch()


def run(
    order: Order,
    media: BinaryIO,
    made: BinaryIO,
    limits: MediaLimits,
    places: Places | None = None,
    watch: Watch = UNSEEN,
) -> dict[str, Any]:
    """The report of a child about the order, or its `fault`; what it made is in `made`, from the first byte.

    Both files are real ones with a descriptor. `places` are the caller's own, if not the app's. Raises `MediaError`
    when there was no child or it was ended.
    """
    others = [file for file, _ in order.others]
    files = (media, made, *others, *(() if watch.progress is None else (watch.progress,)))
    work = isolation.Work(WORKER, _figures(order, limits), files)
    with _a_place(places or _places):
        ended = isolation.run(work, _limits(order, limits), watch.started)
    match ended.end:
        case End.DONE:
            return ended.report
        case End.TOO_SLOW:
            raise MediaError(too_slow(order.seconds))
        case End.NOT_STARTED:
            raise NotNow(say("media.cannot_start"))
        case End.FAILED:  # an end without a report counts as damage of the file
            return {"fault": Fault.DAMAGED}


@contextlib.contextmanager
def _a_place(places: Places) -> Iterator[None]:
    if not places.acquire(timeout=QUEUE_SECONDS):
        raise NotNow(say("media.busy"))
    try:
        yield
    finally:
        places.release()


def _figures(order: Order, limits: MediaLimits) -> dict[str, Any]:
    return {
        "task": order.task,
        "extension": order.extension,
        "others": [extension for _, extension in order.others],
        "figures": dict(order.figures),
        "pixels": limits.pixels,
    }


def _limits(order: Order, limits: MediaLimits) -> isolation.Limits:
    return isolation.Limits(order.seconds, CHILD_THREADS, limits.memory_bytes, limits.clip_bytes)
