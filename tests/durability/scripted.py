"""A service that answers what the test says, a clock that stands, and what is made of the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState, TaskStatus, Video
from weryai_ui.client.transport import Exchange
from weryai_ui.client.weryai import StatusAnswer, SubmitAnswer, WeryAIClient
from weryai_ui.errors import explain
from weryai_ui.jobs.follower import Follower
from weryai_ui.store.records import Intent, NewIntent, SendTo, Task
from weryai_ui.store.submissions import Store

INTERVAL_S = 10.0
ENDS = tuple(each for each in Outcome if each is not Outcome.SENDING)
_numbers = count(1)


@dataclass
class Clock:
    """A clock that moves only when told."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


class ScriptedClient(WeryAIClient):
    """Answers each status request with `answer(task id)`; `asked` is its ledger."""

    def __init__(self, answer: Callable[[str], StatusAnswer]) -> None:
        super().__init__("http://127.0.0.1:9", "sk-scripted")
        self.answer = answer
        self.asked: list[str] = []

    def status(self, task_id: str) -> StatusAnswer:
        self.asked.append(task_id)
        return self.answer(task_id)


class Desk:
    """One process at one database: its store, its follower, and the scripted service that both talk to."""

    def __init__(
        self,
        url: str,
        client: ScriptedClient,
        clock: Callable[[], float],
        monotonic: Callable[[], float] | None = None,
        **more: object,
    ) -> None:
        clocks = {"clock": clock, "monotonic": monotonic or clock}
        self.store = Store(url, clock=clock, monotonic=monotonic or clock)
        self.client = client
        self.follower = Follower(
            self.store,
            **{"client_for": lambda _: client, "interval": lambda _: INTERVAL_S, **clocks, **more},  # type: ignore[arg-type]
        )
        self._clock = clock

    def accepted(self, *ids: str, send_to: str = "owner-key", visitor: str = "v") -> Intent:
        """A submission that the service accepted with these tasks, due now."""
        begun = self.store.begin(new_intent(send_to=send_to, visitor=visitor))
        return self.store.finish(begun.intent.id, submission(Outcome.ACCEPTED, *ids), self._clock())

    def follow(self, task: Task) -> float | None:
        """One step with the task's due time as it stands now."""
        due_at = self.task(task).due_at
        return None if due_at is None else self.follower.follow_once(task.id, due_at)

    def task(self, task: Task) -> Task:
        """The task as it stands now."""
        found = self.store.task(task.id)
        assert found is not None
        return found


def new_intent(*, send_to: str = "owner-key", visitor: str = "v", idempotency_key: str = "") -> NewIntent:
    """What a submission is about to send; each call is another one unless `idempotency_key` is given."""
    return NewIntent(
        visitor,
        idempotency_key or f"submission-{next(_numbers)}",
        '{"prompt":"x"}',
        SendTo(send_to),
        None,
        "http://127.0.0.1:9",
    )


def exchange(http_status: int | None = 200, retry_after: float | None = None, text: str = "{}") -> Exchange:
    return Exchange("GET", "http://127.0.0.1:9/x", None, http_status, text, datetime.now(UTC), 0.01, retry_after)


def submission(outcome: Outcome, *ids: str, text: str = "{}", code: int | None = 0) -> SubmitAnswer:
    """What became of a submit, with what a page would explain it by."""
    explanation = None if outcome is Outcome.ACCEPTED else explain(500, None)
    return SubmitAnswer(outcome, exchange(text=text), None, None, ids, explanation, None, code)


def told(state: TaskState, task_id: str | None = None, videos: Sequence[str] = ()) -> StatusAnswer:
    """An answer that names the task's state."""
    made = tuple(Video(url) for url in videos)
    return StatusAnswer(exchange(), TaskStatus(task_id, state, state.value, made), False, None, 0)


def absent() -> StatusAnswer:
    """An answer that claims there is no such task."""
    return StatusAnswer(exchange(), None, True, explain(200, 1003), 1003)


def trouble(http_status: int = 503, retry_after: float | None = None) -> StatusAnswer:
    """An answer that says nothing of the task."""
    return StatusAnswer(exchange(http_status, retry_after), None, False, explain(http_status, None), None)
