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

from weryai_ui.sandbox.animatic.queue import RenderQueue
from weryai_ui.sandbox.bursts import Bursts
from weryai_ui.sandbox.envelope import NO_SUCH_TASK, QUEUE_FULL, TOO_MANY_TASKS, ApiError, success
from weryai_ui.sandbox.keys import Customer
from weryai_ui.sandbox.media import MediaStore, name_in
from weryai_ui.sandbox.orders import job_of
from weryai_ui.sandbox.profile import BURST_SECONDS, Profile
from weryai_ui.sandbox.purses import Purses
from weryai_ui.sandbox.scenarios import FRESH_SECONDS, LINK_LATER_SECONDS, Finish
from weryai_ui.sandbox.tasks import FAILED, OURS, SUCCEED, Stage, Task, TaskFiles, stage_of
from weryai_ui.sandbox.told import Told, task_data
from weryai_ui.sandbox.validation import REFERENCES, urls_of
from weryai_ui.sandbox.webhooks import Callbacks, Webhooks

log = logging.getLogger(__name__)

UNFINISHED_TASKS: Final = 20  # of one account; observed: more is 6010
UNFINISHED_IN_ALL: Final = 400
UNFINISHED_AT_LEAST: Final = 4
"""Of one account, however many there are; otherwise they share what there may be in all."""
KEPT_TASKS: Final = 500
KEPT_SECONDS: Final = 24 * 3600.0
TASKS_LISTED: Final = 50
PROMPT_SHOWN: Final = 80
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
        profile: Profile = Profile.DOCUMENTED,
    ) -> None:
        self._profile = profile
        self._files, self._media, self._pace = TaskFiles(folder), media, pace
        self._clock = clock or _steady_clock()
        self._studio, self._webhooks = RenderQueue(), Webhooks(callbacks)
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._tasks: dict[str, Task] = {}
        self._thread: threading.Thread | None = None
        self._closed = False
        self._purses = Purses(self._clock)
        self._bursts = Bursts(self._clock, BURST_SECONDS * pace if profile is Profile.MEASURED else 0.0)
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

        Raises ApiError 6010 (too many unfinished), 1011 (not enough credits), 1007 (too many of all) or 1001 (too
        soon after another).
        """
        several, seconds = request.get("video_number", 1), request["duration"]
        assert isinstance(several, int) and isinstance(seconds, int)  # the judge saw to it
        with self._lock:
            self._settle()
            self._forget()
            self._bursts.check(customer.account)
            self._check_room(customer.account, several)
            self._purses.pay(customer.account, several * seconds)
            tasks = _make(customer, request, base_url, several, seconds, self._clock(), self._profile)
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
        unfinished = Counter(task.payer for task in self._unfinished())
        mine = unfinished[account]
        share = UNFINISHED_IN_ALL // len({*unfinished, account})
        most = min(UNFINISHED_TASKS, max(UNFINISHED_AT_LEAST, share))
        if mine + several > most:
            raise ApiError(200, TOO_MANY_TASKS, f"at most {most} tasks at once; {mine} are unfinished")
        if unfinished.total() + several > UNFINISHED_IN_ALL:
            raise ApiError(200, QUEUE_FULL, f"the queue is full; try again later {OURS}")

    def credits(self, account: str) -> int:
        """Credits left."""
        with self._lock:
            return self._purses.credits(account)

    def task_data(self, task_id: str, base_url: str) -> dict[str, object]:
        """The ``data`` of a task's status (observed). Raises ApiError 1003 (HTTP 404)."""
        with self._lock:
            if task_id not in self._tasks:
                raise ApiError(404, NO_SUCH_TASK, "no such task, or it has expired")
            self._settle(self._tasks[task_id])
            task = self._tasks[task_id]
            if task.ended == SUCCEED and self._media.path(f"{task_id}.mp4") is None:
                self._draw(task)
            return task_data(task, self._stage(task), base_url, self._told(task))

    def _told(self, task: Task) -> Told:
        return Told(self._profile, has_link=not self._is_younger(task, Finish.LINK_LATER, LINK_LATER_SECONDS))

    def is_fresh(self, name: str) -> bool:
        """Whether a file is a film of a moment ago whose link cannot be read yet."""
        with self._lock:
            task = self._tasks.get(name.partition(".")[0])
            return task is not None and self._is_younger(task, Finish.FRESH_LINK, FRESH_SECONDS)

    def _is_younger(self, task: Task, finish: Finish, seconds: float) -> bool:
        if task.scenario.finish is not finish or task.ended_at is None:
            return False
        return self._clock() - task.ended_at < seconds * self._pace

    def tasks_of(self, account: str) -> list[dict[str, object]]:
        """The tasks of an account, the newest first: what the service shows people in its call history."""
        with self._lock:
            self._settle()
            own = [task for task in self._tasks.values() if task.payer == account]
            return [
                {
                    "task_id": task.task_id,
                    "task_status": self._stage(task).status,
                    "created_at": task.created_at,
                    "prompt": str(task.request.get("prompt", ""))[:PROMPT_SHOWN],
                }
                for task in reversed(own[-TASKS_LISTED:])
            ]

    def batch_data(self, batch_id: str, base_url: str) -> object:
        """The ``data`` of a batch's status (observed). Raises ApiError 1003 (HTTP 404)."""
        with self._lock:
            batch = [task for task in self._tasks.values() if task.batch_id == batch_id]
            if not batch:
                raise ApiError(404, NO_SUCH_TASK, "no such batch, or it has expired")
            tasks = [self.task_data(task.task_id, base_url) for task in batch]
            if self._profile is Profile.MEASURED:
                return tasks
            return {"batch_id": batch_id, "task_ids": [task.task_id for task in batch], "tasks": tasks}

    def _unfinished(self) -> list[Task]:
        return [task for task in self._tasks.values() if task.ended is None]

    def _files_in_use(self) -> frozenset[str]:
        """Names of the sandbox's own files that unfinished tasks are drawn from."""
        with self._lock:
            urls = (url for task in self._unfinished() for kind in REFERENCES for url in urls_of(task.request, kind))
            return frozenset(name for url in urls if (name := name_in(url)) is not None)

    def _stage(self, task: Task) -> Stage:
        out = self._media.folder / f"{task.task_id}.mp4"
        return stage_of(
            task,
            self._clock(),
            self._pace,
            drawn=not self._studio.is_ordered(out) and out.is_file(),
            problem=self._studio.problem(out),
        )

    def _draw(self, task: Task) -> None:
        if task.failure is None and self._media.path(f"{task.task_id}.mp4") is None:
            extra = 1 if self._profile is Profile.MEASURED else 0
            self._studio.order(replace(job_of(task, self._media), extra_frames=extra), task.payer)

    def _pass_time(self) -> None:
        """Ends tasks when their time has come, also when nobody asks: webhooks wait for it."""
        while not self._closed:
            with self._lock:
                self._settle()
                busy = bool(self._unfinished())
            self._wake.clear()
            self._wake.wait(TICK_SECONDS if busy else 1.0)

    def _settle(self, *tasks: Task) -> None:
        """Ends those of the tasks, or of all, whose time has come."""
        for task in tasks or self._unfinished():
            if task.ended is not None:
                continue
            stage = self._stage(task)
            if stage.status in (SUCCEED, FAILED):
                self._end(replace(task, ended=stage.status, words=stage.words, ended_at=self._clock()), stage)

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
        data = task_data(task, stage, task.base_url, self._told(task))
        if self._profile is Profile.MEASURED:
            data["task_status"] = str(data["task_status"]).upper()
        self._webhooks.send(task.request.get("webhook_url"), success(data))

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
    profile: Profile,
) -> list[Task]:
    ids = tuple(f"task_{secrets.token_hex(12)}" for _ in range(several))
    measured = profile is Profile.MEASURED
    new_id = str(2**53 + secrets.randbits(60)) if measured else f"batch_{secrets.token_hex(12)}"
    batch_id = new_id if several > 1 else None
    key, account = customer.scenario.key, customer.account
    return [
        Task(each, batch_id, ids, number, key, now, seconds, base_url, request, account=account)
        for number, each in enumerate(ids, start=1)
    ]
