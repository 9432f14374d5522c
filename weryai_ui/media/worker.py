"""The child's own side: loads what a task needs, and does one order on the media that it is handed.

`isolation` starts it and sets its limits. An exception that nobody foresaw ends the process, which `child` reads as
"damaged".
"""

from __future__ import annotations

import errno
import importlib
from collections.abc import Mapping
from typing import Any, BinaryIO, Protocol, cast

from weryai_ui import isolation
from weryai_ui.media.libraries import load_pillow, load_pyav
from weryai_ui.media.protocol import Fault, Job, WorkerFault

_TASKS = {
    "picture": "pictures",
    "thumbnail": "pictures",
    "fit_picture": "fit_pictures",
    "clip": "clips",
    "poster": "clips",
    "last_frame": "clips",
    "cut": "cutting",
    "fit_clip": "cutting",
    "join": "joining",
}
"""Which module of this package has the function of that name."""
_OF_PICTURES = ("pictures", "fit_pictures")


class Task(Protocol):
    """Does an order; its report has JSON values only."""

    def __call__(self, job: Job) -> dict[str, Any]: ...


def load(order: Mapping[str, Any]) -> isolation.Task:
    """The order, ready to be done on the media and a file for what is made, everything imported that it may need."""
    task = _loaded(order["task"])

    def work(files: list[BinaryIO]) -> Mapping[str, Any]:
        media, made, *rest = files
        others = tuple(zip(rest, order["others"], strict=False))
        watched = rest[-1] if len(rest) > len(others) else None
        return _done(task, Job(media, made, order["extension"], order["pixels"], order["figures"], watched, others))

    return work


def _loaded(name: str) -> Task:
    module = importlib.import_module(f"weryai_ui.media.{_TASKS[name]}")
    load_pillow()
    if _TASKS[name] not in _OF_PICTURES:
        load_pyav()
    return cast(Task, getattr(module, name))


def _done(task: Task, job: Job) -> dict[str, Any]:
    try:
        report = task(job)
        job.made.flush()
        return report
    except WorkerFault as error:
        return error.report
    except MemoryError:
        return {"fault": Fault.MEMORY}
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        return {"fault": Fault.TOO_LARGE}
