"""A task that a person found: its id becomes one of a submission whose own answer was lost."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, func, insert, select, update

from weryai_ui.client.outcome import Outcome
from weryai_ui.store.records import Task
from weryai_ui.store.rows import task_row
from weryai_ui.store.schema import intents, ledger, tasks


def adopt(connection: Connection, intent_id: str, upstream_id: str, now: float, due_at: float) -> bool:
    """Makes a task of this id the submission's own, due at that time, and the submission an accepted one.

    False, and nothing is changed, unless the outcome is UNKNOWN, and where another submission of anybody at the same
    address has this task: whoever knows an id of a stranger's would see their film.
    """
    # Locked first, so that of two at once one finds it adopted.
    query = select(intents.c.endpoint, intents.c.outcome).where(intents.c.id == intent_id).with_for_update()
    found = connection.execute(query).first()
    if found is None or found.outcome != Outcome.UNKNOWN:
        return False
    taken = (
        select(tasks.c.id)
        .join(intents, intents.c.id == tasks.c.intent_id)
        .where(tasks.c.upstream_id == upstream_id, intents.c.endpoint == found.endpoint)
        .limit(1)
    )
    if connection.execute(taken).first() is not None:
        return False
    own = tasks.c.intent_id == intent_id
    last = connection.execute(select(func.coalesce(func.max(tasks.c.number), 0)).where(own)).scalar_one()
    task = Task(secrets.token_hex(16), intent_id, last + 1, upstream_id, created_at=now, due_at=due_at)
    connection.execute(insert(tasks), task_row(task))
    accepted = {"outcome": Outcome.ACCEPTED, "explanation": None}
    connection.execute(update(intents).where(intents.c.id == intent_id).values(**accepted))
    # It ends once more, and now the ledger can say how; what it cost is what was found then, unless the task says it.
    again = {"settled_at": None, "ended": None, "group_id": intent_id, "credits_before": None}
    connection.execute(update(ledger).where(ledger.c.intent_id == intent_id).values(**again))
    return True
