"""What became of a POST, as rows: its outcome, and a task for each id that it names."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.weryai import SubmitAnswer
from weryai_ui.store.exchanges import storable
from weryai_ui.store.records import Task
from weryai_ui.store.rows import task_row
from weryai_ui.store.schema import intents, tasks

COSTS_NOTHING = frozenset({Outcome.NOT_SENT, Outcome.REJECTED})
REPORTED = update(intents).where(
    intents.c.id == bindparam("intent_id"),
    or_(
        intents.c.outcome == Outcome.SENDING,
        # What was only guessed of it, also where a person found a task of it meanwhile.
        and_(intents.c.outcome.in_((Outcome.UNKNOWN, Outcome.ACCEPTED)), intents.c.seconds.is_(None)),
    ),
)


def outcome_row(submission: SubmitAnswer, now: float) -> dict[str, Any]:
    """What a POST learned, for the table of intents."""
    exchange = submission.exchange
    return {
        "outcome": submission.outcome,
        "finished_at": now,
        "http_status": exchange.http_status,
        "seconds": exchange.seconds,
        "code": submission.code,
        "service_message": submission.service_message,
        "response_text": storable(exchange.response_text),
        "explanation": None if submission.explanation is None else asdict(submission.explanation),
        "batch_id": submission.batch_id,
        "tasks_named": submission.tasks_named,
        "retry_after": exchange.retry_after,
    }


def add_tasks(connection: Connection, intent_id: str, upstream_ids: Sequence[str], now: float, due_at: float) -> None:
    """Records those of the tasks that are not there yet."""
    here = set(connection.execute(select(tasks.c.upstream_id).where(tasks.c.intent_id == intent_id)).scalars())
    rows = [
        task_row(Task(secrets.token_hex(16), intent_id, number, each, created_at=now, due_at=due_at))
        for number, each in enumerate((each for each in upstream_ids if each not in here), len(here) + 1)
    ]
    if rows:
        connection.execute(insert(tasks), rows)
