"""A sandbox in the service's place whose films are ready-made, for tests that care for their price alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from weryai_ui import examples
from weryai_ui.sandbox.jobs import Job
from weryai_ui.sandbox.server import SandboxServer

RECORDED = Path(examples.__file__).parent / "recorded"


@contextmanager
def quick_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    """One with its own books, and nothing to draw."""

    def copied(job: Job, _started: object) -> None:
        shutil.copy(RECORDED / "relight-1.jpg", job.cover)
        shutil.copy(RECORDED / "relight-1.mp4", job.out)

    monkeypatch.setattr("weryai_ui.sandbox.child.draw", copied)
    with SandboxServer(pace=0.05) as server:
        yield server
