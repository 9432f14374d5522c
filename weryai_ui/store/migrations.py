"""The steps that bring an older database to the schema of this version.

The two ways to it, made anew and migrated, end at the same columns and indexes; a test compares them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Table, func, insert, select, text, update
from sqlalchemy.schema import CreateColumn

from weryai_ui.store.filters import MATCHES, begins_at
from weryai_ui.store.schema import FILTERS, intents, meta, visitors


def migrate(connection: Connection, version: int) -> int:
    """Takes a database to the version of this app, within the connection's transaction; gives the version it has then.

    One of a version that nothing here leads on from, a newer one for example, stays as it is.
    """
    reached = version
    while step := STEPS.get(reached):
        step(connection)
        reached += 1
    if reached != version:
        connection.execute(update(meta).values(schema_version=reached))
    return reached


def _shelves_and_versions(connection: Connection) -> None:
    """1 to 2: a column and an index for each filter_ of the history, and a version of what each visitor sees."""
    for filter_ in FILTERS:
        _add_column(connection, intents, filter_.value)
    connection.execute(update(intents).values(MATCHES))
    indexes = {str(index.name): index for index in intents.indexes}
    indexes["intents_of_visitor"].drop(connection)
    for name in ("intents_of_visitor", *(f"intents_{filter_}" for filter_ in FILTERS)):
        indexes[name].create(connection)
    visitors.create(connection)
    changed = select(intents.c.visitor, begins_at(func.max(intents.c.updated_at))).group_by(intents.c.visitor)
    connection.execute(insert(visitors).from_select(["id", "version"], changed))


def _tasks_named(connection: Connection) -> None:
    """2 to 3: how many tasks an answer names, which may be more than are followed."""
    _add_column(connection, intents, "tasks_named")


def _used_keys(connection: Connection) -> None:
    """3 to 4: the idempotency keys that were used, each as a hash that outlives its submission."""
    connection.exec_driver_sql(
        "CREATE TABLE used_keys (hash VARCHAR(64) NOT NULL, at FLOAT NOT NULL, PRIMARY KEY (hash))"
    )
    connection.exec_driver_sql("CREATE INDEX used_keys_by_time ON used_keys (at)")
    rows = connection.exec_driver_sql("SELECT visitor, press, body_digest, created_at FROM intents").all()
    used = [{"hash": _used_key(*identity), "at": at} for *identity, at in rows]
    if used:
        connection.execute(text("INSERT INTO used_keys (hash, at) VALUES (:hash, :at)"), used)


def _used_key(visitor: str, key: str, digest: str) -> str:
    return hashlib.sha256(f"{visitor}\n{key}\n{digest}".encode()).hexdigest()


def _by_age(connection: Connection) -> None:
    """4 to 5: indexes by which what is kept long enough is found; and long requests may be packed from now on."""
    no = "0" if connection.dialect.name == "sqlite" else "false"
    for name, columns in (("intents_by_age", ""), ("intents_of_visitor_by_age", "visitor, ")):
        connection.exec_driver_sql(
            f"CREATE INDEX {name} ON intents ({columns}send_to, unknown, running, created_at, id) WHERE running = {no}"
        )


STEPS: Mapping[int, Callable[[Connection], None]] = {
    1: _shelves_and_versions,
    2: _tasks_named,
    3: _used_keys,
    4: _by_age,
}
"""What leads from each older version to the next."""
SCHEMA_VERSION = max(STEPS) + 1


def _add_column(connection: Connection, table: Table, name: str) -> None:
    column = CreateColumn(table.c[name]).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column}")
