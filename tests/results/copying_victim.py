"""A process that copies films until it is killed. Light on imports, so that a start costs milliseconds."""

from __future__ import annotations

import threading
from multiprocessing.connection import Connection
from pathlib import Path

from tests.durability.scripted import Clock
from tests.results.bench import Bench
from weryai_ui.jobs import copying
from weryai_ui.media import Media, MediaKind

FOUND = Media(MediaKind.VIDEO, "video/mp4", "mp4", 0, 64, 64, 2.0, False)
"""What every film of these tests is taken for."""


def live(folder: Path, origin: str, now: float, tell: Connection) -> None:
    """A process that says that it begins, and copies whatever is due, again and again, until it is killed."""
    vars(copying)["measure"] = lambda *_, **__: FOUND
    vars(copying)["_DRAWN"] = {"video": lambda *_, **__: b"a picture" * 1000}
    bench = Bench(folder, Clock(now), origin)
    tell.send("begins")
    bench.copier.start()
    threading.Event().wait()
