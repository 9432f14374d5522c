"""The tasks of the sandbox over time: accepted, paid, drawn, ended, announced, forgotten.

A price is the video's seconds. Nobody has said whether the real service charges a failed
task; here a failed task is refunded. Credits, unfinished tasks and turns at drawing are counted for each
account, so that nobody uses up another's.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from weryai_ui.sandbox.animatic.queue import RenderQueue
from weryai_ui.sandbox.envelope import NO_SUCH_TASK, QUEUE_FULL, TOO_MANY_TASKS, ApiError, success
from weryai_ui.sandbox.jobs import DEFAULT_ASPECT_RATIO, DEFAULT_RESOLUTION, Job, Reference
from weryai_ui.sandbox.keys import Customer
from weryai_ui.sandbox.media import MediaStore, name_in
from weryai_ui.sandbox.purses import Purses
from weryai_ui.sandbox.tasks import FAILED, SUCCEED, Stage, Task, TaskFiles, stage_of
from weryai_ui.sandbox.validation import REFERENCE_LIMITS, urls_of
from weryai_ui.sandbox.webhooks import Callbacks, Webhooks

log = logging.getLogger(__name__)

UNFINISHED_TASKS: Final = 20  # of one account; observed: more is 6010
UNFINISHED_IN_ALL: Final = 400
CROWDED: Final = 200  # unfinished in all: from here on an account has few
UNFINISHED_WHEN_CROWDED: Final = 4
KEPT_TASKS: Final = 500
KEPT_SECONDS: Final = 24 * 3600.0
TICK_SECONDS: Final = 0.05


class Lifecycle:
    """All tasks of one sandbox. Every method may be called from any thread."""

    def __init__(
        self,
        folder: Path,
        media: MediaStore,
        pace: float,
        callbacks: Callbacks | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._files, self._media, self._pace = TaskFiles(folder), media, pace
        self._clock = clock or _steady_clock()
        self._studio, self._webhooks = RenderQueue(), Webhooks(callbacks)
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._tasks: dict[str, Task] = {}
        self._thread: threading.Thread | None = None
        self._closed = False
        self._purses = Purses(self._clock)
        media.in_use = self._files_in_use

    def begin(self) -> None:
        """Take up the tasks on disk and let time pass; a second call does nothing."""
        if self._thread is not None:  # every request comes by here; most need not wait
            return
        with self._lock:
            if self._thread is not None or self._closed:
                return
            self._media.prepare()
            # Where the clock was set back while nobody ran, a task would begin in days.
            now = self._clock()
            found = (replace(task, created_at=min(task.created_at, now)) for task in self._files.load())
            self._tasks = {task.task_id: task for task in found}
            for task in self._unfinished():
                self._draw(task)
            self._thread = threading.Thread(target=self._pass_time, name="life", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop the threads and the render under way; unfinished tasks stay on disk."""
        with self._lock:
            self._closed = True
        self._wake.set()
        self._studio.close()
        if self._thread is not None:
            self._thread.join(10)
        self._webhooks.close()

    def submit(self, customer: Customer, request: dict[str, object], base_url: str) -> list[Task]:
        """Make the tasks of an accepted request, one for each video, on disk before return.

        Raises ApiError 6010 (too many unfinished), 1011 (not enough credits) or 1007 (too many of all), HTTP 200.
        """
        several, seconds = request.get("video_number", 1), request["duration"]
        assert isinstance(several, int) and isinstance(seconds, int)  # the judge saw to it
        with self._lock:
            self._settle()
            self._forget()
            self._check_room(customer.account, several)
            self._purses.pay(customer.account, several * seconds)
            tasks = _make(customer, request, base_url, several, seconds, self._clock())
            for task in tasks:
                self._files.save(task)
            for task in tasks:
                self._tasks[task.task_id] = task
                self._draw(task)
        self._wake.set()
        if (refusal := self.callback_refusal(request)) is not None:
            log.info("%s: %s", tasks[0].task_id, refusal)
        return tasks

    def callback_refusal(self, request: dict[str, object]) -> str | None:
        """Why the address that a request names for its end is not called, in a sentence."""
        return self._webhooks.refusal(request.get("webhook_url"))

    def _check_room(self, account: str, several: int) -> None:
        """Raises ApiError where the account, or the sandbox, has too many unfinished tasks for so many more."""
        unfinished = self._unfinished()
        mine = sum(task.payer == account for task in unfinished)
        in_all = len(unfinished) + several
        most = UNFINISHED_TASKS if in_all <= CROWDED else UNFINISHED_WHEN_CROWDED
        if mine + several > most:
            raise ApiError(200, TOO_MANY_TASKS, f"at most {most} tasks at once; {mine} are unfinished")
        if in_all > UNFINISHED_IN_ALL:
            raise ApiError(200, QUEUE_FULL, "the queue is full; try again later")

    def credits(self, account: str) -> int:
        """Credits left."""
        with self._lock:
            return self._purses.credits(account)

    def task_data(self, task_id: str, base_url: str) -> dict[str, object]:
        """The ``data`` of a task's status (observed). Raises ApiError 1003 (HTTP 404)."""
        with self._lock:
            self._settle()
            task = self._tasks.get(task_id)
            if task is None:
                raise ApiError(404, NO_SUCH_TASK, "no such task, or it has expired")
            if task.ended == SUCCEED and self._media.path(f"{task_id}.mp4") is None:
                self._draw(task)
            return _task_data(task, self._stage(task), base_url)

    def batch_data(self, batch_id: str, base_url: str) -> dict[str, object]:
        """The ``data`` of a batch's status (observed). Raises ApiError 1003 (HTTP 404)."""
        with self._lock:
            batch = [task for task in self._tasks.values() if task.batch_id == batch_id]
            if not batch:
                raise ApiError(404, NO_SUCH_TASK, "no such batch, or it has expired")
            return {
                "batch_id": batch_id,
                "task_ids": [task.task_id for task in batch],
                "tasks": [self.task_data(task.task_id, base_url) for task in batch],
            }

    def _unfinished(self) -> list[Task]:
        return [task for task in self._tasks.values() if task.ended is None]

    def _files_in_use(self) -> frozenset[str]:
        """Names of the sandbox's own files that unfinished tasks are drawn from."""
        with self._lock:
            urls = (
                url for task in self._unfinished() for kind in REFERENCE_LIMITS for url in urls_of(task.request, kind)
            )
            return frozenset(name for url in urls if (name := name_in(url)) is not None)

    def _stage(self, task: Task) -> Stage:
        out = self._media.folder / f"{task.task_id}.mp4"
        return stage_of(
            task,
            self._clock(),
            self._pace,
            drawn=out.is_file(),
            problem=self._studio.problem(out),
        )

    def _draw(self, task: Task) -> None:
        if task.failure is None and self._media.path(f"{task.task_id}.mp4") is None:
            self._studio.order(job_of(task, self._media), task.payer)

    def _pass_time(self) -> None:
        """Ends tasks when their time has come, also when nobody asks: webhooks wait for it."""
        while not self._closed:
            with self._lock:
                self._settle()
                busy = bool(self._unfinished())
            self._wake.clear()
            self._wake.wait(TICK_SECONDS if busy else 1.0)

    def _settle(self) -> None:
        for task in self._unfinished():
            stage = self._stage(task)
            if stage.status in (SUCCEED, FAILED):
                self._end(replace(task, ended=stage.status, words=stage.words), stage)

    def _end(self, task: Task, stage: Stage) -> None:
        if stage.status == FAILED:
            self._purses.refund(task.payer, task.price)
        else:
            self._media.note_seconds(f"{task.task_id}.mp4", task.seconds)
        self._tasks[task.task_id] = task
        if stage.status == SUCCEED:
            for extension in ("jpg", "mp4"):
                self._media.keep_result(f"{task.task_id}.{extension}", task.payer)
        try:
            self._files.save(task)
        except OSError as error:  # a full disk: a restart finds the task unfinished, no more
            log.warning("the end of %s was not written (%s)", task.task_id, type(error).__name__)
        self._webhooks.send(task.request.get("webhook_url"), success(_task_data(task, stage, task.base_url)))

    def _forget(self) -> None:
        """Delete ended tasks that are over a day old, or too many: of the account that has the most, the oldest."""
        ended = [task for task in self._tasks.values() if task.ended is not None]
        old = [task for task in ended if self._clock() - task.created_at > KEPT_SECONDS]
        for task in old:
            self._delete(task)
        kept = [task for task in ended if task.task_id in self._tasks]
        while kept and len(self._tasks) > KEPT_TASKS:
            (most, _), *_ = Counter(task.payer for task in kept).most_common(1)
            oldest = next(task for task in kept if task.payer == most)
            kept.remove(oldest)
            self._delete(oldest)

    def _delete(self, task: Task) -> None:
        del self._tasks[task.task_id]
        self._files.delete(task.task_id)
        for extension in ("mp4", "jpg"):
            self._media.delete(f"{task.task_id}.{extension}")


def _steady_clock() -> Callable[[], float]:
    """Seconds since 1970 that go on steadily, even when somebody sets the machine's clock."""
    ahead = time.time() - time.monotonic()
    return lambda: ahead + time.monotonic()


def _make(
    customer: Customer,
    request: dict[str, object],
    base_url: str,
    several: int,
    seconds: int,
    now: float,
) -> list[Task]:
    ids = tuple(f"task_{secrets.token_hex(12)}" for _ in range(several))
    batch_id = f"batch_{secrets.token_hex(12)}" if several > 1 else None
    key, account = customer.scenario.key, customer.account
    return [
        Task(each, batch_id, ids, number, key, now, seconds, base_url, request, account=account)
        for number, each in enumerate(ids, start=1)
    ]


def _task_data(task: Task, stage: Stage, base_url: str) -> dict[str, object]:
    data: dict[str, object] = {"task_id": task.task_id, "task_status": stage.status}
    if stage.status == SUCCEED:
        link = f"{base_url}/media/{task.task_id}"
        data["videos"] = [{"url": f"{link}.mp4", "cover_image_url": f"{link}.jpg"}]
    if stage.status == FAILED:
        data["msg"] = stage.words
    return data


def job_of(task: Task, media: MediaStore) -> Job:
    """What the studio needs to draw a task's video."""
    request, out = task.request, media.folder / task.task_id
    return Job(
        out=f"{out}.mp4",
        cover=f"{out}.jpg",
        seconds=task.seconds,
        resolution=str(request.get("resolution", DEFAULT_RESOLUTION)),
        aspect_ratio=str(request.get("aspect_ratio", DEFAULT_ASPECT_RATIO)),
        sound=request.get("generate_audio") == "true",
        prompt=str(request.get("prompt", "")),
        number=task.number,
        of=len(task.siblings),
        references=tuple(
            _reference(kind, number, url, media)
            for kind in REFERENCE_LIMITS
            for number, url in enumerate(urls_of(request, kind), start=1)
        ),
    )


def _reference(kind: str, number: int, url: str, media: MediaStore) -> Reference:
    parts = urlsplit(url)
    path = media.find(url)
    name = unquote(parts.path.rpartition("/")[2]) or "/"
    return Reference(kind.removesuffix("s"), number, str(path) if path else None, parts.hostname or "", name)
