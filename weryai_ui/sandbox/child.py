"""Has an animatic drawn in a child process: a crash, a hang or a hungry render must not reach the server."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO, Final

from weryai_ui import isolation
from weryai_ui.isolation import End
from weryai_ui.media.limits import CHILD_THREADS
from weryai_ui.sandbox.jobs import Job

DRAWER: Final = "weryai_ui.sandbox.animatic.film"
SECONDS: Final = 120.0
LIMITS: Final = isolation.Limits(
    seconds=SECONDS,
    processors=CHILD_THREADS,
    memory_bytes=1_500_000_000,  # a picture of 65 megapixels, decoded, beside the libraries
    file_bytes=100_000_000,
)
_PROBLEMS: Final = {
    End.FAILED: "broke off",
    End.TOO_SLOW: f"took longer than {SECONDS:.0f} s",
    End.NOT_STARTED: "could not be started",
}


def draw(job: Job, started: isolation.Started = lambda _: None) -> str | None:
    """Make the job's video and its cover, each by replacing the name at once; words when that went wrong.

    ``started`` receives the child, so that another thread can end it early.
    """
    video, cover = (_part(name) for name in (job.out, job.cover))
    try:
        ended = _drawn(job, video, cover, started)
        if ended is End.DONE:
            # The cover first: whoever sees the video also finds its cover.
            cover.replace(job.cover)
            video.replace(job.out)
        return _PROBLEMS.get(ended)
    except OSError as error:
        return f"could not be written ({type(error).__name__})"
    finally:
        for path in (video, cover):
            path.unlink(missing_ok=True)


def _part(name: str) -> Path:
    return Path(f"{name}.{os.getpid()}.part")


def _drawn(job: Job, video: Path, cover: Path, started: isolation.Started) -> End:
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(path.open("w+b")) for path in (video, cover)]
        given = [_opened(each.path, stack) for each in job.references]
        at_hand = [file for file in given if file is not None]
        order = {
            "job": job.to_order(),
            "given": [None if file is None else at_hand.index(file) for file in given],
        }
        return isolation.run(isolation.Work(DRAWER, order, [*made, *at_hand]), LIMITS, started).end


def _opened(path: str | None, stack: contextlib.ExitStack) -> BinaryIO | None:
    """A reference's own file; None for a link to elsewhere, and for a file that has gone meanwhile."""
    if path is None:
        return None
    with contextlib.suppress(OSError):
        return stack.enter_context(Path(path).open("rb"))
    return None
