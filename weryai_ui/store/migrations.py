"""The steps that bring an older database to the schema of this version.

Each step holds its own DDL, as it was when it was written: what the tables are today is nothing to it. The two ways to
a schema, made anew and migrated, end at the same columns and indexes; a test compares them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, text, update

from weryai_ui.store.schema import meta


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


def _filters_and_versions(connection: Connection) -> None:
    """1 to 2: a column and an index for each filter of the history, and a version of what each visitor sees."""
    no, yes = _booleans(connection)
    for name in _FILTERS_OF_2:
        connection.exec_driver_sql(f"ALTER TABLE intents ADD COLUMN {name} BOOLEAN DEFAULT {no} NOT NULL")
    has = "EXISTS (SELECT * FROM tasks WHERE tasks.intent_id = intents.id AND tasks.state IN ({}))".format
    connection.exec_driver_sql(
        f"""UPDATE intents SET
            running = (outcome = 'SENDING' OR {has("'waiting', 'processing', 'unknown'")}),
            ready = {has("'succeeded'")},
            failed = (outcome IN ('NOT_SENT', 'REJECTED')
                OR {has("'failed', 'not_found', 'succeeded_without_video'")}),
            unknown = (outcome = 'UNKNOWN')"""
    )
    connection.exec_driver_sql("DROP INDEX intents_of_visitor")
    connection.exec_driver_sql("CREATE INDEX intents_of_visitor ON intents (visitor, created_at, id)")
    for name in _FILTERS_OF_2:
        columns = f"visitor, {name}, created_at, id"
        connection.exec_driver_sql(f"CREATE INDEX intents_{name} ON intents ({columns}) WHERE {name} = {yes}")
    connection.exec_driver_sql(
        "CREATE TABLE visitors (id VARCHAR(64) NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (id))"
    )
    connection.exec_driver_sql(
        "INSERT INTO visitors (id, version)"
        " SELECT visitor, CAST(max(updated_at) * 1000 AS BIGINT) FROM intents GROUP BY visitor"
    )


_FILTERS_OF_2 = ("running", "ready", "failed", "unknown")


def _tasks_named(connection: Connection) -> None:
    """2 to 3: how many tasks an answer names, which may be more than are followed."""
    connection.exec_driver_sql("ALTER TABLE intents ADD COLUMN tasks_named INTEGER")


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
    no, _ = _booleans(connection)
    for name, columns in (("intents_by_age", ""), ("intents_of_visitor_by_age", "visitor, ")):
        connection.exec_driver_sql(
            f"CREATE INDEX {name} ON intents ({columns}send_to, unknown, running, created_at, id) WHERE running = {no}"
        )


def _idempotency_key(connection: Connection) -> None:
    """5 to 6: the column of the idempotency key is called so. SQLite keeps the old name of the constraint over it."""
    connection.exec_driver_sql("ALTER TABLE intents RENAME COLUMN press TO idempotency_key")
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(
            "ALTER TABLE intents RENAME CONSTRAINT one_press_one_intent TO one_intent_for_each_key"
        )


def _booleans(connection: Connection) -> tuple[str, str]:
    return ("0", "1") if connection.dialect.name == "sqlite" else ("false", "true")


STEPS: Mapping[int, Callable[[Connection], None]] = {
    1: _filters_and_versions,
    2: _tasks_named,
    3: _used_keys,
    4: _by_age,
    5: _idempotency_key,
}
"""What leads from each older version to the next."""
SCHEMA_VERSION = max(STEPS) + 1
