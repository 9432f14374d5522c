"""Rows of the database as records: intents with their tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState, Video
from weryai_ui.errors import ActionBy, Explanation
from weryai_ui.store.records import Charged, Intent, SendTo, Task
from weryai_ui.store.schema import intents, ledger, tasks

_ONE = select(intents).where(intents.c.id == bindparam("intent_id"))
_OWN = select(tasks).where(tasks.c.intent_id.in_(bindparam("intent_ids", expanding=True))).order_by(tasks.c.number)

_CHARGED = select(ledger.c.intent_id, ledger.c.credits, ledger.c.about, ledger.c.refunded).where(
    ledger.c.intent_id.in_(bindparam("intent_ids", expanding=True)), ledger.c.settled_at.is_not(None)
)


def one_intent(connection: Connection, intent_id: str) -> Intent:
    """One intent with its tasks. Raises `KeyError` when it is not there."""
    found = read_intents(connection, _ONE, intent_id=intent_id)
    if not found:
        raise KeyError(intent_id)
    return found[0]


def read_intents(connection: Connection, query: Select[Any], **values: Any) -> tuple[Intent, ...]:
    """The intents that a query finds, each with its tasks."""
    rows = connection.execute(query, values).all()
    own: dict[str, list[Task]] = {row.id: [] for row in rows}
    for task in connection.execute(_OWN, {"intent_ids": list(own)}):
        own[task.intent_id].append(task_of(task))
    charged = _charged(connection, [row.id for row in rows if row.send_to != SendTo.SANDBOX])
    found = (intent_of(row._mapping, own[row.id]) for row in rows)
    return tuple(replace(each, charged=charged[each.id]) if each.id in charged else each for each in found)


def _charged(connection: Connection, paid: Sequence[str]) -> Mapping[str, Charged]:
    """What those of them cost that are settled."""
    rows = connection.execute(_CHARGED, {"intent_ids": paid}).all() if paid else ()
    return {row.intent_id: Charged(row.credits, row.about, row.refunded) for row in rows}


def intent_of(row: Mapping[Any, Any], own: Sequence[Task]) -> Intent:
    """An intent from its row, with its tasks."""
    values = {name: row[name] for name in Intent.__dataclass_fields__ if name not in ("tasks", "charged", "unsaved")}
    said = row["explanation"]
    explanation = said and Explanation(said["key"], ActionBy(said["move"]))
    typed = {
        "outcome": Outcome(row["outcome"]),
        "send_to": SendTo(row["send_to"]),
        "explanation": explanation,
        "tasks": tuple(own),
    }
    return Intent(**{**values, **typed})


def task_of(row: Row[Any]) -> Task:
    """A task from its row."""
    values = {name: row._mapping[name] for name in Task.__dataclass_fields__}
    videos = tuple(Video(**video) for video in row.videos)
    return Task(**{**values, "state": TaskState(row.state), "videos": videos})


def task_row(task: Task) -> dict[str, Any]:
    """A task, for its table."""
    return {**vars(task), "videos": [asdict(video) for video in task.videos]}
