"""Processes that take files in until they are killed. Light on imports, so that a start costs milliseconds."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from weryai_ui.files import uploads as uploads_module
from weryai_ui.files.object_storage import PART_BYTES, ObjectStorage
from weryai_ui.files.storage import Owner
from weryai_ui.files.uploads import Uploads
from weryai_ui.media import Media, MediaKind

POINTS = ("half of it came", "all came", "bytes kept", "picture kept", "record kept")
BYTES = PART_BYTES + 1_000_000
"""Two parts of an object in a bucket."""
ANN = Owner("ann", "her address")


def uploads_at(folder: Path, url: str) -> Uploads:
    return Uploads(folder, ObjectStorage(folder, url, kept=folder))


def child(folder: Path, url: str, environment: dict[str, str]) -> Uploads:
    """The files in a process that starts no children of its own."""
    os.environ.update(environment)
    vars(uploads_module)["measure"] = lambda path, **_: Media(
        MediaKind.IMAGE, "image/png", "png", path.stat().st_size, 64, 64, None, None
    )
    vars(uploads_module)["thumbnail"] = lambda *_, **__: b"a small picture"
    return uploads_at(folder, url)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_a_point(folder: Path, url: str, environment: dict[str, str], point: str, tell: Connection) -> None:
    """Takes one file in and ends at a point of it."""
    uploads, steps = child(folder, url, environment), count(1)

    def counted(step: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if POINTS[next(steps)] == point:
                die()
            return step(*args)

        return call

    for name in ("put", "write"):
        setattr(uploads.objects, name, counted(getattr(uploads.objects, name)))
    arrived = uploads.incoming(ANN, 2000)
    tell.send(arrived.stem)
    arrived.write_bytes(b"1" * 1000)
    if point == POINTS[0]:
        die()
    arrived.write_bytes(b"1" * 2000)
    uploads.take_in(arrived, "boat.png")
    die()


def take_in_again_and_again(folder: Path, url: str, environment: dict[str, str], tell: Connection) -> None:
    """Says before each file that it begins, and after it what it is."""
    uploads = child(folder, url, environment)
    while True:
        arrived = uploads.incoming(ANN, BYTES)
        arrived.write_bytes(os.urandom(1000) * (BYTES // 1000))
        tell.send(None)
        tell.send(uploads.take_in(arrived, "boat.png"))
