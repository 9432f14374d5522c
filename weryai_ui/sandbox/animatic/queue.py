"""Renders animatics, one at a time, each in a child process with a time limit.

Accounts take turns, and every other turn is of the one with the fewest in line: who ordered one film sees it soon while
others have hundreds ordered.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from pathlib import Path

from weryai_ui.isolation import Child
from weryai_ui.sandbox import child
from weryai_ui.sandbox.jobs import Job

log = logging.getLogger(__name__)


class RenderQueue:
    """A queue of jobs for each account, and the one thread that takes from them.

    The thread starts with the first job and is a daemon: a mounted app is never told
    that its host shuts down.
    """

    def __init__(self) -> None:
        self._queues: OrderedDict[str, deque[Job]] = OrderedDict()
        """The account whose turn is next comes first; none is empty."""
        self._wake = threading.Condition()
        self._ordered: set[str] = set()
        """The paths of the videos that wait or are being made."""
        self._child: Child | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._to_the_shortest = False
        self._problems: dict[str, str] = {}

    def order(self, job: Job, account: str) -> None:
        """Have the job's video made; nothing happens when it is already on its way."""
        with self._wake:
            if self._closed or job.out in self._ordered:
                return
            self._ordered.add(job.out)
            self._problems.pop(job.out, None)
            self._queues.setdefault(account, deque()).append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="studio", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def is_ordered(self, out: Path) -> bool:
        """Whether the video at that path waits or is being made."""
        return str(out) in self._ordered

    def problem(self, out: Path) -> str | None:
        """Why the video at that path could not be made; None when nothing went wrong."""
        return self._problems.get(str(out))

    def close(self) -> None:
        """End the render under way and the thread."""
        with self._wake:
            self._closed = True
            self._queues.clear()
            self._wake.notify_all()
            if self._child is not None:
                self._child.end()
        if self._thread is not None:
            self._thread.join(10)

    def _started(self, drawing: Child) -> None:
        with self._wake:
            self._child = drawing
            if self._closed:
                drawing.end()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            problem = child.draw(job, self._started)
            with self._wake:
                self._child = None
                self._ordered.discard(job.out)
                if problem is not None and not self._closed:
                    self._problems[job.out] = problem
                    log.warning("animatic %s: the render %s", Path(job.out).name, problem)

    def _next(self) -> Job | None:
        with self._wake:
            while not self._queues and not self._closed:
                self._wake.wait()
            if self._closed:
                return None
            self._to_the_shortest = not self._to_the_shortest
            account = next(iter(self._queues))
            if self._to_the_shortest:
                account = min(self._queues, key=lambda each: len(self._queues[each]))
            queue = self._queues.pop(account)
            job = queue.popleft()
            if queue:
                self._queues[account] = queue
            return job
