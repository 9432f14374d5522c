"""A task, the stage it is in at a time, and the file that lets it outlive the process."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from weryai_ui.sandbox.envelope import CONTENT_REFUSED, GENERATION_FAILED
from weryai_ui.sandbox.scenarios import SCENARIOS, Fate, Scenario

log = logging.getLogger(__name__)

WAITING: Final = "waiting"
PROCESSING: Final = "processing"
SUCCEED: Final = "succeed"
FAILED: Final = "failed"

OURS: Final = "(in the sandbox's own words)"
"""Of the service's own sentences only some phrases are known."""
CONTENT_WORDS: Final = (
    f"[{CONTENT_REFUSED}] Content moderation: the generated audio did not pass the content check. "
    f'Try again with generate_audio "false", or change the prompt. {OURS}'
)
IMAGE_WORDS: Final = f"Image asset audit: image 1 was refused {OURS}"
COPYRIGHT_WORDS: Final = f"Copyright restrictions: the prompt was refused {OURS}"
BUSY_WORDS: Final = f"The rate limit of the model was reached {OURS}"
NO_WORDS: Final = ""
FAILED_WORDS: Final = f"[{GENERATION_FAILED}] Generation failed. Please try again later or change the request. {OURS}"

_WORDS: Final = {
    Fate.CONTENT: CONTENT_WORDS,
    Fate.IMAGE_AUDIT: IMAGE_WORDS,
    Fate.COPYRIGHT: COPYRIGHT_WORDS,
    Fate.BUSY: BUSY_WORDS,
    Fate.SILENT: NO_WORDS,
}


@dataclass(frozen=True)
class Task:
    """One video of a submit. ``created_at`` is in seconds since 1970.

    ``number`` counts from 1 within ``siblings``, the ids of the whole submit in order.
    ``account`` pays; where none is written down, the scenario's own.
    ``ended`` is None until the task has ended, then "succeed" or "failed", for good.
    """

    task_id: str
    batch_id: str | None
    siblings: tuple[str, ...]
    number: int
    key: str
    created_at: float
    price: int
    base_url: str
    request: dict[str, object]
    ended: str | None = None
    words: str | None = None
    account: str = ""
    ended_at: float | None = None

    @property
    def seconds(self) -> int:
        """The length that was asked for."""
        return int(str(self.request["duration"]))

    @property
    def payer(self) -> str:
        """The account whose credits and place in the queue it takes."""
        return self.account or self.key

    @property
    def scenario(self) -> Scenario:
        """The scenario of the key that made the task."""
        return SCENARIOS[self.key]

    @property
    def failure(self) -> str | None:
        """The words with which this task is going to fail, perhaps none; None if it is to succeed."""
        fate = self.scenario.fate
        if fate in _WORDS:
            return _WORDS[fate]
        is_last_of_several = len(self.siblings) > 1 and self.number == len(self.siblings)
        if fate is Fate.FAIL or (fate is Fate.LAST_FAILS and is_last_of_several):
            return FAILED_WORDS
        return None


@dataclass(frozen=True)
class Stage:
    """Where a task stands: its task_status, and words if it failed."""

    status: str
    words: str | None = None


def stage_of(task: Task, now: float, pace: float, *, drawn: bool, problem: str | None) -> Stage:
    """The stage by the time since the submit. Pure.

    ``drawn`` tells whether the video is there, ``problem`` why it could not be made.
    An ended task never changes again.
    """
    if task.ended is not None:
        return Stage(task.ended, task.words)
    age = now - task.created_at
    if problem is not None and task.failure is None:
        words = f"[{GENERATION_FAILED}] Generation failed: the sandbox's render {problem}."
        return Stage(FAILED, words)
    if age < task.scenario.queue_seconds * pace:
        return Stage(WAITING)
    if age < task.scenario.making_seconds * pace:
        return Stage(PROCESSING)
    if task.failure is not None:
        return Stage(FAILED, task.failure)
    return Stage(SUCCEED if drawn else PROCESSING)


class TaskFiles:
    """One small JSON file for each task, replaced at once so that it is never half written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, task: Task) -> None:
        """Write the task. Raises OSError when the disk does not take it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{task.task_id}.{os.getpid()}.part"
        part.write_text(json.dumps(asdict(task)), encoding="ascii")
        part.replace(self._folder / f"{task.task_id}.json")

    def delete(self, task_id: str) -> None:
        """Remove the task's file; missing is fine."""
        (self._folder / f"{task_id}.json").unlink(missing_ok=True)

    def load(self) -> Iterator[Task]:
        """Every task that can be read, the oldest first."""
        found = []
        for path in self._folder.glob("task_*.json"):
            with contextlib.suppress(OSError):
                found.append((path, path.read_text("ascii", "replace")))
        tasks = [task for path, text in found if (task := _read(path, text)) is not None]
        yield from sorted(tasks, key=lambda task: (task.created_at, task.number))


def _read(path: Path, text: str) -> Task | None:
    try:
        fields = json.loads(text)
        task = Task(**{**fields, "siblings": tuple(fields["siblings"])})
    except (ValueError, TypeError, KeyError):
        log.warning("task file %s cannot be read and is left alone", path.name)
        return None
    return task if task.key in SCENARIOS else None
