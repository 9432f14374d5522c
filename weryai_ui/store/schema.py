"""The tables, and how a database is opened.

Schema changes: `meta.schema_version` stands in every database. There is one version so far, so there is
no migration tool yet; a database of another version is refused with a sentence instead of being misread.
Times are seconds since 1970 (UTC).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from weryai_ui.errors import SettingsError

SCHEMA_VERSION = 1
WAL_IS_SAFE_FROM = (3, 51, 3)
"""Before this SQLite version WAL can lose commits; most Pythons link an older one."""
BUSY_TIMEOUT_MS = 10_000
READERS = 32
"""Connections that stay open for reading: opening one costs more than what it is asked."""
SCHEMA_LOCK = 8_217_403
"""Any number, the same in every process: PostgreSQL's advisory lock while tables are made."""

metadata = MetaData()

meta = Table("meta", metadata, Column("schema_version", Integer, nullable=False))

processes = Table(
    "processes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("expires_at", Float, nullable=False),
)

intents = Table(
    "intents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("visitor", String(64), nullable=False),
    Column("press", String(64), nullable=False),
    Column("body_digest", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("send_to", String(16), nullable=False),
    Column("scenario", String(64)),
    Column("endpoint", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("process_id", String(32), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("finished_at", Float),
    Column("updated_at", Float, nullable=False),
    Column("http_status", Integer),
    Column("seconds", Float),
    Column("code", BigInteger),
    Column("service_message", Text),
    Column("response_text", Text),
    Column("explanation", JSON),
    Column("batch_id", Text),
    Column("webhook_hash", String(64), index=True),
    UniqueConstraint("visitor", "press", "body_digest", name="one_press_one_intent"),
    Index("intents_of_visitor", "visitor", "created_at"),
    Index("intents_by_outcome", "outcome"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("intent_id", ForeignKey("intents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("upstream_id", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("raw_state", Text),
    Column("message", Text),
    Column("videos", JSON, nullable=False),
    Column("polls", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("first_missed_at", Float),
    Column("trouble", Text),
    Column("due_at", Float, index=True),
    Column("created_at", Float, nullable=False),
    Column("ended_at", Float),
    UniqueConstraint("intent_id", "upstream_id", name="one_row_per_task"),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("intent_id", ForeignKey("intents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("task_id", String(32), index=True),
    Column("kind", String(16), nullable=False),
    Column("method", String(8), nullable=False),
    Column("url", Text, nullable=False),
    Column("request_text", Text),
    Column("http_status", Integer),
    Column("response_text", Text),
    Column("response_headers", JSON),
    Column("started_at", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("repeats", Integer, nullable=False),
)


def open_database(url: str) -> Engine:
    """An engine on a database whose tables are there.

    Raises `SettingsError` when the URL is wrong, the database cannot be opened, or has another version.
    """
    try:
        engine = _engine(url)
        try:
            version = _prepare(engine)
        finally:
            engine.dispose()
    except (ArgumentError, SQLAlchemyError, ImportError, OSError) as error:
        raise SettingsError(f"WERYAI_DATABASE_URL cannot be opened: {type(error).__name__}.") from error
    if version != SCHEMA_VERSION:
        raise SettingsError(
            f"The database has schema version {version}, this app knows {SCHEMA_VERSION}: "
            "use the matching release, or name a new database in WERYAI_DATABASE_URL."
        )
    return engine


def _prepare(engine: Engine) -> int:
    """Makes what is missing, in one transaction; gives the schema version. Processes may start at the same time."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's write lock is there already
            connection.execute(select(func.pg_advisory_xact_lock(SCHEMA_LOCK)))
        metadata.create_all(connection)
        version: int | None = connection.execute(select(meta.c.schema_version)).scalar()
        if version is None:
            connection.execute(insert(meta).values(schema_version=SCHEMA_VERSION))
    return SCHEMA_VERSION if version is None else version


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True)
    if address.database in (None, "", ":memory:"):
        raise ArgumentError("a database in memory would be another one in each connection")
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    wait = BUSY_TIMEOUT_MS / 1000
    # SQLite has one writer at a time. They queue for its connection: SQLite itself would have them sleep and retry.
    engine = create_engine(address, connect_args={"timeout": wait}, pool_size=1, max_overflow=0, pool_timeout=wait)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reading_beside(engine: Engine) -> Engine:
    """An engine whose connections only read, each statement by itself, so that nobody waits for a reader to end."""
    if engine.dialect.name != "sqlite":
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    reading = create_engine(engine.url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, pool_size=READERS)
    event.listen(reading, "connect", _prepare_sqlite)
    return reading


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Durable commits, enforced foreign keys; transactions begin where we say (see `_begin_immediate`)."""
    connection.isolation_level = None
    wal = sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"journal_mode={'WAL' if wal else 'TRUNCATE'}",
        f"synchronous={'FULL' if wal else 'EXTRA'}",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: Any) -> None:
    """Takes the write lock at once: a transaction that reads first and writes later can fail halfway."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
