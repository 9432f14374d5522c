"""The child's own side: take the limits, load the libraries, give up every further file, do one order, report.

Started by `child`. Input: the media. Output: the file for what is made. Error stream: the report. An exception that
nobody foresaw ends the process with a code other than 0, which `child` reads as "damaged".
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import sys
from typing import Any, Protocol, cast

from weryai_ui.media.libraries import load_pillow, load_pyav
from weryai_ui.media.protocol import READY, Failed, Fault, Job

try:
    import resource
except ImportError:  # Windows has no such limits; the wall time is all there is
    resource = None  # type: ignore[assignment]

_TASKS = {"picture": "pictures", "thumbnail": "pictures", "clip": "clips", "poster": "clips", "cut": "cutting"}
"""Which module of this package has the function of that name."""


class Task(Protocol):
    """Does an order; its report has JSON values only."""

    def __call__(self, job: Job) -> dict[str, Any]: ...


def main() -> None:
    """Do the order on the command line."""
    order = json.loads(sys.argv[1])
    _limit("RLIMIT_AS", order["memory_bytes"])
    _limit("RLIMIT_CPU", order["cpu_seconds"])
    _limit("RLIMIT_FSIZE", order["file_bytes"])
    _limit("RLIMIT_CORE", 0)
    task = _loaded(order["task"])
    media, made = open(0, "rb"), open(1, "w+b")  # noqa: SIM115 - the process ends before they would be closed
    # Every file that is needed is open now. A demuxer that is talked into a link gets no socket.
    _limit("RLIMIT_NOFILE", 0)
    os.write(2, READY)
    job = Job(media, made, order["extension"], order["pixels"], order["figures"])
    os.write(2, b"\n" + json.dumps(_done(task, job)).encode())
    # All is written. A library that the file has hurt, or a full output, could only spoil the end.
    os._exit(0)


def _loaded(name: str) -> Task:
    """The function for a task, everything imported that it may need. After the limits: loading counts."""
    module = importlib.import_module(f"weryai_ui.media.{_TASKS[name]}")
    load_pillow()
    if _TASKS[name] != "pictures":
        load_pyav()
    return cast(Task, getattr(module, name))


def _done(task: Task, job: Job) -> dict[str, Any]:
    try:
        report = task(job)
        job.made.flush()
        return report
    except Failed as error:
        return error.report
    except MemoryError:
        return {"fault": Fault.MEMORY}
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        return {"fault": Fault.TOO_LARGE}


def _limit(name: str, value: int) -> None:
    """Set a limit for good. A platform that does not know it, or refuses it (macOS: memory), goes without."""
    if resource is not None and hasattr(resource, name):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))
