"""Films that are not drawn again: what a film costs matters in many tests, what is in it in those of the sandbox."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from weryai_ui import examples, isolation
from weryai_ui.sandbox import child
from weryai_ui.sandbox.jobs import Job
from weryai_ui.sandbox.server import SandboxServer

RECORDED = Path(examples.__file__).parent / "recorded"
_draw = child.draw
_drawn = tempfile.TemporaryDirectory(prefix="films-")
"""What this process has drawn: it ends with it."""


@contextmanager
def quick_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    """A sandbox in the service's place with its own books, whose films are ready-made."""

    def copied(job: Job, _started: object) -> None:
        shutil.copy(RECORDED / "relight-1.jpg", job.cover)
        shutil.copy(RECORDED / "relight-1.mp4", job.out)

    monkeypatch.setattr("weryai_ui.sandbox.child.draw", copied)
    with SandboxServer(pace=0.05) as server:
        yield server


@contextmanager
def each_shape_drawn_once() -> Iterator[None]:
    """The sandbox's films really drawn, but one of the same length, size and sound handed out again.

    Its words and references are then those of the first one.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "draw", _drawn_once)
        yield


def _drawn_once(job: Job, started: isolation.Started = lambda _: None) -> str | None:
    across, high = job.size
    name = f"{across}-{high}-{job.seconds}-{job.extra_frames}-{job.sound}-{job.number}"
    video, cover = (Path(_drawn.name, f"{name}.{kind}") for kind in ("mp4", "jpg"))
    if not video.exists():
        if (problem := _draw(job, started)) is not None:
            return problem
        _copy(Path(job.cover), cover)
        _copy(Path(job.out), video)
        return None
    _copy(cover, Path(job.cover))
    _copy(video, Path(job.out))
    return None


def _copy(source: Path, target: Path) -> None:
    """In one step: who sees the name sees the whole file."""
    part = target.with_name(f"{target.name}.{threading.get_ident()}.part")
    shutil.copy(source, part)
    part.replace(target)
