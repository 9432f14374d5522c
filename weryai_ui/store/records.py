"""What the store hands out: frozen rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from weryai_ui.client.failures import Failure, failure_of
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState, Video
from weryai_ui.errors import Explanation

MODEL_CHARACTERS = 64
"""Of a model's name, as it stands in a column of its own."""


class SendTo(StrEnum):
    """Where a request goes, and with whose key."""

    SANDBOX = "sandbox"
    MY_KEY = "my-key"
    OWNER_KEY = "owner-key"


class Filter(StrEnum):
    """A part of the history that can be asked for."""

    ALL = "all"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STARRED = "starred"


class Place(NamedTuple):
    """Where an intent stands in the history; another may begin after it, whether it is still there or not."""

    created_at: float
    id: str


class Identity(NamedTuple):
    """What two arrivals of one submission have in common. `digest`: the hash of the body as the person meant it."""

    visitor: str
    key: str
    digest: str

    @classmethod
    def of(cls, visitor: str, key: str, body: str) -> Identity:
        """The identity of a submission of that body."""
        return cls(visitor, key, hashlib.sha256(body.encode()).hexdigest())


@dataclass(frozen=True)
class NewIntent:
    """What is about to be sent, and for whom. Nothing in it is secret but a callback's address.

    `asked`: the body before this app put a callback of its own into it, when it did; what makes two the same.
    `webhook_hash`: the hash of that callback's token. `credits_before`: the balance, where it was known.
    `came_from`: the submission that the form was filled from.
    """

    visitor: str
    idempotency_key: str
    body: str
    send_to: SendTo
    scenario: str | None
    endpoint: str
    asked: str = ""
    webhook_hash: str | None = None
    credits_before: int | None = None
    came_from: str | None = None

    @property
    def identity(self) -> Identity:
        """What an arrival of the same submission has as well."""
        return Identity.of(self.visitor, self.idempotency_key, self.asked or self.body)

    @property
    def model(self) -> str:
        """The model that is asked, as the history can be narrowed to it."""
        return str(json.loads(self.body or "{}").get("model", ""))[:MODEL_CHARACTERS]


@dataclass(frozen=True)
class Task:
    """One task of the service: one video to be. Times are seconds since 1970 (UTC). `due_at` None ends the following.

    `cost_credits`: what the service says that it charged; None where it does not say.
    """

    id: str
    intent_id: str
    number: int
    upstream_id: str
    created_at: float
    due_at: float | None = None
    state: TaskState = TaskState.WAITING
    raw_state: str | None = None
    message: str | None = None
    videos: tuple[Video, ...] = ()
    polls: int = 0
    misses: int = 0
    first_missed_at: float | None = None
    trouble: str | None = None
    ended_at: float | None = None
    cost_credits: float | None = None


@dataclass(frozen=True)
class Charged:
    """What a submission cost, as the ledger has it: credits, None where nobody can say.

    `about`: other submissions of the account may have their part in the figure. `refunded`: what came back later.
    """

    credits: float | None
    about: bool
    refunded: float


@dataclass(frozen=True)
class Intent:
    """One submission: what went out, what came back, and the tasks that it made.

    `tasks_named`: how many tasks the answer names; `tasks` are those of them that are followed. `unsaved`: the outcome
    and the tasks are known to this process, and not to the database yet. `charged`: None until its cost is settled.
    """

    id: str
    visitor: str
    body: str
    send_to: SendTo
    scenario: str | None
    endpoint: str
    outcome: Outcome
    created_at: float
    finished_at: float | None
    http_status: int | None
    seconds: float | None
    code: int | None
    service_message: str | None
    response_text: str | None
    explanation: Explanation | None
    batch_id: str | None
    tasks_named: int | None = None
    webhook_hash: str | None = None
    credits_before: int | None = None
    retry_after: float | None = None
    starred: bool = False
    title: str = ""
    came_from: str | None = None
    note: str = ""
    tasks: tuple[Task, ...] = ()
    charged: Charged | None = None
    unsaved: bool = False

    @property
    def place(self) -> Place:
        """Where it stands in its visitor's history."""
        return Place(self.created_at, self.id)

    @property
    def failure(self) -> tuple[Failure, str | None] | None:
        """Why it made no film, or not all, and what the service said; None where nothing failed or nobody knows."""
        if self.outcome is Outcome.REJECTED:
            return failure_of(self.service_message, self.code, self.http_status), self.service_message
        task = next((task for task in self.tasks if task.state is TaskState.FAILED), None)
        return None if task is None else (failure_of(task.message), task.message)

    @property
    def payload(self) -> dict[str, Any]:
        """The body that went out, as data."""
        payload: dict[str, Any] = json.loads(self.body)
        return payload

    @property
    def asked(self) -> dict[str, Any]:
        """The body as the person meant it: without a callback that this app put into it for this one submission."""
        return {name: value for name, value in self.payload.items() if name != "webhook_url" or not self.webhook_hash}


@dataclass(frozen=True)
class LoggedExchange:
    """One request and its answer, as kept for the timeline; `repeats` counts identical answers in a row."""

    task_id: str | None
    kind: str
    method: str
    url: str
    request_text: str | None
    http_status: int | None
    response_text: str | None
    response_headers: list[list[str]] | None
    started_at: float
    seconds: float
    repeats: int
