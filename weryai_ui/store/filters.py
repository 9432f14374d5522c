"""How a visitor's history is found: what stands in which filter, and a version that grows with every change.

Both are kept in the transaction that changes an intent, so that no list and no version has to look at all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    bindparam,
    cast,
    exists,
    or_,
    select,
    update,
)

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.store.records import Filter
from weryai_ui.store.schema import intents, tasks, visitors
from weryai_ui.store.search import note_facets
from weryai_ui.store.upsert import INSERTS


def _has_task_in(states: Iterable[TaskState]) -> ColumnElement[bool]:
    mine = exists().where(tasks.c.intent_id == intents.c.id, tasks.c.state.in_(list(states)))
    return mine.correlate(intents)


MATCHES: Mapping[str, ColumnElement[bool]] = {
    Filter.RUNNING: or_(
        intents.c.outcome == Outcome.SENDING,
        _has_task_in(state for state in TaskState if not state.is_final),
    ),
    Filter.READY: _has_task_in([TaskState.SUCCEEDED]),
    Filter.FAILED: or_(
        intents.c.outcome.in_([Outcome.NOT_SENT, Outcome.REJECTED]),
        _has_task_in([TaskState.FAILED, TaskState.NOT_FOUND, TaskState.SUCCEEDED_WITHOUT_VIDEO]),
    ),
    Filter.UNKNOWN: intents.c.outcome == Outcome.UNKNOWN,
}
"""What each filter shows, by its column. A submission with a ready and a failed video is in both."""

# By `FOR NO KEY UPDATE`: an exchange just written holds its intent's key, and two of those would wait in a circle.
_HELD = select(intents.c.id).where(intents.c.id == bindparam("intent_id")).with_for_update(key_share=True)
_SORTED = (
    update(intents).where(intents.c.id == bindparam("intent_id")).values({**MATCHES, "updated_at": bindparam("now")})
)


def begins_at(seconds: Any) -> ColumnElement[int]:
    """The first version of a visitor: the time, so that a new database repeats nothing that a page saw of the last."""
    return cast(seconds * 1000, BigInteger)


_VISITOR_OF = select(intents.c.visitor).where(intents.c.id == bindparam("intent_id")).scalar_subquery()


def _upsert(insert: Any, visitor: Any) -> Any:
    first = insert(visitors).values(id=visitor, version=begins_at(bindparam("now")))
    return first.on_conflict_do_update(index_elements=["id"], set_={"version": visitors.c.version + 1})


_BUMPED = {name: _upsert(insert, _VISITOR_OF) for name, insert in INSERTS.items()}
_BUMPED_BY_ID = {name: _upsert(insert, bindparam("visitor")) for name, insert in INSERTS.items()}


def bump(connection: Connection, intent_id: str, now: float) -> None:
    """Notes that what the visitor of an intent sees changes; while the intent is there."""
    connection.execute(_BUMPED[connection.dialect.name], {"intent_id": intent_id, "now": now})


def bump_visitor(connection: Connection, visitor: str, now: float) -> None:
    """Notes that what a visitor sees changes, and holds that until the transaction ends."""
    connection.execute(_BUMPED_BY_ID[connection.dialect.name], {"visitor": visitor, "now": now})


def changed(connection: Connection, intent_id: str, now: float) -> None:
    """Puts an intent on its filters and notes that it changed. To be called in the transaction that updated it.

    Who records another task of the same intent waits for the row, and then sees both: PostgreSQL looks at the tasks as
    they were when a statement began, so that waiting within the update itself would be too late.
    """
    connection.execute(_HELD, {"intent_id": intent_id})
    connection.execute(_SORTED, {"intent_id": intent_id, "now": now})
    note_facets(connection, intents.c.id == intent_id)
    bump(connection, intent_id, now)
