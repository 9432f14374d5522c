"""The service as seen from outside the app: a real HTTP server whose own ledger is the judge.

It lives in the process of the tests, so it survives every kill of an app, and it enters a submit into its ledger
the moment the whole request was read: from then on a task exists and would be billed, answered or not.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, pairwise
from types import TracebackType
from typing import Any, Self

Answer = tuple[int, Mapping[str, Any], Mapping[str, str]]
"""HTTP status, envelope, headers."""


@dataclass(frozen=True)
class Submit:
    """One complete submit: each of these made, and billed, its tasks."""

    caller_id: int
    task_ids: tuple[str, ...]


class Upstream:
    """Accepts every submit and finishes every task at its `polls_until_ready`-th status request.

    It knows any task id that it is asked about. `stall` is called between reading a request and answering it.
    `answer_status` replaces the scripted life. A context manager, listening when entered.
    """

    def __init__(
        self,
        *,
        polls_until_ready: int = 2,
        stall: Callable[[], object] = lambda: None,
        new_id: Callable[[], str] | None = None,
        answer_status: Callable[[str], Answer] | None = None,
    ) -> None:
        self.submits: list[Submit] = []
        self.keys: list[str] = []
        """Of each request, in the order of arrival, as its header had it."""
        self.polled_at: dict[str, list[float]] = defaultdict(list)
        self.most_polls_at_once = 0
        self.stall = stall
        self._polls_until_ready = polls_until_ready
        numbers = count(1)
        self._new_id = new_id or (lambda: f"task-{next(numbers)}")
        self._answer_status = answer_status or self._life
        self._polls_under_way = 0
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"upstream": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def polls(self) -> int:
        """The number of all status requests so far."""
        with self._lock:
            return sum(map(len, self.polled_at.values()))

    @property
    def submits_by_caller(self) -> Counter[int]:
        """How often each submission arrived as a complete submit."""
        return Counter(submit.caller_id for submit in list(self.submits))

    def shortest_gap(self) -> float:
        """The shortest time between two status requests for one task; infinite when no task was asked for twice."""
        with self._lock:
            gaps = [b - a for times in self.polled_at.values() for a, b in pairwise(times)]
        return min(gaps, default=float("inf"))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take_submit(self, body: Mapping[str, Any]) -> Answer:
        """Enters a complete submit into the ledger and answers it."""
        with self._lock:
            ids = tuple(self._new_id() for _ in range(body.get("video_number", 1)))
            self.submits.append(Submit(body.get("caller_id", 0), ids))
        self.stall()
        data = {"task_id": ids[0]} if len(ids) == 1 else {"batch_id": f"batch-{ids[0]}", "task_ids": list(ids)}
        return 200, {"status": 0, "message": "success", "data": data}, {}

    def take_status(self, task_id: str) -> Answer:
        """Enters a status request into the ledger and answers it."""
        with self._lock:
            self.polled_at[task_id].append(time.monotonic())
            self._polls_under_way += 1
            self.most_polls_at_once = max(self.most_polls_at_once, self._polls_under_way)
        try:
            self.stall()
            return self._answer_status(task_id)
        finally:
            with self._lock:
                self._polls_under_way -= 1

    def _life(self, task_id: str) -> Answer:
        ready = len(self.polled_at[task_id]) >= self._polls_until_ready
        data: dict[str, Any] = {"task_id": task_id, "task_status": "succeed" if ready else "processing"}
        if ready:
            data["task_result"] = {"videos": [{"url": f"https://example.com/{task_id}.mp4"}]}
        return 200, {"status": 0, "message": "success", "data": data}, {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    upstream: Upstream

    def do_POST(self) -> None:
        self.upstream.keys.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) == length:
            self._answer(self.upstream.take_submit(json.loads(body)))

    def do_GET(self) -> None:
        self.upstream.keys.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if not self.path.endswith("/status"):  # the ledger's question for the balance, which is no poll
            self._answer((404, {}, {}))
            return
        task_id = self.path.rsplit("/", 2)[1]
        self._answer(self.upstream.take_status(task_id))

    def _answer(self, answer: Answer) -> None:
        status, envelope, headers = answer
        body = json.dumps(envelope).encode()
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The ledger says it all."""
