"""Idempotency keys that were used: a submission is sent once, and not once more after its record has gone.

A hash is written in the transaction of each intent and outlives it, whatever deletes the intent.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, delete, insert, select, update

from weryai_ui.errors import AppError
from weryai_ui.store.records import Identity
from weryai_ui.store.schema import used_keys

DAY_S = 24 * 3600.0
KEPT_S = 30 * DAY_S
"""After the submission, and after it was forgotten. While its record is there, that speaks for itself."""
AT_ONCE = 100
"""What one submission deletes of the old ones, so that none waits for many."""


class KeyUsed(AppError):
    """A submission was sent before, and its record is gone; nothing was recorded."""


def use(connection: Connection, identity: Identity, now: float) -> None:
    """Writes down a key, within the transaction of its intent. Raises `IntegrityError` when it was used before."""
    connection.execute(insert(used_keys), {"hash": hash_of(identity), "at": now})
    old = select(used_keys.c.hash).where(used_keys.c.at < now - KEPT_S).order_by(used_keys.c.at).limit(AT_ONCE)
    connection.execute(delete(used_keys).where(used_keys.c.hash.in_(old.scalar_subquery())))


def keep(connection: Connection, identity: Identity, now: float) -> None:
    """Keeps a key for its time from now on, because its record goes."""
    row = {"hash": hash_of(identity), "at": now}
    if not connection.execute(update(used_keys).where(used_keys.c.hash == row["hash"]).values(at=now)).rowcount:
        connection.execute(insert(used_keys), row)


def is_used(connection: Connection, identity: Identity) -> bool:
    """Whether a key is written down."""
    query = select(used_keys.c.hash).where(used_keys.c.hash == hash_of(identity))
    return connection.execute(query).first() is not None


def hash_of(identity: Identity) -> str:
    """What stands in the table: from it nobody learns the visitor, the key or the body."""
    return hashlib.sha256("\n".join(identity).encode()).hexdigest()
