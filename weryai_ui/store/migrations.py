"""The steps that bring an older database to the schema of this version.

Each step has its own DDL, here or in `ddl.py`, as it was when it was written: what the tables are today is nothing to
it. The two ways to a schema, made anew and migrated, end at the same columns and indexes; a test compares them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnClause, Connection, column, select, table, text, update

from weryai_ui.store import ddl
from weryai_ui.store.ddl import DDL_OF_8, DDL_OF_12, DDL_OF_15_POSTGRESQL, DDL_OF_15_SQLITE
from weryai_ui.store.facets import facets_of
from weryai_ui.store.packed import PackedText
from weryai_ui.store.schema import meta
from weryai_ui.store.search import words_of


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


def _cost_of_a_task(connection: Connection) -> None:
    """6 to 7: what the service says that it charged for a task."""
    connection.exec_driver_sql("ALTER TABLE tasks ADD COLUMN cost_credits FLOAT")


def _copies_and_shares(connection: Connection) -> None:
    """7 to 8: copies of results, what is to be deleted of them, and pages that show them to others."""
    for statement in DDL_OF_8:
        connection.exec_driver_sql(statement)


def _credits_before(connection: Connection) -> None:
    """8 to 9: the balance that was known before a submission."""
    connection.exec_driver_sql("ALTER TABLE intents ADD COLUMN credits_before INTEGER")


def _turns_of_accounts(connection: Connection) -> None:
    """9 to 10: when the next submit of an account may leave, and how long a refused one was asked to wait."""
    connection.exec_driver_sql("ALTER TABLE intents ADD COLUMN retry_after FLOAT")
    connection.exec_driver_sql(
        "CREATE TABLE accounts (id VARCHAR(64) NOT NULL, next_submit_at FLOAT NOT NULL, PRIMARY KEY (id))"
    )
    connection.exec_driver_sql("CREATE INDEX ix_accounts_next_submit_at ON accounts (next_submit_at)")


def _stars(connection: Connection) -> None:
    """10 to 11: what a visitor starred stays."""
    no, yes = _booleans(connection)
    connection.exec_driver_sql(f"ALTER TABLE intents ADD COLUMN starred BOOLEAN DEFAULT {no} NOT NULL")
    connection.exec_driver_sql(f"CREATE INDEX intents_starred ON intents (visitor, id) WHERE starred = {yes}")


def _ledger(connection: Connection) -> None:
    """11 to 12: what each submission with a key cost, and what is known of the balance of its account."""
    no, _ = _booleans(connection)
    for statement in DDL_OF_12:
        connection.exec_driver_sql(statement.format(no=no))


def _reserved_credits(connection: Connection) -> None:
    """12 to 13: what a submission reserves in credits, where its price is known."""
    connection.exec_driver_sql("ALTER TABLE reservations ADD COLUMN credits FLOAT")


def _stops(connection: Connection) -> None:
    """13 to 14: where the owner has stopped spending."""
    connection.exec_driver_sql(
        "CREATE TABLE stops (send_to VARCHAR(16) NOT NULL, at FLOAT NOT NULL, PRIMARY KEY (send_to))"
    )


def _searchable(connection: Connection) -> None:
    """14 to 15: submissions are found by words, those that are here by their prompts; what is starred has its order."""
    _, yes = _booleans(connection)
    connection.exec_driver_sql("DROP INDEX intents_starred")
    connection.exec_driver_sql(
        f"CREATE INDEX intents_starred ON intents (visitor, starred, created_at, id) WHERE starred = {yes}"
    )
    is_sqlite = connection.dialect.name == "sqlite"
    number = "INTEGER" if is_sqlite else "SERIAL"
    connection.exec_driver_sql(
        f"""CREATE TABLE searchable (number {number} NOT NULL, intent_id VARCHAR(32) NOT NULL,
        visitor VARCHAR(64) NOT NULL, words TEXT NOT NULL, PRIMARY KEY (number), UNIQUE (intent_id),
        FOREIGN KEY(intent_id) REFERENCES intents (id) ON DELETE CASCADE)"""
    )
    for statement in DDL_OF_15_SQLITE if is_sqlite else DDL_OF_15_POSTGRESQL:
        connection.exec_driver_sql(statement)
    added = text("INSERT INTO searchable (intent_id, visitor, words) VALUES (:intent_id, :visitor, :words)")
    columns: tuple[ColumnClause[Any], ...] = (column("id"), column("visitor"), column("body", PackedText))
    bodies = select(*columns).select_from(table("intents")).order_by(column("created_at"))
    for intent_id, visitor, body in connection.execute(bodies).all():
        words = words_of(str(json.loads(body).get("prompt", "")))
        connection.execute(added, {"intent_id": intent_id, "visitor": visitor, "words": words})


def _claims(connection: Connection) -> None:
    """15 to 16: which process polls a task just now, so that the tasks of one that died wait for nothing."""
    connection.exec_driver_sql("ALTER TABLE tasks ADD COLUMN claimed_by VARCHAR(32)")
    connection.exec_driver_sql("CREATE INDEX ix_tasks_claimed_by ON tasks (claimed_by)")


def _narrowed(connection: Connection) -> None:
    """16 to 17: the history is narrowed to a model or a destination."""
    connection.exec_driver_sql("ALTER TABLE intents ADD COLUMN model VARCHAR(64) DEFAULT '' NOT NULL")
    named = text("UPDATE intents SET model = :model WHERE id = :id")
    columns: tuple[ColumnClause[Any], ...] = (column("id"), column("body", PackedText))
    for intent_id, body in connection.execute(select(*columns).select_from(table("intents"))).all():
        connection.execute(named, {"id": intent_id, "model": str(json.loads(body).get("model", ""))[:64]})
    for name, narrowed in (("intents_of_model", "model"), ("intents_of_destination", "send_to")):
        connection.exec_driver_sql(f"CREATE INDEX {name} ON intents (visitor, {narrowed}, created_at, id)")


def _titles(connection: Connection) -> None:
    """17 to 18: a title that its visitor gives a submission."""
    connection.exec_driver_sql("ALTER TABLE intents ADD COLUMN title VARCHAR(80) DEFAULT '' NOT NULL")


def _lineage(connection: Connection) -> None:
    """18 to 19: the submission that another came from."""
    connection.exec_driver_sql("ALTER TABLE intents ADD COLUMN came_from VARCHAR(32)")
    connection.exec_driver_sql(
        "CREATE INDEX intents_that_came_from ON intents (came_from, created_at) WHERE came_from IS NOT NULL"
    )


def _notes(connection: Connection) -> None:
    """19 to 20: a visitor's note on a submission."""
    connection.exec_driver_sql("ALTER TABLE intents ADD COLUMN note VARCHAR(500) DEFAULT '' NOT NULL")


def _narrowed_filters(connection: Connection) -> None:
    """22 to 23: a filter of the history is narrowed to a model or a destination by an index of its own."""
    _, yes = _booleans(connection)
    for name in ("ready", "failed", "unknown"):
        for narrowed in (("model",), ("send_to",), ("model", "send_to")):
            connection.exec_driver_sql(
                f"CREATE INDEX intents_{name}_by_{'_and_'.join(narrowed)} ON intents"
                f" (visitor, {name}, {', '.join(narrowed)}, created_at, id) WHERE {name} = {yes}"
            )


def _grants(connection: Connection) -> None:
    """23 to 24: who gave the access code."""
    connection.exec_driver_sql(
        "CREATE TABLE grants (visitor VARCHAR(64) NOT NULL, seal VARCHAR(64) NOT NULL, expires_at FLOAT NOT NULL,"
        " PRIMARY KEY (visitor))"
    )


def _facets(connection: Connection) -> None:
    """24 to 25: the index of words also knows whose a submission is, and in which parts of the history it stands."""
    dialect = connection.dialect.name
    for statement in (*ddl.GONE_OF_25[dialect], *ddl.COLUMNS_OF_25):
        connection.exec_driver_sql(statement)
    filters = (*_FILTERS_OF_2, "starred")
    columns = ", ".join(("id", "visitor", "model", "send_to", "created_at", *filters))
    stand = connection.exec_driver_sql(f"SELECT {columns} FROM intents").all()
    filed = [{"id": row.id, "at": row.created_at, "facets": facets_of(row, ("all", *filters))} for row in stand]
    if filed:
        connection.execute(text("UPDATE searchable SET facets = :facets, at = :at WHERE intent_id = :id"), filed)
    for statement in ddl.DDL_OF_25[dialect]:
        connection.exec_driver_sql(statement)


def _runs(statements: Iterable[str]) -> Callable[[Connection], None]:
    """A step that is nothing but statements."""

    def step(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    return step


def _booleans(connection: Connection) -> tuple[str, str]:
    return ("0", "1") if connection.dialect.name == "sqlite" else ("false", "true")


STEPS: Mapping[int, Callable[[Connection], None]] = {
    1: _filters_and_versions,
    2: _tasks_named,
    3: _used_keys,
    4: _by_age,
    5: _idempotency_key,
    6: _cost_of_a_task,
    7: _copies_and_shares,
    8: _credits_before,
    9: _turns_of_accounts,
    10: _stars,
    11: _ledger,
    12: _reserved_credits,
    13: _stops,
    14: _searchable,
    15: _claims,
    16: _narrowed,
    17: _titles,
    18: _lineage,
    19: _notes,
    20: _runs(ddl.DDL_OF_21),  # one-time codes that hand a history over, and whose history joined whose
    21: _runs(ddl.DDL_OF_22),  # plans of several variants
    22: _narrowed_filters,
    23: _grants,
    24: _facets,
    25: _runs(ddl.DDL_OF_26),  # background work that fails again and again is set aside
    26: _runs(ddl.DDL_OF_27),  # visitors' own keys, sealed; and the account that a plan goes with
}
"""What leads from each older version to the next."""
SCHEMA_VERSION = max(STEPS) + 1
